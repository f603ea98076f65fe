"""How a person is called before others, and how a unit is called before staff. Never holds a room number in a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.web import language

if TYPE_CHECKING:
    from server.store.accounts import Home, Known

WAYS = ("building", "real", "anonymous")
"""The three ways of being shown; the first is what a form offers."""

# Labels become part of the record's facts: they are written once, in the language of the council.
LANGUAGE = language.LANGUAGES[0]


def labels(known: Known, home: Home | None) -> dict[str, str]:
    """The words for each way of being shown, and under `way` the one this person chose."""
    t = language.words(LANGUAGE)
    call = known.call or t("letters-call-neighbour")
    shown = building(home.building) + call if home and home.building else known.call or known.name
    return {"real": known.name, "building": shown, "anonymous": t("letters-call-neighbour"), "way": known.way}


def building(name: str, lang: str = LANGUAGE) -> str:
    """A building's name in words: 3 is 3号楼, a name that says what it is stays."""
    return language.words(lang)("letters-building", name=name) if name.isascii() and name.isalnum() else name


def unit(home: Home | None, lang: str = LANGUAGE) -> str:
    """A unit in words, with its room: for staff and for the person's own eyes."""
    return "" if home is None else unit_words(home.building, home.stair, home.room, home.number, lang)


def unit_words(house: str, stair: str, room: str, number: str, lang: str = LANGUAGE) -> str:
    """3号楼1单元501, 4号楼S01, or the bare number where there is no building."""
    t = language.words(lang)
    if not house:
        return number
    steps = t("letters-stair", name=stair) if stair.isascii() and stair.isalnum() else stair
    return t("letters-unit", building=building(house, lang), stair=steps if stair else "", room=room)
