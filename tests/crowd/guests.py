"""Three guests on stage: how late their pictures reach the host, what the host's browser costs, how far picture and
sound of the programme are apart at the beginning and at the end of a long run.

`python -m tests.crowd.guests [--minutes 60] [--relayed 1] [--wide] [--short] [--write]`

A clock is drawn into each guest's picture and read back in the studio; the first and the last guest flash and beep in
turn, which is found again in the recorded programme. The host's camera is Chromium's own. Host and guests are browsers
of their own on this machine. The programme is 640x360, with `--wide` 1280x720. `--minutes` is real time, no simulated
clock. `--write` keeps the figures in docs/measurements.md.
"""

from __future__ import annotations

import argparse
import array
import asyncio
import contextlib
import io
import os
import re
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import av

from tests.crowd.alone import alone, led
from tests.crowd.machine import busy_seconds, cpu_seconds, keep
from tests.engines import Served, eventually, serve
from tests.media.clock import LIGHT, session
from tests.media.guest import NO_UDP

HEADING = "## Guests on stage"
GUESTS = ("lawyer", "deputy", "moderator2")
PLACES = 26
BEAT_MS, FLASH_MS = 2_000, 240
TILES = ((0.6, 0.2, 0.9, 0.3), (0.6, 0.61, 0.9, 0.7))
"""Where the first and the last guest stand in the programme, under their bars, as shares of it: left, top, right,
bottom.
"""

CLOCKED = (
    (
        """
(() => {
  if (!navigator.mediaDevices) return
  const phase = PHASE
  const lit = () => phase >= 0 && (Date.now() + phase) % BEAT < FLASH
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = new MediaStream()
    if (wanted.video) {
      const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 })
      const paint = canvas.getContext('2d', { alpha: false })
      const step = 640 / PLACES
      const [track] = canvas.captureStream(0).getVideoTracks()
      const show = () => {
        const now = Date.now() % 2 ** 24
        paint.fillStyle = lit() ? '#fff' : '#101010'
        paint.fillRect(0, 0, 640, 360)
        for (let i = 0; i < PLACES; i += 1) {
          const white = i === 0 || (i < PLACES - 1 && (now >> (i - 1)) & 1)
          paint.fillStyle = white ? '#fff' : '#000'
          paint.fillRect(i * step, 0, step + 1, 120)
        }
        track.requestFrame()
        setTimeout(show, FRAME - (Date.now() % FRAME))
      }
      show()
      stream.addTrack(track)
    }
    if (wanted.audio) {
      const context = new AudioContext({ sampleRate: 48000, latencyHint: 'interactive' })
      const [tone, gain, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()]
      tone.frequency.value = 1000
      gain.gain.value = 0
      tone.connect(gain).connect(out)
      tone.start()
      const sound = () => {
        const into = (Date.now() + phase) % BEAT
        const begin = context.currentTime + (BEAT - into) / 1000
        gain.gain.setValueAtTime(0.4, begin).setValueAtTime(0, begin + FLASH / 1000)
        setTimeout(sound, BEAT - into + FLASH + 20)
      }
      if (phase >= 0) sound()
      out.stream.getTracks().forEach((track) => stream.addTrack(track))
    }
    return stream
  }
})()
"""
    )
    .replace("PLACES", str(PLACES))
    .replace("BEAT", str(BEAT_MS))
    .replace("FLASH", str(FLASH_MS))
    .replace("FRAME", "(1000 / 15)")
)
"""A guest's devices: the time as bars, each picture given out the moment it is taken; light and tone for `FLASH` of each
`BEAT`, beginning `PHASE` before it.
"""
NEVER = -1

DEAF_HALL = """
(() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) return real(wanted)
    return new AudioContext({ sampleRate: 48000 }).createMediaStreamDestination().stream
  }
})()
"""
"""Init script of the host's page: Chromium's camera without its beeps."""

READER = """
() => {
  const found = (window.guestDelays = [])
  const canvas = Object.assign(document.createElement('canvas'), { width: PLACES * 4, height: 4 })
  const paint = canvas.getContext('2d', { willReadFrequently: true })
  const read = (picture, width, height) => {
    paint.drawImage(picture, 0, 0, width, height / 4, 0, 0, canvas.width, canvas.height)
    const { data } = paint.getImageData(0, 2, canvas.width, 1)
    const bits = Array.from({ length: PLACES }, (_, i) => data[(i * 4 + 2) * 4] > 128)
    if (!bits[0] || bits[PLACES - 1]) return null
    return bits.slice(1, -1).reduce((sum, bit, i) => sum + (bit ? 2 ** i : 0), 0)
  }
  document.querySelectorAll('.gu.on').forEach((tile, place) => {
    const delays = (found[place] = [])
    const picture = tile.querySelector('video, canvas')
    let last = null
    const look = () => {
      const [width, height] = picture.videoWidth ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height]
      const shown = width ? read(picture, width, height) : null
      if (shown !== null && shown !== last) {
        last = shown
        delays.push((Date.now() % 2 ** 24 - shown + 2 ** 24) % 2 ** 24)
      }
    }
    const step = () => { look(); picture.requestVideoFrameCallback(step) }
    if (picture.requestVideoFrameCallback) picture.requestVideoFrameCallback(step)
    else setInterval(look, 15)
  })
  return found.length
}
""".replace("PLACES", str(PLACES))


