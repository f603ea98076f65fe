"""The words of a meeting, told from its commands: for programs (JSON), screens (TypeScript), people.

Knows no word of its own: what stands here follows from `meetings`. Refuses nothing.
"""

from __future__ import annotations

import functools
import inspect
import json
import pkgutil
import re
from importlib import import_module
from types import ModuleType
from typing import Any

import msgspec
from aiohttp import web
from msgspec import NODEFAULT
from msgspec import inspect as shapes

import meetings
from meetings import docket, duty, kernel, meeting, people, questions, text
from meetings.docket.motions import Asked
from meetings.kernel import Command, Entity, Eye
from server.web import addresses
from server.web.reasons import REASONS

PHASES = (
    "draft announced postponed cancelled lobby live paused ended minutes_review published archived".split()
)

CHOICES = {
    "question.ask.kind": questions.KINDS,
    "question.ask.channel": questions.CHANNELS,
    "question.ask.to": tuple(sorted(people.BADGES)),
    "question.hide.reason": questions.HIDE_REASONS,
    "question.reject.reason": questions.REJECT_REASONS,
    "question.order.mode": ("support", "hand"),
    "meeting.set.review_questions": duty.REVIEWS,
    "meeting.set.review_comments": duty.REVIEWS,
    "meeting.set.watch": meeting.WATCHERS,
    "person.show_as.way": people.WAYS,
    "person.appoint.role": tuple(sorted(people.ROLES - {kernel.SYSTEM})),
}
"""Fields that are text by type and take only some words; those typed so tell it themselves."""

MEANINGS = {
    "unclear": "The command is not understood, or a field (`field`) holds what it may not.",
    "too_large": "A text or a list is longer than `limit`.",
    "too_fast": "Too many commands in too short a time.",
    "forbidden": "This role may not, or this person may not here.",
    "not_found": "There is no such thing, or it is not for these eyes.",
    "not_open": "It is not open: questions, comments, a poll, or a date (`until`) has passed.",
    "wrong_state": "Not in this phase (`phase`) of the meeting, or not in this state (`state`) of the thing.",
    "taken": "This id stands for something else already, or somebody else has answered for the household.",
    "own_question": "Nobody supports their own question.",
    "slow_down": "Slow mode: wait until `until` (ms).",
    "muted": "The desk lets this person not speak until `until` (ms; null: for the whole meeting).",
    "unverified": "The unit of this person is not proved.",
    "merge_cycle": "A question cannot be merged into one that was merged into it.",
    "changed": "Somebody else changed `thing` after `seen`, or since: `what` is the fact, `by` whose plate, `at` when (ms).",
    "too_late": "Nothing of mine to take back there any more.",
    "busy": "Too much is waiting: send again.",
    "unavailable": "The record cannot be reached: send again.",
    "storage_full": "The disk is full: nothing can be kept.",
}
"""What each refusal means, for those who write programs. Sentences for people stand in the catalogues."""

_LIMIT = re.compile(r"[A-Z_]+_(?:LIMIT|LEAST|MOST|KEPT)")
_VISIBLE: dict[str, dict[str, Any]] = {
    "comment": {"state": "visible"},
    "question": {"state": "queued"},
    "poll": {"state": "open"},
    "review": {"at": 0},
    "motion": {"asked": Asked("", "", "", 1), "noticed_at": 0},
    "questionnaire": {"opened_at": 0},
}
"""States in which everybody sees a thing that is at first for some eyes only."""

