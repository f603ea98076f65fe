"""Words for people, on the server's side: the same Fluent catalogues the browser reads.

Chooses a request's language; refuses to hold any sentence itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import fluent_number

FOLDER = Path(__file__).resolve().parent.parent / "locale"
LANGUAGES = ("zh-CN", "en")
"""Offered languages, the default first."""

ZONE = ZoneInfo("Asia/Shanghai")
"""The clock of every page: a council meets in one place, wherever its reader is."""

Translate = Callable[..., str]


@cache
def bundle(lang: str) -> FluentBundle:
    """All catalogues of one language. Isolation marks are off, as in the browser."""
    whole = FluentBundle([lang], use_isolating=False)
    for file in sorted((FOLDER / lang).glob("*.ftl")):
        whole.add_resource(FluentResource(file.read_text("utf-8")))
    return whole


def has(lang: str, key: str) -> bool:
    """Whether the catalogue of this language knows the key."""
    return bundle(lang).has_message(key)


def _plain(value: Any) -> Any:
    """A number without its thousands apart, as the browser writes it: Fluent would write the year 2,026."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return fluent_number(value, useGrouping=False) if whole else value


def words(lang: str) -> Translate:
    """The function `t(key, **values)` of one language; a missing key comes back as itself, to be seen."""
    catalogue = bundle(lang)

    def t(key: str, /, **values: Any) -> str:
        if not catalogue.has_message(key):
            return key
        pattern = catalogue.get_message(key).value
        if pattern is None:
            return key
        text, _ = catalogue.format_pattern(pattern, {name: _plain(value) for name, value in values.items()})
        return str(text)

    return t


def choose(request: web.Request) -> str:
    """The language of a page: `?lang=`, else the cookie `lang`, else Accept-Language, else Chinese."""
    wishes = [request.query.get("lang", ""), request.cookies.get("lang", "")]
    wishes += [part.split(";")[0] for part in request.headers.get("Accept-Language", "").split(",")]
    for wish in wishes:
        for lang in LANGUAGES:
            if wish and wish.strip().lower().split("-")[0] == lang.lower().split("-")[0]:
                return lang
    return LANGUAGES[0]


def clock(at: int) -> str:
    """19:30, from milliseconds UTC."""
    return datetime.fromtimestamp(at / 1000, ZONE).strftime("%H:%M")


def days_between(earlier: int, later: int) -> int:
    """Midnights between two instants (ms UTC), by the clock of the meeting."""
    first, last = (datetime.fromtimestamp(at / 1000, ZONE).date() for at in (earlier, later))
    return (last - first).days


def parts_of(lang: str, at: int) -> tuple[str, str, str]:
    """Month, day and weekday in words, for a leaf of a calendar."""
    then = datetime.fromtimestamp(at / 1000, ZONE)
    t = words(lang)
    return t(f"pages-month-{then.month}"), str(then.day), t(f"pages-weekday-{then.isoweekday()}")


def day(lang: str, at: int, *, year: bool = False) -> str:
    """A date in words: 5 月 16 日 周六, from milliseconds UTC."""
    month, date, weekday = parts_of(lang, at)
    key = "pages-date-year" if year else "pages-date"
    return words(lang)(
        key,
        year=datetime.fromtimestamp(at / 1000, ZONE).strftime("%Y"),
        month=month,
        day=date,
        weekday=weekday,
    )
