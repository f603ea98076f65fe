"""The recording after the council: which passages of it were masked, why and by whom, and its version.

Says what is masked in seconds of the public recording's clock, which masking never changes. Knows nothing of how
a recording is kept; the first version is never thrown away, only no longer shown.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER
from meetings.people import HOSTS, words
from meetings.text import REASON_LIMIT, check_id, clean
from meetings.transcript import Caption

LATEST_SECOND = 86_400
"""A day: no council is longer."""
VEILS_KEPT = 200

What = Literal["sound", "picture", "both"]


class Veil(Command, frozen=True, tag="recording.veil"):
    """Mask a passage of the finished recording, from one second up to another, its sound, picture or both.

    A new public version takes the place of the one before at once; the passage and the reason are listed for
    everybody. The secretary or the host may, from the end on until the archive is closed.
    """

    may, when = HOSTS, AFTER
    id: str
    from_s: int
    to_s: int
    what: What
    reason: str


class Unveil(Command, frozen=True, tag="recording.unveil"):
    """Show a masked passage again: it was a slip. The secretary or the host may."""

    may, when = HOSTS, AFTER
    id: str


class Silence(Command, frozen=True, tag="recording.silence"):
    """The captions said in a passage whose sound is masked. Told once by the platform, which knows the clocks."""

    may, when = frozenset({SYSTEM}), AFTER
    id: str
    captions: list[str]


class Veiled(Fact, frozen=True, tag="recording.veiled"):
    id: str
    from_s: int
    to_s: int
    what: str
    reason: str


class Unveiled(Fact, frozen=True, tag="recording.unveiled"):
    id: str


class Silenced(Fact, frozen=True, tag="recording.silenced"):
    id: str
    captions: list[str]


class Passage(msgspec.Struct, frozen=True):
    """A masked passage. `captions` are the ids said in it, None while the platform has not told them."""

    id: str
    from_s: int
    to_s: int
    what: str
    reason: str
    at: int
    lifted: bool = False
    captions: list[str] | None = None

    @property
    def silent(self) -> bool:
        """Whether it masks sound now."""
        return not self.lifted and self.what != "picture"

    @property
    def blind(self) -> bool:
        """Whether it masks picture now."""
        return not self.lifted and self.what != "sound"


class Recording(Entity, frozen=True):
    """The recording: its version and its passages, those shown again included."""

    kind = "recording"
    version: int = 1
    passages: dict[str, Passage] = {}

    @property
    def veils(self) -> list[Passage]:
        """What is masked now, in the order of the recording."""
        now = (one for one in self.passages.values() if not one.lifted)
        return sorted(now, key=lambda one: (one.from_s, one.to_s, one.id))

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {
            "version": self.version,
            "veils": [
                {
                    "id": one.id,
                    "from_s": one.from_s,
                    "to_s": one.to_s,
                    "what": one.what,
                    "reason": masked(one.reason),
                    "at": one.at,
                }
                for one in self.veils
            ],
        }


def recording_of(room: Room) -> Recording:
    """The recording; the first version where nothing was masked."""
    return room.get(Recording) or Recording()


@words.decides(Veil)
def _(room: Room, cmd: Veil, who: Who) -> list[Fact]:
    check_id(cmd.id)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    if not 0 <= cmd.from_s < cmd.to_s <= LATEST_SECOND:
        raise Refused("unclear", field="to_s")
    passages = recording_of(room).passages
    known = passages.get(cmd.id)
    if known is not None:
        same = (known.from_s, known.to_s, known.what, known.reason)
        if same != (cmd.from_s, cmd.to_s, cmd.what, reason):
            raise Refused("taken")
        return []
    if len(passages) >= VEILS_KEPT:
        raise Refused("too_large", field="id", limit=VEILS_KEPT)
    return [Veiled(cmd.id, cmd.from_s, cmd.to_s, cmd.what, reason)]


@words.decides(Unveil)
def _(room: Room, cmd: Unveil, who: Who) -> list[Fact]:
    return [] if _passage(room, cmd.id).lifted else [Unveiled(cmd.id)]


@words.decides(Silence)
def _(room: Room, cmd: Silence, who: Who) -> list[Fact]:
    passage = _passage(room, cmd.id)
    if not passage.silent or passage.captions is not None:
        return []
    return [Silenced(cmd.id, [one for one in cmd.captions if room.get(Caption, one) is not None])]


def _passage(room: Room, own_id: str) -> Passage:
    found = recording_of(room).passages.get(own_id)
    if found is None:
        raise Refused("not_found")
    return found


@words.folds(Veiled)
def _(room: Room, fact: Veiled, entry: Entry) -> None:
    passage = Passage(fact.id, fact.from_s, fact.to_s, fact.what, fact.reason, entry.at)
    _put(room, passage, renewed=True)


@words.folds(Unveiled)
def _(room: Room, fact: Unveiled, entry: Entry) -> None:
    passage = _passage(room, fact.id)
    _put(room, msgspec.structs.replace(passage, lifted=True), renewed=True)
    still = {own_id for one in recording_of(room).veils if one.silent for own_id in one.captions or ()}
    _quiet(room, set(passage.captions or ()) - still, on=False)


@words.folds(Silenced)
def _(room: Room, fact: Silenced, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(_passage(room, fact.id), captions=fact.captions), renewed=False)
    _quiet(room, set(fact.captions), on=True)


def _put(room: Room, passage: Passage, *, renewed: bool) -> None:
    before = recording_of(room)
    room.put(Recording(before.version + renewed, {**before.passages, passage.id: passage}))


def _quiet(room: Room, captions: set[str], *, on: bool) -> None:
    for own_id in sorted(captions):
        caption = room.get(Caption, own_id)
        if caption is not None:
            room.put(msgspec.structs.replace(caption, silent=on))
