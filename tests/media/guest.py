"""Guests for tests of the stage: devices that show one colour and sound one tone, and what of both is in the programme."""

from __future__ import annotations

import array
import io
import math
import re
from typing import Any, NamedTuple

import av
from PIL import Image

NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
"""Word for Chromium: no direct way anywhere, as behind a strict firewall."""

_DEVICES = """
(() => {
  if (!navigator.mediaDevices) return
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = new MediaStream()
    if (wanted.video) {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
      const paint = canvas.getContext('2d', { alpha: false })
      let turn = 0
      setInterval(() => {
        paint.fillStyle = 'COLOUR'
        paint.fillRect(0, 0, 640, 360)
        paint.fillStyle = '#fff'
        paint.fillRect((turn += 7) % 640, 0, 12, 12)
      }, 40)
      canvas.captureStream(25).getTracks().forEach((track) => stream.addTrack(track))
    }
    if (wanted.audio) {
      const context = new AudioContext({ sampleRate: 48000 })
      const [tone, gain, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()]
      tone.frequency.value = HERTZ || 100
      gain.gain.value = HERTZ ? 0.2 : 0
      tone.connect(gain).connect(out)
      tone.start()
      out.stream.getTracks().forEach((track) => stream.addTrack(track))
    }
    return stream
  }
})()
"""

HEARS = """
(hertz) => {
  const video = document.querySelector('.pair video')
  if (!video || !video.srcObject || !video.srcObject.getAudioTracks().length) return null
  if (window.ear?.of !== video.srcObject) window.ear = (() => {
    const context = new AudioContext({ sampleRate: 48000 })
    const level = Object.assign(context.createAnalyser(), { fftSize: 8192, smoothingTimeConstant: 0 })
    context.createMediaStreamSource(video.srcObject).connect(level)
    return Object.assign(level, { of: video.srcObject })
  })()
  const { ear } = window
  const bins = new Float32Array(ear.frequencyBinCount)
  ear.getFloatFrequencyData(bins)
  return hertz.map((one) => Math.max(...bins.slice(Math.round(one / 48000 * 8192) - 2, Math.round(one / 48000 * 8192) + 3)))
}
"""
"""Run in a guest's page: how loud (dB) these tones are in what the guest is sent; null while nothing is."""

EARS = """
(() => {
  window.loudest = 0
  const Decoder = window.AudioDecoder
  window.AudioDecoder = class extends Decoder {
    constructor({ output, error }) {
      super({ error, output: (data) => {
        const samples = new Float32Array(data.numberOfFrames)
        data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
        window.loudest = Math.max(window.loudest, ...samples)
        output(data)
      } })
    }
  }
})()
"""
"""Init script of a guest's page: `loudest` is the loudest sample that came through the server."""


def devices(colour: str, hertz: int) -> str:
    """Init script of a page: a camera of this colour, a microphone with this tone (0: silence)."""
    return _DEVICES.replace("COLOUR", colour).replace("HERTZ", str(hertz))


class Programme(NamedTuple):
    """The newest picture and second of sound that residents get."""

    picture: Image.Image
    sound: array.array[float]
    rate: int

    def shows(self, colour: tuple[int, int, int]) -> float:
        """The share of the picture that has this colour, as near as an encoder keeps it."""
        plain = self.picture.convert("RGB").resize((160, 90)).tobytes()
        pixels = [plain[place : place + 3] for place in range(0, len(plain), 3)]
        near = sum(
            all(abs(mine - theirs) < 48 for mine, theirs in zip(one, colour, strict=True)) for one in pixels
        )
        return near / len(pixels)

    def hears(self, hertz: int) -> float:
        """How far this tone stands above its neighbourhood, in dB."""
        around = [_power(self.sound, self.rate, hertz + off) for off in (-61, -37, 37, 61)]
        return 10 * math.log10(_power(self.sound, self.rate, hertz) / max(*around, 1e-9))


def _power(sound: array.array[float], rate: int, hertz: float) -> float:
    """The power of one tone (Goertzel), windowed so that its neighbours do not leak into it."""
    count = len(sound)
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    before = last = 0.0
    for place, sample in enumerate(sound):
        now = sample * (0.5 - 0.5 * math.cos(2 * math.pi * place / count)) + turn * last - before
        before, last = last, now
    return (before * before + last * last - turn * before * last) / count + 1e-12


async def programme(page: Any, url: str, meeting: str) -> Programme:
    """What residents get now: the newest segment that the server lists, its first picture and all its sound."""
    base = f"{url}/media/meeting-{meeting}"

    async def fetched(name: str) -> bytes:
        answer = await page.context.request.get(f"{base}/{name}")
        assert answer.ok, f"{name}: {answer.status}"
        return bytes(await answer.body())

    text = (await fetched("live.m3u8")).decode()
    init = re.findall(r'URI="(init[^"]+)"', text)[-1]
    newest = re.findall(r"^s\d+\.m4s$", text[text.rindex(init) :], re.MULTILINE)[-1]
    data = await fetched(init) + await fetched(newest)
    with av.open(io.BytesIO(data)) as source:
        picture = next(source.decode(video=0)).to_image()
    with av.open(io.BytesIO(data)) as source:
        sounds = list(source.decode(audio=0))
    sound = array.array("f")
    for frame in sounds:
        sound.frombytes(bytes(frame.planes[0])[: 4 * frame.samples])
    return Programme(picture, sound, sounds[0].sample_rate)
