"""A table file (csv or xlsx) as rows of text. Computes no formula, follows no link, opens no second sheet.

A file that is not plainly a table is refused with one reason for the whole of it.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

CELL_LIMIT = 500
COLUMN_LIMIT = 60
UNPACKED_LIMIT = 64 * 1024 * 1024
PARTS_LIMIT = 500


class Unreadable(Exception):
    """The file as a whole cannot be a roster; `code` says why, `detail` where."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Cell:
    """What stands in one cell, and what is odd about it: `formula`, `date`, `error` or nothing."""

    text: str
    odd: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the file, numbered as a person counts lines."""

    line: int
    cells: tuple[Cell, ...]
    odd: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table and how it was written; `unread` names further sheets of the file."""

    kind: str
    encoding: str
    delimiter: str
    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()


def read_sheet(data: bytes, *, row_limit: int) -> Sheet:
    """The rows of a file, its first row being the headings. Raises Unreadable."""
    if not data.strip(b"\xef\xbb\xbf\r\n\t ,;"):
        raise Unreadable("file_empty")
    if data.startswith(b"PK\x03\x04"):
        return _read_xlsx(data, row_limit)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("file_old_excel")
    return _read_csv(data, row_limit)


def _read_csv(data: bytes, row_limit: int) -> Sheet:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("encoding_unknown", encoding="UTF-16")
    if b"\0" in data:
        raise Unreadable("nul", line=data[: data.index(b"\0")].count(b"\n") + 1)
    encoding, text = _decode(data)
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    rows: list[Row] = []
    csv.field_size_limit(CELL_LIMIT * 8)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            width = width or len(values)
            odd = "" if len(values) == width else "fields_missing" if len(values) < width else "fields_extra"
            cells = tuple(Cell(value.strip(), "formula" if value.startswith("=") else "") for value in values)
            rows.append(Row(reader.line_num, cells, odd))
            _check_size(rows, row_limit)
    except csv.Error as error:
        code = "cell_too_large" if "limit" in str(error) else "quotes"
        raise Unreadable(code, line=reader.line_num) from None
    return Sheet("csv", encoding, delimiter, tuple(rows))


def _decode(data: bytes) -> tuple[str, str]:
    try:
        return "UTF-8" + (" BOM" if data.startswith(codecs.BOM_UTF8) else ""), data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        raise Unreadable("encoding_unknown", line=line) from None
    # A spreadsheet program that writes GBK has put a question mark for every rare character of a name, and Big5 or a
    # broken UTF-8 file passes for GBK: whose vote it is must not hang on that.
    raise Unreadable("encoding_gbk", line=line)


def _check_size(rows: list[Row], row_limit: int) -> None:
    if len(rows) > row_limit + 1:
        raise Unreadable("rows_too_many", limit=row_limit)
    if len(rows[-1].cells) > COLUMN_LIMIT:
        raise Unreadable("columns_too_many", line=rows[-1].line, limit=COLUMN_LIMIT)
    if any(len(cell.text) > CELL_LIMIT for cell in rows[-1].cells):
        raise Unreadable("cell_too_large", line=rows[-1].line, limit=CELL_LIMIT)


def _read_xlsx(data: bytes, row_limit: int) -> Sheet:
    import openpyxl  # 0.1 s to import, needed by one request in a year

    _check_parts(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unreadable("sheet_missing")
        rows: list[Row] = []
        for line, values in enumerate(sheets[0].iter_rows(max_col=COLUMN_LIMIT + 1), start=1):
            cells = tuple(_cell(value) for value in values)
            while cells and not cells[-1].text:
                cells = cells[:-1]
            if cells:
                width = len(rows[0].cells) if rows else len(cells)
                odd = "fields_extra" if len(cells) > width else ""
                rows.append(Row(line, cells + (Cell(""),) * (width - len(cells)), odd))
                _check_size(rows, row_limit)
            elif line > row_limit * 4:
                raise Unreadable("rows_too_many", limit=row_limit)
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises nearly anything on a file that is not one of its own
        raise Unreadable("file_broken", why=type(error).__name__) from None
    if not rows:
        raise Unreadable("file_empty")
    return Sheet(
        "xlsx", "", "", tuple(rows), tuple(sheet.title for sheet in book.worksheets if sheet is not sheets[0])
    )


def _check_parts(data: bytes) -> None:
    """Look at the archive before the reader does: size, number of parts, entities, merged cells."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = parts.infolist()
            if len(names) > PARTS_LIMIT or sum(part.file_size for part in names) > UNPACKED_LIMIT:
                raise Unreadable("file_too_large")
            for part in names:
                # The sizes in the list are claims; reading is bounded by them all the same (zipfile checks).
                content = parts.read(part) if part.filename.endswith((".xml", ".rels")) else b""
                # No spreadsheet program writes a document type: it is how entity bombs and file reads come in.
                if (
                    b"<!DOCTYPE" in content
                    or b"<!ENTITY" in content
                    or content.startswith((b"\xff\xfe", b"\xfe\xff"))
                ):
                    raise Unreadable("file_hostile")
                if part.filename.startswith("xl/worksheets/sheet1.") and b"<mergeCell " in content:
                    raise Unreadable("cells_merged")
            if not any(part.filename == "xl/workbook.xml" for part in names):
                raise Unreadable("file_not_table")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise Unreadable("file_broken", why=type(error).__name__) from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if cell.data_type == "f" or (isinstance(value, str) and value.startswith("=")):
        return Cell(str(value), "formula")
    if cell.data_type == "e":
        return Cell(str(value), "error")
    if isinstance(value, datetime | date | time):
        return Cell(value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat(), "date")
    if isinstance(value, bool):
        return Cell(str(value).upper(), "error")
    if isinstance(value, float):
        return Cell(_plain(value))
    return Cell(str(value).strip())


def _plain(value: float) -> str:
    """A number as it was typed: 13000001137.0 is 13000001137, and 112.47999999999999 is 112.48."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    rounded = round(value, 2)
    return repr(rounded) if abs(rounded - value) < 1e-9 * max(1.0, abs(value)) else repr(value)