def tree_cpu(word: str) -> float:
    """CPU seconds of the browser started with this word, with all its processes."""
    children: dict[int, list[int]] = {}
    roots = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_text().split("\0")
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(folder.name))
        if word in words and not any(one.startswith("--type=") for one in words):
            roots.append(int(folder.name))
    total, waiting = 0.0, roots
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        try:
            total += cpu_seconds(pid)
        except OSError:
            continue
    return total


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def apart(base: str, headers: dict[str, str], seconds: int = 24) -> list[list[float]]:
    """How much later each beep of the newest programme is than its flash, in milliseconds: first guest, last guest."""

    def fetched(name: str) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(f"{base}/{name}", headers=headers)) as answer:
            return bytes(answer.read())

    text = fetched("live.m3u8?dvr=1").decode()
    init = re.findall(r'URI="(init[^"]+)"', text)[-1]
    names = re.findall(r"^s\d+\.m4s$", text[text.rindex(init) :], re.MULTILINE)
    if len(names) < seconds // 2:
        # The newest list may leave older lines to the one before it (delta): the window tells enough.
        names = re.findall(r"^s\d+\.m4s$", fetched("live.m3u8").decode(), re.MULTILINE)
    return _apart(fetched(init) + b"".join(fetched(name) for name in names[-seconds:]))


def _apart(data: bytes) -> list[list[float]]:
    lights: list[list[tuple[float, float]]] = [[] for _ in TILES]
    with av.open(io.BytesIO(data)) as source:
        for frame in source.decode(video=0):
            image = frame.to_image().convert("L")
            for light, (left, top, right, foot) in zip(lights, TILES, strict=True):
                wide, high = frame.width, frame.height
                box = image.crop((int(wide * left), int(high * top), int(wide * right), int(high * foot)))
                small = box.resize((8, 4)).tobytes()
                light.append((float(frame.pts * frame.time_base), sum(small) / len(small)))
    loud: list[tuple[float, float]] = []
    with av.open(io.BytesIO(data)) as source:
        for sound in source.decode(audio=0):
            samples = array.array("f")
            samples.frombytes(bytes(sound.planes[0])[: 4 * sound.samples])
            for place in range(0, len(samples) - 95, 96):
                part = samples[place : place + 96]
                at = float(sound.pts * sound.time_base) + place / sound.sample_rate
                loud.append((at, max(abs(one) for one in part)))
    beeps = _begins(loud)
    return [_paired(_begins(light), beeps) for light in lights]


def _paired(flashes: list[float], beeps: list[float]) -> list[float]:
    if not beeps:
        return []
    near = [(min(beeps, key=lambda beep, flash=flash: abs(beep - flash)) - flash) for flash in flashes]
    return [one * 1000 for one in near if abs(one) < BEAT_MS / 4000]


def _begins(levels: list[tuple[float, float]]) -> list[float]:
    """When a level rises above half of what it reaches, after a pause."""
    if not levels:
        return []
    high = max(level for _, level in levels)
    low = min(level for _, level in levels)
    begins, last = [], -10.0
    for at, level in levels:
        if level > (high + low) / 2:
            if at - last > BEAT_MS / 8000:
                begins.append(at)
            last = at
    return begins[1:]


def spread(values: list[float]) -> str:
    if not values:
        return "none found"
    return (
        f"{statistics.median(values):+.0f} ms ({min(values):+.0f} to {max(values):+.0f}, {len(values)} beats)"
    )


async def come(page: Any, served: Served, meeting: str, role: str, way: str, *, phase: int) -> None:
    await page.add_init_script(CLOCKED.replace("PHASE", str(phase)))
    await session(page, served.url, served.links[role])
    await page.goto(f"{served.url}/stage/{meeting}")
    await page.locator(".acts .btn.p:not([disabled])").click()
    await page.locator(".mine .vu").wait_for(timeout=60_000)
    await page.locator(".acts .btn.p:not([disabled])").click()
    await page.locator(f".way.{way}").wait_for(timeout=60_000)


