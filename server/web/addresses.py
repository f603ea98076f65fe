"""The addresses of a record as an OpenAPI document, its commands with their own types.

Describes only: what an address does stands where it is served.
"""

from __future__ import annotations

from typing import Any

import msgspec

import meetings
from meetings.text import REFUSALS


def _answer(schema: dict[str, Any], status: str = "200", what: str = "As asked.") -> dict[str, Any]:
    return {status: {"description": what, "content": {"application/json": {"schema": schema}}}}


_SEQ = {"type": "integer", "minimum": 0}
_SET = {"type": "object", "additionalProperties": {"type": ["object", "null"]}}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def openapi() -> dict[str, Any]:
    """The answer to `GET /api/openapi.json`: the addresses of a record, with the commands' own types."""
    kinds = dict(sorted((meetings.words.commands | meetings.docket.words.commands).items()))
    refs, components = msgspec.json.schema_components(
        kinds.values(), ref_template="#/components/schemas/{name}"
    )
    names = {word: ref["$ref"] for word, ref in zip(kinds, refs, strict=True)}
    done = _object("ok seq", ok={"const": True}, seq=_SEQ)
    refused = _object("ok code", ok={"const": False}, code={"enum": list(REFUSALS)})
    refusals = {
        status: {"description": "Refused.", "content": {"application/json": {"schema": refused}}}
        for status in ("400", "403", "404", "409", "413", "429", "503")
    }
    record = {"name": "record", "in": "path", "required": True, "schema": {"type": "string"}}
    since = {"name": "since", "in": "query", "required": True, "schema": _SEQ}
    raw_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("kind", "id")
    ]
    like = {"name": "text", "in": "query", "required": True, "schema": {"type": "string"}}
    command = {"oneOf": list(refs), "discriminator": {"propertyName": "type", "mapping": names}}
    room = _object("seq set", seq=_SEQ, set=_SET, floor=_SEQ, me={"type": "object"})
    changes = _object("from to set", **{"from": _SEQ, "to": _SEQ, "set": _SET, "own": _SET})
    raw = _object("text person", text={"type": "string"}, person={"type": "object"})
    found = _object(
        "id text likeness", id={"type": "string"}, text={"type": "string"}, likeness={"type": "number"}
    )
    base = "/api/records/{record}"
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sunshine council", "version": "1", "description": "Records of councils."},
        "paths": {
            f"{base}/room": {
                "parameters": [record],
                "get": {"summary": "The room as everybody sees it.", "responses": _answer(room) | refusals},
            },
            f"{base}/changes": {
                "parameters": [record, since],
                "get": {"summary": "What changed after a number.", "responses": _answer(changes) | refusals},
            },
            f"{base}/ledger": {
                "parameters": [record],
                "get": {
                    "summary": "The public moderation ledger: counts only.",
                    "responses": _answer({"type": "object"}) | refusals,
                },
            },
            f"{base}/commands": {
                "parameters": [record],
                "post": {
                    "summary": "Give a command; what a socket's `do` does.",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": command}}},
                    "responses": _answer(done, what="In the record.") | refusals,
                },
            },
            f"{base}/raw/{{kind}}/{{id}}": {
                "parameters": [record, *raw_path],
                "get": {
                    "summary": "Unmasked text and author, for staff; logged.",
                    "responses": _answer(raw) | refusals,
                },
            },
            f"{base}/similar": {
                "parameters": [record, like],
                "get": {
                    "summary": "Public questions like a text.",
                    "responses": _answer({"type": "array", "items": found}) | refusals,
                },
            },
            "/api/words": {
                "get": {
                    "summary": "Commands, facts, refusals, limits.",
                    "responses": _answer({"type": "object"}),
                }
            },
        },
        "components": {"schemas": components},
    }
