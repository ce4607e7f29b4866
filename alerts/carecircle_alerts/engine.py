"""Engine: takes timers that are due and does what they ask for, one incident a transaction (I/O).

Any number of workers may run: an incident is locked by one of them, the others skip it. A worker that dies leaves its
timers behind, because they are taken in the transaction that answers them.
"""

from datetime import datetime

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.commands import DueKind
from carecircle_alerts.save import Saving
from carecircle_alerts.search import answer
from carecircle_alerts.store import Connection, read_case, take_due
from carecircle_alerts.travel import TravelTimes

ACTOR = "engine"

_log = structlog.get_logger()


async def run_due(pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime) -> int:
    """Answer everything that is due at `now`; returns how many incidents had something due."""
    answered = 0
    while await _answer_one(pool, travel, now):
        answered += 1
    return answered


async def _answer_one(pool: AsyncConnectionPool[Connection], travel: TravelTimes, now: datetime) -> bool:
    async with pool.connection() as connection:
        due = await take_due(connection, now)
        if due is None:
            return False
        incident_id, timers = due
        for timer in timers:
            case = await read_case(connection, incident_id)  # its lock is held since its timers were taken
            if timer.epoch != case.incident.epoch or case.is_ended():
                continue
            kind = DueKind(timer.kind)
            commands = await answer(connection, case, kind, timer.subject, travel, now)
            await Saving.of(connection, case, ACTOR, now).run(commands)
            _log.info("timer_answered", incident=str(incident_id), timer=timer.kind, commands=len(commands))
    return True
