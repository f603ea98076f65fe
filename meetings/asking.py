"""What a questionnaire asks, what may be answered, and what the answers of many households come to.

Knows neither docket nor meeting: a questionnaire is held in the one and its sums are carried into the other. Where
fewer than five households answered, nothing but their number is told: a share of four is a list of neighbours. Nor
where fewer than five answered by phone: whoever entered the paper knows the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from meetings.kernel import Refused
from meetings.masking import masked
from meetings.text import clean, clean_line, graphemes

ASKED_MOST = 20
ASKED_TEXTS_MOST = 5
ASKED_LIMIT = 120
CHOICES_LEAST, CHOICES_MOST = 2, 12
CHOICE_LIMIT = 60
STEPS_LEAST, STEPS_MOST = 3, 10
ENDS_LIMIT = 12
NUMBER_MOST = 1_000_000
SAID_LIMIT = 300
FEW_MOST = 4
"""So many households or fewer are not broken down."""

Kind = Literal["single", "multiple", "scale", "number", "text"]
Answer = int | str | tuple[int, ...] | None
"""The place of an option from 0, places of several, a step or a number, words; None: not answered."""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question. `options` belong to single and multiple; `most` is how many may be chosen (multiple), the last
    step (scale, from 1) or the largest number; `least` the smallest number; `low` and `high` name the ends of a
    scale, `unit` what a number counts. One that is `needed` is not left out.
    """

    kind: Kind
    text: str
    options: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    low: str = ""
    high: str = ""
    unit: str = ""
    needed: bool = False


