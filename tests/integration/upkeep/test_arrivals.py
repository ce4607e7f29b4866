"""Arrivals: what the dashboards sum up is what plain SQL counts, however late it came."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from carecircle.clock import ManualClock
from carecircle.quantities import History
from carecircle_upkeep.arrivals import LAGS_S, sample_fleet
from carecircle_upkeep.boundary import Connection
from tests.integration.upkeep.readings import BEDS, new_round, new_scene, random_messages, utc, write
from tests.scene import Scene
from tests.servers import Database

LAGS = ", ".join(f"count(*) filter (where received_at - measured_at <= interval '{lag} seconds')" for lag in LAGS_S)
COLUMNS = ", ".join(f"lag_{lag}" for lag in LAGS_S)
HOUR = "date_trunc('hour', measured_at, 'UTC')"
DAY = "date_trunc('day', measured_at, 'Asia/Shanghai')"


@pytest.fixture
def upkeep(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True, prepare_threshold=None) as connection:
        yield connection


def plain(scene: Scene, bucket: str, until: str) -> set[tuple[object, ...]]:
    found = set()
    for history in History:
        found |= set(
            scene.rows(
                f"select {bucket}, bed, '{history.value}', count(*), {LAGS} from {history.value}"
                f" where {bucket} < '{until}' group by 1, 2"
            )
        )
    return found


def test_messages_and_their_lag_by_hour_and_day(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    write(database, random_messages(1, 400, utc(3, 0), utc(6, 0)))
    one_round = new_round(database, ManualClock(utc(6, 1)))
    one_round.go(upkeep, threading.Event())
    # Late ones note their hour; their lag is given here, as no broker stands between.
    write(database, random_messages(2, 200, utc(3, 0), utc(6, 0)))
    for history in History:
        scene.run(
            f"update {history.value} set received_at = measured_at"
            " + make_interval(secs => abs(hashtext(bed || device || seq)) %% 100000)"
            f" where exists (select 1 from rollup_touched t where t.history = '{history.value}'"
            f" and t.bed = {history.value}.bed and t.hour = {HOUR})"
        )
    one_round.go(upkeep, threading.Event())
    hours = scene.rows(f"select bucket, bed, history, messages, {COLUMNS} from reception_hour")
    assert set(hours) == plain(scene, HOUR, "2026-03-06T00:00Z")
    days = scene.rows(f"select bucket, bed, history, messages, {COLUMNS} from reception_day")
    assert set(days) == plain(scene, DAY, "2026-03-05T16:00Z")
    assert {len(hours) > 100, len(days) > 20} == {True}
    places = scene.rows("select day, history, sum(messages), sum(lag_60) from reception_place group by 1, 2")
    assert set(places) == set(
        scene.rows("select bucket, history, sum(messages), sum(lag_60) from reception_day group by 1, 2")
    )


def test_the_last_word_of_a_device_is_the_newest(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    said = ((utc(3, 1), True, 80, "1.0"), (utc(3, 5), True, 70, "1.1"), (utc(3, 9), False, None, None))
    for seq, (at, online, battery, firmware) in enumerate(said):
        scene.run(
            "insert into device_status (measured_at, received_at, bed, device, boot, seq, online, battery, firmware)"
            " values (%s, %s, 'bed-1', 'mat', 1, %s, %s, %s, %s)",
            at, at, seq, online, battery, firmware,
        )  # fmt: skip
    write(database, random_messages(1, 10, utc(3, 0), utc(3, 1)))
    new_round(database, ManualClock(utc(3, 12))).go(upkeep, threading.Event())
    rows = scene.rows("select bed, device, measured_at, online, battery, firmware from device_word")
    assert rows == [("bed-1", "mat", utc(3, 9), False, 70.0, "1.1")], "who goes away says nothing of its battery"


def test_an_hour_is_sampled_once_and_a_day_is_the_sum_of_its_hours(database: Database, upkeep: Connection) -> None:
    scene = new_scene(database)
    now = utc(3, 12, 30)
    proofs = [{"device": "mat", "capability": "vitals", "holds": True, "heard": 1, "why": ""}]
    for bed, heard_min, state in zip(BEDS, (1, 2, 40), ("yes", "partly", "yes"), strict=True):
        scene.run("insert into device (bed_id, id, model, label) values (%s, 'mat', 'm', 'x')", bed)
        scene.run(
            "insert into bed_state (bed_id, last_seen_at, devices, protection) values (%s, %s, %s, %s)",
            bed, now - timedelta(minutes=heard_min), Jsonb({"mat": {"battery": 10 * heard_min}}),
            Jsonb({"state": state, "capabilities": proofs}),
        )  # fmt: skip
    assert sample_fleet(upkeep, now)
    assert not sample_fleet(upkeep, now + timedelta(minutes=20))
    assert sample_fleet(upkeep, now + timedelta(minutes=40)), "an hour later nobody was heard for 15 min"
    rows = scene.rows("select samples, beds, protected, partly, silent, devices, alive, low_battery from fleet_day")
    assert rows == [(2, 6, 1, 1, 4, 6, 6, 2)]
