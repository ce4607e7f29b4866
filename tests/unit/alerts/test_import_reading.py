"""Files of spreadsheet programs: encodings, separators, what a program did to numbers, and the way out and back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle.errors import Invalid
from carecircle_alerts.imports import responders
from carecircle_alerts.imports.cells import is_damaged
from carecircle_alerts.imports.reading import MOST_BYTES, MOST_ROWS, read_table
from carecircle_alerts.imports.report import Line
from carecircle_alerts.imports.responders import NAMES, Known, plan
from carecircle_alerts.imports.table import safe_cell, write_table

HEADER = "编号,姓名,类别,区域代码,出行方式,电话"
ROW = "w-1,王敏,护理员,630102,电动车,13900000000"
ZHANG = {
    "id": "z-1", "name": "张", "role": "staff", "area_code": "630102", "provider_id": None, "travel_mode": "walk",
    "phone": "000", "skills": ["lifting", "first_aid"], "languages": ["zh"],
}  # fmt: skip
KNOWN = Known({"z-1": ZHANG}, frozenset({"far"}), frozenset({"630102"}), frozenset({"p-1"}))


def lines(*rows: str, header: str = HEADER) -> tuple[Line, ...]:
    return plan(read_table("\n".join((header, *rows)).encode(), NAMES), KNOWN)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_file_is_read_as_it_was_meant(encoding: str, separator: str, end: str) -> None:
    text = (HEADER + end + ROW + end).replace(",", separator)
    (row,) = read_table(text.encode(encoding), NAMES).rows
    assert row.line == 2
    assert row.cells["name"] == "王敏"
    assert row.cells["phone"] == "13900000000"


def test_columns_may_have_their_technical_names_and_others_are_named() -> None:
    table = read_table(b"ID,Name,shoe size\nw-1,Wang,41", NAMES)
    assert (table.columns, table.ignored) == (("id", "name"), ("shoe size",))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "header_missing"),
        (b"a,b\n1,2", "header_missing"),
        (HEADER.encode(), "file_empty"),
        (b"PK\x03\x04...", "file_is_workbook"),
        ("编号,姓名,id\n1,2,3".encode(), "column_twice"),
        (b"id,name\n1,\xff\xff\xff", "encoding_unknown"),
        (b"id,name\n1,a\0b", "encoding_unknown"),
        (b'id,name\n1,"open', "file_malformed"),
        (b"id\n" + b"1\n" * (MOST_ROWS + 1), "file_too_long"),
        (b"x" * (MOST_BYTES + 1), "file_too_large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_table(content, NAMES)
    assert refused.value.code == code


@pytest.mark.parametrize("cell", ["1.39E+10", "1,39E+10", "6.30102E+11", "1.39e10", "13900000000.0", "########"])
def test_numbers_that_a_program_has_damaged_are_refused_with_a_reason(cell: str) -> None:
    assert is_damaged(cell)
    row = f'w-1,王敏,护理员,630102,步行,"{cell}"'
    (line,) = lines(row)
    assert [(one.column, one.code) for one in line.problems] == [("phone", "number_damaged")]
    assert cell in line.problems[0].message


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",王,护理员,630102,步行,", "id", "needed"),
        ("far,王,护理员,630102,步行,", "id", "id_unavailable"),
        ("王,王,护理员,630102,步行,", "id", "id_malformed"),
        ("w-1,,护理员,630102,步行,", "name", "name_length"),
        ("w-1,王,护士,630102,步行,", "role", "choice_unknown"),
        ("w-1,王,,630102,步行,", "role", "needed"),
        ("w-1,王,护理员,630104,步行,", "area_code", "area_unknown"),
        ("w-1,王,护理员,6.30E+05,步行,", "area_code", "number_damaged"),
        ("w-1,王,护理员,630102,飞,", "travel_mode", "choice_unknown"),
        ("w-1,王,护理员,630102,步行,139", "phone", ""),
        ("w-1,王,护理员,630102,步行,1390000000", "phone", "phone_malformed"),
    ],
)
def test_what_is_wrong_in_a_row_names_its_column(row: str, column: str, code: str) -> None:
    (line,) = lines(row)
    assert [(one.column, one.code) for one in line.problems] == ([(column, code)] if code else [])
    assert line.action == ("error" if code else "create")


def test_a_number_twice_in_a_file_is_wrong_in_both_rows() -> None:
    assert [(one.line, one.action) for one in lines(ROW, "", ROW)] == [(2, "error"), (4, "error")]


def test_a_column_that_is_not_there_leaves_things_alone_and_an_empty_cell_does_not() -> None:
    (line,) = lines("z-1,张三", header="编号,姓名")
    assert (line.action, line.changed) == ("change", ("name",))
    assert line.after is not None
    assert line.after["skills"] == ["lifting", "first_aid"]
    (line,) = lines("z-1,", header="编号,技能")
    assert line.after is not None
    assert line.after["skills"] == []
    (line,) = lines("z-1,急救、搬扶,000", header="编号,技能,电话")
    assert line.action == "unchanged", "the order of skills means nothing, and what stands there is not refused"
    (line,) = lines("w-9,王", header="编号,姓名")
    assert {one.code for one in line.problems} == {"column_needed"}


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_cell_of_a_file_begins_like_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(tuple("=+-@＝＋－＠\r\n"))
    written = write_table(["姓名"], [{"name": text}], ["name"])
    assert written.startswith(b"\xef\xbb\xbf")
    (_header, cell) = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert (cell[0] if cell else "") in {text, "'" + text, "\t" + text}


@given(
    st.text("=+-@'王敏a1, \"", min_size=1).map(str.strip).filter(bool),
    st.sampled_from(["13900000000", "+85212345678", "09718888888"]),
)
def test_what_goes_out_comes_back_unchanged(name: str, phone: str) -> None:
    person = ZHANG | {"name": name, "phone": phone}
    content = write_table(list(NAMES.values()), [responders.cells(person)], list(NAMES))
    (line,) = plan(read_table(content, NAMES), Known({"z-1": person}, frozenset(), KNOWN.areas, KNOWN.providers))
    assert line.action == "unchanged", (line.before, line.after)
