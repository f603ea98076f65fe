"""The command line. Imports the standard library alone, so that --help answers on a bare machine.

Exit codes: 0 done, 1 the job found something wrong, 2 the command line, a setting or a document is wrong,
3 set-up could not finish, 130 interrupted.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server import config, setup

if TYPE_CHECKING:
    from collections.abc import Callable

DONE, FOUND_WRONG, WRONG_USE, NOT_SET_UP, INTERRUPTED = 0, 1, 2, 3, 130

# What a person can mend: port taken, port or folder not allowed, no such address, disk full.
TOLD = {errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL, errno.ENOSPC, errno.EROFS}


def call(module: str, name: str, *given: Any) -> int:
    """Call a part of the program that is loaded only now; it may return an exit code."""
    return getattr(import_module(module), name)(*given) or DONE


def serve(asked: argparse.Namespace) -> int:
    """Serve until interrupted."""
    return call("server.app", "main", made(settings_of(asked)))


def demo(asked: argparse.Namespace) -> int:
    """Serve the sample council, opened and alive."""
    if asked.data is None and "SUN_DATA" not in os.environ:
        asked.data = Path("data-demo").absolute()
    return call("server.sample.demo", "main", made(settings_of(asked)))


def admin_link(asked: argparse.Namespace) -> int:
    """Print a fresh link for the administrator."""
    print(import_module("server.accounts.links").print_admin_link(there(settings_of(asked))))
    return DONE


def people(asked: argparse.Namespace) -> int:
    """Make synthetic residents."""
    return call("server.sample.people", "main", there(settings_of(asked)), asked.sample)


def replay(asked: argparse.Namespace) -> int:
    """Print a room as it was at a number."""
    return call("server.store.replay", "main", there(settings_of(asked)), asked.record, asked.to)


def tally(asked: argparse.Namespace) -> int:
    """Recount owners' votes."""
    return call("server.tally", "main", asked.file)


def verify(asked: argparse.Namespace) -> int:
    """Check the document of a vote."""
    return call("server.verify", "main", asked.file)


def moderate(asked: argparse.Namespace) -> int:
    """What the desk would do with these lines."""
    return call("server.moderate", "main", asked.file, asked.words, asked.like)


def made(settings: config.Settings) -> config.Settings:
    """The settings, with the data folder made: for this user alone, as it holds keys and names."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings


def there(settings: config.Settings) -> config.Settings:
    """The settings, when there is a council to look at."""
    if not settings.data.is_dir():
        raise config.SettingError(f"no council in {settings.data}; python3 -m server makes one")
    return settings


def check(asked: argparse.Namespace) -> int:
    """Run the checks."""
    return call("server.checks", "main", asked.only)


def words(_: argparse.Namespace) -> int:
    """Write the generated files anew."""
    return call("server.checks", "write_generated")


def test(asked: argparse.Namespace) -> int:
    """Hand over to pytest, in this same process so that its last line stays the last."""
    given = asked.pytest[1:] if asked.pytest[:1] == ["--"] else asked.pytest
    os.chdir(setup.ROOT)
    return int(import_module("pytest").main(given))


@dataclass(frozen=True)
class Word:
    """One word of the command line: what it does, what must be set up before it."""

    do: Callable[[argparse.Namespace], int]
    help: str
    needs: dict[str, bool]


WORDS = {
    "serve": Word(serve, "set up what is missing, then serve (the default)", {"screens": True}),
    "demo": Word(demo, "serve the sample council, with simulated residents and picture", {"screens": True}),
    "test": Word(
        test,
        "run the tests, in a real browser, on real databases",
        {"tests": True, "tools": True, "debian": True},
    ),
    "check": Word(
        check,
        "check format, types, import rules, catalogues",
        {"tests": True, "tools": True, "screens": False},
    ),
    "admin-link": Word(admin_link, "print a fresh link for the administrator", {"screens": False}),
    "people": Word(people, "make synthetic residents, for load tests and rehearsals", {"screens": False}),
    "replay": Word(replay, "print a record's room as it was at a number", {"screens": False}),
    "tally": Word(tally, "recount owners' votes from a document, exactly", {"screens": False}),
    "verify": Word(verify, "check the document of an announced vote, without a server", {"screens": False}),
    "moderate": Word(
        moderate, "print what the moderation desk would do with the lines of a file", {"screens": False}
    ),
    "words": Word(words, "write the files generated from the commands and settings anew", {"screens": False}),
}


def whole(text: str) -> int:
    """A whole number from zero."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is below zero")
    return number


