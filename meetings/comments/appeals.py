"""What readers and authors may say against what became of a comment: reports, and one appeal with its written answer."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.comments.talk import Comment, Reason, bring_back, own, put
from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, OPEN
from meetings.messages import tell
from meetings.people import APPEAL_TERM, NAMED, STAFF, words
from meetings.text import REASON_LIMIT, clean


class Report(Command, frozen=True, tag="comment.report"):
    """Tell the staff that a comment should not stand. Counted once a person; nobody learns who did."""

    may, when = NAMED, OPEN | AFTER
    id: str
    reason: Reason


class Appeal(Command, frozen=True, tag="comment.appeal"):
    """Object, once, to my comment having been taken away; another moderator decides."""

    may, when = NAMED, OPEN | AFTER
    id: str
    text: str


class Decide(Command, frozen=True, tag="comment.decide"):
    """Decide the appeal of a comment's author, with the written answer: upheld, it stands again; dismissed is final.

    Not for who took it away, nor for who wrote it.
    """

    may, when = STAFF, OPEN | AFTER
    id: str
    outcome: Literal["upheld", "dismissed"]
    answer: str


class Reported(Fact, frozen=True, tag="comment.reported"):
    id: str
    reason: str


class Appealed(Fact, frozen=True, tag="comment.appealed"):
    id: str
    text: str
    due: int | None = None


class Decided(Fact, frozen=True, tag="comment.appeal_decided"):
    id: str
    outcome: str
    answer: str


@words.decides(Report)
def _(room: Room, cmd: Report, who: Who) -> list[Fact]:
    comment = room.need(Comment, cmd.id)
    if any(person == who.person for person, _ in comment.reports):
        return []
    if comment.state != "visible":
        raise Refused("not_found")
    if comment.by == who.person:
        raise Refused("forbidden")
    return [Reported(cmd.id, cmd.reason)]


@words.folds(Reported)
def _(room: Room, fact: Reported, entry: Entry) -> None:
    comment = room.get(Comment, fact.id)
    if comment is not None:
        room.put(msgspec.structs.replace(comment, reports=(*comment.reports, (entry.by, fact.reason))))


@words.decides(Appeal)
def _(room: Room, cmd: Appeal, who: Who) -> list[Fact]:
    text = clean(cmd.text, REASON_LIMIT)
    comment = own(room, cmd.id, who)
    if comment.appeal == text:
        return []
    if comment.appeal is not None or comment.state != "removed":
        raise Refused("wrong_state", state=comment.state)
    return [Appealed(cmd.id, text, who.at + APPEAL_TERM)]


@words.folds(Appealed)
def _(room: Room, fact: Appealed, entry: Entry) -> None:
    comment = room.get(Comment, fact.id)
    if comment is not None:
        more: dict[str, Any] = {"appeal": fact.text, "appealed_at": entry.at, "appeal_due": fact.due}
        put(room, msgspec.structs.replace(bring_back(room, comment), state="appealed", **more))
        tell(room, entry, comment.by, "appealed", comment, text=masked(fact.text), until=fact.due)


@words.decides(Decide)
def _(room: Room, cmd: Decide, who: Who) -> list[Fact]:
    answer = clean(cmd.answer, REASON_LIMIT, "answer")
    comment = room.need(Comment, cmd.id)
    if (comment.outcome, comment.answer) == (cmd.outcome, answer):
        return []
    if comment.state != "appealed":
        raise Refused("wrong_state", state=comment.state)
    if who.person in {comment.removed_by, comment.by}:
        raise Refused("forbidden", why="self" if who.person == comment.by else "appeal")
    return [Decided(cmd.id, cmd.outcome, answer)]


@words.folds(Decided)
def _(room: Room, fact: Decided, entry: Entry) -> None:
    comment = room.get(Comment, fact.id)
    if comment is not None:
        state, reason = ("visible", None) if fact.outcome == "upheld" else ("removed_final", comment.reason)
        more: dict[str, Any] = {"outcome": fact.outcome, "answer": fact.answer}
        put(room, msgspec.structs.replace(comment, state=state, reason=reason, **more))
        tell(room, entry, comment.by, f"appeal_{fact.outcome}", comment, answer=fact.answer)
