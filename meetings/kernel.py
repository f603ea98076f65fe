"""The grammar of a record: commands, facts, entities, and the room that is folded from them.

Knows no noun. Never waits, never reads a clock, never draws a random number: time, identity and ids
come in with the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

import msgspec

type_error = (msgspec.ValidationError, msgspec.DecodeError, UnicodeEncodeError, TypeError)

SYSTEM = "system"
"""The person id and the role under which the platform itself acts."""

ANYTIME: frozenset[str] = frozenset()
"""As `when` of a command: allowed in every phase."""

GONE_KEPT = 2_000
"""Removals remembered per eye. Older ones are forgotten and a screen that far behind starts afresh."""


class Eye(StrEnum):
    """A pair of eyes a screen looks through. What only its owner sees is a third, drawn by `Room.own`."""

    PUBLIC = "public"
    STAFF = "staff"


class Refused(Exception):
    """A command that cannot be. `code` is a word of the protocol, `detail` what the person needs to know."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Hit(msgspec.Struct, frozen=True):
    """One thing a filter found in a text: the phrase, the list it stands on (block, hold, watch) and its kind, how it
    was found (text, pieces, sound, initials, joined, bait, repeat), and where in the text, from and to.
    """

    list: str
    phrase: str
    kind: str
    by: str
    start: int
    end: int


class Finding(msgspec.Struct, frozen=True):
    """What a filter says of a text: publish, watch, hold or block, why, and by which version of its lists."""

    verdict: str
    hits: tuple[Hit, ...]
    version: str

    @property
    def holds(self) -> bool:
        """Whether somebody has to look before the text is shown to all."""
        return self.verdict in {"hold", "block"}


class Who(msgspec.Struct, frozen=True):
    """Who gives a command, and when.

    `at` is milliseconds since 1970 UTC by the server's clock. `roles` are standing roles; those granted in
    the record are added by the room. `labels` says how this person would be shown: `real`, `building`,
    `anonymous`. `unit` is the proved unit, if any; `proved` is false for those whose unit nobody checked.
    `found` is what the filter says of the words in this very command; None where nothing was said.
    """

    person: str
    at: int
    roles: frozenset[str] = frozenset()
    labels: dict[str, str] = {}
    unit: str | None = None
    proved: bool = True
    found: Finding | None = None


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A wish, imperative and absolute: giving it twice is giving it once.

    `may` names the roles, `when` the phases of the meeting (ANYTIME: all), `already` the phases in which
    what is wished is so already, so that a wish sent again after a lost answer is answered well.
    """

    may: ClassVar[frozenset[str]]
    when: ClassVar[frozenset[str]]
    already: ClassVar[frozenset[str]] = frozenset()


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened. Kept for ever: fields are only added, with defaults; words are never reused."""


class Entry(msgspec.Struct, frozen=True):
    """One line of a record: number, time (ms UTC), person, fact."""

    seq: int
    at: int
    by: str
    fact: Fact


class Entity(msgspec.Struct, frozen=True):
    """A thing in the room, replaced whole when it changes.

    What an eye sees of it follows from the entity and the eye alone. If it depends on a neighbour, the
    neighbour's fold copies the bit over: otherwise a change next door would hide nothing on drawn screens.
    """

    kind: ClassVar[str]

    @property
    def address(self) -> str:
        """The name on the wire: `kind:id`, or `kind` where there is only one."""
        own_id = getattr(self, "id", None)
        return self.kind if own_id is None else f"{self.kind}:{own_id}"

    @property
    def owner(self) -> str | None:
        """The person for whom `seen_by_owner` is meant."""
        return None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        """What this eye sees; None: nothing, not even that it exists."""
        raise NotImplementedError

    def seen_by_owner(self) -> dict[str, Any] | None:
        """What the owner sees besides; laid over the public view."""
        return None


Decide = Callable[["Room", Any, Who], list[Fact]]
Fold = Callable[["Room", Any, Entry], None]
C = TypeVar("C", bound=Decide)
F = TypeVar("F", bound=Fold)
E = TypeVar("E", bound=Entity)


def word_of(kind: type[msgspec.Struct]) -> str:
    """The word a command or a fact carries on the wire and in the record."""
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str), kind
    return tag


