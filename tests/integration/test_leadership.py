"""Of two readers one leads; when it is gone the other takes over, and the first can commit no more."""

import asyncio

from carecircle_alerts.leadership import Leadership
from tests.scene import Scene
from tests.servers import Database


async def test_a_standby_leads_as_soon_as_the_leader_is_gone(database: Database) -> None:
    url, stop = database.url("carecircle_alerts"), asyncio.Event()
    async with Leadership(url) as standby:
        async with Leadership(url) as leader:
            assert await leader.won(stop) == 1
            waiting = asyncio.create_task(standby.won(stop))
            await asyncio.sleep(1.2)
            assert not waiting.done()
        assert await asyncio.wait_for(waiting, 10) == 2


async def test_a_standby_stops_when_it_is_told(database: Database) -> None:
    url, stop = database.url("carecircle_alerts"), asyncio.Event()
    async with Leadership(url) as leader, Leadership(url) as standby:
        await leader.won(stop)
        waiting = asyncio.create_task(standby.won(stop))
        await asyncio.sleep(0.1)
        stop.set()
        assert await asyncio.wait_for(waiting, 10) is None


async def test_a_leader_whose_connection_was_cut_has_lost_its_place(database: Database) -> None:
    url, stop, scene = database.url("carecircle_alerts"), asyncio.Event(), Scene(database)
    async with Leadership(url) as leader, Leadership(url) as standby:
        assert await leader.won(stop) == 1
        scene.run("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")
        assert await asyncio.wait_for(standby.won(stop), 10) == 2
        assert scene.value("select epoch from detect_leader") == 2
