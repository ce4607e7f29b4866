"""Rows about travel times into the types of this package, and back (I/O)."""

from datetime import datetime

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from carecircle.clock import Clock
from carecircle.db.queries import Queries
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.calibration import Calibration, Correction, Group
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.speeds import CHINA

QUERIES = Queries("carecircle_alerts", "travel/travel.sql")
Connection = AsyncConnection[DictRow]


async def fetch(connection: Connection, query: str, **parameters: object) -> list[DictRow]:
    """Run a named query and return its rows."""
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(QUERIES[query], parameters)
    return await cursor.fetchall()


async def run(connection: Connection, query: str, **parameters: object) -> None:
    """Run a named statement that returns no rows."""
    await connection.execute(QUERIES[query], parameters)


async def load_closures(connection: Connection, now: datetime) -> list[Closure]:
    """Closed and slow roads that count at `now`."""
    rows = await fetch(connection, "closures_to_come", now=now)
    closures = [
        Closure(
            row["id"], tuple(Place(lat, lon) for lon, lat in row["corners"]), row["radius_m"], row["slow_factor"],
            tuple(row["modes"]), row["begins_at"], row["until"],
        )
        for row in rows
    ]  # fmt: skip
    return [closure for closure in closures if closure.is_in_force(now)]


async def load_calibration(connection: Connection) -> Calibration:
    """The newest corrections."""
    newest = await fetch(connection, "newest_calibration")
    if not newest:
        return Calibration()
    rows = await fetch(connection, "newest_corrections")
    return Calibration(
        newest[0]["version"],
        {
            Group(row["basis"], row["mode"], row["terrain"], row["hour_band"]): Correction(row["factor"], row["spread"])
            for row in rows
        },
    )


class Budget:
    """How many questions may go to a paid service on a day of China's clock, over all processes."""

    def __init__(self, pool: AsyncConnectionPool[Connection], clock: Clock, source: str, most: int) -> None:
        self._pool = pool
        self._clock = clock
        self._source = source
        self._most = most

    async def spend(self, count: int) -> bool:
        """Take some out, in a transaction of its own; False where they are used up or nobody can tell."""
        day = self._clock.now().astimezone(CHINA).date()
        try:
            async with self._pool.connection(timeout=0.2) as connection:
                rows = await fetch(
                    connection, "spend_budget", source=self._source, day=day, count=count, most=self._most
                )
        except PoolTimeout:
            return False
        return bool(rows)
