"""What everybody knows of the picture: whether it is on, broken off, held back or over, and whether it is kept.

Bitrate, delay and dropped frames are air and never come here. Knows nothing of how a picture is carried.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.halt import Halt, Halted, Lifted, lift
from meetings.kernel import SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.meeting import AFTER, OPEN, Ended
from meetings.people import TECHNICAL, words
from meetings.text import TITLE_LIMIT, clean_line

STUDIO = TECHNICAL | {SYSTEM}
STATES = ("offline", "live", "interrupted", "held", "ended")


class Live(Command, frozen=True, tag="stream.live"):
    """The picture is on, for the first time or again. A picture that is held back stays held back."""

    may, when = STUDIO, OPEN


class Interrupt(Command, frozen=True, tag="stream.interrupt"):
    """The picture broke off; it may come again by itself."""

    may, when = STUDIO, OPEN
    cause: str | None = None


class Hold(Command, frozen=True, tag="stream.hold"):
    """Hold the picture back at once: every page covers its player. The recording goes on, out of public sight."""

    may, when = STUDIO, OPEN
    cause: str | None = None


class Resume(Command, frozen=True, tag="stream.resume"):
    """Show the picture again after it was held back."""

    may, when = STUDIO, OPEN


class End(Command, frozen=True, tag="stream.end"):
    """The studio has finished. The meeting goes on, and the studio may begin again."""

    may, when = STUDIO, OPEN | AFTER


class Record(Command, frozen=True, tag="stream.record"):
    """Whether the picture is being recorded: told by the platform when the disk fails, and when it writes again."""

    may, when = frozenset({SYSTEM}), OPEN
    on: bool


class WentLive(Fact, frozen=True, tag="stream.went_live"):
    pass


class Interrupted(Fact, frozen=True, tag="stream.interrupted"):
    cause: str | None = None


class Held(Fact, frozen=True, tag="stream.held"):
    cause: str | None = None


class Resumed(Fact, frozen=True, tag="stream.resumed"):
    pass


class StreamEnded(Fact, frozen=True, tag="stream.ended"):
    pass


class RecordingFailed(Fact, frozen=True, tag="stream.recording_failed"):
    pass


class RecordingBack(Fact, frozen=True, tag="stream.recording_back"):
    pass


class Stream(Entity, frozen=True):
    """The picture. `carried` is what the studio sends, whether or not it is held back; `held_at` and `shown_at`
    bound the last span held back.
    """

    kind = "stream"
    carried: str = "offline"
    held: bool = False
    since: int | None = None
    cause: str | None = None
    recorded: bool = True
    held_at: int | None = None
    shown_at: int | None = None

    @property
    def state(self) -> str:
        """The one word shown."""
        return "held" if self.held else self.carried

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {
            "state": self.state,
            "since": self.since,
            "cause": self.cause,
            "recorded": self.recorded,
        }


def stream_of(room: Room) -> Stream:
    """The picture; offline before anything was sent."""
    return room.get(Stream) or Stream()


def _cause(text: str | None) -> str | None:
    return clean_line(text, TITLE_LIMIT, "cause") if text else None


@words.decides(Live)
def _(room: Room, cmd: Live, who: Who) -> list[Fact]:
    return [] if stream_of(room).carried == "live" else [WentLive()]


@words.decides(Interrupt)
def _(room: Room, cmd: Interrupt, who: Who) -> list[Fact]:
    carried = stream_of(room).carried
    if carried == "interrupted":
        return []
    if carried != "live":
        raise Refused("wrong_state", state=carried)
    return [Interrupted(_cause(cmd.cause))]


@words.decides(Hold)
def _(room: Room, cmd: Hold, who: Who) -> list[Fact]:
    stream = stream_of(room)
    if stream.held:
        return []
    if stream.carried not in {"live", "interrupted"}:
        raise Refused("wrong_state", state=stream.carried)
    return [Held(_cause(cmd.cause))]


@words.decides(Resume)
def _(room: Room, cmd: Resume, who: Who) -> list[Fact]:
    return [Resumed()] if stream_of(room).held else []


@words.decides(End)
def _(room: Room, cmd: End, who: Who) -> list[Fact]:
    return [] if stream_of(room).carried in {"offline", "ended"} else [StreamEnded()]


@words.decides(Record)
def _(room: Room, cmd: Record, who: Who) -> list[Fact]:
    stream = stream_of(room)
    if cmd.on == stream.recorded:
        return []
    return [RecordingBack() if cmd.on else RecordingFailed()]


def _turn(room: Room, entry: Entry, cause: str | None = None, **changes: Any) -> None:
    before = stream_of(room)
    after = msgspec.structs.replace(before, **changes)
    if after.state == before.state and after.since is not None:
        room.put(after)
    else:
        room.put(msgspec.structs.replace(after, since=entry.at, cause=cause))


@words.folds(WentLive)
def _(room: Room, fact: WentLive, entry: Entry) -> None:
    _turn(room, entry, carried="live")


@words.folds(Interrupted)
def _(room: Room, fact: Interrupted, entry: Entry) -> None:
    _turn(room, entry, fact.cause, carried="interrupted")


@words.folds(Held)
def _(room: Room, fact: Held, entry: Entry) -> None:
    _turn(room, entry, fact.cause, held=True, held_at=entry.at, shown_at=None)


@words.folds(Resumed)
def _(room: Room, fact: Resumed, entry: Entry) -> None:
    lift(room, words_too=False, picture_too=True)
    _show(room, entry)


@words.folds(Halted)
def _(room: Room, fact: Halted, entry: Entry) -> None:
    """A picture that is not on yet is held back as well: it must not come on in the midst of a stop."""
    stream = stream_of(room)
    if not stream.held:
        _turn(room, entry, held=True, held_at=entry.at, shown_at=None)


@words.folds(Lifted)
def _(room: Room, fact: Lifted, entry: Entry) -> None:
    if fact.picture:
        _show(room, entry)


def _show(room: Room, entry: Entry) -> None:
    _turn(room, entry, held=False, shown_at=entry.at)


@words.folds(StreamEnded)
def _(room: Room, fact: StreamEnded, entry: Entry) -> None:
    halt = room.get(Halt)
    if halt is not None and halt.picture:
        _turn(room, entry, carried="ended", recorded=True)
    else:
        _turn(room, entry, carried="ended", held=False, recorded=True, shown_at=entry.at)


@words.folds(RecordingFailed)
def _(room: Room, fact: RecordingFailed, entry: Entry) -> None:
    _turn(room, entry, recorded=False)


@words.folds(RecordingBack)
def _(room: Room, fact: RecordingBack, entry: Entry) -> None:
    _turn(room, entry, recorded=True)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    stream = stream_of(room)
    if stream.carried in {"live", "interrupted"}:
        _turn(room, entry, carried="ended", held=False, recorded=True, shown_at=entry.at)
    elif stream.held:
        _show(room, entry)
