"""Three hundred players whose picture has stopped: what they ask of the server, and what the council notices of it.

`python -m tests.crowd.dead_playlist [--players 300] [--browsers 48] [--seconds 30] [--short] [--write]`

The product on core 0. On core 1 Chromium with the room's own player code (static/src/parts/player: half by the light
player `near.ts`, half by hls.js), each player with a host name of its own, since a browser opens six connections a name;
a studio of 160x90. A browser of 300 players is beyond two cores: those beyond `--browsers` are replayed, each asking as
near.ts does (the list as soon as it has something new; the next question 450 ms after the last at the earliest). Beside
them one resident who supports a question five times a second. First everybody plays, then the studio's
line is cut for good. The requests are counted by the players, the acknowledgements by the resident.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from playwright.async_api import async_playwright

from server import setup
from tests.crowd.burst import questions, upvote
from tests.crowd.feed import people, pin, product
from tests.crowd.film import film, publish
from tests.crowd.glass_to_glass import percentile
from tests.crowd.machine import busy_seconds, cpu_seconds, keep
from tests.crowd.players import entered
from tests.crowd.ways import opened
from tests.crowd.wire import Line
from tests.engines import CHROMIUM, CHROMIUM_WORDS, eventually
from tests.media.publisher import Studio

PAGES = 6
KBIT = 100
PLAYLIST_S = 0.45
"""near.ts, PLAYLIST_MS."""
AIM = 1.0
"""Requests a player and second on a dead playlist (issue: below one)."""
SUPPORTS_APART_S = 0.2
PLAYER = "export { Playback } from '@/parts/player/player'\n"
BUILD = """
import {{ defineConfig }} from '{rolldown}'
export default defineConfig({{
  input: '{entry}', resolve: {{ alias: {{ '@': '{source}' }} }},
  output: {{ dir: '{out}', entryFileNames: 'player.js', chunkFileNames: '[name].js' }},
}})
"""
PAGE = """<!doctype html><meta charset=utf-8><body><script type=module>
const told = window.told = { playlists: 0, segments: 0, wrong: 0, playing: 0, stalled: 0, trouble: {} }
const noted = (url, status) => {
  if (url.includes('.m3u8')) told.playlists += 1; else if (url.includes('/media/')) told.segments += 1
  if (status !== 200 && status !== 0) told.wrong += 1
}
const plain = window.fetch
window.fetch = async (...given) => { const answer = await plain(...given); noted(String(given[0]), answer.status); return answer }
const open = XMLHttpRequest.prototype.open
XMLHttpRequest.prototype.open = function (way, url, ...rest) {
  this.addEventListener('load', () => noted(String(url), this.status))
  return open.call(this, way, url, ...rest)
}
const { count, first, port, path, heavy } = Object.fromEntries(new URLSearchParams(location.search))
if (heavy === '1') {
  const asked = MediaSource.isTypeSupported.bind(MediaSource)
  MediaSource.isTypeSupported = (type) => type !== 'video/mp4; codecs="avc1.42e01f,mp4a.40.2"' && asked(type)
}
const { Playback } = await import('/player.js')
window.players = []
for (let n = 0; n < +count; n += 1) {
  const video = document.createElement('video')
  Object.assign(video, { muted: true, playsInline: true, width: 16, height: 9 })
  document.body.append(video)
  const signs = new Proxy({}, { get: (_, name) => (what) => {
    if (name === 'failed' && what) told.trouble[what] = (told.trouble[what] || 0) + 1
  } })
  const player = new Playback(video, signs)
  window.players.push(video)
  void player.open(`http://p${+first + n}.localhost:${port}${path}/live.m3u8`, 'live').then(() => player.play())
  await new Promise((done) => setTimeout(done, 60))
}
window.begun = true
</script>"""
COUNT = """() => ({ ...window.told, shown: window.players.filter((v) => v.readyState > 1 && v.currentTime > 0).length,
  at: window.players.reduce((sum, v) => sum + v.currentTime, 0) })"""


def built(folder: Path) -> None:
    """The player of the room as files of its own."""
    static = setup.ROOT / "static"
    entry, conf = folder / "entry.ts", folder / "rolldown.config.mjs"
    entry.write_text(PLAYER)
    module = static / "node_modules" / "rolldown"
    conf.write_text(
        BUILD.format(
            rolldown=module / "dist" / "index.mjs", entry=entry, source=static / "src", out=folder / "out"
        )
    )
    words = [str(setup.node()), str(module / "bin" / "cli.mjs"), "-c", str(conf)]
    subprocess.run(words, check=True, capture_output=True, cwd=static, env=setup.node_env())


HEAD = (
    "| | players with a picture | playlists/s each | replayed | playlists/s each | segments/s | refused | trouble told "
    "| server, of a core | machine busy | support acknowledged, p50 / p95 / longest |"
)


class Replayed:
    """So many players that are only questions, over one connection each."""

    def __init__(self, address: str, count: int) -> None:
        self.address, self.count = address, count
        self.playlists = self.wrong = 0

    async def play(self) -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            await asyncio.gather(*(self._one(http) for _ in range(self.count)))

    async def _one(self, http: aiohttp.ClientSession) -> None:
        last, shown = -1, ""
        while True:
            begun = time.monotonic()
            asked = f"?_HLS_msn={last + 1}" if last >= 0 else ""
            async with http.get(f"{self.address}/live.m3u8{asked}") as answer:
                text = await answer.text()
                self.playlists += 1
                self.wrong += answer.status != 200
            first = int(text.partition("MEDIA-SEQUENCE:")[2].split("\n", 1)[0] or 0)
            newest = first + text.count("#EXTINF") - 1
            if newest == last:
                await asyncio.sleep(max(0.0, PLAYLIST_S - (time.monotonic() - begun)))
                continue
            last, name = newest, text.rstrip().rpartition("\n")[2]
            if name != shown:
                shown = name
                async with http.get(f"{self.address}/{name}") as segment:
                    await segment.read()


class Resident:
    """Supports a question and takes it back, five times a second; how long each acknowledgement took, in ms."""

    def __init__(self, served: dict[str, Any], line: Line, question: str) -> None:
        self.served, self.line, self.question = served, line, question
        self.took: list[float] = []

    async def act(self) -> None:
        on = False
        while True:
            on = not on
            begun = time.monotonic()
            answer = await self.line.call("do", upvote(self.served, self.question, on=on))
            self.took.append((time.monotonic() - begun) * 1000)
            assert answer["ok"], answer
            await asyncio.sleep(SUPPORTS_APART_S)


async def counted(pages: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"trouble": {}}
    for page in pages:
        for name, value in (await page.evaluate(COUNT)).items():
            if name != "trouble":
                found[name] = found.get(name, 0) + value
            else:
                for what, times in value.items():
                    found["trouble"][what] = found["trouble"].get(what, 0) + times
    return found


async def settled(pages: list[Any], count: int) -> None:
    """Wait until everybody has a picture; where the machine does not bear so many, a minute."""

    async def all_shown() -> bool:
        await asyncio.sleep(1)
        return bool((await counted(pages))["shown"] >= count)

    with suppress(TimeoutError):
        await eventually(all_shown, 60, what="everybody's picture")


async def watched(
    what: str,
    served: dict[str, Any],
    pages: list[Any],
    count: int,
    replayed: Replayed,
    resident: Resident,
    seconds: float,
) -> str:
    """A row: what was asked in so many seconds, and how the council answered meanwhile."""
    before, cpu, busy, begun = (
        await counted(pages),
        cpu_seconds(served["pid"]),
        busy_seconds(),
        time.monotonic(),
    )
    replays, refused = replayed.playlists, replayed.wrong
    resident.took.clear()
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    core, machine = (
        (cpu_seconds(served["pid"]) - cpu) / took,
        (busy_seconds() - busy) / took / (os.cpu_count() or 1),
    )
    acks = list(resident.took)
    after = await counted(pages)
    asked = {name: after.get(name, 0) - before.get(name, 0) for name in ("playlists", "segments", "wrong")}
    each = f"**{asked['playlists'] / took / count:.2f}**" if count else ""
    others = replayed.count if replayed.playlists else 0
    theirs = f"**{(replayed.playlists - replays) / took / others:.2f}**" if others else ""
    trouble = ", ".join(
        f"{name} {times - before['trouble'].get(name, 0)}" for name, times in after["trouble"].items()
    )
    wrong = asked["wrong"] + replayed.wrong - refused
    return (
        f"| {what} | {after.get('shown', 0)} of {count} | {each} | {others} | {theirs} "
        f"| {asked['segments'] / took:.0f} | {wrong} | {trouble or 'none'} | {core:.1%} | {machine:.0%} "
        f"| {percentile(acks, 0.5):.0f} / {percentile(acks, 0.95):.0f} / {max(acks):.0f} ms |"
    )


async def measure(
    served: dict[str, Any], data: Path, count: int, shown: int, seconds: float, folder: Path
) -> list[str]:
    rows = [HEAD, "|---|---|---|---|---|---|---|---|---|---|---|"]
    await opened(served)
    cookie = people(data, 1)[0]
    line = Line(served["url"], cookie)
    await line.open()
    await line.join(served["record"])
    resident = Resident(served, line, (await questions(served, 1))[0])
    acting = asyncio.create_task(resident.act())
    app = web.Application()
    app.router.add_get("/", lambda _request: web.Response(text=PAGE, content_type="text/html"))
    app.router.add_static("/", folder / "out")
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession() as http, async_playwright() as playwright:
        http.headers["Cookie"] = await entered(served["url"], served["links"]["host"])
        path = f"/media/{served['record'].replace(':', '-', 1)}"
        stream = film(KBIT, thin=False, width=160, height=90)
        studio = Studio(http, served["url"] + path, stream)
        sending = await publish(studio, stream)
        await eventually(lambda: studio.acked > 0, 30, what="a picture on air")
        await asyncio.sleep(4)
        words = [*CHROMIUM_WORDS, "--disable-web-security", "--mute-audio"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        replayed = Replayed(served["url"] + path, count - shown)
        rows.append(await watched("nobody watches", served, [], 0, replayed, resident, seconds / 3))
        pages = []
        for number in range(PAGES):
            page = await (await browser.new_context()).new_page()
            port = served["url"].rpartition(":")[2]
            each = shown // PAGES
            query = f"count={each}&first={number * each}&port={port}&path={path}&heavy={number % 2}"
            await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/?{query}")
            pages.append(page)
        for page in pages:
            await page.wait_for_function("window.begun === true", timeout=120_000)
        await settled(pages, shown)
        playing = asyncio.create_task(replayed.play())
        await asyncio.sleep(3)
        rows.append(await watched("live", served, pages, shown, replayed, resident, seconds / 2))
        sending.cancel()
        studio.cut()
        await studio.leave()
        await asyncio.sleep(6)
        rows.append(await watched("the studio is gone", served, pages, shown, replayed, resident, seconds))
        playing.cancel()
        await browser.close()
    acting.cancel()
    await asyncio.gather(acting, sending, playing, return_exceptions=True)
    line.close()
    await runner.cleanup()
    return rows


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--players", type=int, default=300)
    words.add_argument("--browsers", type=int, default=48, help="how many of them in real browsers")
    words.add_argument("--seconds", type=float, default=30)
    words.add_argument("--short", action="store_true", help="12 players in browsers, 12 seconds")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    given = words.parse_args()
    shown, seconds = (12, 12.0) if given.short else (given.browsers // PAGES * PAGES, given.seconds)
    pin(0, 1)
    with tempfile.TemporaryDirectory() as folder, product(Path(folder) / "data") as served:
        built(Path(folder))
        rows = uvloop.run(measure(served, Path(folder) / "data", given.players, shown, seconds, Path(folder)))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = [
        f"{time.strftime('%Y-%m-%d')}, `python -m tests.crowd.dead_playlist`, {shown} players of the room's own code",
        f"in {PAGES} pages of Chromium, half near.ts, half hls.js, {given.players - shown} replayed; two cores; load {load}.",
        "",
        *rows,
        "",
        f"Aim: fewer than {AIM:g} playlists a player and second when the picture is dead, and the council unaware.",
    ]
    print("\n".join(lines))
    if given.write:
        keep("## A dead playlist", lines)


if __name__ == "__main__":
    main()
