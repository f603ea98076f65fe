"""The page of a finished council: its replay with everything that was said, asked, answered and agreed beside it.

Decides who may read it (staff from the end on, everybody once it is published) and turns the record's clock into
seconds of the recording. Holds no reading of its own: those are `meetings.archive`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from meetings import Room, archive
from meetings.kernel import Refused
from meetings.meeting import AFTER, DAY, Meeting, meeting_of
from meetings.people import STAFF, words
from server.web import language
from server.web.captions import track
from server.web.pages import error, now_ms
from server.web.render import Pages, embedded

PUBLISHED = frozenset({"published", "archived"})
FINISHED = AFTER | PUBLISHED
KEPT = 16
"""Readings held in memory. A page of an old council is opened rarely, that of last night's by everybody."""

QUESTION_STATES = ("answered", "answered_written", "deferred", "converted", "queued", "on_air", "merged")
"""In this order the page tells what became of questions."""


def promised_at(meeting: Meeting) -> int | None:
    """The day on which the archive is to open: as the secretary set it, else when written answers are due."""
    if meeting.publish_on is not None:
        return meeting.publish_on
    return None if meeting.ended_at is None else meeting.ended_at + meeting.answer_days * DAY


@dataclass(frozen=True)
class Opened:
    """An archive somebody may read now."""

    record: str
    meeting: Meeting
    room: Room
    read: archive.Archive
    staff: bool
    recorded: bool
    parts: Any

    def seconds(self, at: int) -> float:
        """Seconds of the recording for an instant (ms UTC); without a recording, since the beginning."""
        offset = self.parts.media.offset_of(self.record, at) if self.recorded else None
        if offset is None:
            offset = (at - (self.meeting.started_at or at)) / 1_000
        return max(0.0, round(float(offset), 1))


class Archives:
    """Finished records, read once: the record's number says whether a reading still holds."""

    def __init__(self, parts: Any) -> None:
        self.parts = parts
        self._kept: OrderedDict[str, archive.Archive] = OrderedDict()

    async def open(self, request: web.Request) -> Opened:
        """The archive a request names. Refuses `not_found`, `wrong_state` (still to be held), `not_open`."""
        record = f"meeting:{request.match_info['id']}"
        at = now_ms()
        room = await self.parts.desks.room(record)
        meeting = meeting_of(room)
        who = await self.parts.accounts.who(request, record, at)
        staff = bool(room.roles(who) & (STAFF | {"admin"}))
        if not staff and not await self._may_watch(request, record, meeting, at):
            raise Refused("not_found")
        if room.phase not in FINISHED:
            raise Refused("wrong_state", phase=room.phase)
        if room.phase not in PUBLISHED and not staff:
            raise Refused("not_open", opens_at=promised_at(meeting))
        read = await self._read(record, room)
        return Opened(record, meeting, room, read, staff, self._recorded(record), self.parts)

    async def _may_watch(self, request: web.Request, record: str, meeting: Meeting, at: int) -> bool:
        """Whoever could have watched may read; for a public council that is everybody."""
        if meeting.watch == "public":
            return True
        code = request.query.get("code")
        return bool(await self.parts.accounts.may_watch(request, record, meeting.watch, at, code=code))

    async def _read(self, record: str, room: Room) -> archive.Archive:
        kept = self._kept.get(record)
        if kept is None or kept.seq != room.seq:
            lines = [line async for line in self.parts.store.records.read(record)]
            entries = [line.entry(words) for line in lines if line.seq <= room.seq]
            kept = self._kept[record] = archive.read(room, entries)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(record)
        return kept

    def _recorded(self, record: str) -> bool:
        media = getattr(self.parts, "media", None)
        return media is not None and media.offset_of(record, now_ms()) is not None


def drawn(opened: Opened, lang: str) -> dict[str, Any]:
    """What the template draws: the readings with seconds and times in words, nothing decided any more."""
    read, meeting = opened.read, opened.meeting
    t = language.words(lang)
    stations = [_station(opened, chapter) for chapter in read.chapters]
    named = {matter.id: matter for matter in read.questions}
    return {
        "meeting": meeting,
        "id": opened.record.partition(":")[2],
        "staff": opened.staff,
        "published": opened.room.phase in PUBLISHED,
        "recorded": opened.recorded,
        "media": f"/media/{opened.record.replace(':', '-', 1)}",
        "when": _when(meeting, lang),
        "promised": _day(lang, promised_at(meeting)),
        "stations": stations,
        "items": [one for one in stations if one["kind"] == "agenda"],
        "spoken": [_spoken(opened, line, named) for line in read.transcript],
        "matters": [_matter(opened, matter, lang) for matter in _by_support(read.questions)],
        "results": [_result(opened, one, lang) for one in read.outcomes],
        "leanings": [_leaning(one) for one in read.polls],
        "cited": _cited(read.questions),
        "figures": [_figure(one, t) for one in read.statistics if one.value or one.key in _ALWAYS],
        "cuts": [_cut(opened, one) for one in read.cuts],
        "moderated": read.moderation,
        "comments": len(read.comments),
        "span": span,
        "tables": TABLES,
    }


TABLES = ("questions", "answers", "comments", "polls", "outcomes", "transcript", "statistics", "acts")
"""The tables that may be downloaded, each as `<name>.csv`."""

_ALWAYS = frozenset({"viewers", "peak", "applause", "questions", "comments"})


