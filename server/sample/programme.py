"""What is seen and heard at which second of the sample: read from the demo's transcript, agenda and states.

Times here are seconds from the meeting's actual start; nothing is drawn or spoken in this module.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from server.sample.picture import Person, Scene

COUNCIL = Path(__file__).with_name("council.json")
ROSTER = Path(__file__).with_name("roster.csv")
# The demo names no sexes; the figure and the voice need one.
_WOMEN = frozenset({"P01", "P02", "P04", "P06", "P07"})
# A line that tells of a gap in the picture was typed, not said.
_TYPED = ("（", "(")
# What was said in the first round and is as true in the second.
_LOOP_LINES = ("TR002", "TR013", "TR014", "TR016", "TR026", "TR008")
_GAP_CARD = "推流中断，稍后继续"


def read_council() -> dict[str, Any]:
    """The sample's council as it is written in the fixture."""
    council: dict[str, Any] = json.loads(COUNCIL.read_text(encoding="utf-8"))
    return council


@dataclass(frozen=True)
class Line:
    """One spoken line and the second at which it begins."""

    at: int
    speaker: str
    text: str


@dataclass(frozen=True)
class Stretch:
    """A scene and the second from which it is seen, until the next stretch."""

    at: int
    scene: Scene


@dataclass(frozen=True)
class Programme:
    """The whole recording as a list of scenes and lines."""

    begins: datetime
    seconds: int
    lines: tuple[Line, ...]
    stretches: tuple[Stretch, ...]


def people(council: dict[str, Any]) -> dict[str, Person]:
    """The participants as they are drawn."""
    return {
        one["id"]: Person(one["id"], one["name"], one["badge"], one["id"] in _WOMEN)
        for one in council["participants"]
    }


def gaps(council: dict[str, Any]) -> list[tuple[int, int]]:
    """The spans without a picture, in seconds from the start: from each pause to the next live state."""
    begins = datetime.fromisoformat(council["meeting"]["actual_start"])
    spans: list[tuple[int, int]] = []
    paused: int | None = None
    for state in council["meeting"]["states"]:
        second = _second(begins, state["at"])
        if state["state"] == "paused":
            paused = second
        elif paused is not None:
            spans.append((paused, second))
            paused = None
    return spans


def item_starts(council: dict[str, Any]) -> list[tuple[int, int]]:
    """(second, place in the agenda) at which each agenda item was opened: as planned, the first at the start."""
    begins = datetime.fromisoformat(council["meeting"]["actual_start"])
    return [
        (max(0, _second(begins, item["planned_start"])), place)
        for place, item in enumerate(council["agenda"])
    ]


def programme(council: dict[str, Any]) -> Programme:
    """The past meeting from its actual start to its actual end."""
    begins = datetime.fromisoformat(council["meeting"]["actual_start"])
    seconds = _second(begins, council["meeting"]["actual_end"])
    lines = tuple(
        Line(line["offset_s"], line["speaker"], line["text"])
        for line in council["transcript"]
        if not line["text"].startswith(_TYPED)
    )
    return Programme(begins, seconds, lines, tuple(_stretches(council, lines)))


def _stretches(council: dict[str, Any], lines: tuple[Line, ...]) -> list[Stretch]:
    who = people(council)
    agenda, title = council["agenda"], council["meeting"]["title"]
    pauses = gaps(council)
    marks = sorted(
        {second for second, _ in item_starts(council)}
        | {line.at for line in lines}
        | {second for gap in pauses for second in gap}
    )
    stretches: list[Stretch] = []
    for second in marks:
        place = max(place for start, place in item_starts(council) if start <= second)
        started = max(start for start, _ in item_starts(council) if start <= second)
        said = [line for line in lines if started <= line.at <= second]
        speaker = said[-1].speaker if said else agenda[place]["lead"]
        card = _GAP_CARD if any(start <= second < end for start, end in pauses) else ""
        scene = Scene(title, agenda[place]["title"], place + 1, len(agenda), who.get(speaker), card)
        stretches.append(Stretch(second, scene))
    return stretches


def loop_programme(council: dict[str, Any], seconds: int) -> Programme:
    """A short round of the same people for the open meeting: one line each, evenly spread, none at the seam."""
    who = people(council)
    said = {line["id"]: line for line in council["transcript"]}
    # Every line gets fifteen seconds: the longest of them takes thirteen.
    chosen = [said[name] for name in _LOOP_LINES][: max(1, seconds // 15)]
    share = seconds // len(chosen)
    title = "梧桐里小区更换物业专题阳光议事会（第二轮）"
    lines, stretches = [], []
    for place, line in enumerate(chosen):
        at = place * share + 1
        lines.append(Line(at, line["speaker"], line["text"]))
        scene = Scene(title, "居民提问与解答", 5, 10, who[line["speaker"]])
        stretches.append(Stretch(place * share, scene))
    begins = datetime.fromisoformat(council["meeting"]["actual_start"]).replace(hour=0, minute=0, second=0)
    return Programme(begins, seconds, tuple(lines), tuple(stretches))


def _second(begins: datetime, at: str) -> int:
    return int((datetime.fromisoformat(at) - begins).total_seconds())
