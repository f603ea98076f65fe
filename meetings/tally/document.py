"""A vote written down as JSON: roster, ballots, policy. Reads it strictly, and writes the answer of the count.

Whatever could be understood in two ways is refused with one line: a field twice, an area as a number with a
point, a time without its offset. What is not understood and not needed is named, so that nobody relies on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from meetings.tally.ballots import Authorisation, Ballot, Choice, Window
from meetings.tally.counting import Sums, Tally, count
from meetings.tally.exact import area_text, read_area
from meetings.tally.roster import Policy, Scope, Unit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Fields of a vote that are read elsewhere, or are words about it.
_ABOUT = {"id", "policy", "title", "why", "level", "published", "expect"}

Name = Annotated[str, msgspec.Meta(min_length=1)]


class Unreadable(ValueError):
    """A document that cannot be counted, with the one line that says why."""


class _Unit(msgspec.Struct, frozen=True):
    unit: Name
    area: str | None
    owners: tuple[Name, ...]
    voter: str | None = None
    status: Literal["delivered", "unsold", "sold_undelivered"] = "delivered"
    developer: Name | None = None
    kind: Literal["residential", "shop", "parking"] = "residential"
    building: str | None = None
    stair: str | None = None


class _Ballot(msgspec.Struct, frozen=True):
    unit: str
    by: str
    choice: Choice
    at: str | None = None


class _Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    open: str
    close: str


class _Vote(msgspec.Struct, frozen=True):
    item: Annotated[int, msgspec.Meta(ge=1, le=9)]
    units: tuple[_Unit, ...]
    ballots: tuple[_Ballot, ...]
    window: _Window | None = None
    authorisations: tuple[Authorisation, ...] | None = None
    served_units: tuple[str, ...] | None = None
    scope_building: str | None = None
    scope_stair: str | None = None


class Case(msgspec.Struct, frozen=True):
    """One vote of a document, ready to be counted. `unread`: what stands in it and plays no part."""

    id: str | None
    item: int
    units: tuple[Unit, ...]
    ballots: tuple[Ballot, ...]
    policy: Policy
    window: Window | None
    authorisations: tuple[Authorisation, ...]
    served_units: tuple[str, ...]
    scope: Scope
    unread: tuple[str, ...]

    def count(self) -> Tally:
        """The tally of this vote."""
        return count(
            self.item,
            self.units,
            self.ballots,
            policy=self.policy,
            window=self.window,
            authorisations=self.authorisations,
            served_units=self.served_units,
            scope=self.scope,
        )


def read(raw: bytes) -> list[Case]:
    """The votes of a document: of one, or of each under `vectors`. Raises Unreadable."""
    try:
        whole = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not written in UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg}, line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unreadable("not a vote: brackets within brackets without end") from None
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from None
    if not isinstance(whole, dict):
        raise Unreadable("not a vote: an object with item, units and ballots, or with vectors, is needed")
    if "vectors" not in whole:
        return [_case(whole, None, "")]
    if not isinstance(whole["vectors"], list):
        raise Unreadable("vectors: a list of votes is needed")
    usual = whole.get("default_policy")
    return [_case(vote, usual, f"vectors[{place}]: ") for place, vote in enumerate(whole["vectors"])]


def answer(case: Case, tally: Tally) -> dict[str, Any]:
    """What is printed of a count; of a roster that cannot be counted, the outcome alone."""
    head = {"id": case.id, "item_class": tally.item_class}
    if tally.outcome == "invalid_roster":
        return {**head, "outcome": tally.outcome, "rejected_ballots": []}
    return {
        **head,
        **_sums("total", tally.total),
        **_sums("participating", tally.participating),
        **_sums("agree", tally.agree),
        **_sums("against", tally.against),
        **_sums("abstain", tally.abstain),
        "quorum_area_met": tally.quorum_area_met,
        "quorum_heads_met": tally.quorum_heads_met,
        "approval_area_met": tally.approval_area_met,
        "approval_heads_met": tally.approval_heads_met,
        "outcome": tally.outcome,
        "rejected_ballots": [{"index": one.index, "reason": one.reason} for one in tally.refused],
    }


def _sums(name: str, sums: Sums) -> dict[str, Any]:
    return {f"{name}_area": area_text(sums.area_c), f"{name}_heads": sums.heads}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, each of whose fields stands once: of `agree` and `against` nobody knows which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"the field {twice!r} stands twice in one object")
    return found


def _case(vote: Any, usual: Any, place: str) -> Case:
    """One vote; complaints begin with its id, or with its place in the list where it has none."""
    if not isinstance(vote, dict):
        raise Unreadable(f"{place}an object with item, units and ballots is needed")
    id_ = vote.get("id")
    place = f"{id_}: " if isinstance(id_, str) else place
    try:
        return _understood(
            id_, msgspec.convert(vote, _Vote), _policy(usual, vote.get("policy")), _unread(vote)
        )
    except ValueError as error:
        raise Unreadable(f"{place}{error}") from None


def _understood(id_: Any, vote: _Vote, policy: Policy, unread: Iterable[str]) -> Case:
    if id_ is not None and not isinstance(id_, str):
        raise Unreadable("id: a text is needed")
    if vote.scope_stair is not None and vote.scope_building is None:
        raise Unreadable("scope_stair: stairways are told apart within scope_building")
    window = None if vote.window is None else _window(vote.window)
    units = tuple(_unit(unit) for unit in vote.units)
    case = Case(
        id=id_,
        item=vote.item,
        units=units,
        ballots=tuple(_ballot(place, ballot, window) for place, ballot in enumerate(vote.ballots)),
        policy=policy,
        window=window,
        authorisations=vote.authorisations or (),
        served_units=vote.served_units or (),
        scope=Scope(vote.scope_building, vote.scope_stair),
        unread=(),
    )
    return msgspec.structs.replace(case, unread=(*unread, *_strangers(case)))


def _unit(unit: _Unit) -> Unit:
    if unit.status != "delivered" and unit.developer is None:
        raise Unreadable(f"unit {unit.unit}: {unit.status}, and no developer is named")
    try:
        area_c = None if unit.area is None else read_area(unit.area)
    except ValueError as error:
        raise Unreadable(f"unit {unit.unit}: {error}") from None
    return Unit(
        number=unit.unit,
        area_c=area_c,
        owners=unit.owners,
        voter=unit.voter or None,
        status=unit.status,
        developer=unit.developer,
        kind=unit.kind,
        building=unit.building,
        stair=unit.stair,
    )


def _ballot(place: int, ballot: _Ballot, window: Window | None) -> Ballot:
    if window is None:
        return Ballot(ballot.unit, ballot.by, ballot.choice)
    if ballot.at is None:
        raise Unreadable(f"ballots[{place}]: there is a window, and the ballot has no time (at)")
    return Ballot(ballot.unit, ballot.by, ballot.choice, _instant(ballot.at))


def _window(window: _Window) -> Window:
    found = Window(_instant(window.open), _instant(window.close))
    if found.open > found.close:
        raise Unreadable("window: it closes before it opens")
    return found


def _instant(text: str) -> int:
    """Microseconds since 1970 of an ISO 8601 time with its offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{text!r} is no time: 2026-06-20T18:00:00+08:00 is one") from None
    if at.tzinfo is None:
        raise Unreadable(f"{text!r} does not say its offset, as +08:00 does")
    fraction = text.partition(".")[2] or text.partition(",")[2]
    if len(fraction) - len(fraction.lstrip("0123456789")) > 6:
        # Digits past the sixth would be dropped in silence: an instant after the close would be the close.
        raise Unreadable(f"{text!r} is finer than a microsecond")
    return (at - _EPOCH) // timedelta(microseconds=1)


