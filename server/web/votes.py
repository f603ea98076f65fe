"""What of an owners' vote goes to one person and not into a patch: a roster's publication, one's own line and
ballots, the desk's list of heads, the document of the count, the public list of receipts.

Every address but the last asks who it is. Nothing here is kept by a cache or found by a search engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from meetings.docket import RECORD, Line, Motion, Roster, Urn
from meetings.docket.ballots import Delivery, Held, Proxy, code_of, proxies_for, standing_of
from meetings.docket.bundle import bundle_of
from meetings.docket.counting import counted_document, opened_of, public_list
from meetings.docket.digests import digest_of
from meetings.docket.document import poll_result, result_of
from meetings.docket.motions import roll_for, snapshot_of
from meetings.docket.roster import name_of, own_lines
from meetings.docket.words import DESK
from meetings.kernel import Refused, Room, Who
from meetings.tally import Head, area_text
from server.accounts import labels
from server.web import language
from server.web.sessions import refusal

if TYPE_CHECKING:
    from server.app import Parts

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def masked_name(owner: str) -> str:
    """An owner as a publication shows them: 张*."""
    return name_of(owner)[:1] + "*"


def published_line(line: Line) -> dict[str, Any]:
    """One unit of a publication: number, area, basis and masked owners; of a minor's unit no owner at all."""
    return {
        "unit": line.number,
        "area": None if line.area_c is None else area_text(line.area_c),
        "area_basis": line.area_basis,
        "kind": line.kind,
        "status": line.status,
        "owners": [] if line.minor else [masked_name(owner) for owner in line.owners],
    }


def publication(room: Room, own_id: str, who: Who) -> dict[str, Any]:
    """A roster published for correction, for the proved owners of that estate and the desk; gone once frozen. `mine`
    are one's own lines in full: whoever is to correct them has to see them.
    """
    roster = room.need(Roster, own_id)
    if not roster.published:
        raise Refused("not_found")
    if not room.roles(who) & DESK and not own_lines(roster.published, who):
        raise Refused("not_found")
    return {
        "id": roster.id,
        "until": roster.until,
        "total": msgspec.to_builtins(roster.total),
        "units": [published_line(line) for line in roster.published],
        "mine": [line.told() for line in own_lines(roster.published, who)],
    }


def own_proofs(room: Room, own_id: str, who: Who) -> dict[str, Any]:
    """One's own lines of a frozen roster, each with the steps from its leaf to the root: checked offline."""
    snapshot = room.need(Roster, own_id).latest
    mine = own_lines(snapshot.lines, who) if snapshot is not None else []
    if snapshot is None or not mine:
        raise Refused("not_found")
    proofs = [snapshot.proof(line.number) for line in mine]
    return {
        "version": snapshot.version,
        "root": snapshot.root,
        "units": [
            {
                "line": line.told(),
                "salt": line.salt,
                "leaf": line.leaf,
                "path": msgspec.to_builtins(steps),
            }
            for line, steps in (proof for proof in proofs if proof is not None)
        ],
    }


def own_ballots(room: Room, own_id: str, who: Who) -> dict[str, Any]:
    """Whose votes this person may cast, head by head: the units, the standing, and what stands in the way."""
    motion = _noticed(room, own_id)
    roll, lines = roll_for(room, motion), snapshot_of(room, motion).lines
    mine = [line.number for line in own_lines(lines, who)]
    letters = [one.unit for one in proxies_for(room, own_id, agent=who.person)] if who.person else []
    heads = dict.fromkeys(roll.head_of[unit] for unit in (*mine, *letters) if unit in roll.head_of)
    line_of = {line.number: line for line in lines}
    return {
        "motion": motion.id,
        "digest": motion.digest,
        "state": motion.state,
        "heads": [_own_head(room, motion, roll.heads[name], mine, line_of, who) for name in heads],
    }


def _own_head(
    room: Room, motion: Motion, head: Head, mine: list[str], line_of: dict[str, Line], who: Who
) -> dict[str, Any]:
    numbers = [unit.number for unit in head.units]
    unit = next((number for number in numbers if number in mine), numbers[0])
    urn = room.get(Urn, motion.id)
    own = unit in mine
    told: dict[str, Any] = {
        "unit": unit,
        "leaf": line_of[unit].leaf,
        "units": [
            {"unit": number, "place": line_of[number].place, "area": area_text(one.area_c or 0)}
            for one, number in zip(head.units, numbers, strict=True)
        ],
        "area": area_text(head.area_c),
        "owner": own,
        "elected": sorted(name_of(one) for one in head.elected) if own else [],
        "proxy": None if own else _letter(room, motion, numbers, who),
        "cast": None,
        "why_not": None,
    }
    if urn is None:
        return told
    standing = urn.standing.get(head.name)
    if standing is not None:
        held = urn.held[standing]
        told["cast"] = {
            "at": held.at,
            "channel": held.channel,
            "mine": held.person == who.person and held.channel == "online",
            # A paper has no phone that keeps its receipt: its owners find the code here, the choice nowhere.
            "code": code_of(held.leaf) if own and held.channel == "paper" else None,
            # Who voted for a household is that household's matter: nobody but its owners is told.
            "by": _caster(room, held) if own else None,
        }
    try:
        standing_of(room, urn, unit, who)
    except Refused as refused:
        told["why_not"] = refused.detail.get("why")
    return told


async def in_words(parts: Parts, told: dict[str, Any], lang: str) -> dict[str, Any]:
    """Own ballots with each unit in words, as its people call it."""
    for one in (unit for head in told["heads"] for unit in head["units"]):
        found = await parts.accounts.estates.unit(one.pop("place"))
        one["label"] = one["unit"]
        if found is not None:
            house, stair = found["building_name"] or "", found["stair_name"] or ""
            one["label"] = labels.unit_words(house, stair, found["room"], one["unit"], lang)
    return told


