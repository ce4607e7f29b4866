"""The whole way: a simulated home speaks, ingest writes, upkeep rolls up, and a page shows what it has measured."""

import json
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from statistics import fmean

import psycopg
import pytest

from carecircle.clock import ManualClock
from carecircle.mqtt import Delivery
from carecircle.quantities import QUANTITIES, History
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.writer import write_batch
from carecircle_sim.home.plan import plan_homes
from carecircle_sim.home.simulated import SimulatedHome
from carecircle_sim.home.timeline import Arrival
from carecircle_sim.scenario.model import Faults, Group, Scenario
from tests.dashboards.viewer import Choice, Viewer, panels
from tests.integration.upkeep.readings import new_round
from tests.scene import COUNTY, Scene
from tests.servers import Database

HOURS = 4
NIGHT_ENDS = timedelta(hours=22)  # UTC; 06:00 in Xining: people are in their beds for the hours before it


def night_ends_before(now: datetime) -> datetime:
    """The end of the last night that ended at least an hour ago: pages look back a day from there."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT_ENDS
    return today if now - today >= timedelta(hours=1) else today - timedelta(days=1)


END = night_ends_before(datetime.now(UTC))
QUIET = Faults(clock_jumps_a_month=0, router_outages_a_week=0, restarts_a_month=0)


def arrivals() -> tuple[str, list[Arrival]]:
    """What a home of the county sends; radio loss and repeated messages included."""
    scenario = Scenario(
        title="watched", start=END - timedelta(hours=HOURS), hours=HOURS, groups=(Group(homes=5, circle="urban"),),
        faults=QUIET,
    )  # fmt: skip
    plan = next(one for one in plan_homes(scenario, seed=3) if one.county == COUNTY)
    items = [item for item in SimulatedHome(plan, scenario, 3).run() if isinstance(item, Arrival)]
    return plan.bed, [item for item in items if item.topic.endswith("/telemetry")]


def deliveries(items: list[Arrival]) -> list[Delivery]:
    return [
        Delivery(
            item.topic, item.payload, retained=False, received_at=datetime.fromtimestamp(item.at_ms / 1000, UTC),
            generation=1, mid=number % 65_535 + 1,
        )
        for number, item in enumerate(items)
    ]  # fmt: skip


def once(items: list[Arrival]) -> list[tuple[datetime, dict[str, float | bool]]]:
    """Each message once, as (measured, readings): a repeated one has the same device, boot and number."""
    seen: dict[tuple[str, int, int], tuple[datetime, dict[str, float | bool]]] = {}
    for item in items:
        told = json.loads(item.payload)
        key = (item.topic, told["boot"], told["seq"])
        seen.setdefault(key, (datetime.fromtimestamp(told["at"] / 1000, UTC), told["readings"]))
    return list(seen.values())


@pytest.fixture
def home(database: Database) -> tuple[str, list[Arrival]]:
    """Written and rolled up."""
    bed, items = arrivals()
    Scene(database).bed(bed)
    with psycopg.connect(database.url("carecircle_ingest"), autocommit=True) as connection:
        written = write_batch(connection, deliveries(items), {bed: COUNTY}, Clocks())
        assert not written.refused
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True, prepare_threshold=None) as upkeep:
        while new_round(database, ManualClock(END + timedelta(minutes=10))).go(upkeep, threading.Event()):
            pass
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(
            "insert into grafana_scope (role_name, area_prefix, health) values ('carecircle_grafana', '63', true)"
        )
    return bed, items


def test_what_a_home_measured_is_what_the_pages_show(database: Database, home: tuple[str, list[Arrival]]) -> None:
    bed, items = home
    shown = {(panel.board, panel.title): panel for board in ("bed", "pipeline") for panel in panels(board)}
    minutes: dict[datetime, list[float]] = defaultdict(list)
    counts: dict[tuple[datetime, str], int] = defaultdict(int)
    for at, readings in once(items):
        if isinstance(rate := readings.get("heart_rate"), float | int):
            minutes[at.replace(second=0, microsecond=0)].append(float(rate))
        for history in {QUANTITIES[name].history for name in readings} & {History.VITALS, History.ENVIRONMENT}:
            counts[at.replace(minute=0, second=0, microsecond=0), history.value] += 1
    with psycopg.connect(database.url("carecircle_grafana"), autocommit=True) as connection:
        viewer = Viewer(connection)
        choice = Choice(bed=bed, days=1)
        heart = viewer.look(shown["bed", "心率"], choice, END + timedelta(minutes=5)).rows
        hourly = viewer.look(shown["pipeline", "逐时：读数条数"], choice, END + timedelta(minutes=5)).rows
    measured = [row for row in heart if row[1] is not None]
    assert len(measured) > 60
    assert [row[0] for row in measured] == sorted(minutes)
    for at, mean, least, most in measured:
        assert mean == pytest.approx(fmean(minutes[at]), rel=1e-5), at
        assert (least, most) == pytest.approx((min(minutes[at]), max(minutes[at])), rel=1e-6)
    ended = {key: count for key, count in counts.items() if key[0] < END}
    assert {(row[0], row[1]): row[2] for row in hourly if row[0] < END} == ended
