"""The night's work on a real database: speeds from arrivals, lists of candidates, done once and by one process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.travel import Origin
from carecircle_alerts.travel.candidates import LISTED
from carecircle_alerts.travel.chain import Chain
from carecircle_alerts.travel.learning import learn
from carecircle_alerts.travel.listed import candidates_of
from carecircle_alerts.travel.nightly import work_once
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.source import RoadSource
from carecircle_alerts.travel.running import Travel
from carecircle_alerts.travel.store import Connection, fetch, load_calibration
from tests.scene import LAT, LON, Scene
from tests.servers import Database
from tests.street_map import at, street_grid

NIGHT = datetime(2026, 11, 25, 19, 30, tzinfo=UTC)  # half past three in Xining
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    url = database.url("carecircle_alerts")
    async with AsyncConnectionPool[Connection](url, min_size=1, max_size=3, open=False) as pool:
        yield pool


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def _travel(tmp_path: Path) -> Travel:
    build_roads(street_grid(tmp_path / "town.osm"), tmp_path / "roads")
    roads = RoadSource(RoadNetwork.load(tmp_path / "roads"))
    return Travel(Chain([roads]), roads)


def _arrived(scene: Scene, number: int, *, told_s: int, took_s: float, version: str) -> None:
    """Somebody who was sent, by rows as the engine writes them."""
    incident, offer = uuid4(), uuid4()
    bed, responder = scene.bed(f"b-{number}"), scene.responder(f"r-{number}")
    scene.run(
        "insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, deadline_at) "
        "values (%s, %s, 'sos', 1, 'ON_SCENE', %s, 'hub', %s, %s, %s)",
        incident, bed, Jsonb({}), NOON, NOON, NOON,
    )  # fmt: skip
    scene.run(
        "insert into offer (id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis, "
        "distance_m, created_at, expires_at, travel_version) "
        "values (%s, %s, %s, 1, 'ACCEPTED', 1, %s, %s, %s, 900, %s, %s, %s)",
        offer, incident, responder, told_s, told_s, "road_network", NOON, NOON, version,
    )  # fmt: skip
    moving = NOON + timedelta(seconds=100)
    scene.run(
        "insert into assignment (id, incident_id, responder_id, offer_id, state, eta_at, accepted_at, moving_at, "
        "arrived_at) values (%s, %s, %s, %s, 'ARRIVED', %s, %s, %s, %s)",
        uuid4(), incident, responder, offer, NOON, NOON, moving, moving + timedelta(seconds=took_s),
    )  # fmt: skip


async def test_slower_arrivals_make_the_next_answers_slower_and_a_second_night_changes_nothing(
    scene: Scene, tmp_path: Path, pool: AsyncConnectionPool[Connection]
) -> None:
    travel = _travel(tmp_path)
    for number in range(36):
        _arrived(scene, number, told_s=520, took_s=600, version="20261101-abc")
    origin = [Origin(at(0, 0), "e_bike")]
    (before,) = await travel.to_bed(origin, at(1000, 1000), "city", NOON)
    async with pool.connection() as connection:
        assert await learn(connection, NIGHT, 90) == 1
        await travel.follow(connection, NIGHT)
    (after,) = await travel.to_bed(origin, at(1000, 1000), "city", NOON)
    assert after.p50_s - 120 == pytest.approx((before.p50_s - 120) * 1.5, abs=2)
    assert after.version.endswith(";cal-1")
    async with pool.connection() as connection:
        assert await learn(connection, NIGHT, 90) is None
    # What was told with the correction, and came true, is no reason to correct again.
    for number in range(36, 80):
        _arrived(scene, number, told_s=720, took_s=600, version="20261101-abc;cal-1")
    async with pool.connection() as connection:
        assert await learn(connection, NIGHT, 90) is None
        assert (await load_calibration(connection)).version == 1


async def test_few_old_and_unlabelled_arrivals_teach_nothing(
    scene: Scene, pool: AsyncConnectionPool[Connection]
) -> None:
    for number in range(10):
        _arrived(scene, number, told_s=520, took_s=600, version="v")
    for number in range(10, 60):
        _arrived(scene, number, told_s=520, took_s=600, version="")
    async with pool.connection() as connection:
        assert await learn(connection, NIGHT, 90) is None
        assert await learn(connection, NIGHT + timedelta(days=365), 90) is None


async def test_each_bed_gets_its_nearest_in_the_night_by_one_process_and_once(
    scene: Scene, tmp_path: Path, pool: AsyncConnectionPool[Connection]
) -> None:
    travel = _travel(tmp_path)
    bed, _ = scene.bed("b-1"), scene.bed("b-2", placed=False)
    for number in range(LISTED + 5):
        scene.responder(f"r-{number:02d}", north_m=100 * (number + 1), on_duty=False)
    scene.responder("r-no-consent", north_m=1, consented=False)
    async with pool.connection() as other:
        (lock,) = await fetch(other, "lock_night_work", key=630_100_017)
        assert lock["taken"]
        assert not await work_once(travel, pool, NIGHT, 90), "somebody is at it"
        await fetch(other, "unlock_night_work", key=630_100_017)
    assert await work_once(travel, pool, NIGHT, 90)
    async with pool.connection() as connection:
        listed = await candidates_of(connection, bed)
        assert [one.responder_id for one in listed] == [f"r-{number:02d}" for number in range(LISTED)]
        assert {one.travel.basis for one in listed} == {"straight_line_model"}, f"{LAT}, {LON} is not on the grid"
        assert await candidates_of(connection, "b-2") == []
    scene.run("delete from responder where id = 'r-00'")
    assert await work_once(travel, pool, NIGHT + timedelta(hours=1), 90)
    async with pool.connection() as connection:
        assert len(await candidates_of(connection, bed)) == LISTED - 1, "not made again the same night"
    assert await work_once(travel, pool, NIGHT + timedelta(days=1), 90)
    async with pool.connection() as connection:
        assert len(await candidates_of(connection, bed)) == LISTED