def _policy(usual: Any, own: Any) -> Policy:
    """The policy of a vote over that of the document; a word nobody knows stops the count."""
    layers = [layer for layer in (usual, own) if layer is not None]
    try:
        for layer in layers:
            msgspec.convert(layer, Policy)
        return msgspec.convert({name: value for layer in layers for name, value in layer.items()}, Policy)
    except msgspec.ValidationError as error:
        raise Unreadable(f"policy: {error}") from None


def _unread(vote: dict[str, Any]) -> list[str]:
    """Fields that play no part, each once, with where they stand."""
    known = [
        ("", [vote], {*_Vote.__struct_fields__, *_ABOUT}),
        (" of units", vote["units"], set(_Unit.__struct_fields__)),
        (" of ballots", vote["ballots"], set(_Ballot.__struct_fields__)),
        (" of authorisations", vote.get("authorisations") or [], set(Authorisation.__struct_fields__)),
    ]
    return [
        f"the field {name!r}{where}"
        for where, things, fields in known
        for name in sorted({name for thing in things for name in thing} - fields)
    ]


def _strangers(case: Case) -> list[str]:
    """Units that were served or given a proxy for, and stand on no roster."""
    known = {unit.number for unit in case.units}
    named = {
        "served_units": case.served_units,
        "authorisations": [one.unit for one in case.authorisations],
    }
    return [
        f"{where}: {unit!r} is not on the roster"
        for where, units in named.items()
        for unit in dict.fromkeys(units)
        if unit not in known
    ]
