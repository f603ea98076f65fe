"""Tracks in, segments out: cut on keyframes, one timeline that never jumps, tracks that never stop.

Pure: no clock and no file; the same chunks give the same bytes. The timeline it writes is the clock of the
recording: every segment begins where the one before ended, whatever the publisher's clock did.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from av.error import FFmpegError

from server.media import h264
from server.media.card import card
from server.media.chunk import SECOND, AudioConfig, Chunk, Limits, VideoConfig
from server.media.lane import Lane
from server.media.mux import Fragmenter
from server.media.sound import BadSound, Listens, Sound
from server.media.spans import THIN_NEAR_US, Done, Run, Safe

_EARLY_US = 60_000
"""A keyframe this little before the target may cut: encoders count frames, not microseconds."""
_ASK_US, _LATE_US = 200_000, 450_000
"""Past the target: ask the studio for a keyframe; let the last picture stand in. EXTINF must round to the target."""
_SOUND_LAG_US, _SOUND_HELD_US = 400_000, 200_000
_THIN_HELD = 60
"""Thin pictures that may wait for the programme's keyframe beside them."""
_THIN_FPS = 13
_ALONE_US = 3 * SECOND
"""Sound alone for so long, where a picture was announced, goes out with the card."""

Trouble = Literal["", "picture", "sound", "large", "clock"]
Tapped = Callable[[AudioConfig, int, int], Listens]
"""Asked at the beginning of a run who hears its sound: coding, where it begins (us) and when that was (ms UTC)."""


