"""Visits: how somebody shows that they are there, what they report, and who gets to see it."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest

from tests.console_world import World
from tests.scene import LAT, LON
from tests.unit.alerts.test_visits import GPS, PLAIN

Ask = Callable[[httpx.Client], httpx.Response]
NEAR = {"lat": LAT, "lon": LON, "accuracy_m": 8}
AFAR = {"lat": LAT + 0.02, "lon": LON, "accuracy_m": 8}
PHOTO = PLAIN[:2] + GPS + PLAIN[2:]
REPORT = {
    "outcome": "taken_to_hospital", "note": "头晕，已送医", "made_at": "2026-11-20T03:00:00Z", "consciousness": "alert",
    "heart_rate_bpm": 92, "systolic_mmhg": 168, "diastolic_mmhg": 95, "body_temperature_c": 36.6,
}  # fmt: skip


def going(world: World, bed: str = "bed-1") -> tuple[httpx.Client, str, UUID]:
    """A responder on the way: their browser, the assignment, the incident."""
    incident = world.incident(bed)
    client = world.signed_in("responder")
    mine = client.post(f"/api/offers/{world.offer(incident, 'r-1')}/accept").json()
    return client, mine["assignment"]["id"], incident


def arrivals(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows("select proof, distance_m is not null from arrival")


def test_a_position_at_the_bed_proves_it_and_one_elsewhere_is_told_how_far(world: World) -> None:
    client, assignment, incident = going(world)
    refused = client.post(f"/api/assignments/{assignment}/arrived", json={"position": AFAR})
    assert refused.status_code == 409
    assert "约2.2公里" in refused.json()["error"]["message"]
    assert arrivals(world) == []
    told = client.post(f"/api/assignments/{assignment}/arrived", json={"position": NEAR})
    assert told.json()["assignment"]["state"] == "ARRIVED"
    assert arrivals(world) == [("geofence", True)]
    (shown,) = world.signed_in("dispatcher").get(f"/api/incidents/{incident}/visits").json()
    assert (shown["proof"], shown["distance_m"], shown["outcome"], shown["photos"]) == ("geofence", 0, None, [])
    columns = world.scene.rows("select column_name from information_schema.columns where table_name = 'arrival'")
    assert not {"lat", "lon"} & {str(name) for (name,) in columns}, "where the phone was is not kept"


def test_who_insists_or_says_nothing_is_written_down_as_their_word(world: World) -> None:
    client, assignment, _incident = going(world)
    assert client.post(f"/api/assignments/{assignment}/arrived", json={"position": AFAR, "insists": True}).is_success
    assert client.post(f"/api/assignments/{assignment}/arrived", json={"position": NEAR}).is_success
    assert arrivals(world) == [("said", True)], "twice is once, and the first word stands"
    said = world.scene.value("select reason from incident_event where step = 'helper_arrived'")
    assert said == "已到门口（本人说明，定位距床位约2.2公里）"
    world.scene.run("update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other'")
    world.scene.run("update assignment set state = 'RELEASED'")
    client, assignment, _incident = going(world, "bed-2")
    assert client.post(f"/api/assignments/{assignment}/arrived").is_success
    assert sorted(arrivals(world)) == [("said", False), ("said", True)]


def test_the_label_at_the_bed_proves_it_and_guesses_run_out(world: World) -> None:
    client, assignment, _incident = going(world)
    administrator = world.signed_in("administrator")
    label = administrator.get("/api/beds/bed-1/label").json()
    assert label["url"].endswith(f"/responder?here={label['code']}")
    square = administrator.get("/api/beds/bed-1/label.svg")
    assert square.headers["content-type"] == "image/svg+xml"
    assert square.text.count("<path") >= 1
    address, wrong = (
        f"/api/assignments/{assignment}/arrived",
        {"bed_code": "000000" if label["code"] != "000000" else "1"},
    )
    for _ in range(5):
        answer = client.post(address, json=wrong)
        assert (answer.status_code, "编码不对" in answer.json()["error"]["message"]) == (409, True)
    blocked = client.post(address, json={"bed_code": label["code"]})
    assert (blocked.status_code, "次数过多" in blocked.json()["error"]["message"]) == (409, True)
    world.scene.run("update arrival_attempt set at = at - interval '10 minutes'")
    renewed = administrator.post("/api/beds/bed-1/label/renew").json()["code"]
    assert renewed != label["code"]
    assert client.post(address, json={"bed_code": label["code"]}).status_code == 409, "the old label counts no more"
    assert client.post(address, json={"bed_code": f"{renewed[:3]} {renewed[3:]}"}).is_success
    assert arrivals(world) == [("bed_code", False)]


@pytest.mark.parametrize("path", ["/label", "/label.svg"])
def test_labels_are_for_administrators_of_the_area(world: World, path: str) -> None:
    for login in ("dispatcher", "supervisor", "auditor", "responder", "family"):
        assert world.signed_in(login).get(f"/api/beds/bed-1{path}").status_code == 403
    assert world.signed_in("administrator").get(f"/api/beds/far-bed{path}").status_code == 404
    assert world.signed_in("dispatcher").post("/api/beds/bed-1/label/renew").status_code == 403
    assert world.signed_in("far-administrator").post("/api/beds/bed-1/label/renew").status_code == 404


def test_a_report_and_its_pictures_come_to_the_centre_once_and_every_look_is_on_record(world: World) -> None:
    client, assignment, incident = going(world)
    client.post(f"/api/assignments/{assignment}/arrived")
    photo = uuid4()
    for _ in range(2):
        assert client.put(f"/api/assignments/{assignment}/report", json=REPORT).status_code == 204
        answer = client.put(
            f"/api/assignments/{assignment}/photos/{photo}", content=PHOTO, headers={"Content-Type": "image/jpeg"}
        )
        assert answer.status_code == 204, answer.text
    late = REPORT | {"outcome": "other", "made_at": "2026-11-20T02:00:00Z"}
    assert client.put(f"/api/assignments/{assignment}/report", json=late).status_code == 204
    desk = world.signed_in("dispatcher")
    (shown,) = desk.get(f"/api/incidents/{incident}/visits").json()
    assert shown["outcome"] == "taken_to_hospital", "an earlier report that comes later changes nothing"
    assert shown["measured"]["systolic_mmhg"] == 168
    assert shown["photos"] == [str(photo)]
    picture = desk.get(f"/api/photos/{photo}")
    assert picture.content == PLAIN, "without what the camera wrote into it"
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/jpeg", "no-store")
    assert world.accesses()[-2:] == [("dispatcher", "resident-bed-1", "visit")] * 2
    steps = [step for (step,) in world.scene.rows("select step from incident_event order by id")]
    assert (steps.count("reported"), steps.count("photo_added")) == (1, 1)
    for login in ("far-dispatcher", "responder", "family"):
        assert world.signed_in(login).get(f"/api/photos/{photo}").status_code in {403, 404}
        assert world.signed_in(login).get(f"/api/incidents/{incident}/visits").status_code in {403, 404}
    assert client.delete(f"/api/assignments/{assignment}/photos/{photo}").status_code == 204
    assert desk.get(f"/api/photos/{photo}").status_code == 404
    note = world.scene.rows("select reason from incident_event where step in ('reported', 'photo_added')")
    assert not any("168" in str(text) or "头晕" in str(text) for (text,) in note), "the timeline has no findings"


def test_only_pictures_of_a_fair_size_are_taken_and_not_many(world: World) -> None:
    client, assignment, _incident = going(world)
    jpeg = {"Content-Type": "image/jpeg"}
    address = f"/api/assignments/{assignment}/photos"
    assert client.put(f"{address}/{uuid4()}", content=PHOTO).status_code == 400
    assert client.put(f"{address}/{uuid4()}", content=b"\x89PNG" + PHOTO, headers=jpeg).status_code == 409
    assert client.put(f"{address}/{uuid4()}", content=PHOTO + bytes(420_000), headers=jpeg).status_code == 413
    unsized = client.put(f"{address}/{uuid4()}", content=iter([PHOTO, bytes(420_000)]), headers=jpeg)
    assert unsized.status_code == 400
    for _ in range(4):
        assert client.put(f"{address}/{uuid4()}", content=PHOTO, headers=jpeg).status_code == 204
    assert client.put(f"{address}/{uuid4()}", content=PHOTO, headers=jpeg).status_code == 409


def test_nobody_reports_of_a_visit_that_is_not_theirs(world: World) -> None:
    _client, assignment, incident = going(world)
    other = world.signed_in("responder2")
    asks: tuple[Ask, ...] = (
        lambda who: who.put(f"/api/assignments/{assignment}/report", json=REPORT),
        lambda who: who.put(f"/api/assignments/{assignment}/photos/{uuid4()}", content=PHOTO),
        lambda who: who.delete(f"/api/assignments/{assignment}/photos/{uuid4()}"),
    )
    for ask in asks:
        assert ask(other).status_code == 404
        assert ask(world.signed_in("dispatcher")).status_code == 403
        assert ask(world.client()).status_code == 401
    offer = world.scene.value("select id from offer")
    assert isinstance(offer, UUID)
    link = {"token": world.link_token(offer, "r-1")}
    assert world.client().put(f"/api/assignments/{assignment}/report", params=link, json=REPORT).status_code == 204
    assert world.signed_in("dispatcher").get(f"/api/incidents/{incident}/visits").json()[0]["note"] == "头晕，已送医"


@pytest.mark.parametrize(
    "wrong",
    [{"outcome": "repaired"}, {"spo2_percent": 101}, {"diastolic_mmhg": 170}, {"made_at": "2026-11-20T03:00:00"}],
)
def test_a_report_that_cannot_be_is_refused(world: World, wrong: dict[str, object]) -> None:
    client, assignment, _incident = going(world)
    assert client.put(f"/api/assignments/{assignment}/report", json=REPORT | wrong).status_code == 422


def test_a_position_is_kept_on_duty_with_consent_and_only_the_latest(world: World) -> None:
    client = world.signed_in("responder")
    now = world.clock.now()
    here = {"lat": 36.5, "lon": 101.5, "accuracy_m": 20, "measured_at": now.isoformat()}
    world.scene.run("update responder set on_duty = true, duty_set_at = now() where id = 'r-1'")
    assert client.post("/api/my/position", json=here).json() == {"kept": True, "why": ""}
    row = ("phone", 36.5)
    assert world.scene.rows("select position_source, lat from responder where id = 'r-1'") == [row]
    old = here | {"lat": 1, "measured_at": "2026-01-01T00:00:00Z"}
    assert client.post("/api/my/position", json=old).json() == {"kept": False, "why": "older"}
    client.post("/api/my/duty", json={"on_duty": False})
    assert client.post("/api/my/position", json=here).json()["why"] == "off_duty"
    client.post("/api/my/consent/withdraw")
    assert client.post("/api/my/position", json=here).json()["why"] == "no_consent"
    assert world.signed_in("dispatcher").post("/api/my/position", json=here).status_code == 403


def test_the_way_is_shown_on_chinese_maps_and_relatives_may_call_who_allows_it(world: World) -> None:
    client, _assignment, _incident = going(world)
    mine = client.get("/api/my/offers").json()
    there = mine["assignment"]["on_chinese_maps"]
    assert 0.001 < there["lon"] - LON < 0.008
    assert mine["family_may_call"] is False
    assert client.put("/api/my/phone", json={"allowed": True}).json()["family_may_call"] is True
    assert client.put("/api/my/phone", json={"allowed": True}).is_success
    changes = world.scene.rows("select change from people_change where responder_id = 'r-1'")
    assert changes == [("family_may_call",)]
