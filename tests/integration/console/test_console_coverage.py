"""Coverage over HTTP: the figures of one's own area and of no other, and questions that are computed on the side."""

import time
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from carecircle_alerts.coverage.figures import CHINA
from carecircle_alerts.coverage.run import be_the_only_one, compute
from tests.console_world import FAR_COUNTY, ShiftedClock, World
from tests.scene import COUNTY, TOWNSHIP, VILLAGE
from tests.unit.alerts.coverage_matrices import LAT, METRE, Plain


@pytest.fixture
def covered(world: World) -> World:
    """Bed 1 beside the county's people, bed 2 forty kilometres away, and coverage computed by a made-up network."""
    world.scene.run("update bed set lat = %s where id = 'bed-2'", LAT + 40_000 * METRE)
    url = world.scene.database.url("carecircle_alerts")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        be_the_only_one(connection)
        today = datetime.now(UTC).astimezone(CHINA).date()
        compute(connection, Plain(), day=today, clock=ShiftedClock(), part=100, keep_days=10)
    return world


def test_before_the_first_run_there_is_nothing_and_no_error(world: World) -> None:
    client = world.signed_in("dispatcher")
    found = client.get("/api/coverage", params={"hour": 3}).json()
    assert found == {"run": None, "hour": 3, "area": None, "below": [], "hours": []}
    assert client.get("/api/coverage/uncovered").json()["beds"] == []


def test_the_figures_are_those_of_ones_own_area(covered: World) -> None:
    client = covered.signed_in("dispatcher")
    found = client.get("/api/coverage", params={"hour": 12}).json()
    assert found["run"]["basis"] == "synthetic_network"
    assert found["run"]["is_estimate"] is False
    assert found["run"]["age_s"] < 60
    assert found["run"]["limits"]["urban"] == 900
    assert found["area"]["area_code"] == COUNTY
    assert found["area"]["total"]["share"] == 0.5
    assert found["area"]["circles"]["urban"]["backed_up"] == 1
    assert [one["area_code"] for one in found["below"]] == [TOWNSHIP]
    assert [one["hour"] for one in found["hours"]] == list(range(24))
    village = client.get("/api/coverage", params={"hour": 12, "area": VILLAGE}).json()
    assert (village["area"]["area_code"], village["below"]) == (VILLAGE, [])
    rural = client.get("/api/coverage", params={"hour": 12, "circle": "rural"}).json()
    assert rural["area"] is None
    far = covered.signed_in("far-dispatcher").get("/api/coverage", params={"hour": 12}).json()
    assert far["area"]["area_code"] == FAR_COUNTY
    assert far["area"]["total"]["beds"] == 1
    for foreign in (FAR_COUNTY, "63", "62"):
        assert client.get("/api/coverage", params={"area": foreign}).status_code == 404
        assert client.get("/api/coverage/uncovered", params={"area": foreign}).status_code == 404
    assert client.get("/api/coverage", params={"area": "6"}).status_code == 422


def test_the_uncovered_are_listed_with_who_is_nearest(covered: World) -> None:
    client = covered.signed_in("auditor")
    found = client.get("/api/coverage/uncovered", params={"hour": 12}).json()
    (bed,) = found["beds"]
    assert (bed["bed_id"], bed["state"], bed["circle"]) == ("bed-2", "not_covered", "urban")
    assert bed["misses_by_s"] == bed["p90_s"] - 900 > 0
    assert bed["p50_s"] > 900
    assert found["next"] is None
    assert client.get("/api/coverage/uncovered", params={"hour": 12, "state": "uncertain"}).json()["beds"] == []
    assert client.get("/api/coverage/uncovered", params={"hour": 12, "after": "bed-2"}).json()["beds"] == []
    first = client.get("/api/coverage/uncovered", params={"hour": 12, "most": 1}).json()
    assert first["next"] == "bed-2"
    assert "老人" not in str(found), "no resident is named"


