"""The room a record is folded into: what it says at one number, what may be added, and what eyes see of it.

Knows no noun. Never waits, never reads a clock, never draws a random number: time, identity and ids
come in with the command. The words for all that stand in `grammar` and are had from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from meetings.grammar import (
    ANYTIME,
    SYSTEM,
    UNDO_MS,
    Aimed,
    Before,
    Command,
    Deed,
    Entity,
    Entry,
    Erased,
    Eye,
    Fact,
    Finding,
    Hit,
    Mark,
    Refused,
    Touched,
    Vocabulary,
    Who,
    type_error,
    word_of,
)

__all__ = [
    "ANYTIME",
    "GONE_KEPT",
    "SYSTEM",
    "UNDO_MS",
    "Aimed",
    "Before",
    "Command",
    "Deed",
    "Entity",
    "Entry",
    "Erased",
    "Eye",
    "Fact",
    "Finding",
    "Hit",
    "Mark",
    "Refused",
    "Room",
    "Vocabulary",
    "Who",
    "type_error",
    "word_of",
]

GONE_KEPT = 2_000
"""Removals remembered per eye. Older ones are forgotten and a screen that far behind starts afresh."""

E = TypeVar("E", bound=Entity)


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
        self._marks: dict[str, tuple[Mark, Mark | None]] = {}
        self._deeds: dict[int, Deed] = {}
        self._line = Mark(0, 0, SYSTEM, "")

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
        changed = self._changed_unseen(command, who)
        try:
            facts = self.words.decide_by[type(command)](self, command, who)
        except Refused as refused:
            if changed is None or refused.code in {"forbidden", "not_found", "unclear"}:
                raise
            raise self.told_changed(changed) from None
        if facts and changed is not None:
            raise self.told_changed(changed)
        return facts

    def _changed_unseen(self, command: Command, who: Who) -> tuple[str, Mark] | None:
        """What somebody else changed after the number this person decided on. The clock's doings count as nobody's:
        what it lets out in delayed review may be stopped all the same.
        """
        if not isinstance(command, Aimed) or command.seen is None:
            return None
        for name in command.about:
            mark = self.last_change(name, but=who.person)
            if mark is not None and mark.seq > command.seen:
                return name, mark
        return None

    def last_change(self, name: str, but: str = "") -> Mark | None:
        """By which line the thing of this name last changed, those of one person left aside."""
        last, other = self._marks.get(name, (None, None))
        return other if last is not None and last.by == but else last

    def told_changed(self, changed: tuple[str, Mark]) -> Refused:
        """The refusal that shows the change. Only who has a plate is named: a resident's id is nobody's to know."""
        name, mark = changed
        by = {"by": mark.by} if mark.by in self.granted else {}
        return Refused("changed", thing=name, what=mark.word, at=mark.at, **by)

    def named(self, name: str) -> Entity | None:
        """The thing of this name on the wire, or None."""
        found = self._changed.get(name)
        return found[1] if found is not None else None

    def deed(self, seq: int) -> Deed | None:
        """What the line of this number did, if it can still be taken back."""
        return self._deeds.get(seq)

    def deeds(self) -> Iterator[Deed]:
        """What can still be taken back, the latest first."""
        yield from reversed(self._deeds.values())

    def could_take_back(self, deed: Deed) -> None:
        """Refuse where something the deed touched is no longer as the deed left it, or a noun says no."""
        self.still_as_left(deed)
        for before, _, way in deed.touched:
            if way.unless is not None:
                way.unless(self, before, deed.mark)

    def still_as_left(self, deed: Deed) -> None:
        """Refuse where something the deed touched is no longer as the deed left it."""
        for _, after, _ in deed.touched:
            for name, left in after.items():
                now = self.named(name)
                if (now.stand if now else None) != (left.stand if left else None):
                    mark = self.last_change(name)
                    raise self.told_changed((name, mark or self._line))

    # Changing

    def apply(self, entry: Entry) -> None:
        """Fold one line. Never refuses: a fact already written cannot be wrong."""
        assert entry.seq == self.seq + 1, f"{self.record}: {entry.seq} after {self.seq}"
        self.seq = entry.seq
        self.at = max(self.at, entry.at)
        self.erased = self.erased or isinstance(entry.fact, Erased)
        self._line = Mark(entry.seq, entry.at, entry.by, word_of(type(entry.fact)))
        ways = self.words.back_by.get(type(entry.fact), ())
        befores = [{name: self.named(name) for name in way.of(self, entry.fact)} for way in ways]
        for fold in self.words.folds_by.get(type(entry.fact), ()):
            try:
                fold(self, entry.fact, entry)
            except Refused:
                # What a later line speaks of may have been erased by law; without an erasure it is a mistake.
                if not self.erased:
                    raise
        if ways and entry.by != SYSTEM:
            touched = (
                Touched(before, {name: self.named(name) for name in before}, way)
                for before, way in zip(befores, ways, strict=True)
            )
            self._keep_deed(Deed(self._line, tuple(touched)))

    def _keep_deed(self, deed: Deed) -> None:
        self._deeds[self.seq] = deed
        for seq in [seq for seq, deed in self._deeds.items() if deed.mark.at < self._line.at - UNDO_MS]:
            del self._deeds[seq]

    def take_back(self, seq: int) -> None:
        """Put what the line of this number touched as it was before. Only for the fold of a fact that says so.

        Refuses `not_found` where nothing is remembered of it.
        """
        deed = self._deeds.get(seq)
        if deed is None:
            raise Refused("not_found")
        self._deeds[seq] = deed._replace(undone=True)
        for before, _, way in deed.touched:
            way.restore(self, before, deed.mark)

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
        self._mark(name, before, after)
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

    def _mark(self, name: str, before: Entity | None, after: Entity | None) -> None:
        stand = after.stand if after is not None else None
        line = self._line
        if line.by == SYSTEM or stand == (before.stand if before is not None else None):
            return
        last, other = self._marks.get(name, (None, None))
        self._marks[name] = (line, last if last is not None and last.by != line.by else other)

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
