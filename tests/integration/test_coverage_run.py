"""Coverage with its database: what is written, what is read through the views, and what a crash leaves."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import errors
from psycopg.rows import dict_row

from carecircle.errors import Conflict
from carecircle_alerts.coverage.command import command
from carecircle_alerts.coverage.day import hour_at
from carecircle_alerts.coverage.matrix import MatrixSource
from carecircle_alerts.coverage.run import be_the_only_one, compute
from carecircle_alerts.coverage.sending import what_sending_leaves
from carecircle_alerts.coverage.shown import lines_of, summary_of
from carecircle_alerts.coverage.sites import SitesWanted, find_sites
from carecircle_alerts.coverage.store import Connection, read_posts
from tests.integration.dashboards.known_history import grant_scope
from tests.scene import COUNTY, LON, TOWNSHIP, VILLAGE, Scene
from tests.servers import Database
from tests.unit.alerts.coverage_matrices import DAY, LAT, METRE, Calm, Plain

FAR = "630104001001"


class MorningClock:
    def now(self) -> datetime:
        return hour_at(DAY, 4)


@pytest.fixture
def scene(database: Database) -> Scene:
    """Beds 0, 2,000 and 40,000 m from a station of two people, one without coordinates, one in another county."""
    scene = Scene(database)
    for code in ("630104", "630104001", FAR):
        scene.run("insert into area (code, name) values (%s, '城西')", code)
    for number, north_m in enumerate((0, 2000, 40_000)):
        scene.bed(f"bed-{number}")
        scene.run("update bed set lat = %s, lon = %s where id = %s", LAT + north_m * METRE, LON, f"bed-{number}")
    scene.bed("bed-lost", placed=False)
    scene.bed("bed-far", circle="rural")
    scene.run(
        "update bed set county = '630104', division_code = %s, lat = %s where id = 'bed-far'", FAR, LAT - 4000 * METRE
    )
    scene.responder("r-1", provider="station-1")
    scene.responder("r-2", provider="station-1", north_m=-100)
    scene.responder("off", provider="station-1", on_duty=False)
    scene.responder("silent", consented=False)
    return scene


@pytest.fixture
def connection(scene: Scene) -> Iterator[Connection]:
    url = scene.database.url("carecircle_alerts")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


def computed(connection: Connection, source: MatrixSource | None = None, **other: object) -> int:
    be_the_only_one(connection)
    values: dict[str, object] = {"day": DAY, "clock": MorningClock(), "part": 2, "keep_days": 400}
    return compute(connection, source or Plain(), **(values | other))  # type: ignore[arg-type]


def beds_of(scene: Scene, run: int) -> dict[str, list[tuple[object, ...]]]:
    found: dict[str, list[tuple[object, ...]]] = {}
    for bed, *values in scene.rows(
        "select bed_id, from_hour, until_hour, state, people, post_id from coverage_bed where run_id = %s "
        "order by bed_id, from_hour",
        run,
    ):
        found.setdefault(str(bed), []).append(tuple(values))
    return found


def test_a_run_writes_beds_areas_and_posts(scene: Scene, connection: Connection) -> None:
    run = computed(connection)
    assert beds_of(scene, run) == {
        "bed-0": [(0, 24, "covered", 2, "station-1")],
        # Twice as slow in the rush: 1,200 s in nine of ten cases, 800 s in half of them.
        "bed-1": [
            (0, 8, "covered", 2, "station-1"),
            (8, 9, "uncertain", 0, "station-1"),
            (9, 24, "covered", 2, "station-1"),
        ],
        "bed-2": [(0, 8, "not_covered", 0, "station-1"), (8, 9, "not_covered", 0, "station-1"),
                  (9, 24, "not_covered", 0, "station-1")],
        "bed-far": [
            (0, 8, "covered", 2, "station-1"),
            (8, 9, "uncertain", 0, "station-1"),
            (9, 24, "covered", 2, "station-1"),
        ],
        "bed-lost": [(0, 24, "unlocated", 0, None)],
    }  # fmt: skip
    areas = scene.rows(
        "select circle, covered, uncertain, not_covered, unlocated, backed_up from coverage_area "
        "where run_id = %s and area_code = '6301' and hour = 8 order by circle",
        run,
    )
    assert areas == [("rural", 0, 1, 0, 0, 0), ("urban", 1, 1, 1, 1, 1)]
    assert scene.rows("select distinct post_id, people, sole_beds, second_beds from coverage_post order by 4") == [
        ("station-1", 2, 0, 1),
        ("station-1", 2, 0, 3),
    ]
    assert scene.rows("select state, beds, posts, is_estimate, why from coverage_run") == [("done", 5, 1, False, None)]


def test_what_is_shown_is_what_was_written(scene: Scene, connection: Connection) -> None:
    computed(connection)
    summary = summary_of(connection, COUNTY, 8)
    assert summary["total"]["share"] == pytest.approx(0.25)
    assert summary["circles"].keys() == {"urban"}
    assert [one["bed_id"] for one in summary["uncovered"]] == ["bed-lost", "bed-2", "bed-1"]
    assert summary["run"]["band"] == "rush"
    text = "\n".join(lines_of(summary))
    assert "覆盖率 25.0%" in text
    assert "模拟路网" in text
    assert summary_of(connection, "", 12)["total"]["covered"] == 3


def test_straight_lines_are_shown_and_never_published(scene: Scene, connection: Connection) -> None:
    run = computed(connection, Plain("straight_line_model"))
    assert {state for spells in beds_of(scene, run).values() for _f, _u, state, *_ in spells} == {
        "estimated", "unlocated",
    }  # fmt: skip
    assert scene.value("select count(*) from coverage_post") == 0
    summary = summary_of(connection, "", 8)
    assert summary["total"]["share"] is None
    assert summary["total"]["estimated"] == 4
    assert summary["uncovered"][1]["p50_s"] is not None, "the time is shown, as an estimate"
    assert "不作为覆盖率发布" in "\n".join(lines_of(summary))
    grant_scope(scene.database.admin_url, "carecircle_grafana", "63")
    with psycopg.connect(scene.database.url("carecircle_grafana")) as grafana:
        assert grafana.execute("select distinct covered, uncertain, backed_up from read.coverage_area").fetchall() == [
            (None, None, None)
        ]
        assert grafana.execute("select distinct state from read.coverage_bed where p50_s is not null").fetchall() == [
            ("estimated",)
        ]


def test_views_show_the_scope_of_who_asks(scene: Scene, connection: Connection) -> None:
    computed(connection)
    grant_scope(scene.database.admin_url, "carecircle_grafana", COUNTY)
    with psycopg.connect(scene.database.url("carecircle_grafana")) as grafana:
        codes = grafana.execute("select distinct area_code from read.coverage_area order by 1").fetchall()
        assert codes == [(COUNTY,), (TOWNSHIP,), (VILLAGE,)]
        beds = grafana.execute("select distinct bed_id from read.coverage_bed order by 1").fetchall()
        assert beds == [("bed-0",), ("bed-1",), ("bed-2",), ("bed-lost",)]
        ((at, hour, share),) = grafana.execute(
            "select at, hour, sum(covered)::float / sum(covered + uncertain + not_covered + unlocated) "
            "from read.coverage_area where area_code = %s and hour = 8 and is_latest group by 1, 2",
            [COUNTY],
        ).fetchall()
        assert (at, hour, share) == (hour_at(DAY, 8) - timedelta(minutes=30), 8, 0.25)
        with pytest.raises(errors.InsufficientPrivilege):
            grafana.execute("select * from coverage_bed")


def test_the_next_run_replaces_beds_and_keeps_the_trend_of_counties(scene: Scene, connection: Connection) -> None:
    first = computed(connection, day=DAY - timedelta(days=1))
    again, last = computed(connection), computed(connection)
    assert scene.rows("select distinct run_id from coverage_bed") == [(last,)]
    assert scene.rows("select distinct run_id from coverage_post") == [(last,)]
    assert scene.rows("select distinct run_id from coverage_area where length(area_code) > 6") == [(last,)]
    kept = scene.rows("select distinct run_id from coverage_area where area_code = %s order by 1", COUNTY)
    assert kept == [(first,), (last,)], f"run {again} of the same day is replaced by the later one"
    computed(connection, day=DAY + timedelta(days=3), keep_days=2)
    assert scene.value("select count(*) from coverage_area where run_id in (%s, %s)", first, last) == 0


def test_a_run_that_breaks_off_is_never_read(scene: Scene, connection: Connection) -> None:
    whole = computed(connection)

    def breaks(done: int, _all: int) -> None:
        if done > 2:
            raise RuntimeError("the power goes")

    with pytest.raises(RuntimeError):
        computed(connection, on_part=breaks)
    assert scene.rows("select state, why from coverage_run order by id") == [("done", None), ("failed", "RuntimeError")]
    assert summary_of(connection, "", 12)["run"]["id"] == whole
    scene.run("update coverage_run set state = 'running', finished_at = null, why = null where state = 'failed'")
    last = computed(connection)
    assert scene.value("select count(*) from coverage_run where state = 'running'") == 0
    assert scene.rows("select distinct run_id from coverage_bed") == [(last,)], "what the broken one wrote is gone"


def test_only_one_computes(scene: Scene, connection: Connection) -> None:
    be_the_only_one(connection)
    url = scene.database.url("carecircle_alerts")
    with (
        psycopg.connect(url, autocommit=True, row_factory=dict_row) as other,
        pytest.raises(Conflict),
    ):
        be_the_only_one(other)


def test_sending_somebody_now_is_answered_from_where_they_are(scene: Scene, connection: Connection) -> None:
    now = datetime.now(UTC)
    scene.run("update responder set lat = %s where id = 'r-1'", LAT + 2500 * METRE)
    # r-2 stands at 100 m south: both reach bed 0, and bed 1 in the north.
    both = what_sending_leaves(connection, Calm(), "r-1", COUNTY, now)
    assert (both["uncovered_beds"], both["without_backup"]) == (0, ["bed-0", "bed-1"])
    scene.run("update responder set on_duty = false where id = 'r-2'")
    alone = what_sending_leaves(connection, Calm(), "r-1", COUNTY, now)
    assert [one["bed_id"] for one in alone["uncovered"]] == ["bed-0", "bed-1"]  # type: ignore[attr-defined]
    assert alone["share_change"] == -0.5
    assert alone["why_not"] is None
    assert what_sending_leaves(connection, Calm(), "off", COUNTY, now)["why_not"] == "off_duty"


def test_the_next_station_goes_where_beds_have_nobody(scene: Scene, connection: Connection) -> None:
    found = find_sites(connection, Plain(), SitesWanted(area="63", stations=2, with_drag=True), hour_at(DAY, 12))
    assert found["without_cover"] == 1
    (station,) = found["stations"]  # type: ignore[misc]
    assert station["near"] == "bed-2"  # type: ignore[has-type]
    assert station["share_after"] == pytest.approx(0.8)  # type: ignore[has-type]
    assert found["share_before"] == pytest.approx(0.6)
    assert found["gap"] == 0
    assert json.loads(json.dumps(found))["drag"]["weights"] == [1.0]


def test_the_command_line_says_it_in_both_ways(scene: Scene, connection: Connection) -> None:
    environment = {"CARECIRCLE_DATABASE_URL": scene.database.url("carecircle_alerts")}

    def called(*arguments: str) -> str:
        answer = CliRunner().invoke(command, list(arguments), env=environment, catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    # A process of its own: it lowers its priority for good.
    made = subprocess.run(
        [sys.executable, "-c", "from carecircle.cli import main; main()", "coverage", "run", "--json"],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["run"]["is_estimate"] is True
    assert "服务圈覆盖" in called("show", "--area", COUNTY)
    assert json.loads(called("show", "--json", "--hour", "3"))["hour"] == 3
    assert "选址" in called("sites", "--stations", "1")
    assert "派出 r-1" in called("without", "r-1")
    drawn = json.loads(called("isochrone", "--provider", "station-1", "--minutes", "5"))
    assert drawn["type"] == "FeatureCollection"
    assert drawn["features"][0]["properties"]["basis"] == "straight_line_model"
    assert json.loads(called("isochrone", "--bed", "bed-0"))["features"][0]["properties"]["minutes"] == 15


def people_by_hour(connection: Connection) -> dict[tuple[str, str], list[int]]:
    return {(post.id, post.mode): list(post.people) for post in read_posts(connection, DAY)}


def test_posts_follow_rosters_opening_hours_and_how_many_may_be_out(scene: Scene, connection: Connection) -> None:
    assert people_by_hour(connection) == {("station-1", "e_bike"): [2] * 24}, "who is off duty or silent is nobody"
    # 2 November 2026 is a Monday; open from 8 to 18, while r-1 is on the roster through the night before.
    scene.run("insert into provider_hours values ('station-1', 1, 480, 1080)")
    scene.run("update responder set on_duty = false where id = 'r-1'")
    scene.shift("r-1", hour_at(DAY, 0) - timedelta(hours=4), hour_at(DAY, 6))
    by_hour = people_by_hour(connection)["station-1", "e_bike"]
    assert by_hour == [1] * 6 + [0] * 2 + [1] * 10 + [0] * 6
    scene.run("insert into provider_exception values ('station-1', %s, null, null, '盘点')", DAY)
    assert people_by_hour(connection)["station-1", "e_bike"] == [1] * 6 + [0] * 18, "closed all day, roster or not"
    scene.run("delete from provider_exception")
    scene.run(
        "update responder set travel_mode = 'car', on_duty = true, duty_set_at = %s where id = 'r-1'", hour_at(DAY, 7)
    )
    scene.run("update provider set out_at_once = 1")
    assert people_by_hour(connection)["station-1", "car"][9:18] == [1] * 9
    assert ("station-1", "e_bike") not in people_by_hour(connection) or not any(
        people_by_hour(connection)["station-1", "e_bike"][9:18]
    ), "one of the two may be out at a time"


def test_a_changed_plan_changes_what_counts_as_in_time(scene: Scene, connection: Connection) -> None:
    scene.run(
        "insert into plan_setting (area, kind, settings, reason, by_name, at) "
        "values (%s, 'help', '{\"circle_s\": 500}', '试点', '主管', now())",
        COUNTY,
    )
    run = computed(connection)
    assert scene.rows(
        "select distinct bed_id, limit_s from coverage_bed where run_id = %s and bed_id in ('bed-1', 'bed-far')", run
    ) == [("bed-1", 500), ("bed-far", 1800)]
    assert beds_of(scene, run)["bed-1"][0] == (0, 8, "uncertain", 0, "station-1"), (
        "400 s for half, 600 s for nine of ten"
    )


def test_neighbours_stand_where_they_usually_are(scene: Scene, connection: Connection) -> None:
    scene.responder("n-1", role="neighbour", provider="station-1", north_m=700)
    scene.run("update responder set lat = lat + 1 where id = 'n-1'")
    (neighbour,) = (post for post in read_posts(connection, DAY) if post.id == "n-1")
    assert neighbour.place.lat == pytest.approx(LAT + 700 * METRE)
    assert neighbour.provider_id == "station-1"
