"""Downloads of a finished council: one JSON document of all readings, and tables a spreadsheet opens safely.

Public text only. Cells are inert: nothing a resident wrote is ever a formula in somebody's spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from meetings import ledger
from meetings.kernel import Eye, Refused
from server.web.archive import TABLES, Archives, Opened
from server.web.language import ZONE
from server.web.pages import now_ms

SHAPE = 1
"""Version of the JSON document's shape: a field may be added, none changes its meaning."""

_LIVE = tuple("=+-@\t\r\n\0＝＋－＠")
Row = list[Any]


def inert(cell: object) -> str:
    """A cell no spreadsheet takes for a formula (promise D8). Line breaks inside a text are kept, quoted."""
    text = "" if cell is None else str(cell)
    # Numbers of ours are no danger, and a ' before -5 would make them text.
    if isinstance(cell, (int, float)):
        return text
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(_LIVE) else text


def table(header: list[str], rows: Iterable[Row]) -> bytes:
    """A CSV as RFC 4180 wants it, with the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([inert(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def stamp(at: int | None) -> str | None:
    """An instant with its offset, on the council's clock: 2026-05-16T19:31:00+08:00."""
    return None if at is None else datetime.fromtimestamp(at / 1000, ZONE).isoformat(timespec="seconds")


def _questions(opened: Opened) -> tuple[list[str], list[Row]]:
    header = (
        "number kind text shown channel asked_at state supports taken_up_at second due slip merged promised result "
        "result_text result_at"
    )
    rows = []
    for one in opened.read.questions:
        second = None if one.on_air_at is None else opened.seconds(one.on_air_at)
        merged = " ".join(str(like.number) for like in one.likes)
        told = [one.number, one.kind, one.text, one.shown, one.channel, stamp(one.at), one.state, one.votes]
        handed = one.handed
        became = [handed.result, handed.text, stamp(handed.told_at)] if handed else [None, None, None]
        dates = [stamp(one.on_air_at), second, stamp(one.due)]
        rows.append([*told, *dates, one.slip, merged, stamp(one.promised), *became])
    return header.split(), rows


def _answers(opened: Opened) -> tuple[list[str], list[Row]]:
    header = "question at second name role badge title verb text cites written corrected".split()
    rows = []
    for matter in opened.read.questions:
        for one in matter.answers:
            cites = "；".join(f"{cite.law}{cite.article}" for cite in one.cites)
            second = None if one.written else opened.seconds(one.at)
            said = [one.name, one.role, one.badge, one.title, one.verb, one.text, cites]
            rows.append([matter.number, stamp(one.at), second, *said, int(one.written), int(one.corrected)])
    return header, rows


def _comments(opened: Opened) -> tuple[list[str], list[Row]]:
    return ["at", "second", "shown", "text"], [
        [stamp(one.at), opened.seconds(one.at), one.shown, one.text] for one in opened.read.comments
    ]


def _polls(opened: Opened) -> tuple[list[str], list[Row]]:
    header = "poll question per opened_at closed_at voters option count share hands hands_of mean spread binding".split()
    rows = []
    for place, one in enumerate(opened.read.polls, start=1):
        held = [place, one.question, one.per, stamp(one.opened_at), stamp(one.closed_at), one.voters]
        hall = one.hands
        raised = hall.counts if hall is not None else [None] * len(one.options)
        marks = [None if mark is None else mark / 100 for mark in (one.mean, one.spread)]
        rest = [hall and hall.base, *marks, one.binding]
        for option, count, share, hands in zip(one.options, one.counts, one.shares, raised, strict=True):
            rows.append([*held, option, count, share / 10, hands, *rest])
    return header, rows


def _findings(opened: Opened) -> tuple[list[str], list[Row]]:
    header = (
        "questionnaire item households returned question kind answered option count share mean median".split()
    )
    rows: list[Row] = []
    for one in opened.read.findings:
        held = [one.title, one.item, one.households, one.answered]
        for asked in one.results:
            told = [*held, asked["text"], asked["kind"], asked["answered"]]
            names = asked["options"] or list(range(1, len(asked["counts"]) + 1))
            counted = list(zip(names, asked["counts"], asked["percents"], strict=False)) or [
                (None, None, None)
            ]
            rows += [[*told, *line, asked["mean"], asked["median"]] for line in counted]
    return header, rows


def _outcomes(opened: Opened) -> tuple[list[str], list[Row]]:
    header = "kind text responsible until question item version at reservations".split()
    rows = []
    for one in opened.read.outcomes:
        reserved = "；".join(f"{who.name}：{who.text}" for who in one.reservations)
        told = [one.kind, one.text, one.responsible, stamp(one.until), one.question, one.item]
        rows.append([*told, one.version, stamp(one.at), reserved])
    return header, rows


