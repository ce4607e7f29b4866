"""History through the console: the same numbers as plain SQL, never more points than asked, and only for whom it is."""

import csv
import io
import json
import resource
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import psycopg
import pytest
from fhir.resources.R4B.bundle import Bundle

from carecircle.clock import ManualClock
from carecircle.quantities import QUANTITIES
from tests.console_world import World, people, running
from tests.integration.upkeep.readings import message, new_round, random_messages, write
from tests.servers import Database

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(UTC).replace(microsecond=0)
NOON = NOW - timedelta(days=1)
"""Upkeep stands here; what is later is in no rollup."""


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with running(database, people(database)) as world:
        yield world


@pytest.fixture
def history(world: World, database: Database) -> World:
    """Four days of readings of bed-1 and bed-2: three rolled up, some of them late, the last not."""
    world.scene.bed("bed-3")
    write(database, random_messages(1, 3000, NOW - timedelta(days=4), NOON - timedelta(minutes=3)))
    roll_up(database)
    write(database, random_messages(2, 200, NOW - timedelta(days=3), NOON - timedelta(hours=4)))  # late
    write(database, random_messages(3, 600, NOON, NOW - timedelta(seconds=5)))
    return world


def roll_up(database: Database, at: datetime = NOON) -> None:
    clock = ManualClock(at)
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as connection:
        while new_round(database, clock).go(connection, threading.Event()):
            pass


def ask(client: httpx.Client, *metrics: str, start: datetime, until: datetime, points: int = 600) -> httpx.Response:
    parameters: dict[str, str | int | tuple[str, ...]] = {
        "metric": metrics,
        "from": start.isoformat(),
        "until": until.isoformat(),
        "points": points,
    }
    return client.get("/api/beds/bed-1/history", params=parameters)


def plain(
    world: World, metric: str, step_s: int, start: datetime, until: datetime
) -> dict[datetime, tuple[object, ...]]:
    quantity = QUANTITIES[metric]
    value = f"{metric}::integer::float8" if quantity.is_statement else f"{metric}::float8"
    bounds = "null::real, null::real" if quantity.is_statement else f"min({metric}), max({metric})"
    rows = world.scene.rows(
        f"select time_bucket(make_interval(secs => %s), measured_at, '2000-01-03 00:00+08'::timestamptz), count(*), "
        f"{bounds}, avg({value}) from {quantity.history.value} where bed = 'bed-1' and {metric} is not null "
        f"and measured_at >= %s and measured_at < %s group by 1 order by 1",
        step_s, start, until,
    )  # fmt: skip
    return {row[0]: row[1:] for row in rows if isinstance(row[0], datetime)}


@pytest.mark.parametrize("points", [10, 40, 200, 2000])
def test_a_series_is_what_plain_sql_makes_of_the_rows(history: World, points: int) -> None:
    start, until = NOW - timedelta(days=4), NOW
    metrics = ("heart_rate", "in_bed", "co2", "blood_glucose")
    answer = ask(history.signed_in("dispatcher"), *metrics, start=start, until=until, points=points).json()
    assert [one["metric"] for one in answer["series"]] == list(metrics)
    for series in answer["series"]:
        assert 0 < len(series["points"]) <= points
        if series["step_s"] is None:
            assert series["source"] == "row"
            assert all(point["n"] == 1 for point in series["points"])
            rows = plain(history, series["metric"], 3600, start, until).values()
            assert len(series["points"]) == sum(n for n, *_ in rows if isinstance(n, int))
            continue
        step = timedelta(seconds=series["step_s"])
        expected = plain(history, series["metric"], series["step_s"], start - step, until + step)
        found = {datetime.fromisoformat(one["at"]): one for one in series["points"]}
        assert {at for at in expected if at + step > start} == found.keys()
        for at, point in found.items():
            n, low, high, mean = expected[at]
            assert (point["n"], point["min"], point["max"]) == (n, low, high)
            assert point["mean"] == pytest.approx(mean)