class Vocabulary:
    """The words one kind of record speaks: filled by its nouns as they are imported."""

    def __init__(self) -> None:
        self.commands: dict[str, type[Command]] = {}
        self.facts: dict[str, type[Fact]] = {}
        self.decide_by: dict[type[Command], Decide] = {}
        self.folds_by: dict[type[Fact], list[Fold]] = {}

    def decides(self, kind: type[Command]) -> Callable[[C], C]:
        """Say which function decides a command. A command without `may`, `when`, docstring is a mistake."""
        word = word_of(kind)
        assert kind.__doc__, f"{word} needs a docstring: it is its manual page"
        assert isinstance(kind.may, frozenset), f"{word} does not say who may"
        assert isinstance(kind.when, frozenset), f"{word} does not say when"
        assert word not in self.commands, f"two commands are called {word}"

        def keep(decide: C) -> C:
            self.commands[word] = kind
            self.decide_by[kind] = decide
            return decide

        return keep

    def folds(self, kind: type[Fact]) -> Callable[[F], F]:
        """Say how a fact changes the room. Several nouns may fold one fact, in the order of their import."""
        word = word_of(kind)
        assert self.facts.setdefault(word, kind) is kind, f"two facts are called {word}"

        def keep(fold: F) -> F:
            self.folds_by.setdefault(kind, []).append(fold)
            return fold

        return keep

    def command(self, data: object) -> Command:
        """Read a command from what came over the wire. Refuses `unclear`, naming the field where it can."""
        word = data.get("type") if isinstance(data, dict) else None
        kind = self.commands.get(word) if isinstance(word, str) else None
        if kind is None:
            raise Refused("unclear", field="type")
        try:
            plain = msgspec.json.encode(data)
            return msgspec.json.decode(plain, type=kind)
        except RecursionError:
            raise Refused("unclear") from None
        except type_error as error:
            raise Refused("unclear", why=str(error)[:200]) from None

    def fact(self, word: str, data: bytes) -> Fact:
        """Read a fact back from the record. An erased line comes back as `Erased`."""
        if data == b"":
            return Erased()
        return msgspec.json.decode(data, type=self.facts[word], strict=False)


class Erased(Fact, frozen=True, tag="record.was_erased"):
    """Stands where a line was whose data was erased by law: it counts, and says nothing."""