async def _begin(host: Any, served: Served, meeting: str, *, wide: bool) -> None:
    await session(host, served.url, served.links["host"])
    await host.add_init_script(DEAF_HALL if wide else DEAF_HALL + LIGHT)
    await host.goto(f"{served.url}/studio/{meeting}")
    await host.locator(".golive:not([disabled])").click()
    await host.locator(".on-air .health .dot.ok").first.wait_for(timeout=15_000)


async def measure(served: Served, minutes: float, relayed: int, *, wide: bool) -> list[str]:
    meeting = served.record.partition(":")[2]
    ways = ["relay" if place >= len(GUESTS) - relayed else "direct" for place in range(len(GUESTS))]
    with contextlib.ExitStack() as stack:

        def browser(*words: str) -> str:
            return stack.enter_context(alone(*words))

        at_hall = browser("--sunny-host", "--window-size=1440,900")
        at_home = [browser("--window-size=900,700", *([NO_UDP] if way == "relay" else [])) for way in ways]
        async with led(at_hall) as host:
            await _begin(host, served, meeting, wide=wide)
            for place, (role, way) in enumerate(zip(GUESTS, ways, strict=True)):
                async with led(at_home[place]) as guest:
                    phase = {0: 0, len(GUESTS) - 1: BEAT_MS // 2}.get(place, NEVER)
                    await come(guest, served, meeting, role, way, phase=phase)
                    await host.locator(".gu.waiting .up:not([disabled])").click(timeout=60_000)
                    await eventually(
                        lambda count=place + 1: _on(host, count), what=f"{place + 1} guests on stage"
                    )
            await asyncio.sleep(8)
            await host.evaluate(READER)
            cookies = await host.context.cookies(served.url)
        base = f"{served.url}/media/meeting-{meeting}"
        headers = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in cookies)}
        begun, busy = time.monotonic(), busy_seconds()
        cpu, server = tree_cpu("--sunny-host"), cpu_seconds(served.process.pid)
        await asyncio.sleep(26)
        at_first = await asyncio.to_thread(apart, base, headers)
        await asyncio.sleep(max(0.0, minutes * 60 - (time.monotonic() - begun)))
        at_last = await asyncio.to_thread(apart, base, headers)
        took = time.monotonic() - begun
        cores = (tree_cpu("--sunny-host") - cpu) / took
        served_share = (cpu_seconds(served.process.pid) - server) / took
        shared = (busy_seconds() - busy) / took / (os.cpu_count() or 1)
        async with led(at_hall) as host:
            delays: list[list[float]] = await host.evaluate("guestDelays")
            canvas = await host.evaluate(
                "(({ width, height }) => `${width}x${height}`)(document.querySelector('.out canvas'))"
            )
            health = " ".join((await host.locator("footer.health").inner_text()).split())
    lines = [
        (
            f"{time.strftime('%Y-%m-%d')}, programme {canvas}, three guests at 640x360, {took:.0f} s of real time, loopback; "
            f"host, guests and server share {os.cpu_count()} cores, {shared:.0%} busy (load {os.getloadavg()[0]:.1f})."
        ),
        "",
        "| guest | way | guest to host p50 | p95 | pictures a second |",
        "|---|---|---|---|---|",
    ]
    for place, (way, found) in enumerate(zip(ways, delays, strict=True), 1):
        told = (
            f"{statistics.median(found):.0f} ms | {percentile(found, 0.95):.0f} ms"
            if found
            else "none | none"
        )
        lines.append(f"| {place} | {way} | {told} | {len(found) / took:.1f} |")
    return [
        *lines,
        "",
        f"Host's browser: {cores:.2f} cores. Server: {served_share:.1%} of a core. Studio: {health}",
        f"Sound of the programme after its picture, a run of {took / 60:.0f} minutes, no simulated clock:",
        "",
        *(
            f"- {way} guest: {spread(first)} in the first half minute, {spread(last)} in the last"
            for way, first, last in zip((ways[0], ways[-1]), at_first, at_last, strict=True)
        ),
        "",
        "Aim: direct p50 at most 80 ms, p95 300 ms; relayed 500 ms; host 1.2 cores; sound within 80 ms after an hour.",
    ]


async def _on(page: Any, count: int) -> bool:
    return bool(await page.locator(".gu.on .unseen > *").count() == count)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=60)
    words.add_argument(
        "--relayed", type=int, default=1, choices=range(4), help="guests who go through the server"
    )
    words.add_argument("--wide", action="store_true", help="the programme is 1280x720")
    words.add_argument("--short", action="store_true", help="one minute")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    chosen = words.parse_args()
    minutes = 1 if chosen.short else chosen.minutes
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), patience=180) as served:
        lines = asyncio.run(measure(served, minutes, chosen.relayed, wide=chosen.wide))
    print("\n".join(lines))
    if chosen.write:
        keep(HEADING, lines)


if __name__ == "__main__":
    main()
