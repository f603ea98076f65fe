"""The sample's films: the past meeting's recording and a loop for the open one, drawn, spoken and encoded here.

Nothing is taken from real people or from the network. Both are H.264 baseline with AAC in one MP4, with a keyframe
at every whole second, so that they can be cut into segments of a second.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av import AudioFrame, AudioResampler, VideoFrame
from PIL.Image import Image

from server.sample.lettering import Lettering, chinese_font
from server.sample.picture import Painter
from server.sample.programme import Line, Programme, Stretch, loop_programme, programme, read_council
from server.sample.voices import Voice, speak, voice_of

Progress = Callable[[float, float], None]

# The voices are made at 22,050 a second: more samples would only be more packets to carry.
_SOUND_RATE = 24_000
_RECORDING_SIZE, _RECORDING_FPS = (480, 270), 4
_LOOP_SIZE, _LOOP_FPS = (640, 360), 15


def make(out: Path, council: dict[str, Any], progress: Progress | None = None) -> None:
    """Make the recording of the past meeting from its first to its last second.

    `progress` hears (seconds done, seconds in all). The file appears under its name only when it is whole; after a
    kill the next call starts again. Raises OSError where it cannot be written or the voices are missing.
    """
    _film(out, programme(council), _RECORDING_SIZE, _RECORDING_FPS, progress)


def make_loop(out: Path, seconds: int = 90) -> None:
    """Make a moving picture with speech of exactly `seconds` whose end joins its beginning without a jump."""
    _film(out, loop_programme(read_council(), seconds), _LOOP_SIZE, _LOOP_FPS, None)


def _film(out: Path, plan: Programme, size: tuple[int, int], fps: int, progress: Progress | None) -> None:
    unfinished = out.with_name(out.name + ".part")
    sound = _sound(plan)
    frames = _frames(plan, Painter(Lettering(chinese_font()), *size), fps)
    # bitexact keeps the library's version and the date out of the file: the same input, the same bytes.
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(unfinished), "w", format="mp4", options=options) as container:
        picture = container.add_stream("libx264", rate=fps)
        picture.width, picture.height = size
        picture.pix_fmt = "yuv420p"
        picture.gop_size = fps
        picture.thread_count = 1
        picture.profile = "Baseline"
        picture.options = {
            "preset": "veryfast",
            "tune": "stillimage",
            # Four equal frames lend their keyframe so much quality that 40 still reads well and halves the file.
            "crf": "40",
            "keyint_min": str(fps),
            "sc_threshold": "0",
        }
        voice = container.add_stream("aac", rate=_SOUND_RATE)
        voice.layout = "mono"
        voice.bit_rate = 32_000
        for second in range(plan.seconds):
            for _ in range(fps):
                container.mux(picture.encode(next(frames)))
            container.mux(voice.encode(_sound_frame(sound, second)))
            if progress is not None and second % 30 == 0:
                progress(second, plan.seconds)
        container.mux(picture.encode(None))
        container.mux(voice.encode(None))
    unfinished.replace(out)
    if progress is not None:
        progress(plan.seconds, plan.seconds)


def _frames(plan: Programme, painter: Painter, fps: int) -> Iterator[VideoFrame]:
    lines = {line.at: line for line in plan.lines}
    spoken_until = 0.0
    stretch, rest = plan.stretches[0], list(plan.stretches[1:])
    still: tuple[Stretch, int] | None = None
    drawn: VideoFrame | None = None
    for number in range(plan.seconds * fps):
        second = number // fps
        while rest and rest[0].at <= second:
            stretch = rest.pop(0)
        if number % fps == 0 and second in lines:
            spoken_until = second + _said(lines[second], _room(plan, lines[second]))[1]
        now = number / fps
        # A silent picture changes with its clock only: it is drawn and converted once a second.
        speaking = now < spoken_until
        if speaking or drawn is None or still != (stretch, second):
            clock = plan.begins + timedelta(seconds=second)
            drawn = _video_frame(painter.picture(stretch.scene, clock, now if speaking else None))
            still = None if speaking else (stretch, second)
        drawn.pts = number
        drawn.time_base = Fraction(1, fps)
        yield drawn


def _video_frame(picture: Image) -> VideoFrame:
    frame: VideoFrame = VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]  # PyAV left it untyped
    return frame.reformat(format="yuv420p")


def _room(plan: Programme, line: Line) -> float:
    """Seconds until the next line begins."""
    return min((other.at for other in plan.lines if other.at > line.at), default=plan.seconds) - line.at


_heard: dict[tuple[str, str, float], tuple[bytes, float]] = {}


def _said(line: Line, room: float) -> tuple[bytes, float]:
    """The samples of a line at the film's rate and how long they last; faster where it would run into the next."""
    key = (line.speaker, line.text, room)
    if key not in _heard:
        voice = voice_of(line.speaker)
        speech = speak(line.text, voice)
        while speech.seconds > room - 0.5 and voice.rate < 400:
            voice = Voice(voice.variant, voice.rate + 25, voice.pitch, voice.range)
            speech = speak(line.text, voice)
        samples = _resampled(speech.samples, speech.rate)[: int((room - 0.1) * _SOUND_RATE) * 2]
        _heard[key] = samples, len(samples) / 2 / _SOUND_RATE
    return _heard[key]


def _resampled(samples: bytes, rate: int) -> bytes:
    resampler = AudioResampler(format="s16", layout="mono", rate=_SOUND_RATE)
    frame = AudioFrame("s16", "mono", len(samples) // 2)
    frame.sample_rate = rate
    frame.planes[0].update(samples)
    out = bytearray()
    for part in (*resampler.resample(frame), *resampler.resample(None)):
        out += bytes(part.planes[0])[: part.samples * 2]
    return bytes(out)


def _sound(plan: Programme) -> dict[int, bytes]:
    """Second -> its samples, for the seconds in which somebody speaks."""
    seconds: dict[int, bytes] = {}
    for line in plan.lines:
        samples, _ = _said(line, _room(plan, line))
        for place in range(0, len(samples), _SOUND_RATE * 2):
            seconds[line.at + place // (_SOUND_RATE * 2)] = samples[place : place + _SOUND_RATE * 2]
    return seconds


def _sound_frame(sound: dict[int, bytes], second: int) -> AudioFrame:
    frame = AudioFrame("s16", "mono", _SOUND_RATE)
    frame.sample_rate = _SOUND_RATE
    frame.pts = second * _SOUND_RATE
    frame.time_base = Fraction(1, _SOUND_RATE)
    frame.planes[0].update(sound.get(second, b"").ljust(_SOUND_RATE * 2, b"\0"))
    return frame
