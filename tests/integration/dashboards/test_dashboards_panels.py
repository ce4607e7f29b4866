"""Every panel's SQL on a real database, and its figures against the same figures computed from the calls in Python."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from carecircle_dashboards.build import DASHBOARDS, render
from tests.integration.dashboards.known_history import (
    BEDS,
    CALLS,
    OPEN_STATES,
    Bed,
    Call,
    fill_quarantine,
    fill_telemetry,
)
from tests.integration.dashboards.macros import expand
from tests.servers import Database

BEIJING = ZoneInfo("Asia/Shanghai")
BED = {bed.id: bed for bed in BEDS}
NAMES = {"630102": "城东区", "630121": "大通回族土族自治县"}
ALL_COUNTIES = ("630102", "630121")
BOTH_CIRCLES = ("urban", "rural")
VERDICTS = {True: "within", False: "beyond", None: "undecided"}

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody has chosen at the top of the dashboard."""

    counties: Sequence[str] = ALL_COUNTIES
    circles: Sequence[str] = BOTH_CIRCLES
    hours: float = 7 * 24

    def beds(self) -> list[Bed]:
        return [bed for bed in BEDS if bed.street[:6] in self.counties and bed.circle in self.circles]

    def calls(self) -> list[Call]:
        ids = {bed.id for bed in self.beds()}
        return [call for call in CALLS if call.bed in ids and call.hours_ago <= self.hours]

    def counted(self) -> list[Call]:
        return [call for call in self.calls() if call.is_counted()]


CHOICES = (
    Choice(),
    Choice(counties=["630102"]),
    Choice(counties=["630121"]),
    Choice(circles=["rural"]),
    Choice(hours=25.75),
    Choice(hours=0.01),
    Choice(counties=[]),
)


