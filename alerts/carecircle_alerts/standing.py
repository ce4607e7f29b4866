"""Standing: folds finished offers into how each person answers, so that a decision reads one row a person (I/O)."""

from datetime import datetime, timedelta

from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.store import Connection, fetch, run

# A transaction of the live path lasts 10 s at most (migration 0003): a minute later nothing older can still appear.
_SETTLED_AFTER = timedelta(minutes=1)


async def fold_offers(pool: AsyncConnectionPool[Connection], now: datetime) -> bool:
    """Fold what was finished up to a minute ago; False when another process does it, or when there is nothing new."""
    until = now - _SETTLED_AFTER
    async with pool.connection() as connection:
        marks = await fetch(connection, "standing_mark_of")
        if not marks or marks[0]["folded_to"] >= until:
            return False
        await run(connection, "fold_offers", since=marks[0]["folded_to"], until=until)
        await run(connection, "move_standing_mark", until=until)
    return True
