"""History: the stored messages of one bed, in the order in which they came, as the rules see them (I/O)."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from carecircle_alerts.store import QUERIES, Connection
from carecircle_alerts.watch.seen import Said, Seen

_TELEMETRY = ("vitals", "environment", "spot_check")
_KEYS = frozenset({"measured_at", "received_at", "device", "boot", "seq", "quality", "clock_offset_ms"})
Row = dict[str, Any]


async def messages_of(connection: Connection, bed: str, begin: datetime, end: datetime) -> list[tuple[Seen, bool]]:
    """What a bed said from `begin` to `end` of arrival, and of each whether its clock had to be corrected.

    A message whose readings lie in several tables is put together again.
    """
    found: dict[tuple[str, int, int], tuple[Seen, bool]] = {}
    for table in (*_TELEMETRY, "device_event", "device_status"):
        async for row in _rows(connection, f"replay_{table}", bed, begin, end):
            seen, corrected = _seen(table, row), row["clock_offset_ms"] is not None
            key = (seen.device, *seen.key)
            before = found.get(key)
            if before is not None and before[0].readings is not None and seen.readings is not None:
                before[0].readings.update(seen.readings)
            else:
                found[key] = (seen, corrected)
    return sorted(found.values(), key=lambda one: (one[0].received, one[0].order()))


async def _rows(connection: Connection, query: str, bed: str, begin: datetime, end: datetime) -> AsyncIterator[Row]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(QUERIES[query], {"bed": bed, "begin": begin, "end": end})
    async for row in cursor:
        yield row


def _seen(table: str, row: Row) -> Seen:
    at, received = row["measured_at"].timestamp(), row["received_at"].timestamp()
    key = (row["boot"], row["seq"])
    if table == "device_event":
        return Seen(at, received, row["device"], key, event=row["event"], detail=row["detail"])
    if table == "device_status":
        said = Said(row["online"], row["battery"], row["link_quality"], row["power"], firmware=row["firmware"])
        return Seen(at, received, row["device"], key, said=said)
    readings = {name: value for name, value in row.items() if name not in _KEYS and value is not None}
    return Seen(at, received, row["device"], key, readings=readings, quality=row["quality"])
