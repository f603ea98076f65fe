"""A clock in the picture: a camera whose frames show the time as bars, and a reader for the viewer's page.

Both run in Chromium on one machine, so the difference of two readings is the whole way, glass to glass.
"""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import Any

import av

from tests.engines import eventually

_BARS = 24
_PLACES = _BARS + 2
_WRAP_MS = 2**_BARS

CAMERA = (
    """
(() => {
  if (!navigator.mediaDevices) return
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!wanted.video) return real(wanted)
    const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })
    const paint = canvas.getContext('2d', { alpha: false })
    const step = 1280 / PLACES
    setInterval(() => {
      const now = Date.now() % 2 ** 24
      paint.fillStyle = '#3a4a5c'
      paint.fillRect(0, 0, 1280, 720)
      paint.fillStyle = '#ffb020'
      paint.fillRect(640 + 500 * Math.sin(now / 700), 420, 120, 120)
      for (let i = 0; i < PLACES; i += 1) {
        const white = i === 0 || (i < PLACES - 1 && (now >> (i - 1)) & 1)
        paint.fillStyle = white ? '#fff' : '#000'
        paint.fillRect(i * step, 0, step + 1, 240)
      }
    }, 20)
    return canvas.captureStream(50)
  }
})()
"""
).replace("PLACES", str(_PLACES))
"""Init script of the studio's page: instead of a camera, a picture that shows `Date.now()` mod 2^24."""

LIGHT = """
if (window.VideoEncoder) {
  const real = VideoEncoder.isConfigSupported.bind(VideoEncoder)
  VideoEncoder.isConfigSupported = async (config) => (config.width > 640 ? { supported: false, config } : real(config))
}
"""
"""Init script of the studio's page: a machine that can encode 640x360 and no more. Half the work on shared cores."""

READER = (
    """
(pick) => new Promise((ready) => {
  const glass = (window.glass = { delays: [], at: [], first: null })
  const canvas = Object.assign(document.createElement('canvas'), { width: PLACES * 4, height: 4 })
  const paint = canvas.getContext('2d', { willReadFrequently: true })
  const read = (video) => {
    paint.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 6, 0, 0, canvas.width, canvas.height)
    const bits = Array.from({ length: PLACES }, (_, i) => paint.getImageData(i * 4 + 2, 2, 1, 1).data[0] > 128)
    if (!bits[0] || bits[PLACES - 1]) return null
    return bits.slice(1, -1).reduce((sum, bit, i) => sum + (bit ? 2 ** i : 0), 0)
  }
  const watch = (video) => {
    const step = () => {
      const now = Date.now()
      const shown = read(video)
      if (shown !== null) {
        glass.first = glass.first ?? performance.now()
        glass.at.push(now)
        glass.delays.push((now % 2 ** 24 - shown + 2 ** 24) % 2 ** 24)
      }
      video.requestVideoFrameCallback(step)
    }
    video.requestVideoFrameCallback(step)
    ready(true)
  }
  const find = () => { const video = document.querySelector(pick); video ? watch(video) : setTimeout(find, 20) }
  find()
})
"""
).replace("PLACES", str(_PLACES))
"""Run in a viewer's page with the picture's selector: gathers `glass.delays` in milliseconds for each frame."""


def read_clock(frame: Any) -> int | None:
    """The time that `CAMERA` drew into a decoded picture of the recording, in ms mod 2^24; None when unreadable."""
    luma = frame.planes[0]
    data, line, step = bytes(luma), luma.line_size, frame.width / _PLACES
    row = frame.height // 12 * line
    bits = [data[row + int((place + 0.5) * step)] > 128 for place in range(_PLACES)]
    if not bits[0] or bits[-1]:
        return None
    return sum(1 << place for place, bit in enumerate(bits[1:-1]) if bit)


def segments(media: Path) -> list[dict[str, Any]]:
    """The segments that a record's folder of media has on disk, oldest first."""
    return [line for line in _index(media) if line["line"] == "segment"]


def publications(media: Path) -> int:
    """How often a publisher began anew; one who came back after a cut did not."""
    return sum(line["line"] == "opened" for line in _index(media))


def hole(media: Path, begin: int = 0) -> float:
    """The largest step between two pictures of the recording from segment `begin` on, by the clock that the camera
    showed, in seconds.
    """
    shown: list[int] = []
    for one in segments(media)[begin:]:
        data = b"".join(
            (media / name).read_bytes() for name in (f"init{one['init']}.mp4", f"s{one['n']}.m4s")
        )
        with av.open(io.BytesIO(data), format="mp4") as source:
            shown += [clock for frame in source.decode(video=0) if (clock := read_clock(frame)) is not None]
    steps = [(b - a) % _WRAP_MS for a, b in itertools.pairwise(shown)]
    return max((step for step in steps if step < _WRAP_MS / 2), default=float("nan")) / 1000


def _index(media: Path) -> list[dict[str, Any]]:
    index = media / "index.jsonl"
    return [json.loads(line) for line in index.read_text().splitlines()] if index.exists() else []


async def delays(page: Any, *, forget: bool = True) -> list[float]:
    """The delays gathered so far, in milliseconds."""
    found: list[float] = await page.evaluate("glass.delays")
    if forget:
        await page.evaluate("(glass.delays = [], glass.at = [], 0)")
    return found


async def first_picture(page: Any) -> float:
    """When the first readable picture stood in the page, in milliseconds after its opening."""
    await eventually(lambda: page.evaluate("glass.first !== null"), what="a picture")
    return float(await page.evaluate("glass.first"))


async def longest_stop(page: Any) -> float:
    """The longest time without a new frame among those gathered, in milliseconds."""
    return float(await page.evaluate("Math.max(0, ...glass.at.slice(1).map((at, i) => at - glass.at[i]))"))


async def session(page: Any, url: str, link: str) -> dict[str, Any]:
    """Use a personal link as the page behind it does; the page's context then has the cookie."""
    token = link.partition("#")[2]
    answer = await page.context.request.post(
        f"{url}/api/enter", data={"token": token}, headers={"Origin": url}
    )
    assert answer.ok, await answer.text()
    known: dict[str, Any] = await answer.json()
    return known


async def go_live(page: Any, url: str, meeting: str) -> None:
    """Open the studio with the clock for a camera and press the red button."""
    await page.add_init_script(CAMERA)
    await page.goto(f"{url}/studio/{meeting}")
    await page.locator(".golive:not([disabled])").click()
    await page.locator(".on-air .health .dot.ok").first.wait_for(timeout=15_000)
