"""Both tracks in, segments out: cut on keyframes, one timeline that never jumps, two tracks that never stop.

Pure: no clock and no file; the same chunks give the same bytes. The timeline it writes is the clock of the
recording: every segment begins where the one before ended, whatever the publisher's clock did.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from av.error import FFmpegError

from server.media import h264
from server.media.chunk import SECOND, AudioConfig, Chunk, Limits, VideoConfig
from server.media.mux import Fragmenter
from server.media.sound import BadSound, Frame, Sound

_EARLY_US = 60_000
"""A keyframe this little before the target may cut: encoders count frames, not microseconds."""
_ASK_US, _LATE_US = 200_000, 450_000
"""Past the target: ask the studio for a keyframe; let the last picture stand in. EXTINF must round to the target."""
_STEP_US = 1_000
"""Pictures closer than this would fall on one tick of the file's clock."""
_SOUND_LAG_US, _SOUND_HELD_US = 400_000, 200_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished piece. `init` is the header it needs; `cut` says that it does not continue the one before.

    `acked` is the last of the publisher's numbers that is wholly in this segment or an earlier one.
    """

    init: bytes
    data: bytes
    start_us: int
    dur_us: int
    wall_ms: int
    cut: bool
    acked: int


@dataclass(slots=True)
class _Key:
    """A keyframe given to the muxer whose fragment has not come out yet."""

    at_us: int
    cuts: bool


class _Run:
    """One container: from a keyframe after a break to the next break."""

    def __init__(
        self, *, origin_us: int, base_us: int, wall_ms: int, sound: Sound, muxer: Fragmenter
    ) -> None:
        self.origin_us, self.base_us, self.wall_ms = origin_us, base_us, wall_ms
        self.sound, self.muxer = sound, muxer
        self.keys: deque[_Key] = deque()
        self.parts: list[bytes] = []
        self.segment_us = base_us
        self.last_picture_us = base_us - 1
        self.picture_end_us = base_us
        self.heard_us = base_us
        self.standing_in = False
        self.begun = False

    def place(self, us: int) -> int:
        return us - self.origin_us + self.base_us

    @property
    def newest_us(self) -> int:
        return max(self.last_picture_us, self.heard_us)


class Packager:
    """Segments of about `target` seconds from one publisher's chunks.

    `start_us` is where the recording ended so far. `wants_key` is true while a keyframe is wanted from the
    publisher. `dropped` counts what could not be used, `bad` those of them that made no sense.
    """

    def __init__(self, *, target: int = 1, start_us: int = 0, limits: Limits | None = None) -> None:
        self.target = target
        self.end_us = start_us
        self.wants_key = False
        self.dropped = self.bad = 0
        self._limits = limits or Limits()
        self._video: VideoConfig | None = None
        self._audio: AudioConfig | None = None
        self._run: _Run | None = None
        self._parameters: tuple[bytes, ...] = ()
        self._last_key = b""
        self._fed: list[tuple[int, int]] = []
        self._newest_seq = 0
        self._step_us = max(1, target) * SECOND

    def configure(self, video: VideoConfig | None, audio: AudioConfig | None) -> list[Segment]:
        """What the next chunks are. A change ends the run; the picture goes on at the next keyframe."""
        changed = (video, audio) != (self._video, self._audio)
        done = self.finish() if changed else []
        self._video, self._audio = video, audio
        return done

    def feed(self, chunk: Chunk, wall_ms: int) -> list[Segment]:
        """Take one chunk, return the segments it finished. `wall_ms` is when it happened; only the first
        picture after a break uses it. Media that make no sense are dropped and counted, never raised.
        """
        self._newest_seq = max(self._newest_seq, chunk.seq)
        if not 0 < len(chunk.data) <= self._limits.unit_bytes:
            return self._drop()
        done = self.finish() if chunk.gap else []
        try:
            return done + (self._picture(chunk, wall_ms) if chunk.kind == "video" else self._heard(chunk))
        except FFmpegError:
            return done + self._drop() + self._broken()

    def finish(self) -> list[Segment]:
        """End the run and give what was begun; the next keyframe begins anew after a discontinuity."""
        run, self._run = self._run, None
        if run is None:
            return []
        self.wants_key = True
        self._feed_sound(run, run.sound.fill(run.picture_end_us))
        run.muxer.close()
        self._fed.clear()
        return self._collect(run, until_us=max(run.picture_end_us, run.sound.until_us))

    def _broken(self) -> list[Segment]:
        """The muxer refused a packet: keep what it has, begin anew."""
        try:
            return self.finish()
        except FFmpegError:
            return []

    # pictures

    def _picture(self, chunk: Chunk, wall_ms: int) -> list[Segment]:
        parts = h264.access(chunk.data)
        if parts is None or parts.key != chunk.key or (parts.key and len(parts.parameters) < 2):
            return self._drop()
        changed = parts.key and parts.parameters != self._parameters
        done = self.finish() if changed or self._jumps(chunk) else []
        run = self._run
        if run is None:
            if not parts.key:
                self.wants_key = True
                return done + self._drop(bad=False)
            run = self._begin(chunk, parts, wall_ms)
            if run is None:
                return done + self._drop()
            return done + self._shown(run, chunk, parts, run.base_us)
        at = run.place(chunk.dts_us)
        if at < run.last_picture_us + _STEP_US:
            return done + self._drop(bad=False)
        done += self._stand_in(run, at)
        if (run.standing_in and not parts.key) or at < run.last_picture_us + _STEP_US:
            return done + self._drop(bad=False)
        return done + self._shown(run, chunk, parts, at)

    def _jumps(self, chunk: Chunk) -> bool:
        """Whether the publisher's clock leapt: the picture's time leads, sound is judged by it."""
        run = self._run
        if run is None:
            return False
        at = run.place(chunk.dts_us)
        return at - run.newest_us > self._step_us or run.last_picture_us - at > SECOND // 2

    def _begin(self, chunk: Chunk, parts: h264.Access, wall_ms: int) -> _Run | None:
        size = next((h264.size(p) for p in parts.parameters if p[0] & 31 == h264.SPS), None)
        if size is None or size[0] > self._limits.width or size[1] > self._limits.height:
            return None
        self._parameters = parts.parameters
        sound = Sound(self._audio, self.end_us)
        muxer = Fragmenter(
            width=size[0],
            height=size[1],
            fps=self._video.fps if self._video else 25,
            rate=sound.rate,
            channels=sound.channels,
        )
        self._run = _Run(
            origin_us=chunk.dts_us, base_us=self.end_us, wall_ms=wall_ms, sound=sound, muxer=muxer
        )
        return self._run

    def _shown(self, run: _Run, chunk: Chunk, parts: h264.Access, at: int) -> list[Segment]:
        pts = max(at, run.place(chunk.pts_us))
        if parts.key:
            first = run.last_picture_us < run.base_us
            self._give_key(run, h264.joined(parts.units, bare=not first), at, pts, chunk.dur_us)
            self._last_key = chunk.data
            run.standing_in = self.wants_key = False
        else:
            run.muxer.picture(chunk.data, dts_us=at, pts_us=pts, dur_us=chunk.dur_us, key=False)
            run.last_picture_us, run.picture_end_us = at, at + chunk.dur_us
        if at - run.segment_us >= self.target * SECOND + _ASK_US:
            self.wants_key = True
        self._fed.append((at + 1, chunk.seq))
        self._even_sound(run)
        return self._collect(run)

    def _give_key(self, run: _Run, data: bytes, at: int, pts: int, dur: int) -> None:
        cuts = at - run.segment_us >= self.target * SECOND - _EARLY_US
        if cuts:
            run.segment_us = at
        run.keys.append(_Key(at, cuts))
        run.muxer.picture(data, dts_us=at, pts_us=pts, dur_us=dur, key=True)
        run.last_picture_us, run.picture_end_us = at, at + dur

    def _stand_in(self, run: _Run, until: int) -> list[Segment]:
        """Where no keyframe came in time, show the last one again, so that segments keep their length and
        the sound goes on. What refers to pictures before it cannot be shown, so a real keyframe is awaited.
        """
        parts = h264.access(self._last_key)
        while parts and until - run.segment_us >= self.target * SECOND + _LATE_US:
            at = max(run.last_picture_us + _STEP_US, run.segment_us + self.target * SECOND)
            self._give_key(run, h264.joined(parts.units, bare=True), at, at, SECOND // 25)
            run.standing_in = self.wants_key = True
            self._even_sound(run)
        return self._collect(run)

    # sound

    def _heard(self, chunk: Chunk) -> list[Segment]:
        run = self._run
        if run is None or self._audio is None:
            return self._drop(bad=False)
        at = run.place(chunk.pts_us)
        if at + chunk.dur_us <= run.base_us:
            return self._drop(bad=False)
        if abs(at - run.heard_us) > SECOND and abs(at - run.last_picture_us) > SECOND:
            return self._drop()
        try:
            frames = run.sound.take(chunk.data, max(at, run.base_us))
        except BadSound:
            return self._drop()
        run.heard_us = max(run.heard_us, at)
        self._fed.append((at + chunk.dur_us, chunk.seq))
        self._feed_sound(run, frames)
        return self._stand_in(run, at)

    def _even_sound(self, run: _Run) -> None:
        """Keep the sound from falling behind the picture, with silence."""
        behind = run.last_picture_us - run.sound.until_us
        if self._audio is None and behind > 0:
            self._feed_sound(run, run.sound.fill(run.last_picture_us + _SOUND_HELD_US))
        elif behind > _SOUND_LAG_US:
            self._feed_sound(run, run.sound.fill(run.last_picture_us - _SOUND_HELD_US))

    def _feed_sound(self, run: _Run, frames: list[Frame]) -> None:
        for frame in frames:
            run.muxer.sound(frame.data, position=frame.position, samples=frame.samples)

    # what comes out

    def _drop(self, *, bad: bool = True) -> list[Segment]:
        self.dropped += 1
        self.bad += bad
        return []

    def _collect(self, run: _Run, *, until_us: int | None = None) -> list[Segment]:
        """Fragment k reaches from keyframe k to the next one; those that do not cut share a segment."""
        done: list[Segment] = []
        for fragment in run.muxer.take():
            run.parts.append(fragment)
            run.keys.popleft()
            if run.keys and run.keys[0].cuts:
                done.append(self._segment(run, run.keys[0].at_us))
        if until_us is not None and run.parts:
            done.append(self._segment(run, until_us))
        return done

    def _segment(self, run: _Run, end_us: int) -> Segment:
        self._fed = [(until, seq) for until, seq in self._fed if until > end_us]
        acked = min((seq for _, seq in self._fed), default=self._newest_seq + 1) - 1
        segment = Segment(
            init=run.muxer.init,
            data=b"".join(run.parts),
            start_us=self.end_us,
            dur_us=end_us - self.end_us,
            wall_ms=run.wall_ms + (self.end_us - run.base_us) // 1000,
            cut=not run.begun and self.end_us > 0,
            acked=max(0, acked),
        )
        run.parts.clear()
        run.begun = True
        self.end_us = end_us
        return segment
