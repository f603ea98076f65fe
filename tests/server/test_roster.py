"""A roster file is read line by line; what is doubtful is refused with its reason, and nothing is guessed."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from server.accounts.roster import read_roster
from server.sample.programme import ROSTER

HEAD = "unit_no,use,area_m2,area_basis,delivery_status,household_id,owners,contact_phone"
LINE = {
    "unit_no": "1-1-101", "use": "住宅", "area_m2": "89.36", "area_basis": "登记", "delivery_status": "已交付",
    "household_id": "H01", "owners": "田秀兰", "contact_phone": "13000001137",
}  # fmt: skip


def csv_of(*lines, head=HEAD, encoding="utf-8", **fields):
    rows = lines or (LINE | fields,)
    text = head + "\n"
    for row in rows:
        text += (
            ",".join('"' + str(row.get(name, "")).replace('"', '""') + '"' for name in head.split(",")) + "\n"
        )
    return text.encode(encoding)


def xlsx_of(rows, **options):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for merged in options.get("merge", ()):
        sheet.merge_cells(merged)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def codes_of(data, level="error", **options):
    report, units = read_roster(data, "roster.csv", **options)
    assert report.ok is (not any(problem.level == "error" for problem in report.problems))
    assert bool(units) is report.ok
    return [problem.code for problem in report.problems if problem.level == level]


def test_the_sample_roster_gives_77_rows_74_counted_units_61_heads_and_its_area():
    report, units = read_roster(ROSTER.read_bytes(), "roster.csv")
    totals = report.totals
    assert report.ok
    assert (totals.rows, totals.units, totals.not_counted, totals.heads, totals.area_c) == (
        77,
        74,
        3,
        61,
        731_152,
    )
    assert (totals.persons, totals.companies, totals.developers) == (59, 1, 1)
    assert len(units) == 77


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        ("楼号,单元,房号", {"building", "stair", "room"}),
        ("房号,楼号,单元,室号", {"unit_no", "building", "stair", "room"}),
        ("房号", {"unit_no"}),
        ("房屋编号,房号", {"unit_no", "room"}),
    ],
)
def test_what_a_room_number_means_follows_from_the_columns_beside_it(headings, columns):
    line = ",".join(
        "1-1-101" if place == 0 and "楼号" not in headings[:2] else "1"
        for place in range(headings.count(",") + 1)
    )
    report, _ = read_roster(f"{headings}\n{line}\n".encode(), "x.csv", kind="households")
    assert set(report.columns) == columns
    assert not [problem for problem in report.problems if problem.code.startswith("column")]


def test_the_report_names_line_unit_and_column_of_each_problem():
    report, _ = read_roster(csv_of(LINE, LINE | {"unit_no": "1-1-102", "area_m2": "0"}), "roster.csv")
    problem = report.problems[0]
    assert (problem.line, problem.unit, problem.column, problem.value) == (3, "1-1-102", "area_m2", "0")


@pytest.mark.parametrize(
    ("area", "code"),
    [
        ("1,089.5", "area_ambiguous"),
        ("1 089.5", "area_ambiguous"),
        ("89,36", "area_ambiguous"),
        ("-89.36", "area_negative"),
        ("0", "area_zero"),
        ("0.00", "area_zero"),
        ("", "area_missing"),
        ("1000000000", "area_too_large"),
        ("八十九", "area_not_number"),
        ("89.36左右", "area_not_number"),
        ("1e3", "area_not_number"),
        ("٨٩", "area_not_number"),
        ("NaN", "area_not_number"),
        ("89.367", "area_decimals"),
        ("=1+1", "formula"),
    ],
)
def test_an_area_that_is_not_plainly_one_is_refused(area, code):
    assert codes_of(csv_of(area_m2=area)) == [code]


@pytest.mark.parametrize("area", ["８９.１２㎡", "89.12 平方米", "89.12m²", "８９．１２"])
def test_full_width_digits_and_a_unit_sign_are_refused_with_what_they_seem_to_say(area):
    report, units = read_roster(csv_of(area_m2=area), "roster.csv")
    assert (report.ok, units) == (False, ())
    assert [(problem.code, problem.line, problem.detail["read"]) for problem in report.problems] == [
        ("area_read_as", 2, "89.12")
    ]


@pytest.mark.parametrize(
    "number", ["2003/2/1", "2003-02-01", "3-Feb", "Feb-03", "3月2日", "2003年2月1日", "3/2"]
)
def test_a_unit_that_a_spreadsheet_turned_into_a_date_is_refused(number):
    assert codes_of(csv_of(unit_no=number)) == ["unit_is_date"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"unit_no": ""}, "unit_missing"),
        ({"unit_no": "<svg onload=alert(1)>"}, "value_unclear"),
        ({"use": "别墅群"}, "word_unknown"),
        ({"use": ""}, "use_missing"),
        ({"owners": ""}, "owners_missing"),
        ({"owners": "<b>田</b>"}, "name_unclear"),
        ({"owners": "田\u202e兰"}, "signs_unclear"),
        ({"owners": "田秀兰；田秀兰"}, "owner_twice"),
        ({"household_id": ""}, "household_missing"),
        ({"contact_phone": "1300000113"}, "phone_unclear"),
        ({"contact_phone": "1.3E+10"}, "phone_unclear"),
        ({"area_basis": "目测"}, "word_unknown"),
    ],
)
def test_a_cell_that_says_nothing_clear_is_refused(fields, code):
    assert codes_of(csv_of(**fields)) == [code]


def test_a_unit_that_comes_twice_names_the_line_where_it_came_first():
    report, _ = read_roster(csv_of(LINE, LINE), "roster.csv")
    assert [(p.code, p.line, p.detail) for p in report.problems] == [("unit_twice", 3, {"first": 2})]


def test_one_household_cannot_have_two_sets_of_owners():
    assert codes_of(csv_of(LINE, LINE | {"unit_no": "1-1-102", "owners": "马志成"})) == [
        "household_owners_differ"
    ]


def test_the_number_of_owners_must_be_the_number_of_names():
    head = HEAD + ",co_owner_count,representative"
    line = LINE | {"owners": "马志成；纳秀芳", "co_owner_count": "3", "representative": "丁海燕"}
    assert codes_of(csv_of(line, head=head)) == ["owners_count_differs", "representative_not_owner"]


def test_a_unit_number_must_agree_with_building_stair_and_room():
    assert codes_of(csv_of(LINE | {"building": "2"}, head=HEAD + ",building")) == ["place_differs"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_mark(encoding):
    report, units = read_roster(csv_of(encoding=encoding), "roster.csv")
    assert report.ok
    assert units[0].owners[0].name == "田秀兰"
    assert report.file["encoding"] == {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 BOM"}[encoding]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_a_file_that_is_not_utf8_is_refused_where_it_stops_being_it(encoding):
    """GBK has no rare characters: a name would lose one, and with it the owner."""
    text = csv_of(LINE | {"owners": "田秀", "representative": ""}).decode()
    report, units = read_roster(text.encode(encoding), "roster.csv")
    assert (report.ok, units) == (False, ())
    assert [(one.code, one.line) for one in report.problems] == [("encoding_gbk", 2)]


def test_semicolons_and_another_order_of_columns_are_read():
    head = ";".join(reversed(HEAD.split(",")))
    line = ";".join(LINE[name] for name in head.split(";"))
    report, units = read_roster(f"{head}\n{line}\n".encode(), "roster.csv")
    assert report.ok
    assert (units[0].number, report.file["delimiter"]) == ("1-1-101", ";")


def test_chinese_headings_are_understood_and_unknown_ones_named():
    text = "房屋编号,用途,建筑面积（㎡）,面积依据,交付情况,户号,业主,喜好\n1-1-101,住宅,89.36,登记,已交付,H01,田秀兰,下棋\n"
    report, _ = read_roster(text.encode(), "roster.csv")
    assert report.ok
    assert report.ignored == ("喜好",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (HEAD.encode(), "rows_missing"),
        ("unit_no,use\n1-1-101,住宅\n".encode(), "column_missing"),
        ((HEAD + ",use\n").encode(), "column_twice"),
        (csv_of(encoding="utf-16"), "encoding_unknown"),
        (b"\xff\xfe\xff\xff\x80", "encoding_unknown"),
        (csv_of(owners="a\0b"), "nul"),
        (csv_of(remark="x" * 600, head=HEAD + ",remark"), "cell_too_large"),
        (csv_of(owners="x" * 10_000_000), "cell_too_large"),
        ((HEAD + '\n"1-1-101,x\n').encode(), "quotes"),
        ((HEAD + "\n1-1-101,住宅,1,089.5,登记,已交付,H01,田秀兰,\n").encode(), "fields_extra"),
        ((HEAD + "\n1-1-101,住宅\n").encode(), "fields_missing"),
        (b"\xd0\xcf\x11\xe0 old", "file_old_excel"),
        (b"PK\x03\x04 broken", "file_broken"),
        (b"%PDF-1.7 \x80\x81", "encoding_unknown"),
        ((HEAD + "\n").encode() + b"1-1-101\n" * 30, "fields_missing"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_the_reason(data, code):
    assert code in codes_of(data)


def test_a_million_rows_are_not_read_to_their_end():
    assert codes_of((HEAD + "\n").encode() + b"1-1-101,,,,,,,\n" * 1_048_575) == ["rows_too_many"]


def test_a_spreadsheet_is_read_as_the_text_it_shows():
    rows = [list(LINE), [*LINE.values()]]
    rows[1][2], rows[1][-1] = 112.47999999999999, 13000001137
    report, units = read_roster(xlsx_of(rows), "roster.xlsx")
    assert report.ok, report.problems
    assert (units[0].area_c, units[0].owners[0].phone) == (11_248, "13000001137")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (0, date(2003, 2, 1), "unit_is_date"),
        (2, "=10*9", "formula"),
        (2, date(2003, 2, 1), "value_is_date"),
        (2, True, "value_unclear"),
    ],
)
def test_what_a_spreadsheet_computed_or_turned_is_refused(column, value, code):
    row = [*LINE.values()]
    row[column] = value
    assert codes_of(xlsx_of([list(LINE), row])) == [code]


def test_a_second_sheet_is_not_read_and_that_is_said():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([list(LINE), [*LINE.values()]])))
    book.create_sheet("去年的名册").append(["x"])
    file = io.BytesIO()
    book.save(file)
    report, units = read_roster(file.getvalue(), "roster.xlsx")
    assert [(problem.code, problem.value) for problem in report.problems] == [("sheet_unread", "去年的名册")]
    assert len(units) == 1


def test_merged_cells_are_refused():
    assert codes_of(xlsx_of([list(LINE), [*LINE.values()]], merge=["A2:B2"])) == ["cells_merged"]


@pytest.mark.parametrize(
    "inside", ['<!DOCTYPE x [<!ENTITY a "aaaa">]>', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>']
)
def test_an_xml_bomb_in_a_spreadsheet_is_not_opened(inside):
    good = zipfile.ZipFile(io.BytesIO(xlsx_of([list(LINE), [*LINE.values()]])))
    bad = io.BytesIO()
    with zipfile.ZipFile(bad, "w") as parts:
        for name in good.namelist():
            content = good.read(name)
            parts.writestr(name, inside.encode() + content if name == "xl/workbook.xml" else content)
    assert codes_of(bad.getvalue()) == ["file_hostile"]


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked():
    bad = io.BytesIO()
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(70):
            parts.writestr(f"xl/{number}.xml", b" " * 1_000_000)
    assert len(bad.getvalue()) < 200_000
    assert codes_of(bad.getvalue()) == ["file_too_large"]


def test_an_estate_without_owners_lists_residents_by_household():
    report, units = read_roster(
        "房号编号,户号,居民\n1-1-101,H01,田秀兰\n1-1-102,,\n".encode(), "x.csv", kind="households"
    )
    assert [problem.code for problem in report.problems] == ["household_missing"]
    report, units = read_roster("房号编号\n1-1-101\n1-1-102\n".encode(), "x.csv", kind="households")
    assert report.ok
    assert (report.totals.heads, units[0].area_c) == (2, None)


def test_the_report_hides_the_middle_of_a_telephone_number():
    report, _ = read_roster(csv_of(contact_phone="130000011370"), "roster.csv")
    assert "0000011" not in report.problems[0].value
