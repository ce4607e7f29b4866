"""Coverage keeps itself computed: at the first start, each night, when roads come, and after a stop in the middle."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from carecircle_alerts.coverage.answering import answer_lines
from carecircle_alerts.coverage.day import hour_at
from carecircle_alerts.coverage.matrix import Ground
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.coverage.source import Roads
from carecircle_alerts.coverage.watch import Watch
from carecircle_alerts.travel import Origin
from carecircle_alerts.travel.roads.command import build_roads
from tests.scene import COUNTY, TOWNSHIP, Scene
from tests.servers import Database
from tests.street_map import at, street_grid
from tests.unit.alerts.coverage_matrices import DAY


class TurnedClock:
    def __init__(self) -> None:
        self.time = hour_at(DAY, 12)

    def now(self) -> datetime:
        return self.time


@pytest.fixture(scope="module")
def roads_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roads")
    build_roads(street_grid(folder / "town.osm", side=12, block_m=100), folder / "roads", is_synthetic=True)
    return folder / "roads"


@pytest.fixture
def scene(database: Database) -> Scene:
    """A station and a bed on the street map, 1,300 m of streets apart."""
    scene = Scene(database)
    scene.bed("bed-1")
    scene.responder("r-1", provider="station-1")
    for table, place in (("provider", at(0, 0)), ("bed", at(1000, 300))):
        scene.run(f"update {table} set lat = %s, lon = %s", place.lat, place.lon)
    scene.run("update responder set lat = %s, lon = %s", at(0, 0).lat, at(0, 0).lon)
    return scene


def settings(scene: Scene, roads_file: Path | None = None) -> CoverageSettings:
    url = SecretStr(scene.database.url("carecircle_alerts"))
    return CoverageSettings(database_url=url, roads_file=roads_file)


def runs(scene: Scene) -> list[tuple[object, ...]]:
    return scene.rows("select state, basis, day from coverage_run order by id")


def test_it_computes_at_the_first_start_each_night_and_when_roads_come(scene: Scene, roads_file: Path) -> None:
    clock, stop = TurnedClock(), threading.Event()
    estimating = Watch(settings(scene), clock, stop)
    assert estimating.look() > 0
    estimating.look()
    assert runs(scene) == [("done", "straight_line_model", DAY)]
    on_roads = Watch(settings(scene, roads_file), clock, stop)
    on_roads.look()
    on_roads.look()
    assert runs(scene)[1:] == [("done", "synthetic_network", DAY)]
    assert scene.rows("select distinct state from coverage_bed") == [("covered",)]
    clock.time += timedelta(hours=14)
    on_roads.look()
    assert len(runs(scene)) == 2, "not before three in the night"
    clock.time += timedelta(hours=2)
    on_roads.look()
    assert runs(scene)[2:] == [("done", "synthetic_network", DAY + timedelta(days=1))]


def test_a_stop_in_the_middle_leaves_the_figures_that_there_were(scene: Scene) -> None:
    clock, stop = TurnedClock(), threading.Event()
    stop.set()
    Watch(settings(scene), clock, stop).look()
    assert scene.rows("select state, why from coverage_run") == [("failed", "Stopped")]
    Watch(settings(scene), clock, threading.Event()).look()
    assert scene.rows("select state from coverage_run order by id") == [("failed",), ("done",)]


def test_a_broken_roads_file_and_a_database_that_is_away_stop_nobody(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("no roads")
    assert Watch(settings(scene, tmp_path / "broken"), TurnedClock(), threading.Event()).look() > 0
    away = CoverageSettings(database_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"))
    assert Watch(away, TurnedClock(), threading.Event()).look() > 0
    assert runs(scene) == []


def test_roads_that_people_have_closed_are_closed_here_too(scene: Scene, roads_file: Path) -> None:
    roads, now = Roads(settings(scene, roads_file)), datetime.now(UTC)

    def seconds() -> float:
        origins, grounds = [Origin(at(0, 0), "car")], [Ground(at(1000, 300), "city")]
        return float(roads.at(now).matrix(origins, grounds, now).p50_s[0, 0])

    before = seconds()
    assert np.isfinite(before)
    account = scene.account("desk")
    corners = [[place.lon, place.lat] for place in (at(450, -200), at(550, -200), at(550, 1300), at(450, 1300))]
    scene.run(
        "insert into road_closure (area_code, corners, reason, begins_at, added_at, by_account_id, by_name) "
        "values (%s, %s, '塌方', %s, %s, %s, '调度')",
        COUNTY, Jsonb(corners), now - timedelta(hours=1), now, account,
    )  # fmt: skip
    assert not np.isfinite(seconds()), "the town is cut in two"
    scene.run("update road_closure set ended_at = now(), ended_by_account_id = %s, ended_by_name = '调度'", account)
    assert seconds() == before


def test_questions_line_by_line_are_answered_or_refused(scene: Scene, roads_file: Path) -> None:
    said: list[str] = []
    questions = [
        {"ask": "without", "responder": "r-1", "area": TOWNSHIP},
        {"ask": "without", "responder": "nobody"},
        {"ask": "isochrone", "bed": "bed-1", "minutes": [5]},
    ]
    lines = [json.dumps(one) + "\n" for one in questions]
    answer_lines(settings(scene, roads_file), lines, said.append, lambda: datetime.now(UTC))
    left, refused, drawn = map(json.loads, said)
    assert left["answer"]["uncovered_beds"] == 1
    assert left["answer"]["is_estimate"] is False
    assert refused == {"refused": "没有这位服务人员，或不在您的可见范围内"}
    assert drawn["answer"]["features"][0]["properties"]["basis"] == "synthetic_network"
