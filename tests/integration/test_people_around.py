"""Nobody nearer by road is left out, wherever people are, however many there are, and whatever is known of them."""

import random
from datetime import UTC, datetime, timedelta
from math import cos, inf, sin

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.around import read_around
from carecircle_alerts.plan import URBAN
from carecircle_alerts.ranking import Candidate
from carecircle_alerts.store import Connection, rank_for, read_case
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.straight_line import StraightLine, air_distance_m
from tests.scene import CONSENT, LAT, LON, TOWNSHIP, Scene
from tests.servers import Database

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def spread(database: Database, chance: random.Random, people: int, reach: float) -> None:
    """People over a square of `2 * reach` degrees: on duty or not, with fresh or old positions, bases, providers."""
    with psycopg.connect(database.admin_url) as connection:
        for number in range(people):
            lat, lon = (here + chance.uniform(-reach, reach) for here in (LAT, LON))
            base = chance.random() < 0.5
            connection.execute(
                "insert into responder (id, name, role, provider_id, area_code, travel_mode, lat, lon, position_at, "
                "base_lat, base_lon, on_duty, consented_at) "
                "values (%s, 'x', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    f"r{number:05d}", chance.choice(["staff", "neighbour", "volunteer"]),
                    chance.choice([None, "station-1"]), TOWNSHIP, chance.choice(["walk", "e_bike", "car"]), lat, lon,
                    NOW - timedelta(minutes=chance.choice([1, 1, 1, 600])),
                    lat + chance.uniform(-reach, reach) if base else None, lon if base else None,
                    chance.random() < 0.4, CONSENT,
                ],
            )  # fmt: skip
            connection.execute(
                "insert into contact (person_kind, person_id, channel, address, place) "
                "values ('responder', %s, 'webhook', 'http://127.0.0.1:9/x', 1)",
                [f"r{number:05d}"],
            )


async def ranked(database: Database, scene: Scene) -> list[Candidate]:
    incident = scene.value("select id from incident")
    url = database.url("carecircle_alerts")
    async with AsyncConnectionPool[Connection](url, min_size=1, max_size=1) as pool, pool.connection() as connection:
        case = await read_case(connection, incident)  # type: ignore[arg-type]
        return await rank_for(connection, case, StraightLine(), NOW)


@pytest.mark.parametrize(("seed", "people", "reach"), [(1, 600, 0.05), (2, 600, 0.6), (3, 40, 0.3), (4, 1500, 0.02)])
async def test_the_best_are_those_of_everybody(
    database: Database, monkeypatch: pytest.MonkeyPatch, seed: int, people: int, reach: float
) -> None:
    scene = Scene(database)
    scene.bed("bed-1", provider="station-1")
    spread(database, random.Random(seed), people, reach)
    scene.run(
        "insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, deadline_at) "
        "values (gen_random_uuid(), 'bed-1', 'sos', 1, 'RECEIVED', %s, 'button', now(), now(), now())",
        URBAN.model_dump_json(),
    )
    some = [(one.responder.id, one.rank) for one in await ranked(database, scene) if one.rank]
    monkeypatch.setattr("carecircle_alerts.around._AT_FIRST", 1_000_000)
    everybody = [(one.responder.id, one.rank) for one in await ranked(database, scene) if one.rank]
    assert len(everybody) > 5
    wanted = URBAN.most_at_once
    assert some[:wanted] == everybody[:wanted]
    if people > 200:
        assert len(some) < len(everybody), "not everybody was read"


def test_a_list_that_is_not_full_leaves_nobody_out() -> None:
    rows = [{"list": "position", "id": "a", "far": 0.1}, {"list": "always", "id": "b", "far": 0}]
    around = read_around(rows, Place(LAT, LON), most=2, providers=4)
    assert (around.ids, around.beyond_m) == (("a", "b"), inf)


@pytest.mark.parametrize("lat", [0.0, 36.6, -45.0, 70.0])
def test_the_bound_is_never_farther_than_anybody_beyond_it(lat: float) -> None:
    chance = random.Random(int(lat))
    here = Place(lat, 101.0)
    for _ in range(300):
        degrees = chance.uniform(0.001, 3)
        rows = [{"list": "base", "id": "a", "far": degrees}]
        beyond_m = read_around(rows, here, most=1, providers=4).beyond_m
        angle = chance.uniform(0, 6.283)
        other = Place(lat + degrees * sin(angle), 101.0 + degrees * cos(angle))
        assert beyond_m <= air_distance_m(here, other) * 1.001


async def test_each_list_is_read_from_its_index(database: Database) -> None:
    spread_over = random.Random(7)
    Scene(database)
    spread(database, spread_over, 400, 0.2)
    async with await psycopg.AsyncConnection.connect(database.admin_url, row_factory=dict_row) as connection:
        await connection.execute("analyze responder")
        await connection.execute("set enable_seqscan = off")
        rows = await (
            await connection.execute(
                "explain select id from responder where lat is not null "
                "order by point(lon, lat) <-> point(101.78, 36.62) limit 32"
            )
        ).fetchall()
    assert "responder_position_near" in str(rows)
