"""Thinning: of the oldest readings every second one goes; a long outage leaves a coarse history (I/O on SQLite).

What stays says for which numbers it stands, so that the platform does not wait for those that never come.
"""

import sqlite3
from itertools import groupby
from operator import itemgetter

from carecircle_gateway.normalise import Urgency

_AT_ONCE = 1_000
_FEWEST = 20
"""With fewer pairs the oldest are as thin as they get, and have to go altogether."""

_Row = tuple[int, str, int, int, int | None]
"""Id, device, boot, number, and the lowest number for which the message stands already."""


def thin(connection: sqlite3.Connection) -> list[int]:
    """Which messages went, within the caller's transaction; none where there is little left to thin.

    Only the older half is touched. A pair between whose numbers something else of the device is kept stays as it is.
    Raises `sqlite3.Error`.
    """
    (count,) = connection.execute("SELECT count(*) FROM message WHERE urgency = ?", (Urgency.TELEMETRY,)).fetchone()
    rows: list[_Row] = connection.execute(
        "SELECT id, device, boot, seq, since FROM message WHERE urgency = ? ORDER BY id LIMIT ?",
        (Urgency.TELEMETRY, min(_AT_ONCE, count // 2)),
    ).fetchall()
    pairs: list[tuple[_Row, _Row]] = []
    for _, run in groupby(sorted(rows, key=itemgetter(1, 2, 3)), key=itemgetter(1, 2)):
        of_device = list(run)
        pairs += zip(of_device[::2], of_device[1::2], strict=False)
    pairs = [(gone, kept) for gone, kept in pairs if not _has_between(connection, gone, kept)]
    if len(pairs) < _FEWEST:
        return []
    for gone, kept in pairs:
        lowest = gone[3] if gone[4] is None else gone[4]
        connection.execute("DELETE FROM message WHERE id = ?", (gone[0],))
        connection.execute("UPDATE message SET since = ? WHERE id = ?", (lowest, kept[0]))
    return [gone[0] for gone, _ in pairs]


def _has_between(connection: sqlite3.Connection, gone: _Row, kept: _Row) -> bool:
    _, device, boot, low, _ = gone
    return (
        connection.execute(
            "SELECT 1 FROM message WHERE device = ? AND boot = ? AND seq > ? AND seq < ? LIMIT 1",
            (device, boot, low, kept[3] if kept[4] is None else min(kept[3], kept[4])),
        ).fetchone()
        is not None
    )
