"""Both counts of a vote against the lines of art. 278, ready to be drawn: integers, the exact fraction, the verdict.

Judges nothing of a result itself: its verdicts are the tally's, who counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from meetings.tally import Threshold, area_text, percent_text, read_area

LENGTH = 10_000
"""A bar's whole length, in the units of its drawing."""
COUNTS = ("heads", "area")
CHOICES = ("agree", "against", "abstain")

View = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One count of one step. `fill` and `line` in parts of LENGTH, `least` the smallest part that meets the line.

    A poll has no line to meet: `line` is None, `least` empty.
    """

    count: str
    part: str
    whole: str
    percent: str
    least: str
    fill: int
    line: int | None
    met: bool


@dataclass(frozen=True)
class Step:
    """Taking part, or agreeing: the line, and both counts against it.

    `mark` names the line in the catalogues; it is empty for a poll.
    """

    name: str
    mark: str
    bars: tuple[Bar, ...]

    @property
    def met(self) -> bool:
        """Whether both counts meet the line: one alone is not enough."""
        return all(bar.met for bar in self.bars)


@dataclass(frozen=True)
class Row:
    """What one choice came to, by heads and by area; `area` empty where heads alone were counted."""

    choice: str
    heads: str
    heads_percent: str
    area: str = ""
    area_percent: str = ""
    heads_fill: int = 0


def threshold(told: View) -> Threshold:
    """A line as a motion's view tells it."""
    return Threshold(told["part"], told["whole"], told["inclusive"])


def mark(line: Threshold) -> str:
    """The name of a line in the catalogues: 2-3, 1-2, 3-4."""
    return f"{line.part}-{line.whole}"


def least(line: Threshold, whole: int) -> int:
    """The smallest part of a whole that meets the line."""
    share = whole * line.part
    return -(-share // line.whole) if line.inclusive else share // line.whole + 1


def bar(count: str, part: int, whole: int, line: Threshold, *, met: bool) -> Bar:
    """One count; areas in 0.01 m². The fill is rounded down, so that no bar touches a line it has not met."""
    text = area_text if count == "area" else str
    return Bar(
        count,
        text(part),
        text(whole),
        percent_text(part, whole) or "",
        text(least(line, whole)),
        part * LENGTH // whole if whole else 0,
        -(-LENGTH * line.part // line.whole),
        met,
    )


def number(count: str, told: Any) -> int:
    """A count as an integer: heads as they are, an area in 0.01 m² of its text."""
    return read_area(told) if count == "area" else int(told)


def turnout(view: View) -> Step:
    """Who took part so far against the line of taking part. Says nothing of how.

    An anonymous poll decides nothing: heads alone are counted, against no line.
    """
    if view["mode"] == "anonymous":
        return Step("quorum", "", (_heads_alone(view),))
    line = threshold(view["quorum"])
    return Step("quorum", mark(line), tuple(_taking_part(count, view, line) for count in COUNTS))


def _heads_alone(view: View) -> Bar:
    part, whole = int(view["turnout"]["heads"]), int(view["total"]["heads"])
    fill = part * LENGTH // whole if whole else 0
    return Bar("heads", str(part), str(whole), percent_text(part, whole) or "", "", fill, None, met=False)


def _taking_part(count: str, view: View, line: Threshold) -> Bar:
    part, whole = (number(count, view[name][count]) for name in ("turnout", "total"))
    return bar(count, part, whole, line, met=line.met(part, whole))


def steps(view: View, result: View) -> tuple[Step, ...]:
    """Both steps of a counted result, with the verdicts of the count; none for a poll, which has no line, and where the
    sums are withheld.
    """
    if "quorum_area_met" not in result or "total_heads" not in result:
        return ()
    asked = (("quorum", "participating", "total"), ("approval", "agree", "participating"))
    return tuple(_step(name, part, whole, view, result) for name, part, whole in asked)


def _step(name: str, part: str, whole: str, view: View, result: View) -> Step:
    line = threshold(view[name])

    def one(count: str) -> Bar:
        held, of = (number(count, result[f"{side}_{count}"]) for side in (part, whole))
        return bar(count, held, of, line, met=result[f"{name}_{count}_met"])

    return Step(name, mark(line), tuple(one(count) for count in COUNTS))


def rows(result: View) -> list[Row]:
    """What each choice came to, of those taking part; a paper that was spoiled where the rules count it as there."""
    if "participating_heads" not in result:
        return []
    found = [_row(choice, result) for choice in CHOICES]
    spoiled = result.get("spoiled")
    counted = sum(int(row.heads) for row in found)
    if spoiled and counted < result["participating_heads"]:
        found.append(_row("spoiled", result | {f"spoiled_{count}": spoiled[count] for count in COUNTS}))
    return found


def _row(choice: str, result: View) -> Row:
    heads, whole = result[f"{choice}_heads"], result["participating_heads"]
    by_heads = (str(heads), percent_text(heads, whole) or "")
    fill = heads * LENGTH // whole if whole else 0
    if "participating_area" not in result:
        return Row(choice, *by_heads, heads_fill=fill)
    area = result[f"{choice}_area"]
    share = percent_text(read_area(area), read_area(result["participating_area"])) or ""
    return Row(choice, *by_heads, area, share, heads_fill=fill)
