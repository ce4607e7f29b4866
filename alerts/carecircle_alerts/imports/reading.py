"""Reading: a file as spreadsheet programs in China save it, as rows under known columns (pure).

Excel saves CSV as GB18030 or, as "CSV UTF-8", as UTF-8 with a byte order mark; WPS and others leave the mark out. The
separator follows the country that the machine is set to. What a program has made of a number is not guessed back.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from carecircle.errors import Invalid
from carecircle_alerts.imports.cells import plain
from carecircle_alerts.imports.table import FORMULA_SIGNS

# A bed's county has at most some thousand people; more is a wrong file (engineering proposal).
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
_MOST_CELL = 2_000
_SEPARATORS = (",", ";", "\t")
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Offices put a title, and who it is from, above the header.
_TITLES = 5
_EXAMPLES = 9


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

    def ids(self, column: str) -> list[str]:
        """What stands in the column of numbers that are names, row by row."""
        return [plain(row.cells.get(column, "")) for row in self.rows]


def read_table(content: bytes, names: Mapping[str, str]) -> Table:
    """The rows of a file; `names` are technical column names and their Chinese ones. Raises `Invalid` for the file."""
    text = _text(content)
    try:
        separator = _separator(text, names)
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Invalid("file", "file_malformed", "文件格式有误：引号不成对，或不是CSV文件") from error
    above = _header_at(records, names)
    header, ignored = _header(records[above] if records else [], names)
    rows = tuple(
        Row(number, _cells(header, record))
        for number, record in enumerate(records[above + 1 :], start=above + 2)
        if any(cell.strip() for cell in record)
    )
    if not rows:
        raise Invalid("file", "file_empty", "文件中没有数据行")
    if len(rows) > MOST_ROWS:
        raise Invalid("file", "file_too_long", f"最多{MOST_ROWS}行，请分成几个文件", most=str(MOST_ROWS))
    if any(len(cell) > _MOST_CELL for row in rows for cell in row.cells.values()):
        said = f"单元格最多{_MOST_CELL}个字，可能有引号不成对"
        raise Invalid("file", "cell_too_long", said, most=str(_MOST_CELL))
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
    """The separator under which most of some line's columns are known."""
    first = text[: _TITLES * _MOST_CELL].splitlines()[:_TITLES]

    def knows(separator: str) -> int:
        return max((_known(next(csv.reader([line], delimiter=separator), []), names) for line in first), default=0)

    return max(_SEPARATORS, key=knows)


def _header_at(records: list[list[str]], names: Mapping[str, str]) -> int:
    """Which of the first rows has most of the known columns; the first of them where several have."""
    return max(range(min(_TITLES, len(records))), key=lambda at: _known(records[at], names), default=0)


def _known(cells: list[str], names: Mapping[str, str]) -> int:
    known = {_plain(one) for pair in names.items() for one in pair}
    return sum(_plain(cell) in known for cell in cells)


def _header(cells: list[str], names: Mapping[str, str]) -> tuple[list[str], tuple[str, ...]]:
    """The technical name of each column, empty for those that mean nothing; and what those are called."""
    technical = {_plain(one): name for name, title in names.items() for one in (name, title)}
    header = [technical.get(_plain(cell), "") for cell in cells]
    found = [name for name in header if name]
    if not found:
        shown = "、".join(list(names.values())[:_EXAMPLES])
        raise Invalid("file", "header_missing", f"第1行须为列名，例如：{shown}", columns=shown)
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice:
        raise Invalid("file", "column_twice", f"列“{names[twice]}”出现了两次", column=names[twice])
    ignored = tuple(cell.strip() for cell, name in zip(cells, header, strict=True) if cell.strip() and not name)
    return header, ignored


def _plain(title: str) -> str:
    """A title without spaces, stars of what is needed, and units in brackets."""
    return re.sub(r"[\s*]|\(.*?\)", "", unicodedata.normalize("NFKC", title)).lower()


def _cells(header: list[str], record: list[str]) -> dict[str, str]:
    # Rows that end early have empty cells; cells behind the header's end belong to no column.
    padded = record + [""] * (len(header) - len(record))
    return {name: _bare(cell) for name, cell in zip(header, padded, strict=False) if name}


def _bare(cell: str) -> str:
    """A cell without the marks that keep spreadsheet programs from calculating; see `table.safe_cell`."""
    text = cell.strip()
    is_marked = text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS)
    return text[1:].strip() if is_marked else text