def _transcript(opened: Opened) -> tuple[list[str], list[Row]]:
    return ["at", "second", "name", "role", "text", "corrected"], [
        [stamp(one.at), opened.seconds(one.at), one.name, one.role, one.text, int(one.corrected)]
        for one in opened.read.transcript
    ]


def _statistics(opened: Opened) -> tuple[list[str], list[Row]]:
    rows: list[Row] = []
    for one in opened.read.statistics:
        rows.append([one.key, None, one.value, one.unit])
        rows += [[one.key, part, count, one.unit] for part, count in one.parts.items()]
    rows += [
        ["moderation", f"{one.act} {one.reason or ''}".strip(), one.count, "count"]
        for one in opened.read.moderation
    ]
    return ["figure", "part", "value", "unit"], rows


def _ledger(opened: Opened) -> tuple[list[str], list[Row]]:
    told = ledger.told(opened.read.ledger, now_ms())
    rows: list[Row] = []
    for what in ("questions", "comments"):
        rows += [[what, one["fate"], one["reason"], one["count"]] for one in told[what]["fates"]]
    rows += [["acts", one["act"], one["reason"], one["count"]] for one in told["acts"]]
    for one in told["switches"]:
        said = " ".join(filter(None, (one["texts"], one["voice"], one["mode"])))
        rows.append(["switched", said, one["name"] or one["cause"], stamp(one["at"])])
    return ["what", "word", "reason", "count"], rows


def _acts(opened: Opened) -> tuple[list[str], list[Row]]:
    return ["seq", "at", "role", "word", "ledger"], [
        [one.seq, stamp(one.at), one.role, one.word, " ".join(one.ledger)] for one in opened.read.acts
    ]


_MAKE: dict[str, Callable[[Opened], tuple[list[str], list[Row]]]] = {
    "questions": _questions,
    "answers": _answers,
    "comments": _comments,
    "polls": _polls,
    "findings": _findings,
    "outcomes": _outcomes,
    "transcript": _transcript,
    "statistics": _statistics,
    "ledger": _ledger,
    "acts": _acts,
}
assert tuple(_MAKE) == TABLES


def document(opened: Opened) -> dict[str, Any]:
    """All public readings as one document.

    `shape` is its version; `meeting` the card, `seq` the record's number it was read at; every `at`, `until`
    and the like is milliseconds UTC; `second` is the second of the recording, `recording` its version and what of
    it is masked; `statistics` have `key`, `value`,
    `unit` and `parts`; `moderation` counts acts of the desk by reason; `ledger` is the public moderation
    ledger, whose acts are the sum of what each of `acts` adds to it; `acts` are all lines of the record with
    number, time, role and word.
    """
    meeting = opened.meeting
    told = msgspec.to_builtins(opened.read)
    told["ledger"] = ledger.told(opened.read.ledger, now_ms())
    for group in ("chapters", "transcript", "comments"):
        for one in told[group]:
            one["second"] = opened.seconds(one["at"])
    for matter in told["questions"]:
        matter["second"] = None if matter["on_air_at"] is None else opened.seconds(matter["on_air_at"])
        for reply in matter["answers"]:
            reply["second"] = None if reply["written"] else opened.seconds(reply["at"])
    card = {
        name: getattr(meeting, name)
        for name in (
            "title number starts_at started_at ended_at published_at venue convener host parties attending "
            "notice phase sample"
        ).split()
    }
    held = {"recorded": opened.recorded, "recording": opened.masked.seen_by(Eye.PUBLIC)}
    return {"shape": SHAPE, "record": opened.record, "meeting": card, **held, **told}


def routes(parts: Any) -> list[web.RouteDef]:
    """The addresses of the downloads, for the application to add."""
    archives = Archives(parts)

    async def opened_for(request: web.Request) -> Opened:
        try:
            return await archives.open(request)
        except Refused as refused:
            text = msgspec.json.encode({"ok": False, "code": refused.code}).decode()
            raise web.HTTPNotFound(text=text, content_type="application/json") from None

    async def as_json(request: web.Request) -> web.StreamResponse:
        opened = await opened_for(request)
        body = msgspec.json.encode(document(opened))
        return _download(body, "application/json", f"archive-{request.match_info['id']}.json")

    async def as_table(request: web.Request) -> web.StreamResponse:
        make = _MAKE.get(request.match_info["table"])
        if make is None:
            raise web.HTTPNotFound
        opened = await opened_for(request)
        name = f"{request.match_info['table']}-{request.match_info['id']}.csv"
        return _download(table(*make(opened)), "text/csv", name)

    return [
        web.get("/archive/{id}/export.json", as_json),
        web.get("/archive/{id}/{table:[a-z]+}.csv", as_table),
    ]


def _download(body: bytes, kind: str, name: str) -> web.Response:
    answer = web.Response(body=body, content_type=kind, charset="utf-8")
    safe = "".join(char for char in name if char.isascii() and (char.isalnum() or char in "-._"))
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.enable_compression()
    return answer
