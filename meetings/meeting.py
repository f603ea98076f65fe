"""The council itself: called, announced, opened, paused, ended, published; its settings.

Knows nothing of what is said in it.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from meetings.duty import REVIEWS, TEXTS, VOICES, Switched, plan, switched
from meetings.kernel import Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.people import DESK, HOSTS, SECRETARY, TECHNICAL, words
from meetings.text import REASON_LIMIT, TITLE_LIMIT, check_time, clean

BEFORE = frozenset({"draft", "announced", "postponed", "lobby"})
TALKING = frozenset({"live", "paused"})
OPEN = TALKING | {"lobby"}
AFTER = frozenset({"ended", "minutes_review", "published"})
UNTIL_ARCHIVED = BEFORE | TALKING | AFTER
HOUR = 3_600_000
DAY = 24 * HOUR

WATCHERS = ("public", "code", "estate")
_REVIEWED = {f"review_{texts}": texts for texts in TEXTS}
"""The settings that choose the review for every kind of person at once (see `duty`)."""
_SMALL_SETTINGS = frozenset({"questions_open", "comments_open", *_REVIEWED})
_LONG = 2_000


class Set(Command, frozen=True, tag="meeting.set"):
    """Set what is named: title, time, place, who calls the meeting, who may watch, how texts are reviewed.

    What is left out stays as it is. The secretary may; moderator and host may open and close questions and
    comments and choose the review, for every kind of person at once (else `review.switch`, whose rules hold).
    """

    may, when = SECRETARY | DESK, UNTIL_ARCHIVED
    title: str | UnsetType = UNSET
    number: str | None | UnsetType = UNSET
    starts_at: int | UnsetType = UNSET
    planned_minutes: int | UnsetType = UNSET
    venue: str | UnsetType = UNSET
    convener: str | UnsetType = UNSET
    host: str | UnsetType = UNSET
    parties: list[str] | UnsetType = UNSET
    attending: list[str] | UnsetType = UNSET
    review_questions: str | UnsetType = UNSET
    review_comments: str | UnsetType = UNSET
    questions_open: bool | UnsetType = UNSET
    comments_open: bool | UnsetType = UNSET
    watch: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    estate: str | UnsetType = UNSET
    unproved_may_speak: bool | UnsetType = UNSET
    answer_days: int | UnsetType = UNSET
    publish_on: int | None | UnsetType = UNSET
    notice: str | UnsetType = UNSET
    lobby_minutes: int | None | UnsetType = UNSET
    sample: bool | UnsetType = UNSET


class Announce(Command, frozen=True, tag="meeting.announce"):
    """Announce the meeting: time, place, agenda and the notice on personal data must be there."""

    may, when = SECRETARY, frozenset({"draft", "postponed"})
    already = frozenset({"announced"})


class Postpone(Command, frozen=True, tag="meeting.postpone"):
    """Put the meeting off, with the reason; a new time may be named. The secretary may."""

    may, when = SECRETARY, frozenset({"announced", "lobby"})
    already = frozenset({"postponed"})
    reason: str
    starts_at: int | None = None


class Cancel(Command, frozen=True, tag="meeting.cancel"):
    """Call the meeting off, with the reason. The secretary may, before it has begun."""

    may, when = SECRETARY, frozenset({"draft", "announced", "postponed", "lobby"})
    already = frozenset({"cancelled"})
    reason: str


class OpenLobby(Command, frozen=True, tag="meeting.open_lobby"):
    """Let people in before the beginning, at most an hour early unless the meeting says otherwise."""

    may, when = HOSTS | {"technician"}, frozenset({"announced"})
    already = frozenset({"lobby"})


class Start(Command, frozen=True, tag="meeting.start"):
    """Begin. The host may, from the lobby."""

    may, when = HOSTS, frozenset({"lobby"})
    already = frozenset({"live"})


class Pause(Command, frozen=True, tag="meeting.pause"):
    """Pause, with the cause shown to everybody. Host, secretary, moderator or technician may."""

    may, when = HOSTS | TECHNICAL, frozenset({"live"})
    already = frozenset({"paused"})
    reason: str


class Resume(Command, frozen=True, tag="meeting.resume"):
    """Go on after a pause."""

    may, when = HOSTS | TECHNICAL, frozenset({"paused"})
    already = frozenset({"live"})


class End(Command, frozen=True, tag="meeting.end"):
    """End the meeting for good: waiting questions get an answer in writing, polls close. The host may."""

    may, when = HOSTS, TALKING
    already = frozenset({"ended"})


class Publish(Command, frozen=True, tag="meeting.publish"):
    """Open the archive to the public. The secretary may, after the end."""

    may, when = SECRETARY, frozenset({"ended", "minutes_review"})
    already = frozenset({"published"})


class WasSet(Fact, frozen=True, tag="meeting.was_set"):
    values: dict[str, Any]


class Announced(Fact, frozen=True, tag="meeting.announced"):
    pass


class Postponed(Fact, frozen=True, tag="meeting.postponed"):
    reason: str
    starts_at: int | None = None


class Cancelled(Fact, frozen=True, tag="meeting.cancelled"):
    reason: str


class LobbyOpened(Fact, frozen=True, tag="meeting.lobby_opened"):
    pass


class Started(Fact, frozen=True, tag="meeting.started"):
    pass


class Paused(Fact, frozen=True, tag="meeting.paused"):
    reason: str


class Resumed(Fact, frozen=True, tag="meeting.resumed"):
    pass


class Ended(Fact, frozen=True, tag="meeting.ended"):
    pass


class Published(Fact, frozen=True, tag="meeting.published"):
    pass


class Meeting(Entity, frozen=True):
    """The meeting's card. There is one in a room, put there by the first `meeting.was_set`."""

    kind = "meeting"
    record: str
    title: str = ""
    number: str | None = None
    phase: str = "draft"
    starts_at: int | None = None
    planned_minutes: int = 90
    venue: str = ""
    convener: str = ""
    host: str = ""
    parties: list[str] = []
    attending: list[str] = []
    review_questions: str = "before"
    review_comments: str = "before"
    questions_open: bool = True
    comments_open: bool = True
    watch: str = "public"
    code: str = ""
    estate: str = ""
    unproved_may_speak: bool = False
    answer_days: int = 7
    publish_on: int | None = None
    notice: str = ""
    lobby_minutes: int | None = 60
    sample: bool = False
    started_at: int | None = None
    ended_at: int | None = None
    published_at: int | None = None
    cause: str | None = None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        view: dict[str, Any] = msgspec.structs.asdict(self)
        view["id"] = view.pop("record").partition(":")[2]
        return view


