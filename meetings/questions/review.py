"""What the desk does with a text: let in, hand back, hand over, put off; and what the end does with all that waits."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from meetings.duty import goes_out
from meetings.filtered import why_all_the_same
from meetings.kernel import SYSTEM, Aimed, Entry, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, DAY, Ended, meeting_of
from meetings.people import DESK, words
from meetings.questions.cards import (
    COLLECTING,
    SHOWN,
    Question,
    end,
    in_state,
    put,
    settled,
)
from meetings.questions.support import freed
from meetings.text import QUESTION_LIMIT, check_time, clean

HIDE_REASONS = ("rude", "personal_data", "duplicate", "unclear", "other")


REJECT_REASONS = ("advert", "personal_data", "unlawful")


_CHINA = timezone(timedelta(hours=8))


class Approve(Aimed, frozen=True, tag="question.approve"):
    """Let a question into the queue, with its words mended if need be; the asker sees both texts.

    What the filter blocked needs a reason. Nobody lets in again what somebody else handed back to them.
    """

    may, when = DESK, COLLECTING | AFTER
    id: str
    text: str | None = None
    reason: str | None = None


class Hide(Aimed, frozen=True, tag="question.hide"):
    """Hand a question back with a reason; its author may write it anew or appeal. Off topic is no reason."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    reason: str


class Reject(Aimed, frozen=True, tag="question.reject"):
    """Refuse a question that is an advert, tells others' personal data, or is unlawful. May be appealed."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    reason: str


class Defer(Aimed, frozen=True, tag="question.defer"):
    """Answer a question in writing instead, by a date (ms)."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    until: int


class Convert(Aimed, frozen=True, tag="question.convert"):
    """Hand a question over to be dealt with as a submission (转办); it gets a slip number, and everybody sees it.

    What the filter blocked needs a reason, as when it is let in.
    """

    may, when = DESK, COLLECTING | AFTER
    id: str
    reason: str | None = None


class Approved(Fact, frozen=True, tag="question.approved"):
    id: str
    text: str | None = None
    reason: str | None = None


class Hidden(Fact, frozen=True, tag="question.hidden"):
    id: str
    reason: str


class Rejected(Fact, frozen=True, tag="question.rejected"):
    id: str
    reason: str


class Deferred(Fact, frozen=True, tag="question.deferred"):
    id: str
    until: int


class Converted(Fact, frozen=True, tag="question.converted"):
    id: str
    slip: str
    reason: str | None = None


@words.decides(Approve)
def _(room: Room, cmd: Approve, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if who.person == SYSTEM and not goes_out(room, "questions", question.voice, question.due_at, who.at):
        # Somebody held it back between the clock's look and the clock's word.
        return []
    text = clean(cmd.text, QUESTION_LIMIT) if cmd.text else None
    if question.state in SHOWN:
        return [] if text is None or masked(text) == question.text else [Approved(cmd.id, text)]
    in_state(room, cmd.id, "pending_review", "hidden", "rejected")
    settled(question)
    if question.returned and question.by == who.person and {*question.returned_by} - {who.person}:
        raise Refused("forbidden", why="self")
    return [Approved(cmd.id, text, why_all_the_same(question.found, cmd.reason))]


@words.folds(Approved)
def _(room: Room, fact: Approved, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    edited = question.edited or (fact.text is not None and fact.text != question.raw)
    text = masked(fact.text) if fact.text else question.text
    # Who merged it stays known: an objection is for somebody else to turn down.
    by = question.reviewed_by if question.state == "merged" else entry.by
    changes: dict[str, Any] = {"text": text, "edited": edited, "reason": None, "reviewed_by": by}
    if question.state not in SHOWN:
        changes |= {"state": "queued", "due_at": None, "ended_at": None}
        if room.phase in AFTER:
            days = meeting_of(room).answer_days
            changes |= {"state": "deferred", "due": entry.at + days * DAY, "ended_at": entry.at}
    put(room, msgspec.structs.replace(question, **changes))


@words.decides(Hide)
def _(room: Room, cmd: Hide, who: Who) -> list[Fact]:
    return _turn_back(room, cmd.id, cmd.reason, HIDE_REASONS, who, Hidden)


@words.decides(Reject)
def _(room: Room, cmd: Reject, who: Who) -> list[Fact]:
    return _turn_back(room, cmd.id, cmd.reason, REJECT_REASONS, who, Rejected)


def _turn_back(
    room: Room, own_id: str, reason: str, allowed: tuple[str, ...], who: Who, fact: type[Hidden | Rejected]
) -> list[Fact]:
    if reason not in allowed:
        raise Refused("unclear", field="reason")
    question = room.need(Question, own_id)
    state = "hidden" if fact is Hidden else "rejected"
    if (question.state, question.reason) == (state, reason):
        return []
    in_state(room, own_id, "pending_review", "queued", "deferred", "hidden", "rejected")
    settled(question)
    return [*freed(room, own_id), fact(own_id, reason)]


@words.folds(Hidden)
def _(room: Room, fact: Hidden, entry: Entry) -> None:
    _end_returned(room, fact, entry, "hidden")


@words.folds(Rejected)
def _(room: Room, fact: Rejected, entry: Entry) -> None:
    _end_returned(room, fact, entry, "rejected")


def _end_returned(room: Room, fact: Hidden | Rejected, entry: Entry, state: str) -> None:
    question = room.need(Question, fact.id)
    before = question.returned_by if question.state in {"hidden", "rejected"} else ()
    hands = {"reviewed_by": entry.by, "returned_by": (*before, entry.by)}
    end(room, fact.id, entry, state=state, reason=fact.reason, **hands)


@words.decides(Defer)
def _(room: Room, cmd: Defer, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if (question.state, question.due) == ("deferred", cmd.until):
        return []
    in_state(room, cmd.id, "queued", "on_air", "deferred")
    if check_time(cmd.until, "until") <= who.at:
        raise Refused("unclear", field="until")
    return [Deferred(cmd.id, cmd.until)]


@words.folds(Deferred)
def _(room: Room, fact: Deferred, entry: Entry) -> None:
    end(room, fact.id, entry, state="deferred", due=fact.until)


@words.decides(Convert)
def _(room: Room, cmd: Convert, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.state == "converted":
        return []
    in_state(
        room,
        cmd.id,
        "pending_review",
        "queued",
        "on_air",
        "answered",
        "answered_written",
        "deferred",
    )
    day = datetime.fromtimestamp(who.at / 1000, _CHINA).strftime("%Y%m%d")
    never_let_in = question.state == "pending_review"
    reason = why_all_the_same(question.found, cmd.reason) if never_let_in else None
    return [Converted(cmd.id, f"{day}-{question.number:03d}", reason)]


@words.folds(Converted)
def _(room: Room, fact: Converted, entry: Entry) -> None:
    end(room, fact.id, entry, state="converted", slip=fact.slip)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    """What still waits is answered in writing; what was being answered counts as answered if it was; what nobody has
    decided on keeps waiting for the desk, now with a date.
    """
    due = entry.at + meeting_of(room).answer_days * DAY
    for question in list(room.all(Question)):
        if question.state == "on_air" and question.answer_ids:
            end(room, question.id, entry, state="answered")
        elif question.state in {"queued", "on_air"}:
            end(room, question.id, entry, state="deferred", due=due)
        elif question.state in {"pending_review", "appealed"}:
            put(room, question)
