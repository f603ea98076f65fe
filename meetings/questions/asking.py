"""What an author does: ask, withdraw, appeal. Refuses whom the meeting does not let speak."""

from __future__ import annotations

import msgspec

from meetings.kernel import Command, Entry, Fact, Finding, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, meeting_of
from meetings.people import BADGES, DESK, NAMED, may_speak, shown_as, words
from meetings.questions.cards import (
    COLLECTING,
    SHOWN,
    Question,
    Score,
    end,
    in_state,
    put,
)
from meetings.questions.support import freed
from meetings.text import QUESTION_LIMIT, REASON_LIMIT, check_id, clean, clean_name

KINDS = ("ask", "report", "suggest")


CHANNELS = ("online", "on_behalf", "phone", "paper", "collected")


WAITING = frozenset({"queued", "pending_review"})


DELAY = 12_000


"""Milliseconds a question waits for the stop button in delayed review."""


_WITHOUT_ACCOUNT = DESK | {"grid_keeper"}


class Ask(Command, frozen=True, tag="question.ask"):
    """Ask, report or suggest something. Anybody named may, from the announcement to the end.

    Staff and grid keepers may hand in for somebody else (`channel` other than online, `for_name`). Whoever is
    not proved may only where the meeting allows it, and is always reviewed first.
    """

    may, when = NAMED, COLLECTING
    id: str
    kind: str
    text: str
    to: str | None = None
    channel: str = "online"
    for_name: str | None = None


class Withdraw(Command, frozen=True, tag="question.withdraw"):
    """Take my own question back while it waits."""

    may, when = NAMED, COLLECTING
    id: str


class Appeal(Command, frozen=True, tag="question.appeal"):
    """Object, once, to my question having been handed back; another moderator decides."""

    may, when = NAMED, COLLECTING | AFTER
    id: str
    text: str


class Asked(Fact, frozen=True, tag="question.asked"):
    id: str
    kind: str
    text: str
    shown: str
    channel: str = "online"
    to: str | None = None
    verified: bool = True
    review: bool = True
    due_at: int | None = None
    found: Finding | None = None


class Withdrawn(Fact, frozen=True, tag="question.withdrawn"):
    id: str


class Appealed(Fact, frozen=True, tag="question.appealed"):
    id: str
    text: str


@words.decides(Ask)
def _(room: Room, cmd: Ask, who: Who) -> list[Fact]:
    check_id(cmd.id)
    for field, value, allowed in (("kind", cmd.kind, KINDS), ("channel", cmd.channel, CHANNELS)):
        if value not in allowed:
            raise Refused("unclear", field=field)
    if cmd.to is not None and cmd.to not in BADGES:
        raise Refused("unclear", field="to")
    text = clean(cmd.text, QUESTION_LIMIT)
    for_name = clean_name(cmd.for_name, "for_name") if cmd.for_name else None
    held = room.get(Question, cmd.id)
    if held is not None:
        same = (held.by, held.raw, held.sort, held.channel) == (who.person, text, cmd.kind, cmd.channel)
        if same:
            return []
        raise Refused("taken")
    for_others = cmd.channel != "online"
    if for_others and not room.roles(who) & (_WITHOUT_ACCOUNT | {"system"}):
        raise Refused("forbidden")
    settings = meeting_of(room)
    if not settings.questions_open and not for_others:
        raise Refused("not_open")
    if not who.proved and not settings.unproved_may_speak:
        raise Refused("unverified")
    may_speak(room, who)
    stopped = not who.proved or (who.found is not None and who.found.holds)
    review = stopped or settings.review_questions != "after"
    due_at = who.at + DELAY if settings.review_questions == "delayed" and not stopped else None
    shown = for_name or shown_as(room, who)
    return [Asked(cmd.id, cmd.kind, text, shown, cmd.channel, cmd.to, who.proved, review, due_at, who.found)]


@words.folds(Asked)
def _(room: Room, fact: Asked, entry: Entry) -> None:
    question = Question(
        id=fact.id,
        by=entry.by,
        number=room.count("question") + 1,
        sort=fact.kind,
        text=masked(fact.text),
        raw=fact.text,
        shown=fact.shown,
        at=entry.at,
        channel=fact.channel,
        to=fact.to,
        verified=fact.verified,
        state="pending_review" if fact.review else "queued",
        due_at=fact.due_at,
        found=fact.found,
    )
    room.put(Score(fact.id, shown=question.state in SHOWN))
    put(room, question)


@words.decides(Withdraw)
def _(room: Room, cmd: Withdraw, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.by != who.person:
        raise Refused("not_found" if question.state not in SHOWN else "forbidden")
    if question.state == "withdrawn":
        return []
    in_state(room, cmd.id, *WAITING)
    return [*freed(room, cmd.id), Withdrawn(cmd.id)]


@words.folds(Withdrawn)
def _(room: Room, fact: Withdrawn, entry: Entry) -> None:
    end(room, fact.id, entry, state="withdrawn")


@words.decides(Appeal)
def _(room: Room, cmd: Appeal, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    text = clean(cmd.text, REASON_LIMIT)
    if question.by != who.person:
        raise Refused("not_found" if question.state not in SHOWN else "forbidden")
    if question.appeal is not None:
        if question.appeal == text:
            return []
        raise Refused("wrong_state", state=question.state, appealed=True)
    in_state(room, cmd.id, "hidden", "rejected")
    return [Appealed(cmd.id, text)]


@words.folds(Appealed)
def _(room: Room, fact: Appealed, entry: Entry) -> None:
    put(room, msgspec.structs.replace(room.need(Question, fact.id), state="appealed", appeal=fact.text))
