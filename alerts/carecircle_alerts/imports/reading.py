"""Reading: a file as spreadsheet programs in China save it, as rows under known columns (pure).

Excel saves CSV as GB18030 or, as "CSV UTF-8", as UTF-8 with a byte order mark; WPS and others leave the mark out. The
separator follows the country that the machine is set to. What a program has made of a number is not guessed back.
"""

import codecs
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from carecircle.errors import Invalid
from carecircle_alerts.imports.table import FORMULA_SIGNS

# A bed's county has at most some thousand people; more is a wrong file (engineering proposal).
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
_MOST_CELL = 2_000
_SEPARATORS = (",", ";", "\t")
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# What Excel makes of a long number that it takes for a quantity.
_DAMAGED = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+|\d+\.0+|#{3,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet (the header is 1) and its cells by technical column name."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds. `ignored` are columns of it that mean nothing here."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]


def is_damaged(text: str) -> bool:
    """Whether a spreadsheet program has turned a number that is a name (a phone's, an area's) into a quantity."""
    return _DAMAGED.fullmatch(text) is not None


def read_table(content: bytes, names: Mapping[str, str]) -> Table:
    """The rows of a file; `names` are technical column names and their Chinese ones. Raises `Invalid` for the file."""
    text = _text(content)
    try:
        separator = _separator(text, names)
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Invalid("file", "file_malformed", "文件格式有误：引号不成对，或不是CSV文件") from error
    header, ignored = _header(records[0] if records else [], names)
    rows = tuple(
        Row(number, _cells(header, record))
        for number, record in enumerate(records[1:], start=2)
        if any(cell.strip() for cell in record)
    )
    if not rows:
        raise Invalid("file", "file_empty", "文件中没有数据行")
    if len(rows) > MOST_ROWS:
        raise Invalid("file", "file_too_long", f"最多{MOST_ROWS}行，请分成几个文件")
    if any(len(cell) > _MOST_CELL for row in rows for cell in row.cells.values()):
        raise Invalid("file", "cell_too_long", f"单元格最多{_MOST_CELL}个字，可能有引号不成对")
    return Table(tuple(name for name in header if name), ignored, rows)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Invalid("file", "file_too_large", "文件最大5 MB，请分成几个文件")
    if content.startswith(_WORKBOOK):
        raise Invalid("file", "file_is_workbook", "这是Excel工作簿，请在Excel中另存为“CSV UTF-8”后再导入")
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]  # Excel's "Unicode text"
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("file", "encoding_unknown", "无法识别文字编码，请另存为“CSV UTF-8”后再导入")


def _separator(text: str, names: Mapping[str, str]) -> str:
    """The separator under which most of the header's columns are known."""
    known = {_plain(one) for pair in names.items() for one in pair}
    first = text[:_MOST_CELL].splitlines()[0] if text.strip() else ""

    def knows(separator: str) -> int:
        return sum(_plain(cell) in known for cell in next(csv.reader([first], delimiter=separator), []))

    return max(_SEPARATORS, key=knows)


def _header(cells: list[str], names: Mapping[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """The technical name of each column, empty for those that mean nothing; and what those are called."""
    technical = {_plain(one): name for name, title in names.items() for one in (name, title)}
    header = [technical.get(_plain(cell), "") for cell in cells]
    found = [name for name in header if name]
    if not found:
        raise Invalid("file", "header_missing", f"第1行须为列名，例如：{'、'.join(names.values())}")
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice:
        raise Invalid("file", "column_twice", f"列“{names[twice]}”出现了两次")
    ignored = tuple(cell.strip() for cell, name in zip(cells, header, strict=True) if cell.strip() and not name)
    return header, ignored


def _plain(title: str) -> str:
    return re.sub(r"[\s*＊]", "", title).lower()


def _cells(header: list[str], record: list[str]) -> dict[str, str]:
    # Rows that end early have empty cells; cells behind the header's end belong to no column.
    padded = record + [""] * (len(header) - len(record))
    return {name: _bare(cell) for name, cell in zip(header, padded, strict=False) if name}


def _bare(cell: str) -> str:
    """A cell without the marks that keep spreadsheet programs from calculating; see `table.safe_cell`."""
    text = cell.strip()
    is_marked = text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS)
    return text[1:].strip() if is_marked else text
