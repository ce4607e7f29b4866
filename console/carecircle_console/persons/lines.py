"""Lines: rows as CSV for spreadsheet programs, and as JSON Lines for programs (pure).

Text of a CSV cell that a spreadsheet would compute begins with an apostrophe; JSON Lines hold exactly what is stored.
"""

import base64
import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.range import Range

from carecircle_console.history.table import cell

CHINA = ZoneInfo("Asia/Shanghai")
BYTE_ORDER_MARK = "\ufeff".encode()
"""Without it Excel takes the Chinese for something else."""


def csv_lines(rows: Sequence[Sequence[object]], no_yes: tuple[str, str] = ("否", "是")) -> bytes:
    """Rows as lines of a table; statements are written with the words for no and yes."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [[no_yes[value] if isinstance(value, bool) else _cell(value) for value in row] for row in rows]
    )
    return text.getvalue().encode()


def json_lines(names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Rows as one JSON object each."""
    return "".join(
        json.dumps(dict(zip(names, map(plain, row), strict=True)), ensure_ascii=False) + "\n" for row in rows
    ).encode()


def _cell(value: object) -> str:
    if value is None or isinstance(value, int | float | str | datetime):
        return cell(value)
    shown = plain(value)
    return cell(shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False))


def plain(value: object) -> object:
    """A value as JSON knows it: times in Beijing time, bytes as Base64, periods as `from/until`."""
    match value:
        case datetime():
            return value.astimezone(CHINA).isoformat(timespec="milliseconds")
        case date() | time() | UUID():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case Range():
            return f"{plain(value.lower) or ''}/{plain(value.upper) or ''}"
        case list():
            return [plain(one) for one in value]
        case _:
            return value
