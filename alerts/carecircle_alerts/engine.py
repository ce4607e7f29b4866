"""Engine: takes timers that are due and does what they ask for, one incident a transaction (I/O).

Any number of workers may run: an incident is locked by one of them, the others skip it. A worker that dies leaves its
timers behind, because they are taken in the transaction that answers them.
"""

import time
from dataclasses import dataclass
from datetime import datetime

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.commands import DueKind
from carecircle_alerts.save import Saving
from carecircle_alerts.search import answer
from carecircle_alerts.store import Connection, IndexFailed, deciding, is_more_due, read_case, take_due
from carecircle_alerts.travel import TravelTimes

ACTOR = "engine"
_LEFT_ALONE_S = 30.0

_log = structlog.get_logger()


@dataclass(slots=True)
class PeopleIndex:
    """Whether the index of people is asked; after it has failed, last night's lists stand in for a while."""

    left_alone_until: float = 0.0

    def is_left_alone(self) -> bool:
        """Whether lists stand in."""
        return time.monotonic() < self.left_alone_until

    def failed(self) -> None:
        """It has failed or took too long."""
        self.left_alone_until = time.monotonic() + _LEFT_ALONE_S


async def run_due(
    pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime, index: PeopleIndex | None = None
) -> int:
    """Answer everything that is due at `now`; returns how many incidents had something due."""
    answered, is_more, index = 0, True, index or PeopleIndex()
    while is_more:
        has_answered, is_more = await _answer_one(pool, travel, now, index)
        answered += has_answered
    return answered


async def _answer_one(
    pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime, index: PeopleIndex
) -> tuple[bool, bool]:
    """Whether an incident was answered, and whether another one may be waiting."""
    if not index.is_left_alone():
        try:
            return await _answer(pool, travel, now, by_list=False)
        except IndexFailed as error:
            # Nothing of it is committed: whoever was due still is.
            index.failed()
            _log.error("people_index_failed", error=type(error.__cause__).__name__)
    return await _answer(pool, travel, now, by_list=True)


async def _answer(
    pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime, *, by_list: bool
) -> tuple[bool, bool]:
    async with deciding(pool) as connection:
        due = await take_due(connection, now)
        if due is None:
            return False, False
        incident_id, timers = due
        for timer in timers:
            case = await read_case(connection, incident_id)  # its lock is held since its timers were taken
            if timer.epoch != case.incident.epoch or case.is_ended():
                continue
            kind = DueKind(timer.kind)
            commands = await answer(connection, case, kind, timer.subject, travel, now, by_list=by_list)
            await Saving.of(connection, case, ACTOR, now).run(commands)
            _log.info("timer_answered", incident=str(incident_id), timer=timer.kind, commands=len(commands))
        is_more = await is_more_due(connection, now)
    return True, is_more
