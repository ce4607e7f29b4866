import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from carecircle.clock import ManualClock
from carecircle_alerts.database_clock import DatabaseClock
from tests.servers import Database


async def connect(database: Database) -> psycopg.AsyncConnection[DictRow]:
    return await psycopg.AsyncConnection.connect(database.url("carecircle_alerts"), row_factory=dict_row)


async def test_a_machine_whose_clock_is_wrong_goes_by_the_database(database: Database) -> None:
    clock = DatabaseClock(ManualClock(datetime.now(UTC) - timedelta(hours=3)))
    async with await connect(database) as connection:
        assert await clock.ask(connection) == pytest.approx(3 * 3600, abs=5)
        (row,) = await (await connection.execute("select clock_timestamp() as now")).fetchall()
    assert abs((clock.now() - row["now"]).total_seconds()) < 2


async def test_it_counts_on_by_itself_and_never_stands_still(database: Database) -> None:
    clock = DatabaseClock()
    async with await connect(database) as connection:
        await clock.ask(connection)
    before = clock.now()
    await asyncio.sleep(0.05)
    assert clock.now() - before >= timedelta(seconds=0.05)
