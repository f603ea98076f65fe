"""The page of a finished council: its replay with everything that was said, asked, answered and agreed beside it.

Decides who may read it (staff from the end on, everybody once it is published) and turns the record's clock into
seconds of the recording. Holds no reading of its own: those are `meetings.archive`.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from meetings import Entry, archive, ledger, new_room
from meetings.kernel import Refused
from meetings.masking import masked
from meetings.meeting import AFTER, DAY, Meeting, meeting_of
from meetings.people import HOSTS, STAFF
from meetings.questions import RESULTS
from meetings.recording import Passage, Recording, recording_of
from server.media import Caption, Film, Veil
from server.web import language, veils
from server.web.archive_lines import cited, figure, leaning
from server.web.captions import cues, track
from server.web.ledger import in_words
from server.web.pages import error, now_ms
from server.web.questionnaire_pages import share
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


Clock = Callable[[int], float]


@dataclass(frozen=True)
class Opened:
    """An archive somebody may read now."""

    record: str
    meeting: Meeting
    read: archive.Archive
    staff: bool
    films: list[Film]
    clock: Clock | None
    masked: Recording
    may_veil: bool

    @property
    def recorded(self) -> bool:
        """Whether there is a recording to be seen."""
        return self.clock is not None

    def seconds(self, at: int) -> float:
        """Seconds of the recording for an instant (ms UTC); without a recording, since the beginning."""
        second = self.clock(at) if self.clock else (at - (self.meeting.started_at or at)) / 1_000
        return max(0.0, round(second, 1))


class Archives:
    """Finished records, read once: the record's number says whether a reading still holds."""

    def __init__(self, parts: Any) -> None:
        self.parts = parts
        self._kept: OrderedDict[str, archive.Archive] = OrderedDict()

    async def open(self, request: web.Request) -> Opened:
        """The archive a request names. Refuses `not_found`, `wrong_state` (still to be held), `not_open`."""
        record = f"meeting:{request.match_info['id']}"
        at = now_ms()
        who = await self.parts.accounts.who(request, record, at)
        # The room is the desk's and changes when we wait: what is needed of it is taken at once.
        room = await self.parts.desks.room(record)
        meeting, seq = meeting_of(room), room.seq
        staff = bool(room.roles(who) & (STAFF | {"admin"}))
        may_veil = bool(room.roles(who) & HOSTS) and meeting.phase in AFTER
        masked, late = recording_of(room), veils.untold(room)
        if not staff and not await self._may_watch(request, record, meeting, at):
            raise Refused("not_found")
        if meeting.phase not in FINISHED:
            raise Refused("wrong_state", phase=meeting.phase)
        if meeting.phase not in PUBLISHED and not staff:
            raise Refused("not_open", opens_at=promised_at(meeting))
        if late:
            # The errand that tells the record what was said there did not come to it: a kill came between.
            await veils.silence(self.parts.desks, self.parts.media, record)
            seq = (await self.parts.desks.room(record)).seq
        read = await self._read(record, seq)
        media = self.parts.media
        return Opened(
            record, meeting, read, staff, media.films(record), media.clock_of(record), masked, may_veil
        )

    async def veils(self, record: str) -> list[Veil]:
        """What of the recording is masked."""
        return veils.veils_of(await self.parts.desks.room(record))

    async def captions(self, record: str) -> list[Caption]:
        """The transcript as captions on the clock of the recording, for the files to take home."""
        seq = (await self.parts.desks.room(record)).seq
        clock = self.parts.media.clock_of(record)
        read = await self._read(record, seq)
        lines = (
            [(round(clock(line.at), 1), line.name, line.text) for line in read.transcript] if clock else []
        )
        return [
            Caption(one.from_s, one.to_s, f"{one.name}: {one.text}" if one.name else one.text)
            for one in cues(lines)
        ]

    async def _may_watch(self, request: web.Request, record: str, meeting: Meeting, at: int) -> bool:
        """Whoever could have watched may read; for a public council that is everybody."""
        if meeting.watch == "public":
            return True
        code = request.query.get("code")
        return bool(await self.parts.accounts.may_watch(request, record, meeting.watch, at, code=code))

    async def _read(self, record: str, seq: int) -> archive.Archive:
        kept = self._kept.get(record)
        if kept is None or kept.seq < seq:
            entries = await self.parts.desks.entries(record)
            # A council of twenty thousand lines takes half a second to read: not on the loop others wait for.
            kept = self._kept[record] = await asyncio.to_thread(_read, record, entries)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(record)
        return kept


_PIECE = re.compile(r"[^，。？！；：,.?!;:]+[，。？！；：,.?!;:]*")
_LONGEST_PIECE = 18


def pieces(text: str) -> list[str]:
    """Where a line of Chinese may break: after its punctuation. One piece where that would leave lonely ones."""
    found = _PIECE.findall(text)
    lonely = any(len(piece) > _LONGEST_PIECE or len(piece) < 3 for piece in found)
    return [text] if lonely or not found else found


def asked_for(request: web.Request) -> dict[str, Any]:
    """What the address asks of the page: a second (`?t=`), words to find (`?q=`), the code of a closed council."""
    code = request.query.get("code", "")[:40]
    try:
        start = min(max(int(float(request.query.get("t", "0"))), 0), 360_000)
    except (ValueError, OverflowError):
        start = 0
    carried = f"code={quote(code, safe='')}" if code else ""
    return {
        "start": start,
        "query": request.query.get("q", "").strip()[:60],
        "code": code,
        "more": f"&{carried}" if carried else "",
        "only": f"?{carried}" if carried else "",
    }