_PREAMBLE = """\
# The protocol of a meeting

Generated from `meetings/` by `python3 -m server words`; `python3 -m server check` keeps it fresh.
The same table, for programs: `GET /api/words`; the addresses: `GET /api/openapi.json`.

A record is a meeting, `meeting:<id>`, or a community's docket, `docket:<community>`: both are followed in the same
way and take commands at the same door. The words of a docket are `rules`, `roster`, `motion`, `ballot`, `ballots`,
`paper`, `proxy`, `sheet` and `questionnaire`.

## How a screen follows a record

| direction | name | body |
|---|---|---|
| up | `join` | `{record, since}`, answered by `{ok, seq, set, own, me, now, floor?, again?}` |
| up | `do` | `{record, type, ...}`, answered by `{ok: true, seq}` or `{ok: false, code, ...}` |
| up | `air` | `{record, applause: {key, total}}` or, from staff, `{record, looking}`; from scribes `{record, captions: {text, at, speaker?, speaker_name?}}`, null once sent |
| up | `signal` | `{record, to, data}`, of the studio and of people with a seat: how two browsers find each other |
| down | `patch` | `{record, from, to, set}`: what changed, as the public or the staff see it |
| down | `own` | `{record, at, set}`: my own things, as only I see them |
| down | `air` | `{record, watching, applause, ...}`: figures that may be lost; `captions: {text, at, speaker_name, heard}`, a line half typed or guessed, or null |
| down | `signal` | `{record, from, data}` |
| down | `again` | `{record, wait_ms}`: take the room afresh after that pause |

A value of null in `set` means: no longer there. A patch applies where `from` is not above my number; one whose
`to` is not above it is old; one whose `from` is above it leaves a gap: `join` again with my number as `since`.
Any answer to `do` without `ok: true` and a whole number `seq`, or with `ok: false`, is unknown: send it again.
Commands are absolute, so sending again is safe. Who makes a thing makes its id: UUIDv7 as text. Times are
milliseconds UTC. Who cannot hold a socket reads `GET /api/records/{record}/changes?since=` and sends commands
to `POST /api/records/{record}/commands`; the answers are the same. A command may name the person it is meant for as
`as`: in anybody else's session it is refused (`forbidden`, field `as`), and waits for its own person.

## Refusals

| code | meaning |
|---|---|
"""


def _nouns() -> list[ModuleType]:
    names = [name for _, name, _ in pkgutil.iter_modules(meetings.__path__, "meetings.")]
    return [import_module(name) for name in names]


def _limits() -> dict[str, int]:
    found: dict[str, int] = {}
    for module in _nouns():
        found |= {name.lower(): value for name, value in vars(module).items() if _LIMIT.fullmatch(name)}
    return dict(sorted(found.items()))


def _commands() -> dict[str, type[Command]]:
    return dict(sorted((meetings.words.commands | docket.words.commands).items()))


def _struct(kind: type[msgspec.Struct]) -> shapes.StructType:
    shape = shapes.type_info(kind)
    assert isinstance(shape, shapes.StructType)
    return shape


def _kinds() -> dict[str, type[Entity]]:
    """Every kind of thing somebody can see, by its word."""
    found: dict[str, type[Entity]] = {}
    for module in _nouns():
        for _, thing in inspect.getmembers(module, inspect.isclass):
            if issubclass(thing, Entity) and thing is not Entity and _views(thing)[Eye.STAFF]:
                found[thing.kind] = thing
    return dict(sorted(found.items()))


def _views(kind: type[Entity]) -> dict[str, list[str]]:
    """The fields each pair of eyes sees of a kind; asked of a made-up thing, since views are plain code."""
    values: dict[str, Any] = {}
    for field in _struct(kind).fields:
        if field.required:
            values[field.name] = _made_up(field.type)
    values |= {"role": "lawyer"} if "role" in kind.__struct_fields__ else {}
    values |= {"shown": True} if kind.kind == "score" else {}
    thing = kind(**(values | _VISIBLE.get(kind.kind, {})))
    views = {str(eye): list(thing.seen_by(eye) or ()) for eye in Eye}
    owner = thing.seen_by_owner()
    return views | {"own": list(owner or ())}


def _made_up(shape: shapes.Type) -> Any:
    plain = {shapes.StrType: "", shapes.IntType: 0, shapes.BoolType: False, shapes.ListType: []}
    if isinstance(shape, shapes.StructType):
        return shape.cls(**{field.name: _made_up(field.type) for field in shape.fields if field.required})
    return plain.get(type(shape))