class Viewer:
    """Runs a panel as Grafana would, logged in as its role."""

    def __init__(self, connection: psycopg.Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now
        dashboard = json.loads(render(DASHBOARDS["service_circle"]()))
        self.panels = {panel["title"]: panel["targets"][0]["rawSql"] for panel in dashboard["panels"]}
        self.variables = {variable["name"]: variable["query"] for variable in dashboard["templating"]["list"]}

    def show(self, title: str, choice: Choice) -> list[Row]:
        return self.ask(self.panels[title], choice)

    def ask(self, statement: str, choice: Choice) -> list[Row]:
        variables = {"city": ["6301"], "county": choice.counties, "circle": choice.circles}
        text = expand(statement, variables, self.now - timedelta(hours=choice.hours), self.now)
        return self._connection.execute(text.encode()).fetchall()


@pytest.fixture
def viewer(grafana: psycopg.Connection, now: datetime) -> Viewer:
    return Viewer(grafana, now)


def share_of(calls: Sequence[Call]) -> float | None:
    decided = [verdict for call in calls if (verdict := call.is_within()) is not None]
    return sum(decided) / len(decided) if decided else None


def percentile(values: Sequence[float | None], fraction: float) -> float | None:
    """Between the two neighbours in proportion, as the standard's continuous percentile."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    place = fraction * (len(known) - 1)
    low = int(place)
    high = min(low + 1, len(known) - 1)
    return known[low] + (known[high] - known[low]) * (place - low)


def close_to(value: float | None) -> object:
    return None if value is None else pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("choice", CHOICES)
def test_key_figures(viewer: Viewer, choice: Choice) -> None:
    counted = choice.counted()
    arrivals = [call.arrived_s for call in counted]
    assert viewer.show("15 分钟内到达率", choice) == [(close_to(share_of(counted)),)]
    assert viewer.show("按下到到达 · 中位数", choice) == [(close_to(percentile(arrivals, 0.5)),)]
    assert viewer.show("按下到到达 · 95 分位", choice) == [(close_to(percentile(arrivals, 0.95)),)]
    assert viewer.show("计入的求助", choice) == [(len(counted),)]


def test_the_share_of_the_known_history_is_the_one_counted_by_hand(viewer: Viewer) -> None:
    """Of ten counted calls nine have a verdict, four of them in time: not by the helper's own arithmetic."""
    assert viewer.show("计入的求助", Choice()) == [(10,)]
    assert viewer.show("15 分钟内到达率", Choice()) == [(pytest.approx(4 / 9),)]


@pytest.mark.parametrize("choice", CHOICES)
def test_what_is_open_or_silent_now_whatever_the_time_shown(viewer: Viewer, choice: Choice) -> None:
    of_all_time = Choice(choice.counties, choice.circles).calls()
    assert viewer.show("未结事件", choice) == [(sum(call.state in OPEN_STATES for call in of_all_time),)]
    silent = [bed for bed in choice.beds() if bed.last_seen_min_ago is None or bed.last_seen_min_ago > 15]
    assert viewer.show("静默床位", choice) == [(len(silent),)]


@pytest.mark.parametrize("choice", CHOICES)
def test_trend_by_day_of_beijing(viewer: Viewer, now: datetime, choice: Choice) -> None:
    days: dict[datetime, list[Call]] = defaultdict(list)
    for call in choice.counted():
        pressed = (now - timedelta(hours=call.hours_ago)).astimezone(BEIJING)
        days[pressed.replace(hour=0, minute=0, second=0, microsecond=0)].append(call)
    assert viewer.show("逐日：15 分钟内到达率与求助数", choice) == [
        (day, close_to(share_of(calls)), len(calls)) for day, calls in sorted(days.items())
    ]
    assert viewer.show("逐日：按下到接单、按下到到达", choice) == [
        (
            day,
            close_to(percentile([call.accepted_s for call in calls], 0.5)),
            close_to(percentile([call.arrived_s for call in calls], 0.5)),
            close_to(percentile([call.arrived_s for call in calls], 0.95)),
        )
        for day, calls in sorted(days.items())
    ]


@pytest.mark.parametrize("choice", CHOICES)
def test_counties_with_the_worst_first(viewer: Viewer, choice: Choice) -> None:
    expected = []
    for county in choice.counties:
        calls = [call for call in choice.counted() if BED[call.bed].street.startswith(county)]
        if calls:
            expected.append(
                (
                    county,
                    NAMES[county],
                    len(calls),
                    close_to(share_of(calls)),
                    close_to(percentile([call.acknowledged_s for call in calls], 0.5)),
                    close_to(percentile([call.accepted_s for call in calls], 0.5)),
                    close_to(percentile([call.arrived_s for call in calls], 0.5)),
                    close_to(percentile([call.arrived_s for call in calls], 0.95)),
                    sum(call.arrived_s is None for call in calls),
                )
            )
    rows = viewer.show("区县：最需要改进的在前", choice)
    assert sorted(rows) == sorted(expected, key=lambda row: row[0])
    shares = [row[3] for row in rows]
    assert shares == sorted(shares, key=lambda share: (share is None, share))


def test_recent_calls_from_the_newest_with_their_verdict(viewer: Viewer, now: datetime) -> None:
    expected = [
        (
            now - timedelta(hours=call.hours_ago),
            NAMES[BED[call.bed].street[:6]],
            call.bed,
            BED[call.bed].circle,
            call.kind,
            call.state,
            call.acknowledged_s,
            call.accepted_s,
            call.arrived_s,
            VERDICTS[call.is_within()] if call.is_counted() else "not_counted",
            call.outcome,
        )
        for call in sorted(Choice().calls(), key=lambda call: call.hours_ago)
    ]
    rows = viewer.show("最近的求助", Choice())
    assert rows == expected


def test_data_rates(filled: Database, viewer: Viewer, now: datetime) -> None:
    minute = now.replace(second=0, microsecond=0) - timedelta(minutes=10)
    seconds = (0, 1, 59, 60, 61, 150)
    fill_telemetry(filled.admin_url, "bed-a", [minute + timedelta(seconds=second) for second in seconds])
    fill_telemetry(filled.admin_url, "bed-z", [minute])
    assert viewer.show("每分钟遥测消息", Choice(hours=1)) == [
        (minute, 3),
        (minute + timedelta(minutes=1), 2),
        (minute + timedelta(minutes=2), 1),
    ]
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    topic = "care/v1/630102/bed-a/mat1/telemetry"
    fill_quarantine(
        filled.admin_url,
        [(hour, topic, "not_json"), (hour + timedelta(minutes=5), topic, "not_json"), (hour, topic, "wrong_shape")],
    )
    assert viewer.show("无法读取的消息", Choice()) == [(hour, "not_json", 2), (hour, "wrong_shape", 1)]


def test_variables_offer_what_the_role_covers_each_narrowed_by_the_one_before(viewer: Viewer) -> None:
    assert viewer.ask(viewer.variables["city"], Choice()) == [("西宁市", "6301")]
    assert viewer.ask(viewer.variables["county"], Choice()) == [(name, code) for code, name in NAMES.items()]
    elsewhere = expand(viewer.variables["county"], {"city": ["6201"]}, viewer.now, viewer.now)
    assert viewer.ask(elsewhere, Choice()) == []


def test_no_panel_shows_a_neighbour_anything_whatever_is_asked_for(
    neighbour: psycopg.Connection, now: datetime
) -> None:
    viewer = Viewer(neighbour, now)
    for counties in (ALL_COUNTIES, ["630102') or true --"], ["63%"], ['630102"']):
        for title, statement in viewer.panels.items():
            rows = viewer.ask(statement, Choice(counties=counties))
            assert rows in ([], [(None,)], [(0,)]), (title, counties)
