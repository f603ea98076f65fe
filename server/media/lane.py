"""One picture on its way into files: what was given to its muxer, what came out, and what stands in for a
keyframe that did not come. It decides nothing: where segments end is the packager's.
"""

from __future__ import annotations

from collections import deque

from server.media import h264
from server.media.chunk import SECOND
from server.media.mux import Fragment, Fragmenter
from server.media.sound import Frame

STEP_US = 1_000
"""Pictures closer than this would fall on one tick of the file's clock."""
STILL_US = SECOND // 25


class Lane:
    """The programme's picture, or the thin one. All times are the stream's own, in microseconds."""

    def __init__(self, muxer: Fragmenter, base_us: int, ready: deque[Fragment]) -> None:
        self.base_us = base_us
        self.last_us = base_us - STEP_US
        self.end_us = base_us
        self.real_us = base_us - STEP_US
        """The last picture that the publisher sent, not one that stands in."""
        self.standing_in = False
        self.ready = ready
        self._muxer = muxer
        self._last_key: list[bytes] = []
        self._keys: deque[int] = deque(maxlen=8)
        self._out_us = base_us

    @property
    def init(self) -> bytes:
        return self._muxer.init

    def follows(self, at_us: int) -> bool:
        """Whether a picture at this time comes after the ones before."""
        return at_us >= self.last_us + STEP_US

    def give(self, parts: h264.Access, *, at_us: int, pts_us: int, dur_us: int) -> None:
        """The publisher's next picture."""
        if parts.key:
            self._key(parts.units, at_us, pts_us, dur_us)
            self._last_key, self.standing_in = parts.units, False
        else:
            self._muxer.picture(parts.units, dts_us=at_us, pts_us=pts_us, dur_us=dur_us, key=False)
            self.last_us, self.end_us = at_us, at_us + dur_us
        self.real_us = at_us

    def stand_in(self, at_us: int) -> None:
        """Show the last keyframe again, its very bytes; what refers to pictures before it is lost."""
        self._key(self._last_key, at_us, at_us, STILL_US)
        self.standing_in = True

    def hear(self, frames: list[Frame]) -> None:
        self._muxer.sound(frames)

    def key_near(self, at_us: int, within_us: int) -> int | None:
        """The time of the keyframe nearest to a moment, if there is one so near."""
        near = min(self._keys, key=lambda key: abs(key - at_us), default=None)
        return near if near is not None and abs(near - at_us) <= within_us else None

    def reached(self, at_us: int) -> bool:
        """Whether everything before this keyframe has come out of the muxer."""
        for fragment in self._muxer.take():
            self.ready.append(fragment)
            self._out_us = fragment.end_us
        return self._out_us >= at_us - STEP_US

    def until(self, at_us: int | None) -> list[Fragment]:
        """Take what has come out and begins before this keyframe; None takes all."""
        return taken(self.ready, at_us)

    def close(self) -> None:
        self._muxer.close()
        self.reached(0)

    def _key(self, units: list[bytes], at_us: int, pts_us: int, dur_us: int) -> None:
        self._muxer.picture(units, dts_us=at_us, pts_us=pts_us, dur_us=dur_us, key=True)
        self._keys.append(at_us)
        self.last_us, self.end_us = at_us, at_us + dur_us


def taken(ready: deque[Fragment], at_us: int | None) -> list[Fragment]:
    """Take the fragments that begin before a moment; None takes all."""
    done: list[Fragment] = []
    while ready and (at_us is None or ready[0].start_us < at_us - STEP_US):
        done.append(ready.popleft())
    return done
