"""How a page is made: templates, the reader's language and size of text, and the files of the build.

Draws what it is given; who may see what is decided before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import msgspec
from aiohttp import web
from markupsafe import Markup

from server.web import language
from server.web.assets import DIST, Assets, Files

HERE = Path(__file__).resolve().parent
SIZES = ("18", "22", "24", "30")
"""Root sizes of text in CSS px."""
BIG = ("24", "30")
"""Those of the elder version (长辈版)."""

environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["icons"] = msgspec.json.decode((HERE / "icons.json").read_bytes())


def look(request: web.Request) -> str:
    """Classes of <html>: size and contrast this reader chose. `?big=1` stands in QR codes of letters."""
    size, _, contrast = request.cookies.get("look", "").partition(".")
    wish = request.query.get("big")
    if wish == "1" and size not in BIG:
        size = BIG[0]
    if wish == "0" and size in BIG:
        size = SIZES[0]
    classes = [f"size-{size}"] if size in SIZES else []
    if size in BIG:
        classes.append("big")
    if contrast == "hc":
        classes.append("hc")
    return " ".join(classes)


NOWHERE: dict[str, str] = {"name": "", "phone": ""}
"""The head of a page that belongs to no community."""


def broken(title: str, name: str) -> list[str]:
    """A title in pieces that stay on one line: it breaks before the name of the council, as a reader would."""
    before, found, after = title.partition(name)
    return [piece for piece in (before, found + after) if piece]


environment.filters["broken"] = broken


def embedded(data: object) -> Markup:
    """JSON that cannot end the <script> it stands in, nor start a comment there."""
    text = msgspec.json.encode(data).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - every sign that means something to HTML is escaped above


class Pages:
    """Renders templates against one build of the screens."""

    def __init__(self, dist: Path = DIST) -> None:
        self.assets = Assets(dist)

    def release(self) -> str:
        """A word for the build that is served now; another build has another."""
        self.files("room", language.LANGUAGES[0])
        return self.assets.build

    def files(self, screen: str, lang: str, soon: str = "") -> Files:
        """The files of a screen; none when it was not built, so that a page can still be read."""
        try:
            return self.assets.files(screen, lang, soon)
        except KeyError:
            return Files("", (), ())

    def page(
        self,
        request: web.Request,
        template: str,
        *,
        screen: str = "pages",
        soon: str = "",
        status: int = 200,
        **values: Any,
    ) -> web.Response:
        """An HTML answer. Nothing of it is kept by a cache: it knows who asked. `soon` is a piece it will want."""
        lang = language.choose(request)
        t = language.words(lang)
        text = environment.get_template(template).render(
            **{"about": NOWHERE} | values,
            lang=lang,
            look=look(request),
            t=t,
            files=self.files(screen, lang, soon),
            path=request.path,
        )
        answer = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
        answer.headers["Cache-Control"] = "no-store"
        if request.query.get("lang") in language.LANGUAGES:
            answer.set_cookie("lang", lang, max_age=31_536_000, samesite="Lax")
        if request.query.get("big") in ("0", "1"):
            size = BIG[0] if request.query["big"] == "1" else SIZES[0]
            answer.set_cookie("look", size, max_age=31_536_000, samesite="Lax")
        return answer