def test_few_points_come_from_days_that_begin_at_midnight_in_china(history: World) -> None:
    client = history.signed_in("dispatcher")
    (series,) = ask(client, "heart_rate", start=NOW - timedelta(days=4), until=NOW, points=10).json()["series"]
    assert (series["step_s"], series["source"]) in {(12 * 3600, "hour"), (86400, "day")}
    hours = {datetime.fromisoformat(one["at"]).astimezone(CHINA).hour for one in series["points"]}
    assert hours <= {0, 12}


def test_single_readings_are_given_where_they_fit_and_gaps_stay_gaps(world: World, database: Database) -> None:
    world.scene.bed("bed-3")
    first = NOW - timedelta(hours=20)
    later = first + timedelta(hours=9)
    write(database, [message("bed-1", "mat", n, at, heart_rate=60 + n) for n, at in enumerate((first, later))])
    client = world.signed_in("family")
    (series,) = ask(client, "heart_rate", start=NOW - timedelta(days=1), until=NOW).json()["series"]
    assert series["step_s"] is None
    assert [(one["at"][:19], one["mean"]) for one in series["points"]] == [
        (first.isoformat()[:19], 60.0),
        (later.isoformat()[:19], 61.0),
    ]


def test_the_latest_value_is_found_however_old_it_is(world: World, database: Database) -> None:
    world.scene.bed("bed-3")
    weighed, measured, seen = NOW - timedelta(days=6), NOW - timedelta(hours=30), NOW - timedelta(seconds=9)
    write(database, [message("bed-1", "scale", 1, weighed, body_weight=61.5)])
    write(database, [message("bed-1", "cuff", 1, measured, systolic_pressure=141.0, diastolic_pressure=80.0)])
    write(database, [message("bed-1", "cuff", 2, measured - timedelta(minutes=1), systolic_pressure=99.0)])
    roll_up(database, NOW)
    write(database, [message("bed-1", "mat", 1, seen, heart_rate=71.0, in_bed=True)])
    values = world.signed_in("family").get("/api/beds/bed-1/latest").json()["values"]
    assert all(0 <= one["age_s"] < 7 * 86400 for one in values)
    assert {one["metric"]: (one["value"], one["measured_at"][:19], one["device"]) for one in values} == {
        "heart_rate": (71.0, seen.isoformat()[:19], "mat"),
        "in_bed": (1.0, seen.isoformat()[:19], "mat"),
        "systolic_pressure": (141.0, measured.isoformat()[:19], "cuff"),
        "diastolic_pressure": (80.0, measured.isoformat()[:19], "cuff"),
        "body_weight": (61.5, weighed.isoformat()[:19], "scale"),
    }


def test_the_table_has_every_message_once_for_a_spreadsheet(history: World, database: Database) -> None:
    write(database, [message("bed-1", "-1", 1, NOW - timedelta(minutes=5), in_bed=False)])
    answer = export(history.signed_in("supervisor"), "csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''bed-1-")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[0] == "测量时间 measured_at"
    assert "心率 heart_rate (/min)" in heading
    counts = history.scene.rows(
        "select (select count(*) from vitals where bed = 'bed-1') + (select count(*) from environment "
        "where bed = 'bed-1') + (select count(*) from spot_check where bed = 'bed-1')"
    )
    assert [(len(rows),)] == counts
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert all(row[0].endswith("+08:00") for row in rows)
    assert ["'-1", "否"] in [[row[2], row[heading.index("在床 in_bed (是/否)")]] for row in rows]


def test_the_bundle_is_fhir_and_has_every_reading(history: World, database: Database) -> None:
    at = NOW - timedelta(minutes=5)
    write(database, [message("bed-1", "cuff", 1, at, systolic_pressure=141.5, diastolic_pressure=80.0, spo2=88.0)])
    answer = export(history.signed_in("administrator"), "fhir.json")
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    bundle = answer.json()
    Bundle.model_validate_json(answer.content)
    observations = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Observation"]
    assert len({one["id"] for one in observations}) == len(observations)
    ((expected,),) = history.scene.rows(
        "select " + " + ".join(
            f"(select count({one.name}) from {one.history.value} where bed = 'bed-1')" for one in QUANTITIES.values()
        ) + " - (select count(systolic_pressure + diastolic_pressure) from spot_check where bed = 'bed-1')"
    )  # fmt: skip
    assert len(observations) == expected
    (pressure,) = (one for one in observations if "85354-9" in json.dumps(one["code"]) and _is_of(one, "bed-1/cuff"))
    assert [one["valueQuantity"]["value"] for one in pressure["component"]] == [141.5, 80.0]
    assert [one["valueQuantity"]["code"] for one in pressure["component"]] == ["mm[Hg]", "mm[Hg]"]
    (saturation,) = (one for one in observations if "2708-6" in json.dumps(one["code"]) and _is_of(one, "bed-1/cuff"))
    assert saturation["meta"]["profile"] == ["http://hl7.org/fhir/StructureDefinition/oxygensat"]
    assert saturation["category"][0]["coding"][0]["code"] == "vital-signs"


