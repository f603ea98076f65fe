"""Picture and sound of the studio on one clock: the studio's own code (clock.ts), run by Node over simulated hours."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from server import setup

_EVENING = """
import { Beat, PictureTimes, SoundClock } from CLOCK
const { hours, ppm, busy, stalls, set } = GIVEN
const clock = new SoundClock()
const beat = new Beat(25)
const times = new PictureTimes()
let seed = 7
const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647
let samples = 0, lost = 0, worst = 0, pictures = 0, last = -Infinity, back = 0, gap = 0, drawn = 0, freeAt = 0, off = 0, settled = 0
for (let block = 1; block <= hours * 180000; block += 1) {
  if (stalls && block % 15000 === 0) { lost += 0.3; settled = block + 100 }
  if (set && block === 5000) { off = set; settled = block + 150 }
  samples += 960
  // When the sound card has this block, by a clock that nothing sets; it gives three at once.
  const heard = (samples / 48000) * (1 - ppm / 1e6) + lost
  const made = Math.ceil(block / 3) * 3 * 0.02 * (1 - ppm / 1e6) + lost
  // A busy page reads it late, and then all that waited at once.
  const read = Math.max(made + 0.002, freeAt)
  freeAt = read + (chance() < busy ? 0.4 * chance() : 0.001)
  clock.heard((samples / 48000) * 1e6, (made + off) * 1000)
  if (!beat.due(read * 1000)) continue
  const now = times.of(clock.at_us((read + off) * 1000))
  gap = Math.max(gap, read - drawn)
  drawn = read
  if (now <= last) back += 1
  last = now
  pictures += 1
  // What the picture shows happened at `read`; the sound of that moment has this time.
  const truth = ((read - lost) / (1 - ppm / 1e6)) * 1e6
  if (block > settled && block > 500) worst = Math.max(worst, Math.abs(now - truth) / 1000)
}
console.log(JSON.stringify({ worst, back, gap, pictures: pictures / (hours * 3600) }))
"""


def evening(**given: Any) -> dict[str, float]:
    """Milliseconds that a picture was ever away from its sound, steps back in time, the longest time in seconds without
    a picture, pictures a second.
    """
    clock = setup.SOURCES / "studio" / "clock.ts"
    given = {"hours": 1, "ppm": 0, "busy": 0, "stalls": False, "set": 0} | given
    words = _EVENING.replace("CLOCK", json.dumps(clock.as_uri())).replace("GIVEN", json.dumps(given))
    run = subprocess.run(
        [setup.node(), "--input-type=module", "--eval", words], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, float] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("ppm", [0, 200, -200])
def test_an_hour_of_drifting_clocks_leaves_picture_and_sound_together(ppm: int) -> None:
    found = evening(ppm=ppm)
    assert found["worst"] < 80
    assert found["back"] == 0
    assert 24 < found["pictures"] <= 25.5


def test_a_page_that_reads_its_sound_late_still_gives_pictures_the_time_they_were_taken() -> None:
    found = evening(ppm=100, busy=0.1)
    assert found["worst"] < 80
    assert found["back"] == 0


def test_sound_that_stood_still_takes_the_pictures_time_along() -> None:
    found = evening(stalls=True)
    assert found["worst"] < 80
    assert found["back"] == 0
    assert found["gap"] < 0.45, "what the sound stood still, and no more"


@pytest.mark.parametrize("seconds", [3600, -4])
def test_a_computer_whose_time_is_set_goes_on_in_step(seconds: int) -> None:
    found = evening(set=seconds)
    assert found["worst"] < 80
    assert found["back"] == 0
