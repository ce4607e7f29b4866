"""Travel times in a process with a real database: closures within moments, calibration, budgets, a missing file."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import ManualClock
from carecircle_alerts.desk import Actor
from carecircle_alerts.travel import Origin
from carecircle_alerts.travel.road_desk import RoadClosure, RoadDesk
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.network import CUT_OFF_S
from carecircle_alerts.travel.running import Travel, travelling
from carecircle_alerts.travel.settings import TravelSettings
from carecircle_alerts.travel.store import Budget, Connection
from tests import map_servers
from tests.map_servers import serving
from tests.scene import COUNTY, Scene
from tests.servers import Database
from tests.street_map import at, street_grid

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
PEOPLE = [Origin(at(0, 0), "car")]
BED = at(1000, 1000)


def _pool(url: str) -> AsyncConnectionPool[Connection]:
    return AsyncConnectionPool(url, min_size=1, max_size=2, open=False)


@pytest.fixture
async def desk_pool(database: Database) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    async with _pool(database.url("carecircle_desk")) as pool:
        yield pool


@pytest.fixture
async def alerts_pool(database: Database) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    async with _pool(database.url("carecircle_alerts")) as pool:
        yield pool


@pytest.fixture
def settings(tmp_path: Path) -> TravelSettings:
    build_roads(street_grid(tmp_path / "town.osm"), tmp_path / "roads")
    return TravelSettings(roads_file=tmp_path / "roads")


async def _until(holds: Callable[[int], bool], travel: Travel) -> int:
    for _ in range(600):
        (answer,) = await travel.to_bed(PEOPLE, BED, "city", NOON)
        if holds(answer.p50_s):
            return answer.p50_s
        await asyncio.sleep(0.05)
    raise AssertionError("closures are not followed")


async def test_a_closed_road_counts_within_moments_and_no_longer_once_it_is_open(
    database: Database,
    settings: TravelSettings,
    alerts_pool: AsyncConnectionPool[Connection],
    desk_pool: AsyncConnectionPool[Connection],
) -> None:
    actor, clock = Actor("account", str(Scene(database).account("li")), "李"), ManualClock(NOON)
    desk = RoadDesk(desk_pool, clock)
    strip = [at(-50, 600), at(1400, 600), at(1400, 605), at(-50, 605)]
    async with travelling(settings, alerts_pool, database.url("carecircle_alerts"), clock) as travel:
        (before,) = await travel.to_bed(PEOPLE, BED, "city", NOON)
        assert before.basis == "road_network"
        await _until(lambda p50_s: p50_s == before.p50_s, travel)
        closed = RoadClosure(strip, None, None, ("car",), "塌方", None, NOON + timedelta(hours=1))
        made = await desk.close_roads(COUNTY, closed, actor)
        await _until(lambda p50_s: p50_s == CUT_OFF_S, travel)
        await desk.open_roads(made, COUNTY, actor)
        await _until(lambda p50_s: p50_s == before.p50_s, travel)
        await desk.close_roads(COUNTY, closed, actor)
        await _until(lambda p50_s: p50_s == CUT_OFF_S, travel)
        clock.forward(hours=1)
        await _until(lambda p50_s: p50_s == before.p50_s, travel)


async def test_a_missing_roads_file_keeps_nobody_waiting(
    database: Database, tmp_path: Path, alerts_pool: AsyncConnectionPool[Connection]
) -> None:
    settings = TravelSettings(roads_file=tmp_path / "none")
    async with travelling(settings, alerts_pool, database.url("carecircle_alerts"), ManualClock(NOON)) as travel:
        (answer,) = await travel.to_bed(PEOPLE, BED, "city", NOON)
        assert answer.basis == "straight_line_model"
        assert travel.network is None
        assert travel.pulse()["roads"] is None


async def test_another_roads_file_is_read_and_a_damaged_one_changes_nothing(
    database: Database, tmp_path: Path, alerts_pool: AsyncConnectionPool[Connection], settings: TravelSettings
) -> None:
    async with travelling(settings, alerts_pool, database.url("carecircle_alerts"), ManualClock(NOON)) as travel:
        assert travel.network is not None
        first = travel.network.version
        (tmp_path / "roads").write_bytes(b"damaged")
        await travel.load()
        assert travel.network.version == first
        build_roads(street_grid(tmp_path / "town.osm", side=7), tmp_path / "roads")
        await travel.load()
        assert travel.network.version != first


async def test_a_budget_holds_for_all_processes_and_begins_anew_at_midnight_in_china(
    alerts_pool: AsyncConnectionPool[Connection], desk_pool: AsyncConnectionPool[Connection]
) -> None:
    clock = ManualClock(datetime(2026, 11, 25, 15, 59, tzinfo=UTC))
    one, other = (Budget(pool, clock, "amap", 3) for pool in (alerts_pool, desk_pool))
    assert [await one.spend(2), await other.spend(2), await other.spend(1), await one.spend(1)] == [
        True, False, True, False,
    ]  # fmt: skip
    clock.forward(minutes=1)
    assert await one.spend(1)
    assert not await Budget(alerts_pool, clock, "amap", 0).spend(1)


async def test_sources_are_asked_in_the_order_of_the_setting(
    database: Database, settings: TravelSettings, alerts_pool: AsyncConnectionPool[Connection]
) -> None:
    with serving(map_servers.osrm) as server:
        both = TravelSettings(
            roads_file=settings.roads_file, osrm_urls=f"car={server.url}/table/v1/driving", travel_budget_ms=5000,
            travel_sources="osrm,roads",
        )  # fmt: skip
        async with travelling(both, alerts_pool, database.url("carecircle_alerts"), ManualClock(NOON)) as travel:
            people = [*PEOPLE, Origin(at(0, 0), "walk")]
            bases = [answer.basis for answer in await travel.to_bed(people, BED, "city", NOON)]
    assert bases == ["routing_server", "road_network"]
