"""Spans of all tracks, from what the muxers gave out: where they end, which files they have, what is acknowledged.

It decides nothing about what comes in; that is the packager's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from server.media.chunk import SECOND
from server.media.fragment import sound_alone
from server.media.lane import STEP_US, STILL_US, Lane, taken
from server.media.mux import Fragment, Piece, sound_header
from server.media.sound import FRAME, Frame, Sound

_SHORT_US = 300_000
"""Sound may go on so long after the last picture."""
THIN_NEAR_US, _THIN_WAIT_US = 90_000, 250_000
"""A thin keyframe so near to a cut belongs to it; so long a finished segment waits for one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished span of all tracks. `cut` says that it does not continue the one before; `thin` is None where
    the publisher sent no thin picture. `acked` is the last of the publisher's numbers that is wholly in this
    segment or an earlier one.
    """

    picture: Piece
    thin: Piece | None
    sound_init: bytes
    start_us: int
    dur_us: int
    wall_ms: int
    cut: bool
    acked: int

    @property
    def sound(self) -> Piece:
        """The sound alone: made from the programme's file, by whoever asks."""
        return Piece(self.sound_init, sound_alone(self.picture.data, self.start_us // SECOND))

    @property
    def init(self) -> bytes:
        return self.picture.init

    @property
    def data(self) -> bytes:
        return self.picture.data


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the segment that is being made, for players that ask for parts. `place` counts them within
    their segment; `key` says that a player can begin here.
    """

    init: bytes
    data: bytes
    place: int
    start_us: int
    dur_us: int
    wall_ms: int
    cut: bool
    key: bool


Done = Segment | Part


class Safe:
    """Which of the publisher's numbers are wholly in segments."""

    def __init__(self) -> None:
        self.newest = 0
        self._fed: list[tuple[int, int]] = []

    def fed(self, until_us: int, seq: int) -> None:
        """This number is in the muxers; its end is there on the timeline."""
        self._fed.append((until_us, seq))

    def up_to(self, end_us: int) -> int:
        """Everything before this moment is in segments: the last number of which it and all before it are."""
        self._fed = [(until, seq) for until, seq in self._fed if until > end_us]
        return max(0, min((seq for _, seq in self._fed), default=self.newest + 1) - 1)

    def clear(self) -> None:
        self._fed.clear()


class Run:
    """From a keyframe after a break to the next break: one container for each picture."""

    def __init__(
        self,
        *,
        origin_us: int,
        base_us: int,
        wall_ms: int,
        sound: Sound,
        main: Lane,
        safe: Safe,
        card: bool,
        parts: bool,
    ) -> None:
        self.origin_us, self.base_us, self.end_us = origin_us, base_us, base_us
        self.sound, self.main, self.card = sound, main, card
        self.thin: Lane | None = None
        self.thin_ready: deque[Fragment] = deque()
        self.segment_us = base_us
        """Where the segment that is being fed began."""
        self.heard_us = base_us
        self._wall_ms, self._safe, self._parts = wall_ms, safe, parts and not card
        self._thin_edge: tuple[int, int] | None = None
        self._frames: deque[Frame] = deque()
        self._cuts: deque[int] = deque()
        """Where segments end, oldest first, that have not come out yet."""
        self._told = 0
        """Parts of the oldest of them that are out."""
        self._begun = False

    def place(self, us: int) -> int:
        """A publisher's time on the stream's timeline."""
        return us - self.origin_us + self.base_us

    @property
    def newest_us(self) -> int:
        return max(self.main.last_us, self.heard_us)

    def cut(self, at_us: int) -> None:
        """The segment that is being fed ends here, before a keyframe."""
        self.segment_us = at_us
        self._cuts.append(at_us)

    def hear(self, frames: list[Frame]) -> None:
        self._frames.extend(frames)
        self.main.hear(frames)
        if self.thin is not None:
            self.thin.hear(frames)

    def heard_since(self, at_us: int) -> list[Frame]:
        """The sound from a moment on, as far as it is not in a segment yet."""
        return [frame for frame in self._frames if self._time_of(frame) >= at_us]

    def end_thin(self) -> None:
        if self.thin is not None:
            self.thin.close()
            self.thin = None

    def collect(self) -> list[Done]:
        """What has come out since the last time."""
        if not self._cuts and not self._parts:
            return []
        done: list[Done] = []
        while self._cuts and self.main.reached(self._cuts[0]):
            edge = self._thin_at(self._cuts[0])
            if edge is None:
                break
            done += self._segment(self._cuts.popleft(), edge)
        return done + self._fresh(self._cuts[0] if self._cuts else None)

    def finish(self) -> list[Done]:
        """End it: everything that was begun comes out."""
        self.hear(self.sound.fill(self.main.end_us))
        if self.sound.until_us - self.main.end_us > _SHORT_US:
            # Players end where the shorter track does.
            self.main.stand_in(self.sound.until_us - STILL_US)
        frame_us = FRAME * SECOND // self.sound.rate
        while not self._frames or self._time_of(self._frames[-1]) < self.segment_us:
            # However short the last segment is, its sound alone is a file too.
            self.hear(self.sound.fill(max(self.sound.until_us, self.segment_us) + frame_us))
        if self.thin is not None and self.sound.until_us - self.thin.end_us > _SHORT_US:
            self.thin.stand_in(self.sound.until_us - STILL_US)
        self.main.close()
        self.end_thin()
        self._safe.clear()
        done: list[Done] = []
        while self._cuts:
            cut = self._cuts.popleft()
            done += self._segment(cut, cut)
        if self.main.ready:
            done += self._segment(max(self.main.end_us, self.sound.until_us), None)
        return done

    def _thin_at(self, cut: int) -> int | None:
        """Where the thin picture of the segment that ends at `cut` ends; None while that is not yet known."""
        lane = self.thin
        if lane is None:
            return cut
        edge = lane.key_near(cut, THIN_NEAR_US)
        if edge is None and self._thin_edge is not None and self._thin_edge[0] == cut:
            edge = self._thin_edge[1]
        if edge is None:
            if self.newest_us < cut + _THIN_WAIT_US:
                return None
            if lane.real_us < self.end_us:
                # All there is of it in this span is a picture that stood in for a moment: the programme's fills it.
                self.end_thin()
                self.thin_ready.clear()
                return cut
            edge = max(cut, lane.last_us + STEP_US)
            self._thin_edge = (cut, edge)
            lane.stand_in(edge)
        return edge if lane.reached(edge) else None

    def _segment(self, end_us: int, thin_us: int | None) -> list[Done]:
        """The span up to `end_us` in all its tracks; the last one (`thin_us` None) takes whatever is there."""
        until = None if thin_us is None else end_us
        done = self._fresh(until)
        picture = self.main.until(until)
        self._forget(end_us)
        segment = Segment(
            picture=Piece(self.main.init, b"".join(fragment.data for fragment in picture)),
            thin=_joined(taken(self.thin_ready, thin_us)),
            sound_init=sound_header(self.sound.rate, self.sound.channels),
            start_us=self.end_us,
            dur_us=end_us - self.end_us,
            wall_ms=self._wall(),
            cut=self._breaks,
            acked=self._safe.up_to(end_us),
        )
        self._begun, self._told, self.end_us = True, 0, end_us
        return [*done, segment]

    def _fresh(self, until_us: int | None) -> list[Done]:
        """What of the segment being made has come out since the last time."""
        if not self._parts:
            return []
        self.main.reached(0)
        there = [f for f in self.main.ready if until_us is None or f.start_us < until_us - STEP_US]
        done: list[Done] = []
        for fragment in there[self._told :]:
            part = Part(
                init=fragment.init,
                data=fragment.data,
                place=self._told,
                start_us=fragment.start_us,
                dur_us=fragment.end_us - fragment.start_us,
                wall_ms=self._wall(),
                cut=self._breaks,
                key=self.main.key_near(fragment.start_us, STEP_US) is not None,
            )
            done.append(part)
            self._told += 1
        return done

    def _forget(self, end_us: int) -> None:
        while self._frames and self._time_of(self._frames[0]) < end_us:
            self._frames.popleft()

    @property
    def _breaks(self) -> bool:
        return not self._begun and self.end_us > 0

    def _wall(self) -> int:
        return self._wall_ms + (self.end_us - self.base_us) // 1000

    def _time_of(self, frame: Frame) -> int:
        return frame.position * SECOND // self.sound.rate


def _joined(fragments: Iterable[Fragment]) -> Piece | None:
    """Fragments of one header as a file; a size that changed within a span shows from the next one on."""
    fragments = list(fragments)
    if not fragments:
        return None
    init = fragments[0].init
    return Piece(init, b"".join(fragment.data for fragment in fragments if fragment.init == init))
