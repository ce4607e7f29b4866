"""The database's clock: every process counts deadlines by the one clock that they share (I/O).

Timers, leases and deadlines are written by one process and answered by another, perhaps on another machine. The clock
asks the database now and then and counts on from there by the machine's monotonic clock, which no correction of the
machine's time of day can move.
"""

import asyncio
import contextlib
import time
from datetime import datetime, timedelta

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from carecircle.clock import Clock, SystemClock
from carecircle_alerts.store import Connection, fetch

_ASK_EVERY_S = 10.0
_ASK_AGAIN_S = 1.0
_TOLD_ABOVE_S = 1.0

_log = structlog.get_logger()


class DatabaseClock:
    """A `Clock`; until the database has answered once it is the machine's."""

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine_at = (machine or SystemClock()).now()
        self._counted_from = time.monotonic()
        self._is_set = False

    def now(self) -> datetime:
        """The database's time, UTC; off by half a round trip at most."""
        return self._machine_at + timedelta(seconds=time.monotonic() - self._counted_from)

    async def ask(self, connection: Connection) -> float:
        """Set the clock by the database; returns the seconds by which it was moved."""
        asked = time.monotonic()
        (row,) = await fetch(connection, "database_time")
        answered = time.monotonic()
        before = self.now()
        self._machine_at, self._counted_from = row["now"], (asked + answered) / 2
        moved_s = (self.now() - before).total_seconds()
        if abs(moved_s) > _TOLD_ABOVE_S:
            _log.warning("clock_follows_the_database", moved_s=round(moved_s, 3), first=not self._is_set)
        self._is_set = True
        return moved_s

    async def follow(self, pool: AsyncConnectionPool[Connection], stop: asyncio.Event) -> None:
        """Ask again and again until `stop`; while the database is away the clock counts on."""
        while not stop.is_set():
            pause_s = _ASK_EVERY_S
            try:
                async with pool.connection() as connection:
                    await self.ask(connection)
            except (psycopg.OperationalError, PoolTimeout):
                pause_s = _ASK_AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await stop.wait()