class Room:
    """What a record says at one number. Looked at by `decide`, changed by `apply` alone.

    `phase` and `granted` (roles by person) are kept here by their nouns because every command asks them.
    """

    def __init__(self, record: str, words: Vocabulary) -> None:
        self.record = record
        self.words = words
        self.seq = 0
        self.at = 0
        self.phase = "draft"
        self.granted: dict[str, frozenset[str]] = {}
        self.floor = 0
        self.erased = False
        self._things: dict[str, dict[str, Entity]] = {}
        self._changed: dict[str, tuple[int, Entity]] = {}
        self._gone: dict[Eye, dict[str, int]] = {eye: {} for eye in Eye}
        self._own_changed: dict[str, dict[str, int]] = {}

    # Looking

    def roles(self, who: Who) -> frozenset[str]:
        """Standing roles and those granted in this record."""
        return who.roles | self.granted.get(who.person, frozenset())

    def eye(self, who: Who, staff: frozenset[str]) -> Eye:
        """The pair of eyes this person looks through."""
        return Eye.STAFF if self.roles(who) & staff else Eye.PUBLIC

    def get(self, kind: type[E], own_id: str = "") -> E | None:
        """The entity of this kind and id (no id: the only one of its kind), or None."""
        # Filed under its own kind by put(), so it is of the kind asked for.
        return cast("E | None", self._things.get(kind.kind, {}).get(own_id))

    def need(self, kind: type[E], own_id: str = "") -> E:
        """The same, refusing `not_found`."""
        found = self.get(kind, own_id)
        if found is None:
            raise Refused("not_found")
        return found

    def all(self, kind: type[E]) -> Iterator[E]:
        """All entities of a kind, in the order in which they first came."""
        yield from cast("Iterable[E]", self._things.get(kind.kind, {}).values())

    def count(self, kind: str) -> int:
        """How many entities of a kind there are; for nouns that may not know each other."""
        return len(self._things.get(kind, {}))

    def decide(self, command: Command, who: Who) -> list[Fact]:
        """The facts this command would add; empty: it is so already. Refuses with a code. Touches nothing."""
        if who.person != SYSTEM and not self.roles(who) & command.may:
            raise Refused("forbidden")
        if self.phase in command.already:
            return []
        if command.when and self.phase not in command.when:
            raise Refused("wrong_state", phase=self.phase)
        return self.words.decide_by[type(command)](self, command, who)

    # Changing

    def apply(self, entry: Entry) -> None:
        """Fold one line. Never refuses: a fact already written cannot be wrong."""
        assert entry.seq == self.seq + 1, f"{self.record}: {entry.seq} after {self.seq}"
        self.seq = entry.seq
        self.at = max(self.at, entry.at)
        self.erased = self.erased or isinstance(entry.fact, Erased)
        for fold in self.words.folds_by.get(type(entry.fact), ()):
            try:
                fold(self, entry.fact, entry)
            except Refused:
                # What a later line speaks of may have been erased by law; without an erasure it is a mistake.
                if not self.erased:
                    raise

    def put(self, thing: Entity) -> None:
        """Change an entity: the only way, because it stamps the number screens are told by."""
        own_id = getattr(thing, "id", "") or ""
        shelf = self._things.setdefault(thing.kind, {})
        before = shelf.get(own_id)
        shelf[own_id] = thing
        self._stamp(thing.address, before, thing)

    def drop(self, thing: Entity) -> None:
        """Take an entity out of the room. It stays in the record."""
        own_id = getattr(thing, "id", "") or ""
        shelf = self._things.get(thing.kind, {})
        if shelf.pop(own_id, None) is not None:
            self._stamp(thing.address, thing, None)

    def _stamp(self, name: str, before: Entity | None, after: Entity | None) -> None:
        was = self._changed.pop(name, None)
        if after is not None:
            self._changed[name] = (self.seq, after)
        for eye in Eye:
            gone = self._gone[eye]
            if after is not None and after.seen_by(eye) is not None:
                gone.pop(name, None)
            elif before is not None and was is not None and before.seen_by(eye) is not None:
                gone.pop(name, None)
                gone[name] = self.seq
                while len(gone) > GONE_KEPT:
                    self.floor = max(self.floor, gone.pop(next(iter(gone))))
        for owner in {thing.owner for thing in (before, after) if thing is not None}:
            if owner is not None:
                mine = self._own_changed.setdefault(owner, {})
                mine.pop(name, None)
                mine[name] = self.seq

    # Reading

    def changed_since(self, name: str, since: int) -> bool:
        """Whether the entity of this name changed after number `since`."""
        found = self._changed.get(name)
        return found is not None and found[0] > since

    def patch(self, since: int, eye: Eye) -> dict[str, dict[str, Any] | None]:
        """What changed for this eye after number `since`, as it looks now; None: no longer to be seen.

        Of what this eye never saw it does not even say None: ids of hidden things are secrets too.
        `since` 0 or below `floor` gives everything there is.
        """
        if since < self.floor:
            since = 0
        patch: dict[str, dict[str, Any] | None] = {}
        for name in reversed(self._changed):
            seq, thing = self._changed[name]
            if seq <= since:
                break
            view = thing.seen_by(eye)
            if view is not None:
                patch[name] = view
        if since:
            for name in reversed(self._gone[eye]):
                if self._gone[eye][name] <= since:
                    break
                patch.setdefault(name, None)
        return patch

    def own(self, person: str, since: int) -> dict[str, dict[str, Any] | None]:
        """What changed for this person's own eyes after `since`."""
        patch: dict[str, dict[str, Any] | None] = {}
        changed = self._own_changed.get(person, {})
        for name in reversed(changed):
            if changed[name] <= since:
                break
            found = self._changed.get(name)
            thing = found[1] if found else None
            mine = thing is not None and thing.owner == person
            key = "mine" if name.startswith("mine:") else name
            patch[key] = thing.seen_by_owner() if mine and thing is not None else None
        return patch if since else {name: view for name, view in patch.items() if view is not None}

    def owners_since(self, since: int) -> set[str]:
        """The people who have something of their own changed after `since`."""
        touched = set()
        for name in reversed(self._changed):
            seq, thing = self._changed[name]
            if seq <= since:
                break
            if thing.owner is not None:
                touched.add(thing.owner)
        return touched
