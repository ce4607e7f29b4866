"""Nobody nearer by road is left out, wherever people are, however many there are, and whatever is known of them."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import cos, inf, sin

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.around import AT_FIRST, Near, least_m, near_of
from carecircle_alerts.commands import MakeOffer, RaiseLevel
from carecircle_alerts.incident import Case
from carecircle_alerts.nearby import Picture, rank_for
from carecircle_alerts.plan import HERDING, RURAL, URBAN, Plan
from carecircle_alerts.ranking import Candidate, WhyNot
from carecircle_alerts.store import Connection, read_case, read_cases
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.straight_line import StraightLine, air_distance_m
from carecircle_alerts.waves import next_wave
from tests.scene import CONSENT, LAT, LON, TOWNSHIP, Scene
from tests.servers import Database

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def spread(database: Database, chance: random.Random, people: int, reach: float) -> None:
    """People over a square of `2 * reach` degrees: on duty or not, with fresh or old positions, bases, providers."""
    rows = []
    for number in range(people):
        lat, lon = (here + chance.uniform(-reach, reach) for here in (LAT, LON))
        base = chance.random() < 0.5
        rows.append((
            f"r{number:05d}", chance.choice(["staff", "neighbour", "volunteer"]), chance.choice([None, "station-1"]),
            TOWNSHIP, chance.choice(["walk", "e_bike", "car"]), lat, lon,
            NOW - timedelta(minutes=chance.choice([1, 1, 1, 600])),
            lat + chance.uniform(-reach, reach) if base else None, lon if base else None,
            chance.random() < 0.4, CONSENT,
        ))  # fmt: skip
    with psycopg.connect(database.admin_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into responder (id, name, role, provider_id, area_code, travel_mode, lat, lon, position_at, "
            "base_lat, base_lon, on_duty, consented_at) "
            "values (%s, 'x', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            rows,
        )
        connection.execute(
            "insert into contact (person_kind, person_id, channel, address, place) "
            "select 'responder', id, 'webhook', 'http://127.0.0.1:9/x', 1 from responder where id ~ '^r[0-9]+$'"
        )


async def found(
    database: Database, scene: Scene, also: Sequence[str] = (), *, reasons: bool = False
) -> tuple[Case, list[Candidate]]:
    incident = scene.value("select id from incident")
    url = database.url("carecircle_alerts")
    async with AsyncConnectionPool[Connection](url, min_size=1, max_size=1) as pool, pool.connection() as connection:
        case = await read_case(connection, incident)  # type: ignore[arg-type]
        return case, await rank_for(Picture(connection, NOW), case, StraightLine(), also=also, reasons=reasons)


def call(scene: Scene, plan: Plan, bed: str = "bed-1") -> None:
    scene.run(
        "insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, deadline_at) "
        "values (gen_random_uuid(), %s, 'sos', 1, 'RECEIVED', %s, 'button', %s, %s, %s)",
        bed, plan.model_dump_json(), NOW, NOW, NOW + timedelta(seconds=plan.arrive_within_s),
    )  # fmt: skip


def asked(case: Case, candidates: Sequence[Candidate], later_s: int = 0) -> list[tuple[str, int | None]]:
    wave = next_wave(case, list(candidates), NOW + timedelta(seconds=later_s))
    return [(one.candidate.responder.id, one.candidate.rank) for one in wave if isinstance(one, MakeOffer)]


@pytest.mark.parametrize(
    ("seed", "people", "reach"), [(1, 600, 0.05), (2, 600, 0.6), (3, 40, 0.3), (4, 1500, 0.02), (5, 900, 3.0)]
)
async def test_whom_a_wave_asks_is_whom_it_would_ask_of_everybody(
    database: Database, seed: int, people: int, reach: float
) -> None:
    scene = Scene(database)
    scene.bed("bed-1", provider="station-1")
    spread(database, random.Random(seed), people, reach)
    for plan in (URBAN, RURAL, HERDING, URBAN.model_copy(update={"helpers": 3})):
        scene.run("delete from incident")
        call(scene, plan)
        case, some = await found(database, scene)
        _case, everybody = await found(database, scene, [f"r{number:05d}" for number in range(people)])
        assert len(everybody) >= people
        assert asked(case, some) == asked(case, everybody) != []
        assert asked(case, some, later_s=70) == asked(case, everybody, later_s=70), "when a second track has begun"
        wanted = plan.most_at_once
        best = [(one.responder.id, one.rank) for one in everybody if one.rank][:wanted]
        assert [(one.responder.id, one.rank) for one in some if one.rank][:wanted] == best
        if people > 200:
            assert len(some) < len(everybody), "not everybody was read"


async def test_nobody_off_duty_is_read_but_for_the_reasons(database: Database) -> None:
    scene = Scene(database)
    scene.bed("bed-1")
    spread(database, random.Random(6), 200, 0.05)
    call(scene, URBAN)
    _case, some = await found(database, scene)
    assert {one.why_not for one in some} <= {None, WhyNot.STALE_POSITION}
    _case, shown = await found(database, scene, reasons=True)
    assert WhyNot.OFF_DUTY in {one.why_not for one in shown}
    wanted = URBAN.most_at_once
    assert [one.responder.id for one in shown][:wanted] == [one.responder.id for one in some][:wanted]


async def test_where_nobody_is_on_duty_the_reasons_are_there(database: Database) -> None:
    scene = Scene(database)
    scene.bed("bed-1")
    spread(database, random.Random(7), 40, 0.05)
    scene.run("update responder set on_duty = false")
    call(scene, URBAN)
    case, shown = await found(database, scene)
    assert {one.why_not for one in shown} == {WhyNot.OFF_DUTY}
    assert any("不在岗" in one.reason for one in next_wave(case, shown, NOW) if isinstance(one, RaiseLevel))


async def test_a_shift_that_has_begun_makes_somebody_near(database: Database) -> None:
    scene = Scene(database)
    scene.bed("bed-1")
    spread(database, random.Random(8), 60, 0.05)
    scene.run("update responder set on_duty = false, duty_set_at = %s", NOW - timedelta(days=1))
    scene.run(
        "insert into shift (responder_id, begins_at, ends_at, source, by_name) values ('r00007', %s, %s, 'desk', 'x')",
        NOW - timedelta(hours=1), NOW + timedelta(hours=1),
    )  # fmt: skip
    call(scene, URBAN)
    case, some = await found(database, scene)
    assert [who for who, _rank in asked(case, some)] == ["r00007"]


async def test_many_people_off_duty_do_not_hide_the_one_who_is_far_away(database: Database) -> None:
    scene = Scene(database)
    scene.bed("bed-1")
    spread(database, random.Random(9), 700, 0.02)
    scene.run("update responder set on_duty = false")
    scene.responder("far", north_m=40_000, role="neighbour")
    call(scene, URBAN)
    case, some = await found(database, scene)
    assert [who for who, _rank in asked(case, some)] == ["far"]


def test_lists_that_are_whole_leave_nobody_out() -> None:
    whole: list[DictRow] = [{"ids": ids, "beyond": None} for ids in (["a"], None, ["b"])]
    assert near_of(whole) == Near(["a", "b"], inf)
    assert least_m(inf, Place(LAT, LON)) == inf


def test_the_list_that_ends_first_bounds_them_all() -> None:
    near = near_of([{"ids": ["a"], "beyond": 0.3}, {"ids": ["b"], "beyond": 0.2}, {"ids": [], "beyond": None}])
    assert near == Near(["a", "b"], 0.2)
    assert 15_000 < least_m(near.beyond, Place(LAT, LON)) < 18_000


async def test_people_around_many_beds_are_those_around_each(database: Database) -> None:
    scene = Scene(database)
    spread(database, random.Random(10), 900, 0.1)
    for number, provider in enumerate(("station-1", None, "station-1")):
        scene.bed(f"bed-{number}", provider=provider)
        scene.run("update bed set lat = lat + %s where id = %s", number * 0.03, f"bed-{number}")
        call(scene, URBAN, f"bed-{number}")
    url = database.url("carecircle_alerts")
    async with AsyncConnectionPool[Connection](url, min_size=1, max_size=1) as pool, pool.connection() as connection:
        ids = [one for (one,) in scene.rows("select id from incident order by bed_id")]
        cases = await read_cases(connection, ids)  # type: ignore[arg-type]
        together, alone = Picture(connection, NOW), Picture(connection, NOW)
        await together.look_ahead(cases)
        for case in cases:
            assert case.incident.bed.place is not None
            about = case, case.incident.bed.place, AT_FIRST
            near = await alone.nearest(*about, everybody=False)
            assert await together.nearest(*about, everybody=False) == near
            assert len(set(near.ids)) > AT_FIRST
            assert 0 < near.beyond < 0.1


@pytest.mark.parametrize("lat", [0.0, 36.6, -45.0, 70.0])
def test_the_bound_is_never_farther_than_anybody_beyond_it(lat: float) -> None:
    chance = random.Random(int(lat))
    here = Place(lat, 101.0)
    for _ in range(300):
        degrees = chance.uniform(0.001, 3)
        least = least_m(degrees, here)
        angle = chance.uniform(0, 6.283)
        other = Place(lat + degrees * sin(angle), 101.0 + degrees * cos(angle))
        assert least <= air_distance_m(here, other) * 1.001


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
