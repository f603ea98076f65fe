"""The studio's line to the server: the studio's own code (publisher.ts, reach.ts), run by Node."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from server import setup
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel

_BROWSER = """
import { registerHooks } from 'node:module'
import { readFileSync } from 'node:fs'
registerHooks({ resolve: (name, about, next) => next(name.startsWith('./') ? `${name}.ts` : name, about) })
globalThis.window = Object.assign(new EventTarget(), { setInterval, setTimeout })
const given = GIVEN
"""
_LATE = """
const { Publisher } = await import(given.publisher)
globalThis.location = { href: given.address }
const Socket = WebSocket
globalThis.WebSocket = class extends Socket {
  constructor(address) { super(address, { headers: { 'X-Person': 'person:host' } }) }
}
const line = new Publisher(given.path, () => given.announced, () => 0)
// The line is not there yet: all of this is kept, as in a cut, and goes out at once.
for (const { data, ...unit } of JSON.parse(readFileSync(given.units, 'utf8'))) {
  line.send({ ...unit, data: new Uint8Array(Buffer.from(data, 'base64')) })
}
await new Promise((done) => { line.onState = (state) => { if (state === 'on') done() } })
const behind = line.behind
await line.empty(10_000)
console.log(JSON.stringify({ behind, after: line.behind, got: line.got }))
line.close()
"""
_ASKING = """
const { Reach } = await import(given.reach)
let now = 0, every = null, tried = 0
Date.now = () => now
window.setInterval = (ask) => { every = ask; return 1 }
globalThis.clearInterval = () => { every = null }
globalThis.fetch = async () => { if (given.status) return { status: given.status }; throw new Error('nobody') }
const reach = new Reach(() => { tried += 1; at = now })
let at = 0
reach.look()
while (!tried && now < 60_000) {
  now += 300
  every()
  await new Promise((done) => setImmediate(done))
}
console.log(JSON.stringify({ tried, at_s: at / 1000 }))
"""


def ran(program: str, **given: Any) -> dict[str, Any]:
    given |= {name: (setup.SOURCES / "studio" / f"{name}.ts").as_uri() for name in ("publisher", "reach")}
    words = (_BROWSER + program).replace("GIVEN", json.dumps(given), 1)
    how = ["--experimental-transform-types", "--no-warnings", "--input-type=module", "--eval", words]
    run = subprocess.run([setup.node(), *how], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


async def test_whoever_stops_while_the_line_catches_up_waits_until_all_of_it_came(
    hall: Hall, aac: Reel, tmp_path: Path
) -> None:
    units = [
        {
            "kind": chunk.kind,
            "track": chunk.track,
            "key": chunk.key,
            "at_us": chunk.dts_us,
            "dur_us": chunk.dur_us,
            "data": base64.b64encode(chunk.data).decode(),
        }
        for chunk in aac.chunks
    ]
    file = tmp_path / "units.json"
    file.write_text(json.dumps(units))
    announced = {
        "video": {"w": 320, "h": 180, "fps": 25},
        "audio": {"codec": "aac", "rate": 48_000, "ch": aac.audio.channels, "desc": aac.audio.desc.hex()},
    }
    stream = hall.media.stream(RECORD)
    told = await asyncio.to_thread(
        ran,
        _LATE,
        units=str(file),
        announced=announced,
        address=hall.address,
        path="/media/meeting-1/publish",
    )
    assert told["behind"]
    assert not told["after"]
    assert told["got"] >= len(units)
    assert stream._received >= len(units)


def test_a_line_is_tried_though_nobody_answers_whether_the_server_is_there() -> None:
    assert ran(_ASKING, status=200)["at_s"] < 1
    assert ran(_ASKING, status=404)["at_s"] < 1, "whoever answers so is there"
    assert 5 <= ran(_ASKING, status=502)["at_s"] < 6
    assert 20 <= ran(_ASKING, status=0)["at_s"] < 21
