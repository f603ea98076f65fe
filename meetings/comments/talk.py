"""What people say beside the picture: comments, their review, slow mode; what others object to is in `appeals.py`.

Knows no question. A comment taken away is taken away for everybody; the record keeps it for the staff.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.duty import goes_out, reviewed
from meetings.filtered import held_words, report_kinds, why_all_the_same
from meetings.halt import may_write
from meetings.kernel import (
    SYSTEM,
    Aimed,
    Before,
    Command,
    Entity,
    Entry,
    Eye,
    Fact,
    Finding,
    Mark,
    Refused,
    Room,
    Who,
)
from meetings.masking import masked
from meetings.meeting import AFTER, OPEN, meeting_of
from meetings.messages import quoted, tell
from meetings.people import NAMED, STAFF, has_said, in_turn, may_speak, mine, shown_as, words
from meetings.text import COMMENT_LIMIT, check_id, clean

COMMENTS_KEPT = 300
"""Comments a room shows; older ones stay in the record and in the archive."""

PAUSE_MOST = 600

Reason = Literal["rude", "personal_data", "advert", "unlawful", "duplicate", "unclear", "other"]


class Post(Command, frozen=True, tag="comment.post"):
    """Say something beside the picture. Anybody named may, from the lobby to the end.

    Staff are not slowed down. Whoever is not proved may only where the meeting allows it, always reviewed first.
    """

    may, when = NAMED, OPEN
    id: str
    text: str


class Approve(Aimed, frozen=True, tag="comment.approve"):
    """Let everybody see a comment: one under review or reported, or one taken away by mistake. Staff may.

    What the filter blocked needs a reason to be shown. Nobody decides on reports against themselves, nor brings back
    what somebody else took away from them.
    """

    may, when = STAFF, OPEN | AFTER
    id: str
    reason: str | None = None


class Remove(Aimed, frozen=True, tag="comment.remove"):
    """Take a comment away, with a reason its author is told. Staff may."""

    may, when = STAFF, OPEN | AFTER
    id: str
    reason: Reason


class Delete(Command, frozen=True, tag="comment.delete"):
    """Take my own comment back."""

    may, when = NAMED, OPEN
    id: str


class Pause(Command, frozen=True, tag="comment.pause"):
    """Slow mode: the seconds everybody waits between two comments, 0 for none. Staff may."""

    may, when = STAFF, OPEN
    seconds: int


class Posted(Fact, frozen=True, tag="comment.posted"):
    id: str
    text: str
    shown: str
    verified: bool = True
    review: bool = False
    due_at: int | None = None
    found: Finding | None = None
    voice: str = "resident"


class Approved(Fact, frozen=True, tag="comment.approved"):
    id: str
    reason: str | None = None


class Removed(Fact, frozen=True, tag="comment.removed"):
    id: str
    reason: str


class Deleted(Fact, frozen=True, tag="comment.deleted"):
    id: str


class PauseSet(Fact, frozen=True, tag="comment.pause_set"):
    seconds: int


class Comment(Entity, frozen=True):
    """One comment. `kept` is false once it has scrolled out of the room."""

    kind = "comment"
    id: str
    by: str
    raw: str
    shown: str
    at: int
    state: str
    verified: bool = True
    due_at: int | None = None
    reports: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    removed_by: str | None = None
    appeal: str | None = None
    appealed_at: int | None = None
    appeal_due: int | None = None
    outcome: str | None = None
    answer: str | None = None
    found: Finding | None = None
    kept: bool = True
    voice: str = "resident"
    looked: bool = False

    @property
    def owner(self) -> str | None:
        return self.by

    @property
    def stand(self) -> object:
        """All that was decided about it; reports decide nothing."""
        return self.state, self.reason, self.removed_by, self.appeal, self.outcome

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if not self.kept:
            return None
        if eye is Eye.STAFF:
            told = {
                "state": self.state,
                "person": self.by,
                "reports": len(self.reports),
                "report_kinds": report_kinds(self.reports),
                "verified": self.verified,
            }
            more = {"reason": self.reason, "due_at": self.due_at, "removed_by": self.removed_by}
            more |= self._appeal() | {"appealed_at": self.appealed_at}
            return self._card() | told | more | held_words(self.raw, self.found)
        return self._card() if self.state == "visible" else None

    def seen_by_owner(self) -> dict[str, Any] | None:
        # Who may still object has to find it, however much was said since.
        if not self.kept and self.state not in {"removed", "removed_final"}:
            return None
        return self._card() | {
            "state": self.state,
            "reason": self.reason,
            "due_at": self.due_at,
            "mine": True,
            **self._appeal(),
        }

    def _appeal(self) -> dict[str, Any]:
        return {
            "appeal": masked(self.appeal) if self.appeal else None,
            "appeal_due": self.appeal_due,
            "outcome": self.outcome,
            "answer": self.answer,
        }

    def _card(self) -> dict[str, Any]:
        return {"id": self.id, "text": masked(self.raw), "shown": self.shown, "at": self.at}


class Discussion(Entity, frozen=True):
    """The pause of slow mode, and how many comments everybody could read so far."""

    kind = "discussion"
    pause_seconds: int = 0
    count: int = 0

    @property
    def stand(self) -> object:
        return self.pause_seconds

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {"pause_seconds": self.pause_seconds, "count": self.count}


class Stack(Entity, frozen=True):
    """Which comments the room still shows, oldest first. Nobody sees it; it grows and shrinks in place."""

    kind = "stack"
    ids: list[str] = msgspec.field(default_factory=list)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None


def discussion_of(room: Room) -> Discussion:
    """The discussion; without a pause and empty before the first comment."""
    return room.get(Discussion) or Discussion()


@words.decides(Post)
def _(room: Room, cmd: Post, who: Who) -> list[Fact]:
    check_id(cmd.id)
    text = clean(cmd.text, COMMENT_LIMIT)
    held = room.get(Comment, cmd.id)
    if held is not None:
        if (held.by, held.raw) != (who.person, text):
            raise Refused("taken")
        return []
    settings = meeting_of(room)
    if not settings.comments_open:
        raise Refused("not_open")
    if not who.proved and not settings.unproved_may_speak:
        raise Refused("unverified")
    may_write(room, who)
    may_speak(room, who)
    in_turn(room, who)
    if not room.roles(who) & STAFF:
        _slowed(room, who)
    voice, review, due_at = reviewed(room, "comments", who)
    return [Posted(cmd.id, text, shown_as(room, who), who.proved, review, due_at, who.found, voice)]


def _slowed(room: Room, who: Who) -> None:
    spoke_at, pause = mine(room, who.person).spoke_at, discussion_of(room).pause_seconds * 1_000
    if pause and spoke_at is not None and who.at < spoke_at + pause:
        raise Refused("slow_down", until=spoke_at + pause)


@words.folds(Posted)
def _(room: Room, fact: Posted, entry: Entry) -> None:
    comment = Comment(
        id=fact.id,
        by=entry.by,
        raw=fact.text,
        shown=fact.shown,
        at=entry.at,
        state="pending" if fact.review else "visible",
        verified=fact.verified,
        due_at=fact.due_at,
        found=fact.found,
        voice=fact.voice,
    )
    put(room, comment)
    _keep_the_last(room, comment.id)
    pause = max(discussion_of(room).pause_seconds, mine(room, entry.by).pause_seconds) * 1_000
    slow_until = entry.at + pause if pause else None
    has_said(room, entry, fact.shown, spoke_at=entry.at, slow_until=slow_until)


def await_review(room: Room, comment: Comment) -> None:
    """Let a comment wait until somebody at the desk has read it, the one that was out already too."""
    put(room, msgspec.structs.replace(comment, state="pending", due_at=None))


def _keep_the_last(room: Room, own_id: str) -> None:
    """Let the oldest comment go that nobody waits for; one under review or appeal stays until decided."""
    stack = room.get(Stack) or Stack()
    stack.ids.append(own_id)
    if len(stack.ids) > COMMENTS_KEPT:
        for place, oldest in enumerate(stack.ids):
            comment = room.get(Comment, oldest)
            if comment is not None and comment.state not in {"pending", "appealed"}:
                stack.ids.pop(place)
                room.put(msgspec.structs.replace(comment, kept=False))
                break
    room.put(stack)


def bring_back(room: Room, comment: Comment) -> Comment:
    """A comment that may have scrolled out of the room, in it again, until somebody has decided on it."""
    if comment.kept:
        return comment
    stack = room.get(Stack) or Stack()
    stack.ids.insert(0, comment.id)
    room.put(stack)
    return msgspec.structs.replace(comment, kept=True)


def put(room: Room, comment: Comment) -> None:
    """Change a comment, and with it how many can be read."""
    before = room.get(Comment, comment.id)
    more = (comment.state == "visible") - (before is not None and before.state == "visible")
    room.put(comment)
    if more:
        discussion = discussion_of(room)
        room.put(msgspec.structs.replace(discussion, count=discussion.count + more))


@words.decides(Approve)
def _(room: Room, cmd: Approve, who: Who) -> list[Fact]:
    comment = room.need(Comment, cmd.id)
    if comment.state == "visible" and not comment.reports:
        return []
    if who.person == SYSTEM and not goes_out(room, "comments", comment.voice, comment.due_at, who.at):
        # Somebody held it back between the clock's look and the clock's word.
        return []
    if comment.state not in {"visible", "pending", "removed"}:
        raise Refused("wrong_state", state=comment.state)
    if comment.appeal is not None and comment.state == "removed":
        raise Refused("wrong_state", state=comment.state)
    by_another = comment.state == "removed" and comment.removed_by != who.person
    if comment.by == who.person and (comment.reports or by_another):
        raise Refused("forbidden", why="self")
    if comment.state == "visible":
        return [Approved(cmd.id)]
    return [Approved(cmd.id, why_all_the_same(comment.found, cmd.reason))]


@words.folds(Approved)
def _(room: Room, fact: Approved, entry: Entry) -> None:
    comment = room.get(Comment, fact.id)
    if comment is not None:
        tell_reporters(room, entry, comment, "report_kept")
        if comment.state == "removed":
            tell(room, entry, comment.by, "comment_back", comment, text=quoted(comment.raw))
        looked = comment.looked or entry.by != SYSTEM
        shown: dict[str, Any] = {"state": "visible", "due_at": None, "looked": looked}
        put(room, msgspec.structs.replace(comment, reports=(), reason=None, **shown))


def tell_reporters(room: Room, entry: Entry, comment: Comment, word: str) -> None:
    for person, _ in comment.reports:
        tell(room, entry, person, word, comment, text=quoted(comment.raw))


@words.decides(Remove)
def _(room: Room, cmd: Remove, who: Who) -> list[Fact]:
    comment = room.need(Comment, cmd.id)
    if comment.state in {"removed", "removed_final"}:
        return []
    if comment.state in {"deleted", "appealed"}:
        raise Refused("wrong_state", state=comment.state)
    return [Removed(cmd.id, cmd.reason)]


@words.folds(Removed)
def _(room: Room, fact: Removed, entry: Entry) -> None:
    comment = room.get(Comment, fact.id)
    if comment is not None:
        state = "removed" if comment.appeal is None else "removed_final"
        tell_reporters(room, entry, comment, "report_removed")
        tell(
            room, entry, comment.by, "comment_removed", comment, text=quoted(comment.raw), reason=fact.reason
        )
        put(
            room,
            msgspec.structs.replace(
                comment, state=state, due_at=None, reason=fact.reason, removed_by=entry.by, reports=()
            ),
        )


def own(room: Room, own_id: str, who: Who) -> Comment:
    comment = room.need(Comment, own_id)
    if comment.by != who.person:
        raise Refused("forbidden" if comment.state == "visible" else "not_found")
    return comment


@words.decides(Delete)
def _(room: Room, cmd: Delete, who: Who) -> list[Fact]:
    comment = own(room, cmd.id, who)
    if comment.state == "deleted":
        return []
    if comment.state not in {"visible", "pending"}:
        raise Refused("wrong_state", state=comment.state)
    return [Deleted(cmd.id)]


@words.folds(Deleted)
def _(room: Room, fact: Deleted, entry: Entry) -> None:
    comment = room.get(Comment, fact.id)
    if comment is not None:
        tell_reporters(room, entry, comment, "report_removed")
        put(room, msgspec.structs.replace(comment, state="deleted", due_at=None, reports=()))


@words.decides(Pause)
def _(room: Room, cmd: Pause, who: Who) -> list[Fact]:
    if not 0 <= cmd.seconds <= PAUSE_MOST:
        raise Refused("unclear", field="seconds")
    return [] if discussion_of(room).pause_seconds == cmd.seconds else [PauseSet(cmd.seconds)]


@words.folds(PauseSet)
def _(room: Room, fact: PauseSet, entry: Entry) -> None:
    room.put(msgspec.structs.replace(discussion_of(room), pause_seconds=fact.seconds))


def _one(_room: Room, fact: Approved | Removed) -> list[str]:
    return [f"{Comment.kind}:{fact.id}"]


@words.takes_back(Approved, Removed, of=_one)
def _(room: Room, before: Before, mark: Mark) -> None:
    """As it was, with the reports and the name that came meanwhile; scrolled out of the room it stays."""
    for was in before.values():
        now = room.get(Comment, was.id) if isinstance(was, Comment) else None
        if isinstance(was, Comment) and now is not None:
            reports = tuple(dict.fromkeys((*was.reports, *now.reports)))
            put(room, msgspec.structs.replace(was, reports=reports, kept=now.kept, shown=now.shown))


def _pause(_room: Room, _fact: PauseSet) -> list[str]:
    return [Discussion.kind]


@words.takes_back(PauseSet, of=_pause)
def _(room: Room, before: Before, mark: Mark) -> None:
    was = before[Discussion.kind]
    seconds = was.pause_seconds if isinstance(was, Discussion) else 0
    room.put(msgspec.structs.replace(discussion_of(room), pause_seconds=seconds))
