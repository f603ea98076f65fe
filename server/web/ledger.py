"""The public moderation ledger on pages and for programs: `GET /api/records/{record}/ledger`, and the same in words.

Decides nothing and counts nothing: that is `meetings.ledger`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from meetings import ledger
from server.live.door import for_everybody
from server.web import language

if TYPE_CHECKING:
    from server.app import Parts

KEPT = 64
"""Ledgers held in memory; one is good for as long as nothing was added to its record."""

_PARTS = {
    "filter": "texts",
    "question": "texts",
    "comment": "texts",
    "answer": "texts",
    "caption": "texts",
    "person": "people",
    "penalty": "people",
}
"""Under which heading an act stands, by its noun; `rest` is everything else."""
_HEADS = ("texts", "people", "rest")

Told = dict[str, Any]


class Ledgers:
    """The ledgers people ask for, each read once a number of its record."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: OrderedDict[str, ledger.Ledger] = OrderedDict()

    async def told(self, record: str) -> Told:
        """The ledger as it is told now. Whoever asks has shown that they may read the record."""
        async with self._parts.desks.reading(record) as room:
            kept = self._kept.get(record)
            if kept is None or kept.seq != room.seq:
                kept = self._kept[record] = ledger.ledger(room)
        self._kept.move_to_end(record)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return ledger.told(kept, self._parts.clock())


def in_words(told: Told, lang: str) -> dict[str, Any]:
    """What a template draws: sums with their rows, acts under headings, who switched the review."""
    t = language.words(lang)

    def words(stem: str, name: str, reason: str | None) -> str:
        said = t(f"{stem}-{name.replace('.', '-')}")
        return said if reason is None else t("ledger-why", words=said, why=t(f"ledger-why-{reason}"))

    sums = [
        {
            "words": t(f"ledger-{what}", n=told[what]["all"]),
            "rows": [
                {**one, "words": words("ledger-fate", one["fate"], one["reason"])}
                for one in told[what]["fates"]
            ],
        }
        for what in ("questions", "comments")
        if told[what]["all"]
    ]
    acts: dict[str, list[dict[str, Any]]] = {head: [] for head in _HEADS}
    for one in told["acts"]:
        head = _PARTS.get(one["act"].partition(".")[0], "rest")
        acts[head].append({**one, "words": words("ledger-act", one["act"], one["reason"])})
    return {
        "sums": sums,
        "acts": [{"head": t(f"ledger-{head}"), "rows": rows} for head, rows in acts.items() if rows],
        "switches": [_switch(one, t) for one in told["switches"]],
    }


def _switch(one: dict[str, Any], t: language.Translate) -> str:
    said = t(
        "ledger-switched",
        at=language.clock(one["at"]),
        whose=t(f"ledger-whose-{one['voice'] or 'everybody'}"),
        texts=t(f"ledger-of-{one['texts']}"),
        mode=t(f"ledger-mode-{one['mode']}"),
    )
    if one["cause"]:
        return t("ledger-why", words=said, why=t("ledger-switched-alone"))
    return t("ledger-why", words=said, why=t("ledger-switched-by", name=one["name"])) if one["name"] else said


def routes(parts: Parts) -> list[web.RouteDef]:
    """The ledger's address."""
    ledgers = Ledgers(parts)

    async def answer(request: web.Request) -> web.Response:
        record = request.match_info["record"]
        who = await parts.door.may_read(request, record, code=request.query.get("code"))
        kept_by = "public" if for_everybody(request, who) else "private"
        headers = {"Cache-Control": f"{kept_by}, max-age=1"}
        return web.json_response(await ledgers.told(record), headers=headers)

    return [web.get("/api/records/{record}/ledger", answer)]
