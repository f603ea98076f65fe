"""The look at everything residents write before a desk decides upon it: each community's lists, each person's last
messages. It only looks; the nouns of `meetings` say what follows.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import NamedTuple

from meetings import Who
from meetings.comments import Post
from meetings.kernel import SYSTEM, Command, Finding
from meetings.people import STAFF
from meetings.questions import Ask
from server.moderation.lists import Phrase, default, read_phrases
from server.moderation.sieve import REMEMBERED, REMEMBERED_MS, Sieve
from server.store import Store
from server.store.word_lists import Lists

_PEOPLE = 10_000
"""People whose last messages are remembered; the one longest quiet is forgotten first."""
_AT_ONCE = 4
"""From so many texts on a thread reads them: fewer cost less than the way to it (a text 0.06 ms)."""

_LOOK_MS = 2_000
"""How often a newer version is looked for: another process may have saved one."""
_EXPIRY_MS = 60_000
"""How often phrases that expire are left out anew."""


class _Made(NamedTuple):
    """A sieve, the number of the lists it was made from (0: the default ones), when it was made and last compared."""

    sieve: Sieve
    n: int
    made_at: int
    looked_at: int


class Lookout:
    """The sieves of this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._communities: dict[str, str] = {}
        self._made: dict[str, _Made] = {}
        self._said: OrderedDict[tuple[str, str], deque[tuple[int, str]]] = OrderedDict()

    async def sift(self, record: str, wishes: list[tuple[Command, Who]]) -> list[Finding | None]:
        """What the filter says of each command's words; None where it has none, or staff speak."""
        texts = [_words(command, who) for command, who in wishes]
        if not any(texts):
            return [None] * len(wishes)
        sieve = await self.sieve(record, max(who.at for _, who in wishes))
        before = [
            self._remember(record, who, text) if text else ()
            for (_, who), text in zip(wishes, texts, strict=True)
        ]

        def look() -> list[Finding | None]:
            pairs = zip(texts, before, strict=True)
            return [sieve.look(text, earlier) if text else None for text, earlier in pairs]

        if sum(map(bool, texts)) < _AT_ONCE:
            return look()
        return await asyncio.to_thread(look)

    async def stops(self, record: str, name: str, at: int) -> bool:
        """Whether a name carries what the lists stop: it would stand on every card before anybody could look."""
        return (await self.sieve(record, at)).look(name).holds

    async def sieve(self, record: str, at: int) -> Sieve:
        """The sieve of a record's community at an instant (ms)."""
        community = self._communities.get(record)
        if community is None:
            community = await self._store.records.community_of(record) or ""
            self._communities[record] = community
        return await self.of(community, at)

    async def of(self, community: str, at: int) -> Sieve:
        """A community's sieve, made in a thread and put in place in one step where its lists have changed."""
        made = self._made.get(community)
        if made is not None and at < made.looked_at + _LOOK_MS:
            return made.sieve
        lists = await self._store.word_lists.latest(community, after=made.n if made else 0)
        if made is None or lists is not None or at > made.made_at + _EXPIRY_MS:
            n = lists.n if lists else made.n if made else 0
            phrases = await self._phrases(community, lists)
            made = _Made(await asyncio.to_thread(Sieve, phrases, at), n, at, at)
        self._made[community] = made._replace(looked_at=at)
        return made.sieve

    async def renew(self, community: str, at: int) -> None:
        """Look now: its lists have just been changed here."""
        made = self._made.get(community)
        if made is not None:
            self._made[community] = made._replace(looked_at=at - _LOOK_MS)
        await self.of(community, at)

    async def _phrases(self, community: str, lists: Lists | None) -> Sequence[Phrase]:
        lists = lists or await self._store.word_lists.latest(community)
        return default() if lists is None else read_phrases(lists.phrases)

    def _remember(self, record: str, who: Who, text: str) -> tuple[str, ...]:
        """What this person wrote in the last minute, oldest first; this text belongs to it from now on."""
        said = self._said.setdefault((record, who.person), deque(maxlen=REMEMBERED))
        self._said.move_to_end((record, who.person))
        if len(self._said) > _PEOPLE:
            self._said.popitem(last=False)
        earlier = tuple(one for at, one in said if who.at - at <= REMEMBERED_MS)
        said.append((who.at, text))
        return earlier


def _words(command: Command, who: Who) -> str:
    """What a command makes public of a resident's own words; staff answer for theirs themselves."""
    if who.roles & (STAFF | {SYSTEM}):
        return ""
    return command.text if isinstance(command, Ask | Post) else ""
