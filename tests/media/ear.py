"""A recogniser that hears nothing but tones: sound on standard input, a line for each burst. Real, small, and on
request as bad as programs are.

`python -m tests.media.ear [MODE] [LOG]`: `well`, `crash` after the second burst, `hang` without reading, `flood`,
`nonsense`. Each start writes its process id into LOG.
"""

from __future__ import annotations

import json
import os
import sys
import time
from array import array
from pathlib import Path

RATE, BLOCK = 16_000, 160
LOUD = 1_000
PAUSE_BLOCKS = 10


def say(text: str, begins: float, ends: float, *, final: bool) -> None:
    sys.stdout.write(json.dumps({"text": text, "from": begins, "to": ends, "final": final}) + "\n")
    sys.stdout.flush()


def listen(mode: str) -> None:
    at, begun, quiet, count = 0, None, 0, 0
    while block := sys.stdin.buffer.read(BLOCK * 2):
        samples = array("h", block[: len(block) // 2 * 2])
        loud = max(map(abs, samples), default=0) > LOUD
        if loud and begun is None:
            begun = at / RATE
            say("tone", begun, begun, final=False)
        quiet = 0 if loud else quiet + 1
        at += len(samples)
        if begun is not None and quiet == PAUSE_BLOCKS:
            count += 1
            say(f"tone {count}", begun, at / RATE - PAUSE_BLOCKS * BLOCK / RATE, final=True)
            begun = None
            if mode == "crash" and count == 2:
                sys.exit(3)


def main(mode: str = "well", log: str = "") -> None:
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
    if mode == "hang":
        time.sleep(600)
    while mode == "flood":
        sys.stdout.write('{"text": "flood", "from": 0, "to": 1, "final": true}\n' * 1000)
    if mode == "nonsense":
        sys.stdout.write('\n{}\n[1]\n{"text": 3, "from": 0}\n{"text": "early", "from": 1e12}\n\xff\xfe\n')
        sys.stdout.write(
            '{"text": "back", "from": -1}\n{"text": "", "from": 0}\n{"text": "nan", "from": NaN}\n'
        )
        sys.stdout.flush()
    listen(mode)


if __name__ == "__main__":
    main(*sys.argv[1:])
