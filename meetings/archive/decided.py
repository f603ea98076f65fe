"""What the council came to, and what the people in it leaned to. Nothing here is an owners' decision by vote."""

from __future__ import annotations

import msgspec

from meetings.agenda import AgendaItem
from meetings.kernel import Eye, Room
from meetings.outcomes import Outcome
from meetings.polls import Column, Poll, Scale
from meetings.questions import Question


class Reserved(msgspec.Struct, frozen=True):
    """Who agreed with a reservation, and which."""

    name: str
    text: str


class Result(msgspec.Struct, frozen=True):
    """An outcome in its latest version, with the question or agenda item it came from."""

    id: str
    kind: str
    text: str
    responsible: str | None
    until: int | None
    at: int
    version: int
    question: int | None
    question_id: str | None
    item: str | None
    item_id: str | None
    reservations: list[Reserved]


class Leaning(msgspec.Struct, frozen=True):
    """An advisory poll: how many chose each option. `per` is person or household, `sort` single, multiple or scale.

    `shares` (tenths of a percent), `mean` and `spread` (hundredths) are over `voters`. `hands` is what two people
    counted in the hall, a column of its own: those people may have answered on the phone as well.
    """

    id: str
    question: str
    per: str
    options: list[str]
    counts: list[int]
    voters: int
    opened_at: int | None
    closed_at: int | None
    sort: str
    most: int
    scale: Scale | None
    shares: list[int]
    mean: int | None
    spread: int | None
    hands: Column | None
    delay_ms: int
    binding: str = "none"


def outcomes(room: Room) -> list[Result]:
    """The outcomes in the order in which they were first written down."""
    return [_result(room, outcome) for outcome in room.all(Outcome)]


def _result(room: Room, outcome: Outcome) -> Result:
    question = room.get(Question, outcome.question) if outcome.question else None
    if question is not None and question.seen_by(Eye.PUBLIC) is None:
        question = None
    item = room.get(AgendaItem, outcome.item) if outcome.item else None
    return Result(
        id=outcome.id,
        kind=outcome.outcome_kind,
        text=outcome.text,
        responsible=outcome.responsible,
        until=outcome.until,
        at=outcome.at,
        version=outcome.version,
        question=question.number if question else None,
        question_id=question.id if question else None,
        item=item.title if item else None,
        item_id=item.id if item else None,
        reservations=[Reserved(one.name, one.text) for one in outcome.reservations],
    )


def polls(room: Room) -> list[Leaning]:
    """The polls that were opened; counts are whole numbers of answers, in the order of the options."""
    return [_leaning(poll) for poll in room.all(Poll) if poll.state == "closed"]


def _leaning(poll: Poll) -> Leaning:
    answers = poll.answers
    return Leaning(
        id=poll.id,
        question=poll.question,
        per=poll.per,
        options=list(poll.options),
        counts=answers.counts,
        voters=answers.base,
        opened_at=poll.opened_at,
        closed_at=poll.closed_at,
        sort=poll.sort,
        most=poll.most,
        scale=poll.scale,
        shares=answers.shares,
        mean=answers.mean,
        spread=answers.spread,
        hands=poll.hands,
        delay_ms=poll.delay_ms,
    )
