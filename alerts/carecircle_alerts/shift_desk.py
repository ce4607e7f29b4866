"""Shift desk: people of the centre begin a shift, leave it to the next one in writing, and take one over (I/O)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, NotFound
from carecircle_alerts.desk import Actor, account_of
from carecircle_alerts.store import Connection, fetch, run
from carecircle_alerts.texts import clock_time

SILENT_AFTER = timedelta(minutes=5)
"""A bed that has said nothing for this long says nothing about now (the gateway's freshness limit)."""
LONGEST = timedelta(hours=12)
"""No session of the centre's staff lasts longer."""
_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Left:
    """What one shift leaves to the next: how many of each, and the first of them, by ids."""

    at: datetime
    counts: dict[str, int]
    open: list[DictRow]
    aside: list[DictRow]
    silent: list[DictRow]

    def stored(self) -> Jsonb:
        """As the database keeps it: ids and states, and nobody's name but that of who has taken an incident."""
        lists = {"open": self.open, "aside": self.aside, "silent": self.silent}
        rows = {name: [_plain(row) for row in found] for name, found in lists.items()}
        return Jsonb({"at": self.at.isoformat(), "counts": self.counts, **rows})


class ShiftDesk:
    """Commands about the desk's own shifts; nothing here keeps an alarm from being seen or acted on.

    Raises `Conflict`, `Forbidden` or `NotFound` with a sentence in Chinese. `area` is the division code that the
    caller answers for.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def begin(self, area: str, actor: Actor, *, heard: bool) -> None:
        """Watch from now on; `heard`: the person confirms that the alarm sound can be heard. Twice is once."""
        account_id, now = account_of(actor), self._clock.now()
        async with self._pool.connection() as connection:
            await run(connection, "end_stale_shifts", now=now, before=now - LONGEST)
            await run(
                connection, "begin_shift", account_id=account_id, name=actor.name, area=area, now=now, heard=heard
            )

    async def draft(self, area: str) -> Left:
        """What a handover would say now."""
        async with self._pool.connection() as connection:
            return await _left(connection, area, self._clock.now())

    async def write(self, area: str, notes: str, actor: Actor) -> int:
        """Sign what is left to the next shift, as it is at this moment; returns its number."""
        account_id, now = account_of(actor), self._clock.now()
        async with self._pool.connection() as connection:
            left = await _left(connection, area, now)
            rows = await fetch(
                connection, "write_handover", area=area, account_id=account_id, name=actor.name, now=now,
                notes=notes.strip(), summary=left.stored(),
            )  # fmt: skip
        return int(rows[0]["id"])

    async def take(self, handover_id: int, area: str, actor: Actor) -> None:
        """Sign that one has read it; the shift of who wrote it ends, and one's own begins if it has not.

        Raises `Conflict` for one's own handover, and naming who was first.
        """
        account_id, now = account_of(actor), self._clock.now()
        async with self._pool.connection() as connection:
            rows = await fetch(connection, "lock_handover", id=handover_id, area=area)
            if not rows:
                raise NotFound("没有这份交班记录")
            (found,) = rows
            if found["to_account_id"] == account_id:
                return
            if found["from_account_id"] == account_id:
                raise Conflict("交班与接班不能是同一人", code="own_handover")
            if found["taken_at"] is not None:
                name, at = found["to_name"], found["taken_at"]
                raise Conflict(f"{name}已于 {clock_time(at)} 接班", code="handover_taken", name=name, at=at.isoformat())
            await run(connection, "take_handover", id=handover_id, account_id=account_id, name=actor.name, now=now)
            await run(connection, "end_shift", account_id=found["from_account_id"], now=now)
            await run(
                connection, "begin_shift", account_id=account_id, name=actor.name, area=area, now=now, heard=False
            )


async def _left(connection: Connection, area: str, now: datetime) -> Left:
    found = {
        "open": await fetch(connection, "left_open", area=area),
        "aside": await fetch(connection, "left_aside", area=area, now=now),
        "silent": await fetch(connection, "left_silent", area=area, before=now - SILENT_AFTER),
    }
    counts = {name: len(rows) for name, rows in found.items()}
    first = {name: rows[:_MOST_LISTED] for name, rows in found.items()}
    return Left(now, counts, first["open"], first["aside"], first["silent"])


def _plain(row: DictRow) -> dict[str, object]:
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else value
        if isinstance(value, int | None)
        else str(value)
        for name, value in row.items()
    }