def test_outlines_are_geojson_of_ones_own_places(covered: World) -> None:
    client = covered.signed_in("dispatcher")
    found = client.get(
        "/api/coverage/isochrones", params={"provider": "station-1", "minutes": "5,10"}, timeout=90
    ).json()
    assert found["type"] == "FeatureCollection"
    assert [one["properties"]["minutes"] for one in found["features"]] == [10, 5, 0]
    assert found["features"][0]["properties"]["is_estimate"] is True
    bed = client.get("/api/coverage/isochrones", params={"bed": "bed-1", "minutes": "5"}).json()
    assert bed["features"][0]["properties"]["direction"] == "to"
    for place in ({"bed": "far-bed"}, {"bed": "no-bed"}, {"provider": "nobody"}):
        assert client.get("/api/coverage/isochrones", params=place).status_code == 404
    assert client.get("/api/coverage/isochrones").status_code == 400
    assert client.get("/api/coverage/isochrones", params={"bed": "bed-1", "minutes": "0"}).status_code == 400
    covered.scene.run("update bed set lat = null, lon = null where id = 'bed-1'")
    nowhere = client.get("/api/coverage/isochrones", params={"bed": "bed-1"})
    assert (nowhere.status_code, nowhere.json()["error"]["message"]) == (404, "没有这个地点，或没有坐标")
    for role in ("responder", "family"):
        assert covered.signed_in(role).get("/api/coverage/isochrones", params={"bed": "bed-1"}).status_code == 403


def test_what_sending_somebody_leaves_is_told_before_it_is_done(covered: World) -> None:
    covered.scene.run("update responder set on_duty = false where id <> 'r-1'")
    client = covered.signed_in("dispatcher")
    found = client.get("/api/coverage/without/r-1", timeout=90).json()
    assert found["why_not"] is None
    assert [one["bed_id"] for one in found["uncovered"]] == ["bed-1"]
    assert found["uncovered"][0]["next_responder_id"] is None
    assert found["is_estimate"] is True
    assert found["share_change"] is None
    assert client.get("/api/coverage/without/r-2").json()["why_not"] == "off_duty"
    for stranger in ("far-r", "nobody"):
        assert client.get(f"/api/coverage/without/{stranger}").status_code == 404
    assert covered.signed_in("family").get("/api/coverage/without/r-1").status_code == 403
    assert covered.client().get("/api/coverage/without/r-1").status_code == 401


def ended(client: httpx.Client, trial: str) -> dict[str, object]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found: dict[str, object] = client.get(f"/api/coverage/trials/{trial}").json()
        if found["state"] != "running":
            return found
        time.sleep(0.1)
    raise AssertionError("the trial did not end")


def test_a_search_for_sites_is_a_trial_of_ones_own_area(covered: World) -> None:
    client = covered.signed_in("supervisor")
    begun = client.post("/api/coverage/trials", json={"stations": 2, "hour": 12})
    assert begun.status_code == 202, begun.text
    assert begun.json()["area"] == COUNTY
    assert client.post("/api/coverage/trials", json={}).status_code == 409, "one at a time"
    found = ended(client, begun.json()["id"])
    assert (found["state"], found["error"]) == ("done", None)
    report = found["report"]
    assert isinstance(report, dict)
    assert [one["near"] for one in report["stations"]] == ["bed-2"]
    assert report["is_estimate"] is True
    assert report["drag"]["weights"] == [1.0]
    assert [one["report"] for one in client.get("/api/coverage/trials").json()] == [None]
    far = covered.signed_in("far-supervisor")
    assert far.get("/api/coverage/trials").json() == []
    assert far.get(f"/api/coverage/trials/{begun.json()['id']}").status_code == 404
    assert far.delete(f"/api/coverage/trials/{begun.json()['id']}").status_code == 404
    assert client.post("/api/coverage/trials", json={"area": FAR_COUNTY}).status_code == 404
    assert client.post("/api/coverage/trials", json={"stations": 0}).status_code == 422
    for role in ("dispatcher", "auditor", "responder", "family"):
        assert covered.signed_in(role).post("/api/coverage/trials", json={}).status_code == 403


def test_a_search_can_be_stopped(covered: World) -> None:
    client = covered.signed_in("administrator")
    begun = client.post("/api/coverage/trials", json={}).json()
    assert client.delete(f"/api/coverage/trials/{begun['id']}").status_code == 204
    assert ended(client, begun["id"])["state"] == "stopped"
    assert covered.signed_in("dispatcher").delete(f"/api/coverage/trials/{begun['id']}").status_code == 403
