"""Drill desk: people start a drill for somebody, confirm one that came, and see how everybody is reached (I/O)."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.errors import Conflict, Forbidden, NotFound
from carecircle_alerts.drills.judging import judge_reach
from carecircle_alerts.drills.links import is_drill_token
from carecircle_alerts.drills.schedule import BETWEEN_CONTACTS
from carecircle_alerts.people.changes import By, record
from carecircle_alerts.store import Connection, fetch, run

_MOST_SHOWN = 2000
_FAILED = frozenset({"FAILED", "SKIPPED"})


class DrillDesk:
    """Commands about drills. Whether somebody may start one is the caller's to check; a link speaks for itself."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock | None = None) -> None:
        self._pool = pool
        self._clock = clock or SystemClock()

    async def start(self, responder_id: str, area: str, by: By) -> datetime:
        """Test all contacts of one person from now on; returns when the first is due, which at night waits for day.

        Raises `NotFound` for whoever is not in the area, `Conflict` where there is nothing that can be tested.
        """
        async with self._pool.connection() as connection:
            return await start_drill(connection, responder_id, area, by, self._clock.now())

    async def shown(self, area: str, responder_id: str | None) -> list[DictRow]:
        """How the people of an area, or one of them, are reached; the worst first."""
        async with self._pool.connection() as connection:
            return await shown(connection, area, responder_id, self._clock.now())

    async def check(self, drill_id: UUID, token: str, secret: str) -> bool:
        """Whether this drill is confirmed already; raises `Forbidden` for a link that is not good any more."""
        async with self._pool.connection() as connection:
            return await self._opened(connection, drill_id, token, secret) == "CONFIRMED"

    async def confirm(self, drill_id: UUID, token: str, secret: str) -> None:
        """The person says that it came; twice is once. Raises `Forbidden`."""
        async with self._pool.connection() as connection:
            state = await self._opened(connection, drill_id, token, secret)
            if state == "CONFIRMED":
                return
            (row,) = await fetch(connection, "drill_of", id=drill_id)
            now = self._clock.now()
            await run(connection, "confirm_drill", id=drill_id, now=now)
            if row["responder_id"] is not None:
                await judge_reach(connection, row["responder_id"], now)

    async def _opened(self, connection: Connection, drill_id: UUID, token: str, secret: str) -> str:
        rows = await fetch(connection, "drill_of", id=drill_id)
        is_good = is_drill_token(secret, token, drill_id, self._clock.now())
        if not is_good or not rows or rows[0]["state"] in _FAILED:
            raise Forbidden("链接无效或已过期")
        return str(rows[0]["state"])


async def start_drill(connection: Connection, responder_id: str, area: str, by: By, now: datetime) -> datetime:
    """Plan drills of one person for now, on record; raises `NotFound` and `Conflict`."""
    if not await fetch(connection, "responder_of_area", id=responder_id, area=area):
        raise NotFound("没有这位服务人员，或不在您的可见范围内")
    planned = await fetch(
        connection, "plan_drills", responder_ids=[responder_id], channels=None, now=now, due_at=[now],
        between=BETWEEN_CONTACTS, by_name=by.name,
    )  # fmt: skip
    if not planned:
        raise Conflict("没有可测试的联系方式，或上一次演练仍在等待确认")
    await record(connection, "drill_started", by, now, responder=responder_id, contacts=len(planned))
    first: datetime = min(row["due_at"] for row in planned)
    return first


async def shown(connection: Connection, area: str, responder_id: str | None, now: datetime) -> list[DictRow]:
    """Everybody of an area, or one of them, with the verdict and the last drill of every contact in use."""
    return await fetch(
        connection, "shown_reachability", area=area, responder_id=responder_id, now=now, most=_MOST_SHOWN
    )
