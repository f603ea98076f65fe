"""A roster file read into units, line by line, with every reason why a line cannot be taken.

Only reads: nothing is stored here, and no doubtful value is guessed. What must be corrected is a problem of
level `error`; what a person should know is a `note`. One error, and the file cannot be taken at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from meetings.text import graphemes
from server.accounts.roster_words import plain, words
from server.accounts.sheets import Row, Sheet, Unreadable, read_sheet

if TYPE_CHECKING:
    from collections.abc import Callable

REQUIRED = {
    "owners": ("unit_no", "use", "area_m2", "area_basis", "delivery_status", "owners"),
    "households": ("unit_no",),
}
"""Columns a roster must have, by kind of estate."""
PROBLEMS_SHOWN = 500
AREA_LIMIT_C = 10_000_000
"""100,000 m² in one unit is a slip of the pen."""

_AREA = re.compile(r"(\d{1,12})(?:\.(\d+))?")
_GROUPED = re.compile(r"\d{1,3}([,\uff0c' ]\d{3})+(\.\d+)?|\d+[,\uff0c]\d+")
# What a spreadsheet makes of 3-2-1 or 3-2 when it is let: 2003-02-01, 2003/2/1, 3-Feb, Feb-03, and with month signs.
_DATES = re.compile(
    r"(19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}( \d.*)?|\d{1,2}-[A-Za-z]{3}(-\d+)?|[A-Za-z]{3}-\d{1,2}"
    r"|\d{0,4}\u5e74?\d{1,2}\u6708(\d{1,2}\u65e5)?|\d{1,2}/\d{1,2}(/\d+)?"
)
_MOBILE = re.compile(r"1\d{10}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
_NUMBER = re.compile(r"[\w\u4e00-\u9fff.#-]{1,40}")
_BETWEEN_NAMES = re.compile(r"[;\uff1b\u3001/\n]")
_NAME_SIGNS = frozenset(" ·•.-’'()（）&《》“”")
_SQUARE_METRES = ("m2", "\u5e73\u65b9\u7c73", "\u5e73\u7c73")


class Problem(msgspec.Struct, frozen=True):
    """One thing about one cell, or (line 0) about the file."""

    code: str
    level: str = "error"
    line: int = 0
    unit: str = ""
    column: str = ""
    value: str = ""
    detail: dict[str, Any] = {}


class Owner(msgspec.Struct, frozen=True):
    """Somebody named for a unit; `phone` only with the one the file gives it for."""

    name: str
    representative: bool = False
    phone: str = ""


class Unit(msgspec.Struct, frozen=True):
    """One line of the roster. `area_c` in 0.01 m²; None where the estate keeps no areas."""

    line: int
    number: str
    building: str
    stair: str
    floor: str
    room: str
    use: str
    area_c: int | None
    area_basis: str
    delivery_status: str
    household: str
    owner_type: str
    occupancy: str
    grid: str
    remark: str
    counted: bool
    owners: tuple[Owner, ...]


class Totals(msgspec.Struct, frozen=True):
    """What the file adds up to. `heads` are voting heads (DOMAIN 3.3); `area_c` in 0.01 m², counted units only."""

    rows: int = 0
    units: int = 0
    not_counted: int = 0
    heads: int = 0
    persons: int = 0
    companies: int = 0
    developers: int = 0
    area_c: int = 0
    buildings: int = 0


class Report(msgspec.Struct, frozen=True):
    """What was found in a file. `ok`: it can be taken, whole; `digest` names the very bytes that were read."""

    ok: bool
    digest: str
    file: dict[str, Any]
    columns: dict[str, str]
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]
    left_out: int
    totals: Totals


def read_roster(
    data: bytes, filename: str, *, kind: str = "owners", row_limit: int = 20_000
) -> tuple[Report, tuple[Unit, ...]]:
    """Read a file for an estate of this kind (`owners`, `households`). Units are empty unless the report is ok."""
    name = "".join(char for char in filename if char.isprintable())[:120]
    about: dict[str, Any] = {"name": name}
    found: list[Problem] = []
    columns: dict[str, int] = {}
    headings: tuple[str, ...] = ()
    units: list[Unit] = []
    rows = 0
    try:
        sheet = read_sheet(data, row_limit=row_limit)
        about |= {"kind": sheet.kind, "encoding": sheet.encoding, "delimiter": sheet.delimiter}
        headings = tuple(cell.text for cell in sheet.rows[0].cells)
        found += [Problem("sheet_unread", "note", value=other[:40]) for other in sheet.unread]
        columns = _columns(headings, kind, found)
        rows = len(sheet.rows) - 1
        if rows == 0:
            found.append(Problem("rows_missing"))
        if not any(problem.level == "error" for problem in found):
            units = _Lines(columns, kind, found).read(sheet)
    except Unreadable as error:
        found.append(Problem(error.code, line=int(error.detail.pop("line", 0)), detail=error.detail))
    ok = not any(problem.level == "error" for problem in found)
    found.sort(key=lambda problem: (problem.level != "error", problem.line))
    report = Report(
        ok=ok,
        digest=sha256(data).hexdigest(),
        file=about | {"rows": rows},
        columns={column: headings[place] for column, place in columns.items()},
        ignored=tuple(text for place, text in enumerate(headings) if text and place not in columns.values()),
        problems=tuple(found[:PROBLEMS_SHOWN]),
        left_out=max(0, len(found) - PROBLEMS_SHOWN),
        totals=_totals(units, rows),
    )
    return report, tuple(units) if ok else ()


def _columns(headings: tuple[str, ...], kind: str, found: list[Problem]) -> dict[str, int]:
    """Which column stands where. Order does not matter; a heading nobody knows is ignored and named."""
    columns: dict[str, int] = {}
    meant = [words()["columns"].get(plain(heading)) for heading in headings]
    room = "building" in meant and "room" not in meant
    either = "room" if room or "unit_no" in meant else "unit_no"
    for place, heading in enumerate(headings):
        column = either if meant[place] == "room_or_unit" else meant[place]
        if column is None:
            continue
        if column in columns:
            found.append(Problem("column_twice", line=1, column=column, value=heading[:40]))
        columns[column] = place
    by_parts = "unit_no" not in columns and {"building", "room"} <= set(columns)
    found += [
        Problem("column_missing", line=1, column=column)
        for column in REQUIRED[kind]
        if column not in columns and not (column == "unit_no" and by_parts)
    ]
    return columns


class _Lines:
    """Reads the lines of one sheet, keeping what must be compared between them."""

    def __init__(self, columns: dict[str, int], kind: str, found: list[Problem]) -> None:
        self.columns = columns
        self.kind = kind
        self.found = found
        self.row = Row(0, ())
        self.unit = ""
        self.line_of: dict[str, int] = {}
        self.owners_of: dict[str, tuple[tuple[str, ...], int]] = {}

    def read(self, sheet: Sheet) -> list[Unit]:
        units = []
        for row in sheet.rows[1:]:
            self.row = row
            self.unit = ""
            if row.odd:
                self.bad(row.odd)
                continue
            unit = self.read_line()
            if unit is not None:
                units.append(unit)
        return units

    def bad(
        self, code: str, column: str = "", value: str = "", *, level: str = "error", **detail: Any
    ) -> None:
        shown = (
            value if column != "contact_phone" else value[:3] + "*" * max(0, len(value) - 7) + value[7:][-4:]
        )
        self.found.append(Problem(code, level, self.row.line, self.unit, column, shown[:40], detail))

    def text(self, column: str, check: Callable[[str], bool] | None = None) -> str:
        """The plain text of a cell; empty where the column is not there. Complains of what no cell may hold."""
        place = self.columns.get(column)
        if place is None:
            return ""
        cell = self.row.cells[place]
        if cell.odd == "date" and column == "unit_no":
            self.bad("unit_is_date", column, cell.text)
        elif cell.odd == "date":
            self.bad("value_is_date", column, cell.text)
        elif cell.odd == "formula":
            self.bad("formula", column, cell.text)
        elif cell.odd:
            self.bad("value_unclear", column, cell.text)
        elif any(_unfit(char) for char in cell.text):
            self.bad("signs_unclear", column, "".join(c for c in cell.text if c.isprintable()))
        elif check is not None and cell.text and not check(cell.text):
            self.bad("value_unclear", column, cell.text)
        else:
            return unicodedata.normalize("NFC", cell.text)
        return ""

    def word(self, column: str, *, required: bool) -> str:
        """The meaning of a word from a fixed list."""
        text = self.text(column)
        if not text:
            if required and column in self.columns and not self.row.cells[self.columns[column]].text:
                self.bad(f"{column}_missing", column)
            return ""
        meaning = words()[column].get(plain(text))
        if meaning is None:
            self.bad("word_unknown", column, text)
        return meaning or ""

    def read_line(self) -> Unit | None:
        before = len(self.found)
        building, stair, room = (self.text(column, _is_number) for column in ("building", "stair", "room"))
        number = self.number(building, stair, room)
        parts = number.split("-")
        if len(parts) == 3 and parts != ["", "", ""]:
            if any(said and said != part for said, part in zip((building, stair, room), parts, strict=True)):
                self.bad("place_differs", "unit_no", number, building=building, stair=stair, room=room)
            building, stair, room = (
                said or part for said, part in zip((building, stair, room), parts, strict=True)
            )
        owning = self.kind == "owners"
        use = self.word("use", required=owning) or "dwelling"
        counted = use != "parking"
        owners = self.owners(required=owning)
        unit = Unit(
            line=self.row.line,
            number=number,
            building=building,
            stair=stair,
            floor=self.text("floor"),
            room=room or number,
            use=use,
            area_c=self.area(required=owning),
            area_basis=self.word("area_basis", required=owning),
            delivery_status=self.word("delivery_status", required=owning),
            household=self.household(owners, number),
            owner_type=self.word("owner_type", required=False) or "person",
            occupancy=self.word("occupancy", required=False),
            grid=self.text("grid"),
            remark=self.text("remark"),
            counted=counted,
            owners=owners,
        )
        if len(self.found) > before and any(one.level == "error" for one in self.found[before:]):
            return None
        if not counted:
            self.bad("not_counted", "use", level="note")
        if unit.area_basis == "contract":
            self.bad("area_by_contract", "area_m2", f"{(unit.area_c or 0) / 100:.2f}", level="note")
        return unit

    def number(self, building: str, stair: str, room: str) -> str:
        if "unit_no" not in self.columns:
            self.unit = "-".join(part for part in (building, stair, room) if part)
            number = self.unit if building and room else ""
        else:
            number = self.text("unit_no")
            self.unit = number[:40]
            if number and _DATES.fullmatch(number):
                self.bad("unit_is_date", "unit_no", number)
                return number
            if number and not _NUMBER.fullmatch(number):
                self.bad("value_unclear", "unit_no", number)
                return number
        if not number:
            if "unit_no" not in self.columns or not self.row.cells[self.columns["unit_no"]].text:
                self.bad("unit_missing", "unit_no")
            return ""
        first = self.line_of.setdefault(number, self.row.line)
        if first != self.row.line:
            self.bad("unit_twice", "unit_no", number, first=first)
        return number

    def area(self, *, required: bool) -> int | None:
        """Hundredths of a square metre. Full-width digits and a unit sign are refused, with what they seem to say."""
        raw = self.text("area_m2")
        if not raw:
            if required and "area_m2" in self.columns and not self.row.cells[self.columns["area_m2"]].text:
                self.bad("area_missing", "area_m2")
            return None
        if _GROUPED.fullmatch(raw):
            # 1,089.5 may be a thousand or a slip for 108.95; only the person at the desk knows.
            self.bad("area_ambiguous", "area_m2", raw)
            return None
        text = unicodedata.normalize("NFKC", raw).replace(" ", "").lower()
        for sign in _SQUARE_METRES:
            text = text.removesuffix(sign)
        if text.startswith(("-", "\u2212")):
            self.bad("area_negative", "area_m2", raw)
            return None
        match = _AREA.fullmatch(text)
        # \d takes the digits of every script; NFKC has made the full-width ones plain, others are refused.
        if match is None or not text.isascii():
            self.bad("area_not_number", "area_m2", raw)
            return None
        whole, fraction = match[1], match[2] or ""
        if len(fraction.rstrip("0")) > 2:
            self.bad("area_decimals", "area_m2", raw)
            return None
        area_c = int(whole) * 100 + int((fraction + "00")[:2])
        if area_c == 0:
            self.bad("area_zero", "area_m2", raw)
            return None
        if area_c > AREA_LIMIT_C:
            self.bad("area_too_large", "area_m2", raw)
            return None
        if text != raw:
            self.bad("area_read_as", "area_m2", raw, read=f"{area_c / 100:.2f}")
            return None
        return area_c

    def owners(self, *, required: bool) -> tuple[Owner, ...]:
        text = self.text("owners")
        names = [name.strip() for name in _BETWEEN_NAMES.split(text) if name.strip()]
        if not names:
            if required and "owners" in self.columns and not self.row.cells[self.columns["owners"]].text:
                self.bad("owners_missing", "owners")
            return ()
        for name in names:
            if graphemes(name) > 60 or any(
                unicodedata.category(char)[0] not in "LMN" and char not in _NAME_SIGNS for char in name
            ):
                self.bad("name_unclear", "owners", name)
                return ()
        if len(set(names)) < len(names):
            self.bad("owner_twice", "owners", text)
        count = self.text("co_owner_count")
        if count and count != str(len(names)):
            self.bad("owners_count_differs", "co_owner_count", count, names=len(names))
        chosen = self.text("representative")
        if chosen and chosen not in names:
            self.bad("representative_not_owner", "representative", chosen)
        if not chosen and len(names) == 1:
            chosen = names[0]
        elif not chosen and required:
            self.bad("representative_missing", "representative", text, level="note")
        phone = self.phone()
        reached = chosen or names[0]
        return tuple(Owner(name, name == chosen, phone if name == reached else "") for name in names)

    def phone(self) -> str:
        text = self.text("contact_phone")
        plain = unicodedata.normalize("NFKC", text).replace(" ", "")
        if not plain or _MOBILE.fullmatch(plain):
            return plain
        if _LANDLINE.fullmatch(plain):
            return plain.replace("-", "")
        # A spreadsheet takes leading zeros away and writes long numbers as 1.3E+10: neither can be given back.
        self.bad("phone_unclear", "contact_phone", plain)
        return ""

    def household(self, owners: tuple[Owner, ...], number: str) -> str:
        """The household, or what stands for it: the same owners with the same phone are one."""
        names = tuple(sorted(owner.name for owner in owners))
        said = self.text("household_id")
        if "household_id" not in self.columns:
            phone = next((owner.phone for owner in owners if owner.phone), "")
            if not names or (not phone and self.kind == "owners" and len(names) == 1):
                # Two people may share a name: without a phone nobody can say whether it is one head or two.
                return number
            return sha256("\0".join((*names, phone)).encode()).hexdigest()[:16]
        if not said:
            if not self.row.cells[self.columns["household_id"]].text:
                self.bad("household_missing", "household_id")
            return ""
        if names:
            before = self.owners_of.setdefault(said, (names, self.row.line))
            if before[0] != names:
                self.bad("household_owners_differ", "household_id", said, first=before[1])
        return said


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _unfit(char: str) -> bool:
    category = unicodedata.category(char)
    return category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and char != "\n"


def _totals(units: list[Unit], rows: int) -> Totals:
    counted = [unit for unit in units if unit.counted]
    heads = {unit.household: unit.owner_type for unit in counted}
    kinds = Counter(heads.values())
    return Totals(
        rows=rows,
        units=len(counted),
        not_counted=len(units) - len(counted),
        heads=len(heads),
        persons=kinds["person"],
        companies=kinds["company"],
        developers=kinds["developer"],
        area_c=sum(unit.area_c or 0 for unit in counted),
        buildings=len({unit.building for unit in counted if unit.building}),
    )
