"""What a program under measurement costs and how busy the machine was besides. Linux only."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rss_mb(pid: int) -> float:
    """Resident memory of a process, in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def busy_seconds() -> float:
    """Time all cores were busy since the machine started, in seconds."""
    fields = [int(part) for part in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def keep(heading: str, lines: list[str]) -> None:
    """Put the newest figures under their heading in docs/measurements.md, at the end when it is not there yet."""
    path = Path(__file__).parents[2] / "docs" / "measurements.md"
    text = path.read_text() if path.exists() else "# Measurements\n"
    before, _, after = text.partition(f"\n{heading}\n")
    rest = after[after.index("\n## ") :] if "\n## " in after else ""
    path.write_text(f"{before.rstrip()}\n\n{heading}\n\n" + "\n".join(lines) + f"\n{rest}")
