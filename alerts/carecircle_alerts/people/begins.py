"""Begins: when a shift begins, incidents around that have nobody look round at once, not at their next turn (I/O).

Whom a search finds on duty is asked of the roster at its own moment; only a search that came up empty waits. Who
switches themselves on wakes those as well (`changes.set_duty`).
"""

from datetime import datetime, timedelta

from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.store import Connection, fetch

LOOK_EVERY_S = 1.0
_LOOKS_BACK = timedelta(seconds=5)
"""So far back a beginning counts: more than a look that came late. What is missed all the same waits its minute."""
_WOKEN_AT_MOST = 200
"""Everybody's early shift begins at once, in every county (engineering proposal)."""


async def wake_for_shifts(pool: AsyncConnectionPool[Connection], now: datetime) -> int:
    """Have them look round; how many. Doing it again, here or in another process, wakes nobody who looks already."""
    async with pool.connection() as connection:
        begun = await fetch(connection, "people_begun", since=now - _LOOKS_BACK, now=now)
        if not begun:
            return 0
        ids = [row["id"] for row in begun]
        return len(await fetch(connection, "wake_around", ids=ids, now=now, most=_WOKEN_AT_MOST))
