"""Two engines look for what has begun at the same moment, for the stories of who is woken."""

from datetime import datetime

from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.people.begins import wake_for_beginnings
from carecircle_alerts.store import Connection


async def of_two_engines_one_wakes(engine: AsyncConnectionPool[Connection], now: datetime) -> None:
    """While one has the mark the other passes by; then one incident is woken."""
    async with engine.connection() as other:
        await other.execute("select looked_to from beginning_mark for update")
        assert await wake_for_beginnings(engine, now) == 0, "another one is at it, and nobody waits for it"
    assert await wake_for_beginnings(engine, now) == 1
