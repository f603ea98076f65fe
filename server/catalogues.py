"""The rules of the catalogues: both languages say the same things, every word is used, none stands in code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from server import setup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST, SECOND = "zh-CN", "en"
CHINESE = re.compile(r"[\u3400-\u9fff]")
COMMENTS = re.compile(r"/\*.*?\*/|<!--.*?-->|\{#.*?#\}|(?<![:\w])//[^\n]*", re.DOTALL)
WORD = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)+")
# `room-state-${state}`, f"refused-{code}", "poll-per-" + per, "a-" ~ b: what follows is known at run time only.
STEM = re.compile(r"([a-z][a-z0-9_]*(?:-[a-z0-9_]+)*-)(?=\$\{|\{|[\"'`])")
ASKED = re.compile(r"(?<![\w.])t\(\s*[\"']([a-z][a-z0-9_-]*[a-z0-9])[\"']")

# Where Chinese stands in code because it is the matter itself, not something said to a person.
MATTER = {
    "server/sample/": "the sample community's own words",
    "server/accounts/roster.py": "what roster files call their columns and areas",
    "server/moderation/": "lists of words, and the language they are in",
    "meetings/masking.py": "what rooms, telephones and names look like",
}


class Message(Visitor):
    """What a message takes (variables) and which other messages it quotes."""

    def __init__(self, entry: ftl.Message | ftl.Term) -> None:
        super().__init__()
        self.takes: set[str] = set()
        self.quotes: set[str] = set()
        self.visit(entry)

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - the visitor's name
        self.takes.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802 - the visitor's name
        self.quotes.add(node.id.name)

    def visit_TermReference(self, node: ftl.TermReference) -> None:  # noqa: N802 - the visitor's name
        self.quotes.add("-" + node.id.name)
        self.generic_visit(node)


def read(language: str, wrong: list[str]) -> dict[str, dict[str, Message]]:
    """Every message of a language, by file; what cannot be read is told."""
    areas: dict[str, dict[str, Message]] = {}
    seen: dict[str, str] = {}
    for file in sorted((setup.LOCALE / language).glob("*.ftl")):
        here: dict[str, Message] = {}
        for entry in FluentParser().parse(file.read_text()).body:
            if isinstance(entry, ftl.Junk):
                wrong.append(f"{place(file)}: cannot be read: {(entry.content or '').strip()[:80]!r}")
            elif isinstance(entry, ftl.Message | ftl.Term):
                key = ("-" if isinstance(entry, ftl.Term) else "") + entry.id.name
                if key in seen:
                    wrong.append(f"{place(file)}: {key} stands in {seen[key]} too")
                seen[key] = file.name
                here[key] = Message(entry)
        areas[file.name] = here
    return areas


def check() -> list[str]:
    """Both languages: same files, keys and variables; every key used; every key asked for there."""
    wrong: list[str] = []
    first, second = read(FIRST, wrong), read(SECOND, wrong)
    for name in sorted(first.keys() | second.keys()):
        wrong += compare(name, first.get(name, {}), second.get(name, {}))
    known = {key: message for area in first.values() for key, message in area.items()}
    words, stems, asked = set[str](), set[str](), dict[str, str]()
    for file in sources():
        text = file.read_text()
        words.update(WORD.findall(text))
        stems.update(STEM.findall(text))
        asked.update({key: place(file) for key in ASKED.findall(text)})
    words.update(key for message in known.values() for key in message.quotes)
    begins = tuple(stem for stem in stems if len(stem) > 2)
    wrong += [f"unused: {key}" for key in sorted(known) if key not in words and not key.startswith(begins)]
    wrong += [f"{file}: no such key: {key}" for key, file in sorted(asked.items()) if key not in known]
    return wrong


def compare(name: str, first: dict[str, Message], second: dict[str, Message]) -> list[str]:
    """Where two catalogues of one area differ."""
    wrong = [f"{FIRST}/{name}: {key} is missing" for key in sorted(second.keys() - first.keys())]
    wrong += [f"{SECOND}/{name}: {key} is missing" for key in sorted(first.keys() - second.keys())]
    for key in sorted(first.keys() & second.keys()):
        if first[key].takes != second[key].takes:
            wrong.append(
                f"{name}: {key} takes {sorted(first[key].takes)} here, {sorted(second[key].takes)} there"
            )
    return wrong


def sources() -> Iterator[Path]:
    """Every file in which a word may be asked for."""
    for folder, endings in ((setup.SOURCES, ("ts", "vue")), (setup.ROOT / "server", ("py", "html"))):
        for ending in endings:
            yield from sorted(folder.rglob(f"*.{ending}"))
    yield from sorted((setup.ROOT / "meetings").rglob("*.py"))


def check_literals() -> list[str]:
    """Chinese in code, outside comments, docstrings and the places whose matter it is."""
    wrong = []
    for file in sources():
        where = place(file)
        if any(where.startswith(allowed) for allowed in MATTER):
            continue
        text = file.read_text()
        found = python_literals(text) if file.suffix == ".py" else plain_literals(text)
        wrong += [f"{where}:{line}: belongs in a catalogue: {part.strip()[:40]!r}" for line, part in found]
    return wrong


def python_literals(text: str) -> Iterator[tuple[int, str]]:
    """Strings with Chinese in Python, docstrings apart."""
    tree = ast.parse(text)
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in told]
    for constant in constants:
        if isinstance(constant.value, str) and CHINESE.search(constant.value):
            yield constant.lineno, constant.value


def plain_literals(text: str) -> Iterator[tuple[int, str]]:
    """Lines with Chinese in TypeScript, Vue and templates, comments apart."""
    without = COMMENTS.sub(lambda comment: "\n" * comment.group().count("\n"), text)
    for number, line in enumerate(without.splitlines(), 1):
        if CHINESE.search(line):
            yield number, line


def place(file: Path) -> str:
    """A file as it is called in the project."""
    return file.relative_to(setup.ROOT).as_posix()