def _json_type(shape: shapes.Type, choices: tuple[str, ...] = ()) -> dict[str, Any]:
    """A field's type as JSON Schema says it; only the few forms commands have."""
    match shape:
        case shapes.StrType():
            return {"type": "string", "enum": list(choices)} if choices else {"type": "string"}
        case shapes.IntType():
            return {"type": "integer"}
        case shapes.BoolType():
            return {"type": "boolean"}
        case shapes.NoneType():
            return {"type": "null"}
        case shapes.LiteralType(values=values):
            return {"type": "string", "enum": list(values)}
        case shapes.ListType(item_type=item) | shapes.VarTupleType(item_type=item):
            return {"type": "array", "items": _json_type(item)}
        case shapes.StructType(fields=fields):
            return {"type": "object", "properties": {field.name: _json_type(field.type) for field in fields}}
        case shapes.UnionType(types=types):
            return {"anyOf": [_json_type(one, choices) for one in types]}
    raise TypeError(f"{shape} has no name on the wire yet")


def _fields(word: str, kind: type[Command]) -> dict[str, dict[str, Any]]:
    return {
        field.name: {
            **_json_type(field.type, CHOICES.get(f"{word}.{field.name}", ())),
            "required": field.required,
            **({} if field.default is NODEFAULT else {"default": field.default}),
        }
        for field in _struct(kind).fields
    }


def words() -> dict[str, Any]:
    """The answer to `GET /api/words`: commands with fields, roles and phases; facts, kinds, refusals, limits."""
    return {
        "commands": {
            word: {
                "help": inspect.getdoc(kind),
                "fields": _fields(word, kind),
                "may": sorted(kind.may),
                "when": [phase for phase in PHASES if phase in kind.when] or PHASES,
            }
            for word, kind in _commands().items()
        },
        "facts": {
            word: [field.name for field in _struct(kind).fields]
            for word, kind in sorted((meetings.words.facts | docket.words.facts).items())
        },
        "kinds": {word: _views(kind) for word, kind in _kinds().items()},
        "roles": sorted(people.ROLES),
        "phases": PHASES,
        "refusals": {code: MEANINGS[code] for code in text.REFUSALS},
        "reasons": REASONS,
        "limits": _limits(),
    }


def _ts_type(told: dict[str, Any]) -> str:
    if "anyOf" in told:
        return " | ".join(_ts_type(one) for one in told["anyOf"])
    if "enum" in told:
        return " | ".join(_quoted(word) for word in told["enum"])
    match told["type"]:
        case "array":
            inner = _ts_type(told["items"])
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case "object":
            inside = ", ".join(f"{name}: {_ts_type(one)}" for name, one in told["properties"].items())
            return f"{{ {inside} }}"
        case plain:
            return "number" if plain == "integer" else str(plain)


def _quoted(word: str) -> str:
    return f"'{word}'"


def _ts_list(name: str, items: list[str]) -> str:
    lines = "\n".join(f"  {_quoted(item)}," for item in items)
    return f"export const {name} = [\n{lines}\n] as const\n"


def _enums(told: dict[str, Any]) -> list[str]:
    for one in [told, *told.get("anyOf", ())]:
        if "enum" in one:
            return list(one["enum"])
    return []


def typescript() -> str:
    """The text of static/src/words.ts."""
    told = words()
    out = [
        "/* The words of a meeting, generated from meetings/ by `python3 -m server words`. Never edited by hand. */\n"
    ]
    for name, key, word in (
        ("ROLES", "roles", "Role"),
        ("PHASES", "phases", "Phase"),
        ("REFUSALS", "refusals", "Refusal"),
        ("KINDS", "kinds", "Kind"),
    ):
        out.extend((_ts_list(name, list(told[key])), f"export type {word} = (typeof {name})[number]\n"))
    limits = "\n".join(f"  {name}: {value}," for name, value in told["limits"].items())
    out.append(f"export const LIMITS = {{\n{limits}\n}} as const\n")
    choices: list[str] = []
    fields: list[str] = []
    for word, command in told["commands"].items():
        given = [
            f"{name}{'' if field['required'] else '?'}: {_ts_type(field)}"
            for name, field in command["fields"].items()
        ]
        inside = "\n".join(f"    {line}" for line in given)
        first_line = str(command["help"]).split("\n", maxsplit=1)[0]
        body = f"{{\n{inside}\n  }}" if given else "Record<never, never>"
        fields.append(f"  /** {first_line} */\n  {_quoted(word)}: {body}")
        for name, field in command["fields"].items():
            if _enums(field):
                listed = ", ".join(_quoted(item) for item in _enums(field))
                choices.append(f"  '{word}.{name}': [{listed}],")
    out.append("/** The words a field takes, by command and field. */")
    out.append("export const CHOICES = {\n" + "\n".join(choices) + "\n} as const\n")
    out.append("/** What each command carries besides `record` and `type`. */")
    out.append("export interface Commands {\n" + "\n".join(fields) + "\n}\n")
    out.append("export type Word = keyof Commands\n")
    out.append("export type Command = { [W in Word]: { type: W } & Commands[W] }[Word]\n")
    return "\n".join(out)


