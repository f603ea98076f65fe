"""Who keeps watch at the desk, and how texts are reviewed meanwhile: first or later, for each kind of person.

Without a moderator on duty everything is reviewed first, whatever was chosen. Knows no text and no clock.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import ANYTIME, SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.people import BADGES, DESK, SECRETARY, STAFF, Dismissed, Person, words

REVIEWS = ("before", "delayed", "after")
"""先审后发, delayed with a way to stop it, 先发后审: from strict to loose."""
TEXTS = ("questions", "comments")
VOICES = ("resident", "badge")
"""The kinds of person for whom the review may be loosened: proved residents; badge holders and staff."""
UNPROVED = "unproved"
"""Whoever is not proved is always reviewed first (DESIGN 4.2)."""
WATCH = frozenset({"moderator", "secretary"})
"""Those who may keep watch at the desk."""
DELAY = 12_000
"""Milliseconds a text waits for the stop button in delayed review."""

_PREPARING = frozenset({"draft", "announced", "postponed"})
_HELD = _PREPARING | {"lobby", "live", "paused"}

Texts = Literal["questions", "comments"]
Voice = Literal["resident", "badge"]
Mode = Literal["before", "delayed", "after"]


class Begin(Command, frozen=True, tag="duty.begin"):
    """Go on duty at the desk (值班): only then may texts be published before they are read. Moderator or secretary."""

    may, when = WATCH, _HELD


class End(Command, frozen=True, tag="duty.end"):
    """Go off duty. With the last one on duty everything is reviewed first again; what was on its way waits.

    The platform gives it for `person` whose desk has been away for too long (`away` true).
    """

    may, when = DESK, ANYTIME
    person: str | None = None
    away: bool = False


class Switch(Command, frozen=True, tag="review.switch"):
    """Choose how `texts` of one kind of person are reviewed: `before`, `delayed` or `after`. The desk may.

    Loosening needs a moderator on duty; a moderator who loosens is on duty from then on. `was` is the mode the
    sender saw: where somebody else has switched meanwhile, the answer is `wrong_state` and tells what holds now.
    """

    may, when = DESK, _HELD
    texts: Texts
    voice: Voice
    mode: Mode
    was: Mode | None = None


class FallBack(Command, frozen=True, tag="review.fall_back"):
    """Review everything first again, because nobody is on duty any more. The platform alone gives it."""

    may, when = frozenset({SYSTEM}), _HELD


class Begun(Fact, frozen=True, tag="duty.begun"):
    person: str
    name: str


class Ended(Fact, frozen=True, tag="duty.ended"):
    person: str
    cause: str = "left"


class Switched(Fact, frozen=True, tag="review.switched"):
    """`modes` by kind of text and person, only what changed; `name` of who switched, or the `cause`."""

    modes: dict[str, dict[str, str]]
    name: str = ""
    cause: str | None = None


class OnDuty(msgspec.Struct, frozen=True):
    """One person who keeps watch, and since when (ms)."""

    person: str
    name: str
    since: int


class Review(Entity, frozen=True):
    """How texts are reviewed, who keeps watch, and who switched last.

    `deserted`: the last one on duty is gone, and the falling back was not written down yet.
    """

    kind = "review"
    chosen: dict[str, dict[str, str]] = {}
    on_duty: tuple[OnDuty, ...] = ()
    by: str = ""
    name: str = ""
    at: int | None = None
    cause: str | None = None
    deserted: bool = False

    def mode(self, texts: str, voice: str) -> str:
        """How such texts of such a person are reviewed now."""
        return self.chosen.get(texts, {}).get(voice, REVIEWS[0]) if self.on_duty else REVIEWS[0]

    @property
    def loose(self) -> bool:
        """Whether anything was chosen that needs somebody on duty."""
        return any(mode != REVIEWS[0] for modes in self.chosen.values() for mode in modes.values())

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if self.at is None and not self.on_duty:
            return None
        modes = {texts: {voice: self.mode(texts, voice) for voice in VOICES} for texts in TEXTS}
        told = {"name": self.name, "at": self.at, "cause": self.cause, "on_duty": len(self.on_duty)}
        if eye is Eye.STAFF:
            watch = [{"person": one.person, "name": one.name, "since": one.since} for one in self.on_duty]
            return modes | told | {"watch": watch, "chosen": self.chosen}
        return modes | told


def review_of(room: Room) -> Review:
    """How texts are reviewed; all of them first before anything was chosen."""
    return room.get(Review) or Review()


def voice_of(room: Room, who: Who) -> str:
    """Which kind of person this is, for the review of what they write."""
    if not who.proved:
        return UNPROVED
    return VOICES[bool(room.roles(who) & (BADGES | STAFF))]


def reviewed(room: Room, texts: str, who: Who) -> tuple[str, bool, int | None]:
    """The kind of person, whether what they write now waits for review, and when (ms) it goes out by itself.

    What the filter holds waits in every mode, and never goes out by itself.
    """
    voice = voice_of(room, who)
    mode = review_of(room).mode(texts, voice)
    if mode == "before" or (who.found is not None and who.found.holds):
        return voice, True, None
    return voice, mode == "delayed", who.at + DELAY if mode == "delayed" else None


def goes_out(room: Room, texts: str, voice: str, due_at: int | None, at: int) -> bool:
    """Whether what waits in delayed review goes out by itself at this instant: not once the review is stricter or
    everything is stopped, even where an undone deed brought its time back.
    """
    on_its_way = due_at is not None and due_at <= at
    return on_its_way and review_of(room).mode(texts, voice) != REVIEWS[0] and not room.count("halt")


def name_of(room: Room, who: Who) -> str:
    """The name under which somebody answers for what they do in office."""
    plate = room.get(Person, who.person)
    return (plate.name if plate is not None and plate.role else "") or who.labels.get("real", "")


def tightened(fact: Switched, texts: str, voice: str) -> bool:
    """Whether such texts of such a person must wait for review from now on, those on their way included."""
    return fact.modes.get(texts, {}).get(voice) == REVIEWS[0]


def due(room: Room, at: int) -> list[Command]:
    """What the platform has to do by this instant: fall back where the last one on duty was dismissed."""
    review = review_of(room)
    return [FallBack()] if review.deserted and review.loose and room.phase in _HELD else []


def switched(room: Room, who: Who, wanted: dict[str, dict[str, str]]) -> list[Fact]:
    """The facts that make the review what is wanted. Refuses to loosen where nobody is on duty, and while stopped.

    Before the lobby the secretary plans: what is chosen then holds as soon as somebody is on duty.
    """
    review = review_of(room)
    chosen = review.chosen
    news = {
        texts: changed
        for texts, modes in wanted.items()
        if (
            changed := {
                voice: mode
                for voice, mode in modes.items()
                if chosen.get(texts, {}).get(voice, REVIEWS[0]) != mode
            }
        )
    }
    facts: list[Fact] = [Switched(news, name_of(room, who))] if news else []
    if not any(mode != REVIEWS[0] for modes in wanted.values() for mode in modes.values()):
        return facts
    if news and room.count("halt"):
        raise Refused("wrong_state", phase=room.phase, halted=True)
    if review.on_duty:
        return facts
    roles = room.roles(who)
    if "moderator" in roles:
        return [Begun(who.person, name_of(room, who)), *facts]
    if room.phase in _PREPARING and roles & (SECRETARY | {SYSTEM}):
        return facts
    raise Refused("wrong_state", phase=room.phase, lacks="duty")


@words.decides(Begin)
def _(room: Room, cmd: Begin, who: Who) -> list[Fact]:
    # The platform itself keeps no watch.
    if who.person == SYSTEM:
        raise Refused("forbidden")
    if any(one.person == who.person for one in review_of(room).on_duty):
        return []
    return [Begun(who.person, name_of(room, who))]


@words.folds(Begun)
def _(room: Room, fact: Begun, entry: Entry) -> None:
    review = review_of(room)
    on_duty = (*review.on_duty, OnDuty(fact.person, fact.name, entry.at))
    room.put(msgspec.structs.replace(review, on_duty=on_duty, deserted=False))


@words.decides(End)
def _(room: Room, cmd: End, who: Who) -> list[Fact]:
    person = cmd.person or who.person
    if who.person not in {person, SYSTEM}:
        raise Refused("forbidden")
    review = review_of(room)
    staying = [one for one in review.on_duty if one.person != person]
    if len(staying) == len(review.on_duty):
        return []
    cause = "away" if cmd.away and who.person == SYSTEM else "left"
    ended: list[Fact] = [Ended(person, cause)]
    return ended if staying or not review.loose else [*ended, _back(review, cause)]


def _back(review: Review, cause: str) -> Switched:
    strict = {
        texts: {voice: REVIEWS[0] for voice, mode in modes.items() if mode != REVIEWS[0]}
        for texts, modes in review.chosen.items()
    }
    return Switched({texts: modes for texts, modes in strict.items() if modes}, cause=cause)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    _go(room, fact.person)


@words.folds(Dismissed)
def _(room: Room, fact: Dismissed, entry: Entry) -> None:
    if not room.granted.get(fact.person, frozenset()) & WATCH:
        _go(room, fact.person)


def _go(room: Room, person: str) -> None:
    review = review_of(room)
    staying = tuple(one for one in review.on_duty if one.person != person)
    if len(staying) < len(review.on_duty):
        room.put(msgspec.structs.replace(review, on_duty=staying, deserted=not staying))


@words.decides(Switch)
def _(room: Room, cmd: Switch, who: Who) -> list[Fact]:
    review = review_of(room)
    now = review.mode(cmd.texts, cmd.voice)
    facts = switched(room, who, {cmd.texts: {cmd.voice: cmd.mode}})
    if facts and cmd.was is not None and cmd.was != now:
        raise Refused("wrong_state", mode=now, name=review.name)
    return facts


@words.decides(FallBack)
def _(room: Room, cmd: FallBack, who: Who) -> list[Fact]:
    review = review_of(room)
    return [_back(review, "dismissed")] if review.deserted and review.loose else []


@words.folds(Switched)
def _(room: Room, fact: Switched, entry: Entry) -> None:
    plan(room, fact.modes)
    changed = {"by": entry.by, "name": fact.name, "at": entry.at, "cause": fact.cause, "deserted": False}
    room.put(msgspec.structs.replace(review_of(room), **changed))


def plan(room: Room, modes: dict[str, dict[str, str]]) -> None:
    """Lay these modes over what was chosen."""
    review = review_of(room)
    chosen = {texts: review.chosen.get(texts, {}) | modes.get(texts, {}) for texts in TEXTS}
    room.put(msgspec.structs.replace(review, chosen=chosen))
