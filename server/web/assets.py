"""Where the built screens are: reads Vite's manifest, says which files a page must name, serves them. Builds nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

BASE = "/static/"
DIST = Path(__file__).resolve().parent.parent.parent / "static" / "dist"


@dataclass(frozen=True)
class Files:
    """What a page names in its head, as addresses: the entry, its styles, chunks worth fetching at once, and files
    that a piece of the screen will want when nothing more urgent is on its way.
    """

    entry: str
    styles: tuple[str, ...]
    ahead: tuple[str, ...]
    soon: tuple[str, ...] = ()


class Assets:
    """The files of one build. The manifest is read anew when it changed, so that a rebuild needs no restart."""

    def __init__(self, dist: Path) -> None:
        self.manifest = dist / ".vite" / "manifest.json"
        self._read_at = 0
        self._chunks: dict[str, Any] = {}
        self.build = ""

    def files(self, screen: str, lang: str, soon: str = "") -> Files:
        """The files of a screen (`room`, `desk` …) and of its catalogue, and those of the piece `soon` of it
        (a source file's path). KeyError: no such screen was built.
        """
        self._refresh()
        entry = self._chunks[f"src/screens/{screen}/main.ts"]
        needed = self._with_imports(entry)
        # Vite names a chunk's own styles before those it imports; a page wants the screen's to have the last word.
        styles = [style for chunk in reversed(needed) for style in reversed(chunk.get("css", []))]
        ahead = [chunk["file"] for chunk in needed[1:]]
        mark = f"catalogue:{lang}/"
        for name in entry.get("dynamicImports", []):
            if mark in name:
                ahead += [chunk["file"] for chunk in self._with_imports(self._chunks[name])]
        return Files(
            BASE + entry["file"],
            tuple(BASE + style for style in dict.fromkeys(styles)),
            tuple(BASE + file for file in dict.fromkeys(ahead) if file != entry["file"]),
            tuple(
                BASE + file for file in self._soon(soon, lang) if file not in {entry["file"], *ahead, *styles}
            ),
        )

    def _soon(self, piece: str, lang: str) -> dict[str, None]:
        if piece not in self._chunks:
            return {}
        chunks = self._with_imports(self._chunks[piece])
        for chunk in list(chunks):
            words = [name for name in chunk.get("dynamicImports", []) if f"catalogue:{lang}/" in name]
            chunks += [self._chunks[name] for name in words]
        return dict.fromkeys(file for chunk in chunks for file in (chunk["file"], *chunk.get("css", [])))

    def _refresh(self) -> None:
        try:
            changed = self.manifest.stat().st_mtime_ns
        except FileNotFoundError:
            self._chunks, self.build, self._read_at = {}, "", 0
            return
        if changed != self._read_at:
            text = self.manifest.read_bytes()
            self._chunks = json.loads(text)
            self.build = hashlib.sha256(text).hexdigest()[:12]
            self._read_at = changed

    def _with_imports(self, chunk: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        rest = [chunk]
        while rest:
            one = rest.pop(0)
            if one not in found:
                found.append(one)
                rest += [self._chunks[name] for name in one.get("imports", [])]
        return found


def routes(dist: Path = DIST) -> list[web.RouteDef]:
    """The built files. Their names change with their content, so a browser keeps them for ever."""

    async def file(request: web.Request) -> web.StreamResponse:
        wanted = (dist / "assets" / request.match_info["name"]).resolve()
        if wanted.parent != dist.resolve() / "assets" or not wanted.is_file():
            raise web.HTTPNotFound
        # FileResponse takes the .br or .gz beside the file where the browser can read it.
        return web.FileResponse(wanted, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    return [web.get(f"{BASE}assets/{{name}}", file)]
