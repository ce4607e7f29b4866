"""Begins: when a shift begins, a provider opens or an answer is overdue, incidents around that have nobody look (I/O).

Whom a search finds on duty and open is asked of roster and hours at its own moment; only a search that came up empty
waits. Who has not answered in time is free for others from that moment on, as if they had declined. How far beginnings
have been looked for stands in the database: a restart loses none, and of several engines one wakes. What people change
wakes in the transaction of the change (`waking`).
"""

from datetime import datetime, timedelta

from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.people.waking import RUN_OUT_AT_MOST, wake_around, wake_for_run_out
from carecircle_alerts.store import Connection, fetch, run

LOOK_EVERY_S = 1.0
_LOOKS_BACK = timedelta(minutes=10)
"""What began while nobody looked for longer needs no waking: the round of whoever waits was due long ago."""
_RUNS_AHEAD = timedelta(minutes=1)
"""A mark further ahead than clocks of engines can differ is from before the clock was set back."""


async def wake_for_beginnings(pool: AsyncConnectionPool[Connection], now: datetime) -> int:
    """Have them look round; how many. What has begun wakes once, here or in another process."""
    async with pool.connection() as connection:
        (mark,) = await fetch(connection, "beginning_mark")
        looked_to: datetime = mark["looked_to"]
        if now <= looked_to <= now + _RUNS_AHEAD:
            return 0
        since = max(looked_to, now - _LOOKS_BACK) if looked_to < now else now - timedelta(seconds=LOOK_EVERY_S)
        begun = await fetch(connection, "people_begun", since=since, now=now)
        run_out = await fetch(connection, "run_out", since=since, now=now, most=RUN_OUT_AT_MOST)
        # Nothing is written in most seconds. Providers open on full minutes, so the mark is moved past each of them.
        if not begun and not run_out and _minute(since) == _minute(now):
            return 0
        if not await fetch(connection, "hold_beginning_mark", read=looked_to):
            return 0
        await run(connection, "move_beginning_mark", now=now)
        woken = await wake_around(connection, [row["id"] for row in begun], now)
        return woken + await wake_for_run_out(connection, [row["id"] for row in run_out], now)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