def _is_of(observation: Mapping[str, dict[str, dict[str, str]]], device: str) -> bool:
    return observation["device"]["identifier"]["value"] == device


def export(client: httpx.Client, ending: str, *, bed: str = "bed-1", days: float = 5) -> httpx.Response:
    parameters = {"from": (NOW - timedelta(days=days)).isoformat(), "until": NOW.isoformat()}
    return client.get(f"/api/beds/{bed}/export.{ending}", params=parameters)


def test_a_large_table_is_never_in_memory_as_a_whole(world: World) -> None:
    world.scene.run(
        "insert into vitals (measured_at, received_at, bed, device, boot, seq, heart_rate) "
        "select %s - n * interval '1 s', %s, 'bed-1', 'mat', 1, n, 60 from generate_series(1, 150000) n", NOW, NOW
    )  # fmt: skip
    client = world.signed_in("supervisor")
    parameters = {"from": (NOW - timedelta(days=2)).isoformat(), "until": NOW.isoformat()}
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with client.stream("GET", "/api/beds/bed-1/export.csv", params=parameters) as answer:
        lines = sum(part.count(b"\n") for part in answer.iter_raw())
    assert lines == 1 + 150_000
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
    assert grown_kib < 8 * 1024, "the file itself has more than 13 MiB, its rows many times that"


def test_nobody_reads_or_takes_away_what_is_not_theirs(world: World) -> None:
    for login in ("far-dispatcher", "far-family", "family-silent", "far-supervisor"):
        client = world.signed_in(login)
        assert ask(client, "heart_rate", start=NOON, until=NOW).status_code == 404
        assert client.get("/api/beds/bed-1/latest").status_code == 404
    for login in ("responder", "dispatcher", "auditor"):
        assert export(world.signed_in(login), "csv").status_code == 403
    assert export(world.signed_in("far-supervisor"), "csv").status_code == 404
    assert export(world.signed_in("far-family"), "fhir.json").status_code == 404
    assert ask(world.client(), "heart_rate", start=NOON, until=NOW).status_code == 401
    world.offer(world.incident(), "r-1")
    assert ask(world.signed_in("responder"), "heart_rate", start=NOON, until=NOW).status_code == 403
    assert world.accesses() == []


def test_what_was_read_is_on_record_with_its_period(world: World) -> None:
    assert ask(world.signed_in("family"), "heart_rate", start=NOON, until=NOW).status_code == 200
    assert export(world.signed_in("family"), "csv", days=1).status_code == 200
    assert world.scene.rows("select purpose, lower(period), upper(period) from health_access order by id") == [
        ("history", NOON, NOW),
        ("export", NOON, NOW),
    ]


def test_a_wrong_question_is_told_why(world: World) -> None:
    client = world.signed_in("dispatcher")
    for wrong, status in (
        ({"until": "2026-01-01T00:00:00Z"}, 400),
        ({"from": "1990-01-01T00:00:00Z"}, 400),
        ({"from": "2026-01-01T00:00:00"}, 422),
        ({"metric": "mood"}, 400),
        ({"points": "9"}, 422),
        ({"points": "2001"}, 422),
    ):
        asked = {"metric": "heart_rate", "from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", **wrong}
        answer = client.get("/api/beds/bed-1/history", params=asked)
        assert answer.status_code == status, wrong
        assert answer.json()["error"]["message"]
