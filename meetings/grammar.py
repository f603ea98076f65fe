"""The grammar of a record: commands, facts, things, and the vocabulary nouns fill with them.

Knows no noun and no room. Never waits, never reads a clock, never draws a random number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

import msgspec

if TYPE_CHECKING:
    from meetings.kernel import Room

type_error = (msgspec.ValidationError, msgspec.DecodeError, UnicodeEncodeError, TypeError)

SYSTEM = "system"
"""The person id and the role under which the platform itself acts."""

ANYTIME: frozenset[str] = frozenset()
"""As `when` of a command: allowed in every phase."""

UNDO_MS = 10_000
"""How long somebody at the desk may take back what they did (reference/ux.md 4.6)."""


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
    `about` are the standing roles of the person this very command is about; None where nobody looked.
    `homes` are the units this person has proved to belong to otherwise than as a tenant. `seal` is the server's key
    for ballots, told to dockets alone and kept in none.
    """

    person: str
    at: int
    roles: frozenset[str] = frozenset()
    labels: dict[str, str] = {}
    unit: str | None = None
    proved: bool = True
    found: Finding | None = None
    about: frozenset[str] | None = None
    homes: frozenset[str] = frozenset()
    seal: bytes = b""


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A wish, imperative and absolute: giving it twice is giving it once.

    `may` names the roles, `when` the phases of the meeting (ANYTIME: all), `already` the phases in which
    what is wished is so already, so that a wish sent again after a lost answer is answered well.
    """

    may: ClassVar[frozenset[str]]
    when: ClassVar[frozenset[str]]
    already: ClassVar[frozenset[str]] = frozenset()


class Aimed(Command, frozen=True, kw_only=True):
    """A wish about things somebody looked at before deciding. `seen` is the number of the room they saw.

    What somebody else changed after that number is told with `changed` instead of being overwritten unseen;
    without `seen` nothing is compared.
    """

    seen: int | None = None

    @property
    def about(self) -> tuple[str, ...]:
        """The names of the things it decides about: its noun and its id, unless a command says otherwise."""
        return (f"{word_of(type(self)).partition('.')[0]}:{getattr(self, 'id', '')}",)


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

    @property
    def stand(self) -> object:
        """What a decision about it rests on: two people collide when this changed. None: on nothing."""
        return None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        """What this eye sees; None: nothing, not even that it exists."""
        raise NotImplementedError

    def seen_by_owner(self) -> dict[str, Any] | None:
        """What the owner sees besides; laid over the public view."""
        return None


class Mark(NamedTuple):
    """By which line a thing was last changed: its number, time, person, and the word of its fact."""

    seq: int
    at: int
    by: str
    word: str


Before = dict[str, Entity | None]
"""Things by their names as they stood before a line."""

Decide = Callable[["Room", Any, Who], list[Fact]]
Fold = Callable[["Room", Any, Entry], None]
Names = Callable[["Room", Any], Iterable[str]]
Restore = Callable[["Room", Before, Mark], None]


class WayBack(NamedTuple):
    """How a noun takes a fact back: `of` names what it touches, asked before it is folded; `restore` puts that as it
    was; `unless`, if given, refuses beforehand.
    """

    of: Names
    restore: Restore
    unless: Restore | None


class Touched(NamedTuple):
    """What one noun had touched by a line, before and after, and its way back."""

    before: Before
    after: Before
    way: WayBack


class Deed(NamedTuple):
    """A line that can still be taken back."""

    mark: Mark
    touched: tuple[Touched, ...]
    undone: bool = False

    @property
    def names(self) -> list[str]:
        """The names of all it touched."""
        return [name for one in self.touched for name in one.before]


C = TypeVar("C", bound=Decide)
F = TypeVar("F", bound=Fold)
R = TypeVar("R", bound=Restore)


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
        self.back_by: dict[type[Fact], list[WayBack]] = {}

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

    def takes_back(self, *kinds: type[Fact], of: Names, unless: Restore | None = None) -> Callable[[R], R]:
        """Say how these facts are taken back (`WayBack`). Several nouns may, in the order of their import."""

        def keep(restore: R) -> R:
            for kind in kinds:
                self.back_by.setdefault(kind, []).append(WayBack(of, restore, unless))
            return restore

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