_PLAIN = {"string": "text", "integer": "whole number", "boolean": "yes or no"}


def _named_type(told: dict[str, Any]) -> str:
    if "anyOf" in told:
        return " or ".join(_named_type(one) for one in told["anyOf"])
    if "enum" in told:
        return ", ".join(f"`{word}`" for word in told["enum"])
    match told["type"]:
        case "array":
            return f"list of {_named_type(told['items'])}"
        case "object":
            return "{" + ", ".join(told["properties"]) + "}"
        case plain:
            return _PLAIN.get(str(plain), str(plain))


def _section(word: str, command: dict[str, Any]) -> list[str]:
    may = ", ".join(role for role in command["may"])
    when = "any phase" if command["when"] == PHASES else ", ".join(command["when"])
    out = [f"### `{word}`", "", command["help"], "", f"May: {may}. When: {when}.", ""]
    if command["fields"]:
        out += ["| field | holds | |", "|---|---|---|"]
        for name, field in command["fields"].items():
            left_out = "required" if field["required"] else "may be left out"
            out.append(f"| `{name}` | {_named_type(field)} | {left_out} |")
        out.append("")
    return out


def protocol() -> str:
    """The text of docs/protocol.md: one section a noun, from the docstrings."""
    told = words()
    out = [_PREAMBLE.rstrip("\n")]
    out += [f"| `{code}` | {meaning} |" for code, meaning in told["refusals"].items()]
    out += ["", "A docket says `why` beside some of them:", "", "| why | meaning |", "|---|---|"]
    out += [f"| `{why}` | {meaning} |" for why, meaning in told["reasons"].items()]
    out += [
        "",
        "## Things",
        "",
        "Named `kind:id`, or `kind` where there is one only. `staff` and `own` see besides:",
        "",
    ]
    out += ["| kind | everybody sees | staff besides | its owner besides |", "|---|---|---|---|"]
    for kind, views in told["kinds"].items():
        public = views["public"]
        more = [[name for name in views[eye] if name not in public] for eye in ("staff", "own")]
        out.append(f"| `{kind}` | " + " | ".join(", ".join(names) for names in [public, *more]) + " |")
    noun = ""
    for word, command in told["commands"].items():
        if word.split(".")[0] != noun:
            noun = word.split(".")[0]
            out += ["", f"## {noun}", ""]
        out += _section(word, command)
    limits = [f"| `{name}` | {value:,} |" for name, value in told["limits"].items()]
    out += [
        "## Limits",
        "",
        "Characters a reader would count, or things.",
        "",
        "| limit | |",
        "|---|---|",
        *limits,
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)) + "\n"


@functools.cache
def _encoded(name: str) -> bytes:
    told = {"words": words, "openapi": addresses.openapi}[name]()
    return json.dumps(told, ensure_ascii=False).encode()


def routes(_parts: object = None) -> list[web.RouteDef]:
    """The two addresses under which the words are told; the same for everybody."""

    def telling(name: str) -> Any:
        async def tell(_: web.Request) -> web.Response:
            return web.Response(
                body=_encoded(name),
                content_type="application/json",
                headers={"Cache-Control": "public, max-age=300"},
            )

        return tell

    return [web.get("/api/words", telling("words")), web.get("/api/openapi.json", telling("openapi"))]