def meeting_of(room: Room) -> Meeting:
    """The meeting's card; an empty one before anything was set."""
    return room.get(Meeting) or Meeting(record=room.record)


@words.decides(Set)
def _(room: Room, cmd: Set, who: Who) -> list[Fact]:
    given = {name: value for name, value in msgspec.structs.asdict(cmd).items() if value is not UNSET}
    if given.keys() - _SMALL_SETTINGS and not room.roles(who) & (SECRETARY | {"system"}):
        raise Refused("forbidden")
    held = meeting_of(room)
    values = {name: _checked(name, value) for name, value in given.items()}
    reviews = {name: values.pop(name) for name in _REVIEWED if name in values}
    news = {name: value for name, value in values.items() if getattr(held, name) != value}
    if room.phase not in BEFORE and news.keys() & {"starts_at", "code", "sample", "lobby_minutes"}:
        raise Refused("wrong_state", phase=room.phase)
    modes = {_REVIEWED[name]: dict.fromkeys(VOICES, mode) for name, mode in reviews.items()}
    facts: list[Fact] = [WasSet(news)] if news or room.get(Meeting) is None else []
    return [*facts, *switched(room, who, modes)]


def _checked(name: str, value: Any) -> Any:
    if name in _REVIEWED:
        return _one_of(name, value, REVIEWS)
    if name == "watch":
        return _one_of(name, value, WATCHERS)
    if name in {"planned_minutes", "answer_days"}:
        return _between(name, value, 1, 24 * 60)
    if name in {"starts_at", "publish_on"} and value is not None:
        return check_time(value, name)
    if name == "lobby_minutes" and value is not None:
        return _between(name, value, 0, 7 * 24 * 60)
    if name in {"parties", "attending"}:
        if len(value) > 40:
            raise Refused("too_large", field=name, limit=40)
        return [clean(text, TITLE_LIMIT, name) for text in value]
    if isinstance(value, str):
        limit = _LONG if name == "notice" else TITLE_LIMIT
        return clean(value, limit, name) if value.strip() or name == "title" else ""
    return value


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise Refused("unclear", field=name)
    return value