def _letter(room: Room, motion: Motion, numbers: list[str], who: Who) -> dict[str, Any] | None:
    """The letter of authority this person holds for a head, the good one where there are several."""
    letters = [one for one in proxies_for(room, motion.id, agent=who.person) if one.unit in numbers]
    letters.sort(key=lambda one: one.why_not(who.at) is not None)
    return next(
        (
            {
                "id": one.id,
                "principal": name_of(one.principal),
                "authority": one.authority,
                "until": one.until,
            }
            for one in letters
        ),
        None,
    )


def _caster(room: Room, held: Held) -> str:
    """The name of who cast a ballot: the owner, or the agent of their letter."""
    return room.need(Proxy, held.proxy).name if held.proxy is not None else name_of(held.by)


def sheet(room: Room, own_id: str) -> dict[str, Any]:
    """Every head of a vote for the desk: to print ballot papers, to serve them, and to see which came back.

    Whether a ballot came back, never what it says.
    """
    motion = _noticed(room, own_id)
    urn, service = room.get(Urn, own_id), room.get(Delivery, own_id)
    served = service.units if service is not None else {}
    standing = urn.standing if urn is not None else {}
    heads = roll_for(room, motion).heads.values()
    return {
        "motion": motion.id,
        "digest": motion.digest,
        "heads": [
            {
                "head": head.name,
                "units": [{"unit": one.number, "area": area_text(one.area_c or 0)} for one in head.units],
                "area": area_text(head.area_c),
                "owners": sorted(head.owners),
                "elected": sorted(head.elected),
                "served": {one.number: served[one.number] for one in head.units if one.number in served},
                "returned": urn.held[standing[head.name]].channel if urn and head.name in standing else None,
            }
            for head in heads
        ],
    }


def _noticed(room: Room, own_id: str) -> Motion:
    motion = room.need(Motion, own_id)
    if motion.noticed_at is None:
        raise Refused("not_found")
    return motion


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of votes."""

    def told(value: dict[str, Any]) -> web.Response:
        return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers=HEADERS)

    async def asked(request: web.Request) -> tuple[str, str, Who]:
        record, own_id = request.match_info["record"], request.match_info["id"]
        if not record.startswith(RECORD):
            raise Refused("not_found")
        return record, own_id, await parts.door.may_read(request, record)

    async def roster(request: web.Request) -> web.Response:
        """A roster's publication."""
        record, own_id, who = await asked(request)
        async with parts.desks.reading(record) as room:
            return told(publication(room, own_id, who))

    async def proofs(request: web.Request) -> web.Response:
        """One's own units of a frozen roster, with their proofs."""
        record, own_id, who = await asked(request)
        async with parts.desks.reading(record) as room:
            return told(own_proofs(room, own_id, who))

    async def mine(request: web.Request) -> web.Response:
        """Whose votes I may cast."""
        record, own_id, who = await asked(request)
        who = msgspec.structs.replace(who, at=parts.clock())
        async with parts.desks.reading(record) as room:
            found = own_ballots(room, own_id, who)
        return told(await in_words(parts, found, language.choose(request)))

    async def receipts(request: web.Request) -> web.Response:
        """The public list of receipts of a closed vote, or of the slips of an announced poll."""
        record, own_id, _who = await asked(request)
        async with parts.desks.reading(record) as room:
            return told(public_list(room, _noticed(room, own_id)))

    async def bundle(request: web.Request) -> web.Response:
        """An announced vote as one document, to keep and to check offline."""
        record, own_id, _who = await asked(request)
        async with parts.desks.reading(record) as room:
            answer = told(bundle_of(room, _noticed(room, own_id)))
        answer.headers["Content-Disposition"] = f'attachment; filename="vote-{own_id}.json"'
        return answer

    async def papers(request: web.Request) -> web.Response:
        """The heads of a vote, for the desk; each look is written down."""
        record, own_id, who = await asked(request)
        seen = await parts.desks.give(record, {"type": "sheet.see", "motion": own_id}, who)
        if not seen["ok"]:
            return refusal(Refused(seen["code"], **_detail(seen)))
        async with parts.desks.reading(record) as room:
            return told(sheet(room, own_id))

    async def document(request: web.Request) -> web.Response:
        """The vote as a document of the tally and what it comes to, for its supervisors after the close; each look is
        written down.
        """
        record, own_id, who = await asked(request)
        seen = await parts.desks.give(record, {"type": "ballots.see", "id": own_id}, who)
        if not seen["ok"]:
            return refusal(Refused(seen["code"], **_detail(seen)))
        async with parts.desks.reading(record) as room:
            motion = room.need(Motion, own_id)
            found = counted_document(room, motion)
            poll = motion.asked.mode == "anonymous"
            result = poll_result(motion, opened_of(room, motion).slips) if poll else result_of(found)
            # What everybody is told of a count that a correction replaced is without sums.
            sums = [{"number": one.number, "result": one.result} for one in motion.rounds]
        return told({"digest": digest_of(found), "document": found, "result": result, "rounds": sums})

    base = "/api/records/{record}"
    return [
        web.get(f"{base}/rosters/{{id}}", roster),
        web.get(f"{base}/rosters/{{id}}/mine", proofs),
        web.get(f"{base}/motions/{{id}}/mine", mine),
        web.get(f"{base}/motions/{{id}}/receipts", receipts),
        web.get(f"{base}/motions/{{id}}/bundle", bundle),
        web.get(f"{base}/motions/{{id}}/sheet", papers),
        web.get(f"{base}/motions/{{id}}/document", document),
    ]


def _detail(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"ok", "code"}}
