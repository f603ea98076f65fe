"""The one door for commands, with two ways in: sockets and HTTP. Who is it, how often, is it readable.

Decides nothing about a meeting.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp.web import BaseRequest

from meetings import Eye, Refused, Room, Who, docket, words_of
from meetings.duty import voice_of
from meetings.meeting import meeting_of
from meetings.penalties import Mute, Propose, Slow, Warn
from meetings.people import DESK, STAFF, mine

if TYPE_CHECKING:
    from server.accounts import Accounts
    from server.config import Limits, Rate
    from server.live.desk import Answer, Desks

_PEOPLE = 50_000
"""People whose last doings are remembered; the one longest quiet is forgotten first."""


CODES = "sun_codes"
"""The cookie with the codes a browser has used, so that picture and socket open with the page."""
CODES_KEPT = 8


class Buckets:
    """How often one key may: so many at once, refilled evenly. Monotonic time in seconds comes in."""

    def __init__(self, most: int = _PEOPLE) -> None:
        self._most = most
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def wait(self, kind: str, key: str, rate: Rate, now: float, *, pause: float = 0.0) -> float:
        """Take one; returns 0, or the seconds until there is one again: `pause` at least, once it is too much."""
        name = (kind, key)
        level, at = self._levels.get(name, (float(rate.count), now))
        level = min(rate.count, level + (now - at) * rate.count / rate.seconds)
        if 0.0 <= level < 1.0 and pause:
            level = 1.0 - pause * rate.count / rate.seconds
        short = max(0.0, 1.0 - level)
        self._levels[name] = (level if short else level - 1.0, now)
        self._levels.move_to_end(name)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return short * rate.seconds / rate.count


class Door:
    """Where commands come in."""

    def __init__(self, desks: Desks, accounts: Accounts, limits: Limits) -> None:
        self._desks = desks
        self._accounts = accounts
        self._limits = limits
        self._buckets = Buckets()

    async def do(self, source: object, record: object, body: object) -> Answer:
        """Give the command in `body` to a record, for whoever `source` (a cookie, a request) shows to be.

        Refusals are answers. The answer `too_fast` names the milliseconds to wait.
        """
        return await asyncio.shield(await self.submit(source, record, body))

    async def submit(self, source: object, record: object, body: object) -> asyncio.Future[Answer]:
        """The same up to the desk's tray, in the order of the calls; the future is the answer."""
        try:
            if not isinstance(record, str) or not isinstance(body, dict):
                raise Refused("unclear")
            if _size(body) > self._limits.event_bytes:
                raise Refused("too_large", limit=self._limits.event_bytes)
            who = await self._accounts.who(source, record, self._desks.clock())
            if who.person and body.get("as") and body["as"] != who.person:
                # A lent phone that holds no socket learns late that another has come in.
                raise Refused("forbidden", field="as")
            self._not_too_fast(who, body)
            plain = {name: value for name, value in body.items() if name not in {"record", "as"}}
            command = words_of(record).command(plain)
            if isinstance(command, Warn | Slow | Mute | Propose):
                who = await self._knowing_whom(command.person, who, record)
            desk = await self._desks.desk(record)
        except Refused as refused:
            answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            answer.set_result({"ok": False, "code": refused.code, **refused.detail})
            return answer
        return desk.put(command, who)

    async def _knowing_whom(self, person: str, who: Who, record: str) -> Who:
        """The same with the roles of the one it is about: the meeting knows only those it gave itself."""
        about = await self._accounts.about(person, record, self._desks.clock())
        if about is None:
            raise Refused("not_found")
        return msgspec.structs.replace(who, about=about)

    async def may_read(self, source: object, record: str, *, code: str | None = None) -> Who:
        """Who this is, if they may read this record; else refuses `not_found`, whether it exists or not.

        `code` is what was typed, or several with dots between; without it, those a request's cookie carries.
        """
        who = await self._accounts.who(source, record, self._desks.clock())
        room = await self._desks.room(record)
        if room.words is docket.words:
            # What a docket shows the public hangs on the notice board as well.
            return who
        if room.roles(who) & (DESK | {"admin", "technician", "screen"}):
            return who
        meeting = meeting_of(room)
        if meeting.phase == "draft" and who.person not in room.granted:
            raise Refused("not_found")
        if who.person in room.granted or meeting.watch == "public":
            return who
        at = self._desks.clock()
        for one in (code or codes_of(source)).split(".")[:CODES_KEPT]:
            if await self._accounts.may_watch(source, record, meeting.watch, at, code=one):
                return who
        raise Refused("forbidden", watch=meeting.watch)

    def _not_too_fast(self, who: Who, body: dict[str, Any]) -> None:
        key = who.person or "guest"
        now = time.monotonic()
        waits = [self._buckets.wait("commands", key, self._limits.commands, now)]
        kind = body.get("type")
        rates = {
            "comment.post": self._limits.comments,
            "question.upvote": self._limits.supports,
            "poll.answer": self._limits.polls,
            "questionnaire.answer": self._limits.sheets,
            "ballot.cast": self._limits.ballots,
        }
        if kind == "question.ask" and body.get("channel", "online") == "online":
            rates[kind] = self._limits.questions
        if isinstance(kind, str) and kind in rates and not who.roles & STAFF:
            pause = self._limits.comments_pause if kind == "comment.post" else 0.0
            waits.append(self._buckets.wait(kind, key, rates[kind], now, pause=pause))
        if max(waits) > 0:
            raise Refused("too_fast", wait_ms=int(max(waits) * 1000) + 1)


def codes_of(source: object) -> str:
    """The codes of meetings this browser has opened by code, with dots between."""
    return source.cookies.get(CODES, "") if isinstance(source, BaseRequest) else ""


def for_everybody(request: BaseRequest, who: Who) -> bool:
    """Whether a cache may give this answer to others as well: neither a name nor a code has opened it."""
    return who.person == "" and "code" not in request.query and not codes_of(request)


def with_code(source: BaseRequest, code: str) -> str:
    """The same with one more, the newest first."""
    known = [one for one in codes_of(source).split(".") if one and one != code]
    return ".".join([code, *known][:CODES_KEPT])


def eye_of(room: Room, who: Who) -> Eye:
    """The pair of eyes through which this person looks at a room."""
    return room.eye(who, docket.STAFF if room.words is docket.words else STAFF)


def me_of(room: Room, who: Who, known: dict[str, Any]) -> dict[str, Any]:
    """What a screen is told about the one before it; `known` is what the accounts know."""
    chosen = mine(room, who.person)
    way = chosen.way or known.get("way")
    roles = sorted(set(known.get("roles", ())) | room.roles(who))
    shown = chosen.shown or known.get("shown")
    told = {"eye": eye_of(room, who).value, "way": way, "shown": shown, "voice": voice_of(room, who)}
    return {**known, "roles": roles, **told}


def _size(body: object) -> int:
    try:
        return len(msgspec.json.encode(body))
    except (UnicodeEncodeError, TypeError, RecursionError, OverflowError):
        raise Refused("unclear") from None
