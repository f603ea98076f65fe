"""Speech of the sample recording: a line of text and a voice in, PCM samples out.

Everything runs on this machine through the espeak-ng library that the wheel `espeakng-loader` carries; no text
leaves it. This is a sample's voice, not a reader for residents.
"""

import ctypes
import os
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import espeakng_loader

_RETRIEVAL = 1
_DONT_EXIT = 0x8000
_UTF8 = 1
_AT_CHARACTER = 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
# espeak-ng keeps its data path in a buffer of 160 bytes and cuts what is longer without a word.
_LONGEST_PATH = 140


@dataclass(frozen=True)
class Voice:
    """One person's way of speaking: an espeak-ng voice variant, words a minute, pitch and its range (0-99)."""

    variant: str
    rate: int = 165
    pitch: int = 50
    range: int = 50


VOICES: dict[str, Voice] = {
    "P01": Voice("f2", 165, 52, 55),
    "P02": Voice("f4", 178, 60, 60),
    "P03": Voice("m3", 180, 45, 45),
    "P04": Voice("f3", 158, 44, 50),
    "P05": Voice("m1", 145, 35, 40),
    "P06": Voice("f5", 160, 58, 55),
    "P07": Voice("f1", 150, 42, 45),
    "P08": Voice("m2", 170, 48, 40),
    "P09": Voice("m7", 160, 40, 45),
    "P12": Voice("m4", 172, 52, 55),
}


def voice_of(person: str) -> Voice:
    """The voice of a participant of the sample; others get one of these, always the same for the same id."""
    if person in VOICES:
        return VOICES[person]
    known = list(VOICES.values())
    return known[zlib.crc32(person.encode()) % len(known)]


@dataclass(frozen=True)
class Speech:
    """Mono samples of 16 bits, as they left the synthesiser."""

    samples: bytes
    rate: int

    @property
    def seconds(self) -> float:
        """How long it takes to hear it."""
        return len(self.samples) / 2 / self.rate


def speak(text: str, voice: Voice) -> Speech:
    """Speak one line in Mandarin. The same text and voice give the same samples.

    Raises OSError where the library cannot be loaded.
    """
    library = _library()
    return library.speak(text, voice)


_Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Library:
    """The synthesiser of this process: it holds one state for all, so one line is spoken at a time."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()
        self._samples = bytearray()
        self._shortened: tempfile.TemporaryDirectory[str] | None = None
        self._c = ctypes.CDLL(espeakng_loader.get_library_path())
        self._rate = int(self._c.espeak_Initialize(_RETRIEVAL, 500, self._data_path(), _DONT_EXIT))
        if self._rate <= 0:
            raise OSError("espeak-ng cannot read its voices")
        # ctypes keeps no reference of its own: a collected callback is a crash at the first sound.
        self._callback = _Heard(self._hear)
        self._c.espeak_SetSynthCallback(self._callback)

    def _data_path(self) -> bytes:
        path = espeakng_loader.get_data_path()
        if len(os.fsencode(path)) > _LONGEST_PATH:
            self._shortened = tempfile.TemporaryDirectory(prefix="espeak-")
            short = Path(self._shortened.name, "espeak-ng-data")
            short.symlink_to(path)
            path = str(short)
        return os.fsencode(path)

    def _hear(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0

    def speak(self, text: str, voice: Voice) -> Speech:
        encoded = text.encode() + b"\0"
        with self._one_at_a_time:
            self._samples.clear()
            if self._c.espeak_SetVoiceByName(f"cmn+{voice.variant}".encode()) != 0:
                raise OSError(f"espeak-ng has no voice cmn+{voice.variant}")
            for parameter, value in (
                (_RATE, voice.rate),
                (_VOLUME, 90),
                (_PITCH, voice.pitch),
                (_RANGE, voice.range),
            ):
                self._c.espeak_SetParameter(parameter, value, 0)
            # Some variants tremble at random, seeded by the clock when the library starts.
            self._c.espeak_ng_SetRandSeed(ctypes.c_long(zlib.crc32(encoded)))
            self._c.espeak_Synth(encoded, len(encoded), 0, _AT_CHARACTER, 0, _UTF8, None, None)
            self._c.espeak_Synchronize()
            return Speech(bytes(self._samples), self._rate)


_library: Callable[[], _Library] = cache(_Library)
