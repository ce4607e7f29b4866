"""What travel times do at night: learn from arrivals, and write down who is near each bed (I/O).

Every process of the live path offers itself; a lock in the database lets one do it, and the rows say that it is done.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from carecircle.clock import Clock
from carecircle_alerts.travel.roads.speeds import CHINA
from carecircle_alerts.travel.running import Travel
from carecircle_alerts.travel.store import Connection, fetch

if TYPE_CHECKING:
    from carecircle_alerts.travel.roads.network import RoadNetwork

Learn = Callable[[Connection, datetime, int], Awaitable[int | None]]
ListCandidates = Callable[[Connection, "RoadNetwork | None", datetime], Awaitable[int]]

_AT = time(3, 0)  # by the clock of China, when the fewest calls come
_NIGHT = timedelta(hours=3)
_LOOK_EVERY_S = 600.0
_LOCK = 630_100_017  # any number that nothing else locks

_log = structlog.get_logger()


def night_before(now: datetime) -> datetime:
    """When the last night's work was due."""
    there = now.astimezone(CHINA)
    tonight = datetime.combine(there.date(), _AT, CHINA)
    return tonight if tonight <= there else tonight - timedelta(days=1)


async def work_nightly(
    travel: Travel, pool: AsyncConnectionPool[Connection], clock: Clock, calibration_days: int
) -> None:
    """Do a night's work in the night it is due; survives a database that is away, which costs one night at most."""
    done: datetime | None = None
    while True:
        now = clock.now()
        due = night_before(now)
        if done != due and now - due < _NIGHT:
            try:
                await work_once(travel, pool, now, calibration_days)
                done = due
            except (psycopg.Error, PoolTimeout) as error:
                _log.warning("night_work_put_off", error=type(error).__name__)
        await asyncio.sleep(_LOOK_EVERY_S)


async def work_once(
    travel: Travel, pool: AsyncConnectionPool[Connection], now: datetime, calibration_days: int
) -> bool:
    """Do what is not done since last night; returns False where another process is at it."""
    async with pool.connection() as connection:
        (lock,) = await fetch(connection, "lock_night_work", key=_LOCK)
        await connection.commit()
        if not lock["taken"]:
            return False
        try:
            await _work(travel, connection, now, calibration_days)
        finally:
            await connection.rollback()
            await fetch(connection, "unlock_night_work", key=_LOCK)
    return True


async def _work(travel: Travel, connection: Connection, now: datetime, calibration_days: int) -> None:
    learn, list_candidates = await asyncio.to_thread(_tools)
    due = night_before(now)
    newest = await fetch(connection, "newest_calibration")
    if calibration_days and not (newest and newest[0]["made_at"] >= due):
        await learn(connection, now, calibration_days)
        await connection.commit()
    (listed,) = await fetch(connection, "candidate_lists_made_at")
    if listed["made_at"] is None or listed["made_at"] < due:
        beds = await list_candidates(connection, travel.network, now)
        _log.info("candidates_listed", beds=beds)


def _tools() -> tuple[Learn, ListCandidates]:
    """What the night's work is done with: numpy and scipy, which no process has to read before it has that work.

    In a thread, because the live path would wait for a second otherwise.
    """
    from carecircle_alerts.travel.candidates import list_candidates
    from carecircle_alerts.travel.learning import learn

    return learn, list_candidates