def add_settings(parser: argparse.ArgumentParser, *names: str) -> None:
    """Options that give settings, each with the sentence of its field."""
    kinds: dict[str, dict[str, Any]] = {
        "port": {"type": whole},
        "workers": {"type": whole},
        "data": {"type": lambda text: Path(text).absolute(), "metavar": "DIR"},
        "tls_cert": {"type": lambda text: Path(text).absolute(), "metavar": "FILE"},
        "tls_key": {"type": lambda text: Path(text).absolute(), "metavar": "FILE"},
        "empty": {"action": "store_true"},
        "json": {"action": "store_true"},
    }
    for name in names:
        field = config.Settings.__dataclass_fields__[name]
        default = f" Default: {field.default}." if field.default and name != "data" else ""
        parser.add_argument(
            "--" + name.replace("_", "-"),
            default=None,
            help=(field.metadata["text"] + default).replace("%", "%%"),
            **kinds.get(name, {}),
        )


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole_line = argparse.ArgumentParser(
        prog="python3 -m server",
        description="The sunshine council. Sets up what is missing, then does what the word says.",
        epilog="Without a word it serves. Settings from the environment (SUN_…): docs/running.md.",
    )
    choice = whole_line.add_subparsers(dest="word", metavar="WORD", required=True)
    of = {
        name: choice.add_parser(
            name,
            prog=f"python3 -m server {name}",
            help=word.help,
            description=word.help[0].upper() + word.help[1:] + ".",
        )
        for name, word in WORDS.items()
    }
    served = ("host", "port", "data", "workers", "public_url", "tls_cert", "tls_key", "empty", "json")
    add_settings(of["serve"], *served)
    add_settings(of["demo"], *(name for name in served if name not in {"workers", "empty"}))
    add_settings(of["admin-link"], "data", "host", "port", "public_url", "tls_cert", "tls_key")
    add_settings(of["people"], "data", "json")
    of["people"].add_argument(
        "--sample", type=whole, required=True, metavar="N", help="How many residents to make."
    )
    add_settings(of["replay"], "data")
    of["replay"].add_argument("record", metavar="RECORD", help="For example meeting:0198….")
    of["replay"].add_argument(
        "--to", type=whole, metavar="N", help="The number to stop at. Default: the last."
    )
    of["tally"].add_argument(
        "file",
        metavar="FILE",
        help="A vote as JSON: item, units, ballots; or several, as vectors. - reads standard input.",
    )
    of["verify"].add_argument(
        "file",
        metavar="FILE",
        help="The document as the page of the vote gives it out. - reads standard input.",
    )
    of["tally"].epilog = (
        'Prints {"results": […]}: both sums, both quorums, both approvals, the outcome, each ballot refused with '
        "its reason. Exit code 2, and one line on standard error, where the document cannot be read."
    )
    of["moderate"].add_argument(
        "file", metavar="FILE", nargs="?", help="Lines of text, one verdict each. - reads standard input."
    )
    of["moderate"].add_argument(
        "--words", metavar="LIST", help="A list to try, one phrase a line; it holds what it finds."
    )
    of["moderate"].add_argument(
        "--like", metavar="FILE", help='Pairs as {"a": …, "b": …}, one a line: how like each other they are.'
    )
    of[
        "moderate"
    ].epilog = "Each answer is one line of JSON. Exit code 2, and one line on standard error, where a file cannot be read."
    of["check"].add_argument("only", nargs="*", metavar="CHECK", help="Names of single checks. Default: all.")
    of["test"].add_argument(
        "pytest", nargs=argparse.REMAINDER, metavar="-- …", help="Everything after -- goes to pytest."
    )
    return whole_line


def settings_of(asked: argparse.Namespace) -> config.Settings:
    """The settings of this start."""
    given = {
        name: value for name, value in vars(asked).items() if name in config.Settings.__dataclass_fields__
    }
    return config.load(given)


def with_default(line: list[str]) -> list[str]:
    """No word, or an option first, means serve."""
    if line and (line[0] in {"-h", "--help"} or not line[0].startswith("-")):
        return line
    return ["serve", *line]


def main(line: list[str]) -> int:
    """Read the line, set up, do it. Returns the exit code."""
    asked = parser().parse_args(with_default(line))
    try:
        if {"data", "host"} & set(vars(asked)):
            settings_of(asked)  # a wrong setting is told before minutes of set-up, not after
        setup.ready(line, **WORDS[asked.word].needs)
        return WORDS[asked.word].do(asked)
    except config.SettingError as error:
        print(f"setting: {error}", file=sys.stderr)
        return WRONG_USE
    except setup.SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return NOT_SET_UP
    except OSError as error:
        if error.errno not in TOLD:
            raise
        print(f"cannot go on: {error}", file=sys.stderr)
        return FOUND_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED
