"""What an author does: ask and withdraw. Refuses whom the meeting does not let speak."""

from __future__ import annotations

from meetings.duty import reviewed
from meetings.halt import may_write
from meetings.kernel import Command, Entry, Fact, Finding, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import meeting_of
from meetings.people import BADGES, DESK, NAMED, has_said, in_turn, may_speak, mine, shown_as, words
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
from meetings.text import QUESTION_LIMIT, check_id, clean, clean_name

KINDS = ("ask", "report", "suggest")


CHANNELS = ("online", "on_behalf", "phone", "paper", "collected")


WAITING = frozenset({"queued", "pending_review"})


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
    voice: str = "resident"


class Withdrawn(Fact, frozen=True, tag="question.withdrawn"):
    id: str


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
    may_write(room, who)
    may_speak(room, who)
    in_turn(room, who)
    voice, review, due_at = reviewed(room, "questions", who)
    shown = for_name or shown_as(room, who)
    sent = (cmd.id, cmd.kind, text, shown, cmd.channel, cmd.to, who.proved)
    return [Asked(*sent, review, due_at, who.found, voice)]


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
        voice=fact.voice,
    )
    room.put(Score(fact.id, shown=question.state in SHOWN))
    put(room, question)
    if fact.channel == "online":
        own = mine(room, entry.by)
        again = max(own.slow_until or 0, entry.at + own.pause_seconds * 1_000) if own.pause_seconds else None
        has_said(room, entry, fact.shown, slow_until=again or own.slow_until)


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
