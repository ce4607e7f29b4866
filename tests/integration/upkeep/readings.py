"""Readings for the tests of upkeep, written by ingest itself; and what plain SQL makes of them."""

import json
import math
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import psycopg

from carecircle.clock import ManualClock
from carecircle.metrics import new_registry
from carecircle.mqtt import Delivery
from carecircle.quantities import QUANTITIES, History, quantities_of
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.writer import write_batch
from carecircle_upkeep.metrics import UpkeepMetrics
from carecircle_upkeep.resolutions import DAY, HOUR, MINUTE, Resolution
from carecircle_upkeep.round import Round
from carecircle_upkeep.settings import UpkeepSettings
from tests.scene import COUNTY, Scene
from tests.servers import Database

BEDS = ("bed-1", "bed-2", "bed-3")
COUNTIES = dict.fromkeys(BEDS, COUNTY)
RESOLUTIONS = (MINUTE, HOUR, DAY)
Row = tuple[object, ...]

_TRUNCATED = {
    MINUTE: "date_trunc('minute', measured_at, 'UTC')",
    HOUR: "date_trunc('hour', measured_at, 'UTC')",
    DAY: "date_trunc('day', measured_at, 'Asia/Shanghai')",
}


def message(bed: str, device: str, seq: int, at: datetime, **readings: float | bool) -> Delivery:
    body = {"boot": 1, "seq": seq, "at": round(at.timestamp() * 1000), "readings": readings}
    topic = f"care/v1/{COUNTY}/{bed}/{device}/telemetry"
    return Delivery(topic, json.dumps(body).encode(), retained=False, received_at=at, generation=1, mid=1)


def random_messages(seed: int, count: int, first: datetime, last: datetime) -> list[Delivery]:
    """Of several devices of each bed, some at the very edge of a minute, with some of the quantities each."""
    chance = random.Random(seed)
    return [_random_message(chance, seed * 1_000_000 + number, first, last) for number in range(count)]


def _random_message(chance: random.Random, seq: int, first: datetime, last: datetime) -> Delivery:
    at = first + (last - first) * chance.random()
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    if chance.random() < 0.2:
        at = at.replace(second=0, microsecond=0)
    elif chance.random() < 0.2:
        at = at.replace(second=59, microsecond=999000)
    said = chance.sample(sorted(QUANTITIES), chance.randint(1, 8))
    readings: dict[str, float | bool] = {
        name: chance.random() < 0.5 if QUANTITIES[name].is_statement else round(chance.uniform(-40, 240), 1)
        for name in said
    }
    return message(chance.choice(BEDS), chance.choice(("mat", "radar", "box")), seq, at, **readings)


def write(database: Database, messages: Iterable[Delivery]) -> None:
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        written = write_batch(connection, list(messages), COUNTIES, Clocks())
    assert not written.refused


def new_scene(database: Database) -> Scene:
    scene = Scene(database)
    for bed in BEDS:
        scene.bed(bed)
    return scene


def new_round(database: Database, clock: ManualClock, **settings: int) -> Round:
    told = UpkeepSettings(database_url=database.url("carecircle_upkeep"), upkeep_interval_s=600, **settings)  # type: ignore[arg-type]
    return Round(told, clock, UpkeepMetrics(new_registry(), clock))


def assert_rollups_are_plain_sql(scene: Scene, until: datetime) -> None:
    """Every bucket that ended by `until`, of every history and resolution, and no other."""
    for history in History:
        for resolution in RESOLUTIONS:
            assert_equal(_kept(scene, history, resolution), plain(scene, history, resolution, until))


def assert_equal(kept: dict[Row, Row], expected: dict[Row, Row]) -> None:
    assert kept.keys() == expected.keys()
    for key, values in expected.items():
        assert all(map(_is_same, kept[key], values)), (key, kept[key], values)


def _is_same(one: object, other: object) -> bool:
    """Sums are added up in another order. Two `real` values this close are the same one, so the rest is exact."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
    return one == other


def plain(scene: Scene, history: History, resolution: Resolution, until: datetime) -> dict[Row, Row]:
    values = ", ".join(_plain_values(history))
    until_bucket = f"({_TRUNCATED[resolution].replace('measured_at', '%s::timestamptz')})"
    rows = scene.rows(
        f"select bed, {_TRUNCATED[resolution]}, {values} from {history.value} "
        f"where measured_at < {until_bucket} group by 1, 2",
        until,
    )
    return {row[:2]: row[2:] for row in rows}


def _plain_values(history: History) -> Iterable[str]:
    for one in quantities_of(history):
        yield f"count({one.name})"
        if one.is_statement:
            yield f"sum(case when {one.name} then 1 else 0 end)"
        else:
            yield from (f"min({one.name})", f"max({one.name})", f"sum({one.name}::float8)")


def _kept(scene: Scene, history: History, resolution: Resolution) -> dict[Row, Row]:
    names = []
    for one in quantities_of(history):
        names += [f"{one.name}_{part}" for part in (("n", "true") if one.is_statement else ("n", "min", "max", "sum"))]
    rows = scene.rows(f"select bed, bucket, {', '.join(names)} from {resolution.table(history)}")
    return {row[:2]: row[2:] for row in rows}


def utc(day: int, hour: int, minute: int = 0, second: float = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) + timedelta(seconds=second)