class Sum(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the answers to one question come to. `answered` is its base: households that answered this very question.

    `counts` go by option or step; `total` and `twice_median` belong to scales and numbers. Of a small base only the
    base is kept. `few`: it is treated as small, because too few of these households answered by phone.
    """

    answered: int
    counts: tuple[int, ...] = ()
    total: int = 0
    twice_median: int = 0
    few: bool = False

    @property
    def small(self) -> bool:
        """Whether nothing but the base may be told."""
        return self.few or self.answered <= FEW_MOST


def check_items(items: Sequence[Item]) -> tuple[Item, ...]:
    """The questions as they are kept. Refuses `unclear` and `too_large`, naming the question by its place from 0."""
    if not items:
        raise Refused("unclear", field="questions")
    if len(items) > ASKED_MOST:
        raise Refused("too_large", field="questions", limit=ASKED_MOST)
    found = []
    for place, item in enumerate(items):
        try:
            found.append(_item(item))
        except Refused as refused:
            raise Refused(refused.code, **refused.detail | {"question": place}) from None
    if sum(item.kind == "text" for item in found) > ASKED_TEXTS_MOST:
        raise Refused("too_large", field="questions", limit=ASKED_TEXTS_MOST)
    return tuple(found)


def _item(item: Item) -> Item:
    kept: dict[str, Any] = {"needed": item.needed}
    match item.kind:
        case "single" | "multiple":
            kept["options"] = _options(item.options)
            if item.kind == "multiple" and item.most is not None:
                kept["most"] = _within(item.most, 1, len(item.options), "most")
        case "scale":
            kept["most"] = _within(5 if item.most is None else item.most, STEPS_LEAST, STEPS_MOST, "most")
            kept |= {"low": _end(item.low, "low"), "high": _end(item.high, "high")}
        case "number":
            least = _within(item.least or 0, 0, NUMBER_MOST, "least")
            most = _within(NUMBER_MOST if item.most is None else item.most, least, NUMBER_MOST, "most")
            kept |= {"least": least, "most": most, "unit": _end(item.unit, "unit")}
    return Item(item.kind, clean_line(item.text, ASKED_LIMIT, "questions"), **kept)


def _options(told: Sequence[str]) -> tuple[str, ...]:
    if not CHOICES_LEAST <= len(told) <= CHOICES_MOST:
        raise Refused("unclear", field="options")
    options = tuple(clean_line(option, CHOICE_LIMIT, "options") for option in told)
    if len(set(options)) < len(options):
        raise Refused("unclear", field="options")
    return options


def _within(number: int, least: int, most: int, field: str) -> int:
    if not least <= number <= most:
        raise Refused("unclear", field=field)
    return number


def _end(text: str, field: str) -> str:
    return clean_line(text, ENDS_LIMIT, field) if text else ""


def check_answers(items: Sequence[Item], answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """Answers to all the questions in their order, as they are kept.

    Refuses `unclear` with the reason, and the question by its place from 0: one that is needed and missing, one that
    does not fit, too many or too few answers, or none at all.
    """
    if len(answers) != len(items):
        raise Refused("unclear", field="answers", why="answer_unfit")
    found = []
    for place, (item, answer) in enumerate(zip(items, answers, strict=True)):
        told = _answer(item, answer, place)
        if told is None and item.needed:
            raise Refused("unclear", field="answers", why="answer_missing", question=place)
        found.append(told)
    if all(told is None for told in found):
        raise Refused("unclear", field="answers", why="nothing_answered")
    return tuple(found)


def _answer(item: Item, answer: Answer, place: int) -> Answer:
    unfit = Refused("unclear", field="answers", why="answer_unfit", question=place)
    if answer is None or answer in ("", ()):
        return None
    if item.kind == "text":
        if not isinstance(answer, str):
            raise unfit
        if not answer.strip():
            return None
        try:
            return clean(answer, SAID_LIMIT)
        except Refused as refused:
            raise Refused(refused.code, **refused.detail | {"question": place}) from None
    if item.kind == "multiple":
        if not isinstance(answer, tuple) or len(set(answer)) < len(answer):
            raise unfit
        if not all(0 <= one < len(item.options) for one in answer):
            raise unfit
        if item.most is not None and len(answer) > item.most:
            raise unfit
        return tuple(sorted(answer))
    if not isinstance(answer, int) or answer not in _range(item):
        raise unfit
    return answer


def _range(item: Item) -> range:
    if item.kind == "single":
        return range(len(item.options))
    return range(1 if item.least is None else item.least, (item.most or 0) + 1)


def sums_of(
    items: Sequence[Item], phone: Sequence[Sequence[Answer]], paper: Sequence[Sequence[Answer]] = ()
) -> tuple[Sum, ...]:
    """What the sheets of all households come to, question by question. Sheets of paper are told apart because the
    desk that entered them could subtract them.
    """
    return tuple(
        _sum(item, [sheet[place] for sheet in phone], [sheet[place] for sheet in paper])
        for place, item in enumerate(items)
    )


def _sum(item: Item, phone: Iterable[Answer], paper: Iterable[Answer]) -> Sum:
    given = [answer for answer in phone if answer is not None]
    few = 1 <= len(given) <= FEW_MOST
    given += [answer for answer in paper if answer is not None]
    if few or len(given) <= FEW_MOST or item.kind == "text":
        return Sum(len(given), few=few)
    if item.kind == "number":
        numbers = sorted(answer for answer in given if isinstance(answer, int))
        return Sum(len(given), (), sum(numbers), _twice_median(numbers))
    first = 1 if item.kind == "scale" else 0
    counts = [0] * (len(item.options) or item.most or 0)
    for answer in given:
        for place in answer if isinstance(answer, tuple) else (answer,):
            if isinstance(place, int):
                counts[place - first] += 1
    if item.kind != "scale":
        return Sum(len(given), tuple(counts))
    steps = sorted(answer for answer in given if isinstance(answer, int))
    return Sum(len(given), tuple(counts), sum(steps), _twice_median(steps))


def _twice_median(numbers: Sequence[int]) -> int:
    half = len(numbers) // 2
    return 2 * numbers[half] if len(numbers) % 2 else numbers[half - 1] + numbers[half]


def legible(text: str) -> str:
    """A text somebody wrote as everybody may read it: masked, and cut where the signs that cover make it too long."""
    covered = masked(text)[: SAID_LIMIT * 8]
    while (over := graphemes(covered) - SAID_LIMIT) > 0:
        covered = covered[:-over]
    return covered.strip()


def tenths(part: int, whole: int) -> str:
    """A quotient of whole numbers with one decimal, halves up: `33.3`."""
    found = (20 * part + whole) // (2 * whole)
    return f"{found // 10}.{found % 10}"


def told(items: Sequence[Item], sums: Sequence[Sum]) -> list[dict[str, Any]]:
    """Questions and sums as screens draw them: beside every share the base it is a share of."""
    return [_told(item, one) for item, one in zip(items, sums, strict=True)]


def _told(item: Item, one: Sum) -> dict[str, Any]:
    few = one.small
    shares = [tenths(100 * count, one.answered) for count in one.counts] if not few else []
    graded = item.kind in {"scale", "number"} and not few
    return shown(item) | {
        "answered": one.answered,
        "few": few,
        "counts": list(one.counts),
        "percents": shares,
        "mean": tenths(one.total, one.answered) if graded else None,
        "median": tenths(one.twice_median, 2) if graded else None,
    }


def shown(item: Item) -> dict[str, Any]:
    """A question as screens draw it."""
    return {
        "kind": item.kind,
        "text": item.text,
        "options": list(item.options),
        "least": item.least,
        "most": item.most,
        "low": item.low,
        "high": item.high,
        "unit": item.unit,
        "needed": item.needed,
    }