def span(seconds: float) -> str:
    """Seconds of a recording as people read them: 5:00, 1:05:00."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def _day(lang: str, at: int | None) -> str | None:
    return None if at is None else language.day(lang, at, year=True)


def _when(meeting: Meeting, lang: str) -> dict[str, str | None]:
    begun, ended = meeting.started_at or meeting.starts_at, meeting.ended_at
    return {
        "day": _day(lang, begun),
        "from": language.clock(begun) if begun else None,
        "to": language.clock(ended) if ended else None,
    }


def _station(opened: Opened, chapter: archive.Chapter) -> dict[str, Any]:
    return {**msgspec.structs.asdict(chapter), "second": opened.seconds(chapter.at)}


def _spoken(opened: Opened, line: archive.Line, named: dict[str, archive.Matter]) -> dict[str, Any]:
    matter = named.get(line.question or "")
    second = opened.seconds(line.at)
    return {**msgspec.structs.asdict(line), "second": second, "number": matter.number if matter else None}


def _by_support(matters: list[archive.Matter]) -> list[archive.Matter]:
    """Answered ones first, then by support: what most people wanted to know stands on top."""
    return sorted(matters, key=lambda one: (QUESTION_STATES.index(one.state), -one.votes, one.number))


def _matter(opened: Opened, matter: archive.Matter, lang: str) -> dict[str, Any]:
    told = msgspec.structs.asdict(matter)
    told["second"] = None if matter.on_air_at is None else opened.seconds(matter.on_air_at)
    told["due_on"] = _day(lang, matter.due)
    told["answers"] = [
        {
            **msgspec.structs.asdict(reply),
            "second": None if reply.written else opened.seconds(reply.at),
            "on": _day(lang, reply.at),
        }
        for reply in matter.answers
    ]
    return told


def _result(opened: Opened, result: archive.Result, lang: str) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(result),
        "by": _day(lang, result.until),
        "second": opened.seconds(result.at),
    }


def _leaning(poll: archive.Leaning) -> dict[str, Any]:
    most = max(*poll.counts, 1)
    rows = [
        {"option": option, "count": count, "share": round(100 * count / most)}
        for option, count in zip(poll.options, poll.counts, strict=True)
    ]
    return {**msgspec.structs.asdict(poll), "rows": rows}


def _cited(matters: list[archive.Matter]) -> list[dict[str, Any]]:
    """Each article cited, once, with the numbers of the questions in whose answers it stands."""
    found: dict[tuple[str, str], list[int]] = {}
    for matter in matters:
        for reply in matter.answers:
            for cite in reply.cites:
                numbers = found.setdefault((cite.law, cite.article), [])
                if matter.number not in numbers:
                    numbers.append(matter.number)
    return [
        {"law": law, "article": article, "numbers": sorted(numbers)}
        for (law, article), numbers in found.items()
    ]


def _figure(figure: archive.Figure, t: language.Translate) -> dict[str, Any]:
    parts = [t(f"archive-part-{figure.key}-{name}", n=count) for name, count in figure.parts.items() if count]
    minutes = round(figure.value / 60_000)
    value = t("archive-minutes", n=minutes) if figure.unit == "ms" else str(figure.value)
    return {"key": figure.key, "value": value, "parts": parts}


def _cut(opened: Opened, cut: archive.Cut) -> dict[str, Any]:
    until = cut.until or opened.meeting.ended_at
    return {
        "kind": cut.kind,
        "from": language.clock(cut.at),
        "to": language.clock(until) if until else None,
        "cause": cut.cause,
    }


def routes(parts: Any, pages: Pages | None = None) -> list[web.RouteDef]:
    """The addresses of the archive's page and its captions, for the application to add."""
    pages = pages or Pages()
    archives = Archives(parts)

    async def page(request: web.Request) -> web.StreamResponse:
        lang = language.choose(request)
        try:
            opened = await archives.open(request)
        except Refused as refused:
            return await closed(request, refused, lang)
        first = {"record": opened.record, "lang": lang, "now": now_ms(), "build": pages.assets.build}
        answer = pages.page(
            request,
            "archive.html",
            screen="archive",
            community=await community_of(opened.record),
            first=embedded(first),
            **drawn(opened, lang),
        )
        answer.enable_compression()
        return answer

    async def community_of(record: str) -> dict[str, str]:
        named = getattr(parts.accounts, "community_of", None)
        found = await named(record) if named else None
        return found or {"name": "", "phone": ""}

    async def closed(request: web.Request, refused: Refused, lang: str) -> web.StreamResponse:
        if refused.code not in {"not_open", "wrong_state"}:
            return error(pages, request, 404)
        record = f"meeting:{request.match_info['id']}"
        meeting = meeting_of(await parts.desks.room(record))
        early = refused.code == "wrong_state"
        return pages.page(
            request,
            "archive_closed.html",
            screen="archive",
            status=404 if early else 200,
            community=await community_of(record),
            meeting=meeting,
            when=_when(meeting, lang),
            early=early,
            promised=None if early else _day(lang, promised_at(meeting)),
        )

    async def captions(request: web.Request) -> web.StreamResponse:
        try:
            opened = await archives.open(request)
        except Refused:
            raise web.HTTPNotFound from None
        spoken = [(opened.seconds(line.at), line.name, line.text) for line in opened.read.transcript]
        answer = web.Response(text=track(spoken), content_type="text/vtt", charset="utf-8")
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    return [web.get("/archive/{id}", page), web.get("/archive/{id}/captions.vtt", captions)]
