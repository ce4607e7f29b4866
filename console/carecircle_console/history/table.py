"""Table: a resident's readings as CSV for a spreadsheet program, in Chinese (pure).

One row a message; the first line names every column for people, with its unit and its name in the interface. It begins
with a byte order mark, without which Excel takes the Chinese for something else.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from carecircle.quantities import QUANTITIES, Quantity

_CHINA = ZoneInfo("Asia/Shanghai")
_COLUMNS = {
    "measured_at": "测量时间",
    "received_at": "接收时间",
    "device": "设备",
    "quality": "数据质量",
    "clock_offset_ms": "时钟校正（毫秒）",
}
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINES_AT_ONCE = 500


async def write_table(rows: AsyncIterator[Mapping[str, object]]) -> AsyncIterator[bytes]:
    """The file, bit by bit."""
    yield "\ufeff".encode() + _lines([_heading()])
    waiting: list[list[str]] = []
    async for row in rows:
        waiting.append([cell(row[name]) for name in (*_COLUMNS, *QUANTITIES)])
        if len(waiting) == _LINES_AT_ONCE:
            yield _lines(waiting)
            waiting = []
    yield _lines(waiting)


def _heading() -> list[str]:
    return [*(f"{label} {name}" for name, label in _COLUMNS.items()), *map(_name, QUANTITIES.values())]


def _name(quantity: Quantity) -> str:
    unit = "是/否" if quantity.is_statement else quantity.unit
    return f"{quantity.label} {quantity.name} ({unit})"


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet program computes."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.astimezone(_CHINA).isoformat(timespec="milliseconds")
        case str() if value.startswith(_STARTS_A_FORMULA):
            return "'" + value  # a device may be called "-1"; a spreadsheet must not compute it
        case _:
            return str(value)


def _lines(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