def _between(name: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise Refused("unclear", field=name)
    return value


@words.folds(WasSet)
def _(room: Room, fact: WasSet, entry: Entry) -> None:
    known = {name: value for name, value in fact.values.items() if name in Meeting.__struct_fields__}
    room.put(msgspec.structs.replace(meeting_of(room), **known))
    # Records of an older release chose the review here.
    old = {texts: dict.fromkeys(VOICES, known[name]) for name, texts in _REVIEWED.items() if name in known}
    if old:
        plan(room, old)


@words.folds(Switched)
def _(room: Room, fact: Switched, entry: Entry) -> None:
    told = {f"review_{texts}": modes[VOICES[0]] for texts, modes in fact.modes.items() if VOICES[0] in modes}
    room.put(msgspec.structs.replace(meeting_of(room), **told))


@words.decides(Announce)
def _(room: Room, cmd: Announce, who: Who) -> list[Fact]:
    held = meeting_of(room)
    missing = [name for name in ("title", "starts_at", "venue", "notice") if not getattr(held, name)]
    if not room.count("agenda_item"):
        missing.append("agenda")
    if missing:
        raise Refused("wrong_state", phase=room.phase, missing=missing)
    return [Announced()]


@words.decides(Postpone)
def _(room: Room, cmd: Postpone, who: Who) -> list[Fact]:
    if cmd.starts_at is not None:
        check_time(cmd.starts_at, "starts_at")
    return [Postponed(clean(cmd.reason, REASON_LIMIT, "reason"), cmd.starts_at)]


@words.decides(Cancel)
def _(room: Room, cmd: Cancel, who: Who) -> list[Fact]:
    return [Cancelled(clean(cmd.reason, REASON_LIMIT, "reason"))]


@words.decides(OpenLobby)
def _(room: Room, cmd: OpenLobby, who: Who) -> list[Fact]:
    held = meeting_of(room)
    early = held.lobby_minutes
    if early is not None and held.starts_at is not None and who.at < held.starts_at - early * 60_000:
        raise Refused("not_open", opens_at=held.starts_at - early * 60_000)
    return [LobbyOpened()]


@words.decides(Start)
def _(room: Room, cmd: Start, who: Who) -> list[Fact]:
    return [Started()]


@words.decides(Pause)
def _(room: Room, cmd: Pause, who: Who) -> list[Fact]:
    return [Paused(clean(cmd.reason, REASON_LIMIT, "reason"))]


@words.decides(Resume)
def _(room: Room, cmd: Resume, who: Who) -> list[Fact]:
    return [Resumed()]


@words.decides(End)
def _(room: Room, cmd: End, who: Who) -> list[Fact]:
    return [Ended()]


@words.decides(Publish)
def _(room: Room, cmd: Publish, who: Who) -> list[Fact]:
    return [Published()]


def _enter(room: Room, phase: str, **changes: Any) -> None:
    room.phase = phase
    room.put(msgspec.structs.replace(meeting_of(room), phase=phase, **changes))


@words.folds(Announced)
def _(room: Room, fact: Announced, entry: Entry) -> None:
    _enter(room, "announced", cause=None)


@words.folds(Postponed)
def _(room: Room, fact: Postponed, entry: Entry) -> None:
    starts_at = meeting_of(room).starts_at if fact.starts_at is None else fact.starts_at
    _enter(room, "postponed", cause=fact.reason, starts_at=starts_at)


@words.folds(Cancelled)
def _(room: Room, fact: Cancelled, entry: Entry) -> None:
    _enter(room, "cancelled", cause=fact.reason)


@words.folds(LobbyOpened)
def _(room: Room, fact: LobbyOpened, entry: Entry) -> None:
    _enter(room, "lobby", cause=None)


@words.folds(Started)
def _(room: Room, fact: Started, entry: Entry) -> None:
    _enter(room, "live", started_at=entry.at, cause=None)


@words.folds(Paused)
def _(room: Room, fact: Paused, entry: Entry) -> None:
    _enter(room, "paused", cause=fact.reason)


@words.folds(Resumed)
def _(room: Room, fact: Resumed, entry: Entry) -> None:
    _enter(room, "live", cause=None)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    _enter(room, "ended", ended_at=entry.at, cause=None, questions_open=False, comments_open=False)


@words.folds(Published)
def _(room: Room, fact: Published, entry: Entry) -> None:
    _enter(room, "published", published_at=entry.at)
