"""A community's word lists: read, tried on lines of text, replaced as a whole. Half a list is never put in force."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from meetings.kernel import Refused
from meetings.masking import masked
from meetings.text import COMMENT_LIMIT, REASON_LIMIT
from server.moderation.lists import (
    HOLD,
    KINDS,
    LISTS,
    MOST,
    Phrase,
    Unfit,
    default,
    fit,
    of_lines,
    read_phrases,
    read_text,
    version,
    write_phrases,
)
from server.moderation.sieve import Sieve
from server.store import Changed
from server.web.administration.desk import Desk
from server.web.sessions import body_of, bytes_of, told

if TYPE_CHECKING:
    from aiohttp import web

MOST_LINES = 200
"""Lines tried at once."""


class Saved(msgspec.Struct, forbid_unknown_fields=True):
    """Lists to put in force; `after` is the number of those they were made from, 0 for the default ones."""

    after: int
    phrases: list[Phrase]


class Tried(msgspec.Struct, forbid_unknown_fields=True):
    """Lines to try, with lists that are not in force yet, or without to try those that are."""

    lines: list[str]
    phrases: list[Phrase] | None = None


async def word_lists(desk: Desk, request: web.Request) -> web.StreamResponse:
    """The lists in force, who changed them and when; `own` is false while they are the default ones."""
    community = await _community(desk, request)
    lists = await desk.parts.store.word_lists.latest(community)
    phrases = default() if lists is None else read_phrases(lists.phrases)
    return told(
        {
            "own": lists is not None,
            "n": lists.n if lists else 0,
            "version": lists.version if lists else version(phrases),
            "changed_at": lists.changed_at if lists else None,
            "phrases": msgspec.to_builtins(list(phrases)),
            "lists": LISTS,
            "kinds": KINDS,
        }
    )


async def save_word_lists(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Put lists in force: all of them, or none with the reason for each line that cannot stand on one."""
    community = await _community(desk, request)
    wish = await body_of(request, Saved, desk.parts.settings.limits.upload_bytes)
    held = await desk.parts.store.word_lists.latest(community)
    known = {(one.list, one.text): one for one in read_phrases(held.phrases)} if held else {}
    # Twenty thousand phrases take a second to look over: not on the loop a live meeting waits for.
    signed = [_signed(phrase, known, desk) for phrase in wish.phrases[: MOST + 1]]
    kept, unfit = await asyncio.to_thread(fit, signed)
    if unfit:
        raise Refused("unclear", field="phrases", unfit=msgspec.to_builtins(unfit[:50]))
    name = version(kept)
    try:
        await desk.parts.store.word_lists.save(
            community, name, write_phrases(kept), at=desk.at, by=desk.seen.known.account, after=wish.after
        )
    except Changed:
        raise Refused("taken") from None
    await desk.parts.lookout.renew(community, desk.at)
    return told({"version": name})


async def read_word_list(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A file of one phrase a line, UTF-8 or GB18030, as a list to look over; nothing is put in force."""
    await _community(desk, request)
    onto = request.query.get("list", HOLD)
    data = await bytes_of(request, desk.parts.settings.limits.upload_bytes)

    def looked_over() -> tuple[list[Phrase], list[Unfit]]:
        return fit(of_lines(read_text(data), onto if onto in LISTS else HOLD))

    try:
        kept, unfit = await asyncio.to_thread(looked_over)
    except ValueError:
        raise Refused("unclear", field="file") from None
    return told({"phrases": msgspec.to_builtins(kept), "unfit": msgspec.to_builtins(unfit[:50])})


async def try_word_lists(desk: Desk, request: web.Request) -> web.StreamResponse:
    """What the filter says of these lines: the verdict, the public form, the hits with their places."""
    community = await _community(desk, request)
    wish = await body_of(request, Tried, desk.parts.settings.limits.upload_bytes)
    if len(wish.lines) > MOST_LINES or any(len(line) > 4 * COMMENT_LIMIT for line in wish.lines):
        raise Refused("too_large", field="lines", limit=MOST_LINES)
    if wish.phrases is None:
        sieve = await desk.parts.lookout.of(community, desk.at)
    else:
        phrases = wish.phrases
        sieve = await asyncio.to_thread(lambda: Sieve(fit(phrases)[0], desk.at))
    return told({"answers": [_answer(sieve, line) for line in wish.lines], "version": sieve.version})


def _answer(sieve: Sieve, line: str) -> dict[str, Any]:
    finding = sieve.look(line)
    return {"verdict": finding.verdict, "public": masked(line), "hits": msgspec.to_builtins(finding.hits)}


async def _community(desk: Desk, request: web.Request) -> str:
    community = request.match_info["id"]
    await desk.within(community)
    return community


def _signed(phrase: Phrase, known: dict[tuple[str, str], Phrase], desk: Desk) -> Phrase:
    """Who put a phrase on a list answers for it: nobody signs in another's name, or for another day."""
    text, reason = phrase.text.strip(), phrase.reason.strip()[:REASON_LIMIT]
    before = known.get((phrase.list, text))
    owner, since = (before.owner, before.since) if before else (desk.seen.known.name, desk.at)
    return msgspec.structs.replace(phrase, text=text, reason=reason, owner=owner, since=since)
