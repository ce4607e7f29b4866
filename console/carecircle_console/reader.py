"""Reader: follows the audit trail and turns each new row into a change for the stream; one per process (I/O).

A notification only says that looking pays; every 250 ms it looks anyway. What was missed while the database was away,
or while this process was not scheduled, is made good by a new snapshot for everybody.
"""

import asyncio
import time
from collections.abc import Sequence

import psycopg
import structlog
from psycopg.rows import DictRow, dict_row

from carecircle.clock import Clock
from carecircle_console.access import AccessLog, Purpose
from carecircle_console.feed import FeedCursor
from carecircle_console.scope import EVERYTHING
from carecircle_console.store import Connection, entry_of, fetch, load_incidents
from carecircle_console.stream import Audience, Change, Hub

_POLL_S = 0.25
_MOST_AT_ONCE = 1000
# How far below the newest row a transaction may still be open when the console starts.
_LOOK_BACK = 1000
# Longer than this without a look: rows may have settled unseen, begin anew.
_TOO_LONG_S = 10.0
_PAUSE_S = 0.5

_log = structlog.get_logger()


class FeedReader:
    """Reads on a connection of its own, so that no request can hold it up."""

    def __init__(self, url: str, hub: Hub, access: AccessLog, clock: Clock) -> None:
        self._url = url
        self._hub = hub
        self._access = access
        self._clock = clock
        self._cursor = FeedCursor()
        self._looked_at = float("-inf")

    @property
    def is_alive(self) -> bool:
        """Whether it has looked within the last seconds."""
        return time.monotonic() - self._looked_at < _TOO_LONG_S

    async def run(self) -> None:
        """Follow the trail until cancelled; comes back by itself whenever the database was away."""
        is_away = False
        while True:
            try:
                connection: Connection
                async with await psycopg.AsyncConnection[DictRow].connect(
                    self._url, autocommit=True, row_factory=dict_row, application_name="carecircle-console-feed"
                ) as connection:
                    if is_away:
                        _log.info("feed_resumed")
                    is_away = False
                    await self._follow(connection)
            except psycopg.OperationalError as error:
                if not is_away:
                    _log.warning("feed_interrupted", error=type(error).__name__)
                is_away = True
                await asyncio.sleep(_PAUSE_S)

    async def _follow(self, connection: Connection) -> None:
        await connection.execute("listen incident_event")
        await self._begin(connection)
        self._looked_at = time.monotonic()
        while self.is_alive:
            async for _notification in connection.notifies(timeout=_POLL_S, stop_after=1):
                pass
            if not self.is_alive:
                break
            while await self.look(connection):
                pass

    async def _begin(self, connection: Connection) -> None:
        (head,) = await fetch(connection, "feed_head")
        after = max(0, head["last"] - _LOOK_BACK)
        known = [row["id"] for row in await fetch(connection, "feed_recent", after=after)]
        self._cursor.begin(head["last"], known, after, self._clock.now())
        self._hub.start_over()

    async def look(self, connection: Connection) -> bool:
        """Publish what is new; True when there may be more at once."""
        now = self._clock.now()
        rows = await fetch(
            connection, "feed_news", last=self._cursor.last, missing=self._cursor.missing(now), most=_MOST_AT_ONCE
        )
        new = sorted((row for row in rows if self._cursor.is_new(row["id"], now)), key=lambda row: int(row["id"]))
        if new:
            await self._publish(connection, new)
        self._looked_at = time.monotonic()
        return len(rows) >= _MOST_AT_ONCE

    async def _publish(self, connection: Connection, rows: Sequence[DictRow]) -> None:
        ids = list(dict.fromkeys(row["incident_id"] for row in rows))
        seen = {one.incident.id: one for one in await load_incidents(connection, ids, EVERYTHING)}
        audiences = {row["id"]: _audience(row) for row in await fetch(connection, "incident_audience", ids=ids)}
        shown: list[tuple[int, str]] = []
        for row in rows:
            incident_id = row["incident_id"]
            change = Change(row["id"], entry_of(row), seen[incident_id], audiences[incident_id])
            shown += self._hub.publish(change)
        await self._access.record(shown, Purpose.STREAM)


def _audience(row: DictRow) -> Audience:
    return Audience(
        incident_id=row["id"],
        resident_id=row["resident_id"],
        division_code=row["division_code"],
        responders=frozenset(row["responders"]),
        asked=frozenset(row["asked"]),
        families=frozenset(row["families"]),
    )