class Packager:
    """Segments of about `target` seconds from one publisher's chunks.

    `start_us` is where the recording ended so far. `wants_key` is true while a keyframe is wanted from the
    publisher. `dropped` counts what could not be used, `bad` those of them that made no sense; `trouble` is the
    reason of the newest bad one or mend, for whoever tells the publisher (and sets it back to ""). `tap` hears the
    sound of each run.
    """

    def __init__(
        self, *, target: int = 1, start_us: int = 0, limits: Limits | None = None, tap: Tapped | None = None
    ) -> None:
        self.target = target
        self._tap = tap
        self._end_us = start_us
        self.wants_key = False
        self.dropped = self.bad = 0
        self.trouble: Trouble = ""
        self._limits = limits or Limits()
        self._video: VideoConfig | None = None
        self._audio: AudioConfig | None = None
        self._run: Run | None = None
        self._parameters: tuple[bytes, ...] = ()
        self._thin_parameters: tuple[bytes, ...] = ()
        self._thin_held: deque[tuple[Chunk, h264.Access]] = deque(maxlen=_THIN_HELD)
        self._safe = Safe()
        self._alone_us: int | None = None
        self._step_us = max(1, target) * SECOND

    @property
    def end_us(self) -> int:
        """Where the last segment ended."""
        return self._run.end_us if self._run is not None else self._end_us

    def configure(self, video: VideoConfig | None, audio: AudioConfig | None) -> list[Done]:
        """What the next chunks are. A change ends the run; the picture goes on at the next keyframe, sound
        without a picture (`video` None) at the next packet.
        """
        changed = (video, audio) != (self._video, self._audio)
        done = self.finish() if changed else []
        self._video, self._audio = video, audio
        return done

    def feed(self, chunk: Chunk, wall_ms: int) -> list[Done]:
        """Take one chunk, return what it finished. `wall_ms` is when it happened; only the first picture after
        a break uses it. Media that make no sense are dropped and counted, never raised.
        """
        self._safe.newest = max(self._safe.newest, chunk.seq)
        if not 0 < len(chunk.data) <= self._limits.unit_bytes:
            return self._drop("large")
        done = self.finish() if chunk.gap else []
        try:
            if chunk.kind == "audio":
                return done + self._heard(chunk, wall_ms)
            return done + (self._thin(chunk) if chunk.track else self._picture(chunk, wall_ms))
        except FFmpegError:
            return done + self._drop("picture") + self._broken()

    def finish(self) -> list[Done]:
        """End the run and give what was begun; the next keyframe begins anew after a discontinuity."""
        run, self._run = self._run, None
        if run is None:
            return []
        self.wants_key = self._video is not None
        self._alone_us = None
        done = run.finish()
        self._end_us = run.end_us
        return done

    def _broken(self) -> list[Done]:
        """The muxer refused a packet: keep what it has, begin anew."""
        try:
            return self.finish()
        except FFmpegError:
            return []

    # the programme's picture

    def _picture(self, chunk: Chunk, wall_ms: int) -> list[Done]:
        parts = self._read(chunk)
        if parts is None:
            return self._drop("picture")
        changed = parts.key and parts.parameters != self._parameters
        done = self.finish() if changed or self._jumps(chunk) or self._covered(parts) else []
        run = self._run
        if run is None:
            if not parts.key:
                self.wants_key = True
                return done + self._drop()
            size = self._size(parts, self._limits.width, self._limits.height)
            if size is None:
                return done + self._drop("large")
            self._parameters = parts.parameters
            run = self._begin(chunk.dts_us, wall_ms, size, self._video.fps if self._video else 25)
            return done + self._shown(run, chunk, parts, run.base_us)
        at = run.place(chunk.dts_us)
        if run.card or not run.main.follows(at):
            return done + self._drop()
        done += self._stand_in(run, at)
        if (run.main.standing_in and not parts.key) or not run.main.follows(at):
            return done + self._drop()
        return done + self._shown(run, chunk, parts, at)

    @staticmethod
    def _read(chunk: Chunk) -> h264.Access | None:
        parts = h264.access(chunk.data)
        sound = parts is not None and parts.key == chunk.key and not (parts.key and len(parts.parameters) < 2)
        return parts if sound else None

    def _covered(self, parts: h264.Access) -> bool:
        """Whether the card stands where a picture can now be."""
        return self._run is not None and self._run.card and parts.key

    def _jumps(self, chunk: Chunk) -> bool:
        """Whether the publisher's clock leapt: the picture's time leads, sound is judged by it."""
        run = self._run
        if run is None or run.card:
            return False
        at = run.place(chunk.dts_us)
        leapt = at - run.newest_us > self._step_us or run.main.last_us - at > SECOND // 2
        if leapt:
            self.trouble = "clock"
        return leapt

    @staticmethod
    def _size(parts: h264.Access, width: int, height: int) -> tuple[int, int] | None:
        size = next((h264.size(p) for p in parts.parameters if p[0] & 31 == h264.SPS), None)
        return size if size is not None and size[0] <= width and size[1] <= height else None

    def _begin(
        self, origin_us: int, wall_ms: int, size: tuple[int, int], fps: int, *, card: bool = False
    ) -> Run:
        base_us = self.end_us
        listens = self._tap(self._audio, base_us, wall_ms) if self._tap and self._audio else None
        sound = Sound(self._audio, base_us, listens)
        muxer = Fragmenter(
            width=size[0],
            height=size[1],
            fps=fps,
            rate=sound.rate,
            channels=sound.channels,
            part_us=0 if card else self._limits.part_us,
        )
        self._run = Run(
            origin_us=origin_us,
            base_us=base_us,
            wall_ms=wall_ms,
            sound=sound,
            main=Lane(muxer, base_us, deque()),
            safe=self._safe,
            card=card,
            parts=self._limits.part_us > 0,
        )
        return self._run

    def _shown(self, run: Run, chunk: Chunk, parts: h264.Access, at: int) -> list[Done]:
        if parts.key:
            self._cut(run, at)
            self.wants_key = False
        run.main.give(parts, at_us=at, pts_us=max(at, run.place(chunk.pts_us)), dur_us=chunk.dur_us)
        if at - run.segment_us >= self.target * SECOND + _ASK_US:
            self.wants_key = True
        self._safe.fed(at + 1, chunk.seq)
        self._even_sound(run)
        if parts.key:
            self._begin_thin(run)
        return run.collect()

    def _cut(self, run: Run, at: int) -> None:
        """A keyframe comes at this time: the segment ends before it, if it is long enough."""
        if at - run.segment_us >= self.target * SECOND - _EARLY_US:
            run.cut(at)

    def _stand_in(self, run: Run, until: int) -> list[Done]:
        """Where no keyframe came in time, show the last one again, so that segments keep their length and
        the sound goes on. What refers to pictures before it cannot be shown, so a real keyframe is awaited.
        """
        late = 0 if run.card else _LATE_US
        while until - run.segment_us >= self.target * SECOND + late:
            due = run.segment_us + self.target * SECOND
            thin = run.thin.key_near(due, _EARLY_US) if run.thin is not None else None
            at = max(run.main.last_us + 1_000, due if thin is None else thin)
            self._cut(run, at)
            run.main.stand_in(at)
            self.wants_key = self._video is not None
            self._even_sound(run)
            self._begin_thin(run)
        return run.collect()

    # the thin picture

    def _thin(self, chunk: Chunk) -> list[Done]:
        """It follows the programme: its own trouble never ends a run."""
        parts = self._read(chunk)
        if parts is None:
            return self._drop("picture")
        run = self._run
        if run is not None and abs(run.place(chunk.dts_us) - run.newest_us) > 2 * SECOND:
            return self._drop()
        changed = parts.key and parts.parameters != self._thin_parameters
        if run is not None and run.thin is not None and changed:
            run.end_thin()
        if run is None or run.thin is None:
            return self._hold_thin(run, chunk, parts)
        at = run.place(chunk.dts_us)
        if not run.thin.follows(at) or (run.thin.standing_in and not parts.key):
            return self._drop()
        self._give_thin(run, run.thin, chunk, parts)
        return run.collect()

    def _hold_thin(self, run: Run | None, chunk: Chunk, parts: h264.Access) -> list[Done]:
        """Until a cut of the programme stands beside its keyframe."""
        if parts.key:
            self._thin_held.clear()
        elif not self._thin_held or len(self._thin_held) == _THIN_HELD:
            self._thin_held.clear()
            return self._drop()
        self._thin_held.append((chunk, parts))
        if run is None or run.card:
            return []
        self._begin_thin(run)
        return run.collect()

    def _begin_thin(self, run: Run) -> None:
        if run.thin is not None or run.card or not self._thin_held:
            return
        first, parts = self._thin_held[0]
        base = run.place(first.dts_us)
        if abs(base - run.segment_us) > THIN_NEAR_US:
            return
        held = list(self._thin_held)
        self._thin_held.clear()
        size = self._size(parts, self._limits.thin_side, self._limits.thin_side)
        if size is None:
            self._drop("large")
            return
        muxer = Fragmenter(
            width=size[0], height=size[1], fps=_THIN_FPS, rate=run.sound.rate, channels=run.sound.channels
        )
        self._thin_parameters = parts.parameters
        run.thin = Lane(muxer, max(base, run.base_us), run.thin_ready)
        self._give_thin(run, run.thin, *held[0])
        run.thin.hear(run.heard_since(run.segment_us))
        for chunk, read in held[1:]:
            self._give_thin(run, run.thin, chunk, read)

    def _give_thin(self, run: Run, lane: Lane, chunk: Chunk, parts: h264.Access) -> None:
        at = max(run.place(chunk.dts_us), lane.base_us)
        if lane.follows(at):
            lane.give(parts, at_us=at, pts_us=max(at, run.place(chunk.pts_us)), dur_us=chunk.dur_us)
            self._safe.fed(at + 1, chunk.seq)

    # sound

    def _heard(self, chunk: Chunk, wall_ms: int) -> list[Done]:
        if self._audio is None:
            return self._drop()
        done: list[Done] = []
        run = self._run
        if run is not None and run.card and abs(run.place(chunk.pts_us) - run.heard_us) > SECOND:
            self.trouble = "clock"
            done, run = self.finish(), None
        if run is None:
            run = self._alone(chunk, wall_ms)
            if run is None:
                return done + self._drop()
        at = run.place(chunk.pts_us)
        if at + chunk.dur_us <= run.base_us:
            return done + self._drop()
        if abs(at - run.heard_us) > SECOND and abs(at - run.main.last_us) > SECOND:
            return done + self._drop("clock")
        try:
            frames = run.sound.take(chunk.data, max(at, run.base_us))
        except BadSound:
            return done + self._drop("sound")
        run.heard_us = max(run.heard_us, at)
        self._safe.fed(at + chunk.dur_us, chunk.seq)
        run.hear(frames)
        return done + self._stand_in(run, at)

    def _alone(self, chunk: Chunk, wall_ms: int) -> Run | None:
        """Begin with the card, where there is no picture to wait for or it was waited for long enough."""
        if self._video is not None:
            if self._alone_us is None or not 0 <= chunk.pts_us - self._alone_us <= 2 * _ALONE_US:
                self._alone_us = chunk.pts_us
            if chunk.pts_us - self._alone_us < _ALONE_US:
                return None
        parts = h264.access(card())
        assert parts is not None
        size = self._size(parts, self._limits.width, self._limits.height)
        assert size is not None
        run = self._begin(chunk.pts_us, wall_ms, size, 1, card=True)
        self._parameters = ()
        run.main.give(parts, at_us=run.base_us, pts_us=run.base_us, dur_us=SECOND // 25)
        return run

    def _even_sound(self, run: Run) -> None:
        """Keep the sound from falling behind the picture, with silence."""
        behind = run.main.last_us - run.sound.until_us
        if self._audio is None and behind > 0:
            run.hear(run.sound.fill(run.main.last_us + _SOUND_HELD_US))
        elif behind > _SOUND_LAG_US:
            run.hear(run.sound.fill(run.main.last_us - _SOUND_HELD_US))

    def _drop(self, why: Trouble = "") -> list[Done]:
        """Without a reason it is nobody's fault: too late, twice, or before there is a picture to belong to."""
        self.dropped += 1
        self.bad += why != ""
        self.trouble = why or self.trouble
        return []
