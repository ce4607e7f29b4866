"""Surge: when incidents pile up, each decision looks at the others around it and leaves them their people (I/O)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from psycopg.rows import DictRow

from carecircle_alerts.incident import Case
from carecircle_alerts.ranking import Candidate
from carecircle_alerts.store import Connection, fetch
from carecircle_alerts.travel import TravelTimes

# The most urgent others that one decision looks at; more would cost each decision more than they change.
MOST_OTHERS = 50

ShareAmong = Callable[
    [Connection, Case, list[Candidate], list[DictRow], TravelTimes, datetime], Awaitable[list[Candidate]]
]


async def share_out(
    connection: Connection, case: Case, candidates: list[Candidate], travel: TravelTimes, now: datetime
) -> list[Candidate]:
    """The candidates as they are while few incidents are open; above `joint_above`, those who are left to this one."""
    if not any(one.rank is not None and one.travel is not None for one in candidates):
        return candidates
    rows = await fetch(connection, "competing", incident_id=case.incident.id, most=MOST_OTHERS, now=now)
    if len(rows) < case.incident.plan.joint_above:
        if rows:
            _read_ahead()
        return candidates
    share_among = await asyncio.to_thread(_joint)
    return await share_among(connection, case, candidates, rows, travel, now)


def _joint() -> ShareAmong:
    """The joint assignment. Only a surge needs its scipy, half of the time and the memory that a start would take.

    In a thread, because reading it takes a second, in which the engine has others to listen to.
    """
    from carecircle_alerts.crowd import share_among

    return share_among


def _read_ahead() -> None:
    """Read the joint assignment as soon as there are two incidents at all, so that the surge itself does not wait."""
    asyncio.get_running_loop().run_in_executor(None, _joint)