def _has(words_wanted: str, *texts: str | None) -> bool:
    return any(words_wanted.casefold() in text.casefold() for text in texts if text)


def _matches(matter: archive.Matter, wanted: str) -> bool:
    said = (text for reply in matter.answers for text in (reply.text, reply.name))
    return _has(wanted, matter.text, *(like.text for like in matter.likes), *said)


def _read(record: str, entries: list[Entry]) -> archive.Archive:
    room = new_room(record)
    for entry in entries:
        room.apply(entry)
    return archive.read(room, entries)


def drawn(opened: Opened, lang: str, at: int, wanted: str = "") -> dict[str, Any]:
    """What the template draws at an instant (ms UTC): the readings with seconds and times in words.

    With words `wanted`, only the lines and questions that have them.
    """
    read, meeting = opened.read, opened.meeting
    t = language.words(lang)
    stations = [_station(opened, chapter) for chapter in read.chapters]
    named = {matter.id: matter for matter in read.questions}
    lines = [line for line in read.transcript if not wanted or _has(wanted, line.text, line.name)]
    matters = [matter for matter in _by_support(read.questions) if not wanted or _matches(matter, wanted)]
    return {
        "pieces": pieces,
        "found": len(lines) + len(matters),
        "corrected": sum(line.corrected for line in read.transcript),
        "meeting": meeting,
        "id": opened.record.partition(":")[2],
        "staff": opened.staff,
        "published": opened.meeting.phase in PUBLISHED,
        "recorded": opened.recorded,
        "media": f"/media/{opened.record.replace(':', '-', 1)}",
        "films": [_film(film, opened.films) for film in opened.films],
        "masked": [_passage(one) for one in opened.masked.veils],
        "version": opened.masked.version,
        "may_veil": opened.may_veil,
        "when": _when(meeting, lang),
        "promised": _day(lang, promised_at(meeting)),
        "stations": stations,
        "items": [one for one in stations if one["kind"] == "agenda"],
        "spoken": _anchored([_spoken(opened, line, named) for line in lines]),
        "matters": [_matter(opened, matter, lang, at) for matter in matters],
        "results": [_result(opened, one, lang) for one in read.outcomes],
        "findings": read.findings,
        "share": share,
        "leanings": [leaning(one) for one in read.polls],
        "cited": cited(read.questions),
        "figures": [figure(one, t) for one in read.statistics if one.value or one.key in _ALWAYS],
        "cuts": [_cut(opened, one) for one in read.cuts],
        "ledger": in_words(ledger.told(read.ledger, at), lang),
        "comments": len(read.comments),
        "span": span,
        "tables": TABLES,
        "results_of": RESULTS,
    }


TABLES = (
    "questions",
    "answers",
    "comments",
    "polls",
    "findings",
    "outcomes",
    "transcript",
    "statistics",
    "ledger",
    "acts",
)
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


def _anchored(spoken: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark the first line of each second: it is where an address with that second points."""
    seen: set[int] = set()
    for line in spoken:
        line["anchor"] = int(line["second"]) not in seen
        seen.add(int(line["second"]))
    return spoken


def _by_support(matters: list[archive.Matter]) -> list[archive.Matter]:
    """Answered ones first, then by support: what most people wanted to know stands on top."""
    return sorted(matters, key=lambda one: (QUESTION_STATES.index(one.state), -one.votes, one.number))


def _matter(opened: Opened, matter: archive.Matter, lang: str, at: int) -> dict[str, Any]:
    told = msgspec.structs.asdict(matter)
    told["second"] = None if matter.on_air_at is None else opened.seconds(matter.on_air_at)
    told["due_on"] = _day(lang, matter.due)
    told["late"] = matter.state == "deferred" and matter.due is not None and matter.due < at
    told["put_off"] = _day(lang, matter.promised) if matter.promised not in {None, matter.due} else None
    told["told_on"] = _day(lang, matter.handed.told_at) if matter.handed else None
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


def _cut(opened: Opened, cut: archive.Cut) -> dict[str, Any]:
    until = cut.until or opened.meeting.ended_at
    return {
        "kind": cut.kind,
        "from": language.clock(cut.at),
        "to": language.clock(until) if until else None,
        "cause": cut.cause,
    }


def _film(film: Film, all_films: list[Film]) -> dict[str, Any]:
    """A file to take home. Its number is told where there are several of its kind."""
    several = sum(one.kind == film.kind for one in all_films) > 1
    return {
        "kind": film.kind,
        "address": film.address,
        "progress": f"recording.{film.kind}.json" + (f"?part={film.part}" if film.part else ""),
        "number": film.part + 1 if several else None,
        "megabytes": max(1, round(film.size / 1_000_000)),
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "what": passage.what,
        "second": passage.from_s,
        "from": span(passage.from_s),
        "to": span(passage.to_s),
        "reason": masked(passage.reason),
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
        asked = asked_for(request)
        first = {"record": opened.record, "lang": lang, "now": now_ms(), "build": pages.assets.build}
        answer = pages.page(
            request,
            "archive.html",
            screen="archive",
            community=await community_of(opened.record),
            first=embedded(first),
            **asked,
            **drawn(opened, lang, now_ms(), asked["query"]),
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
            pieces=pieces,
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
