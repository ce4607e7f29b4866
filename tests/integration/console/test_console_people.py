"""Rosters, duty, consent, hours and plans over HTTP: each within one's own area, each change on record."""

from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from carecircle_alerts.people.hours import BEIJING
from tests.console_world import World

FUTURE = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
SHIFT = {"begins_at": FUTURE.isoformat(), "ends_at": (FUTURE + timedelta(hours=8)).isoformat()}
WHY = {"reason": "调班"}


def changes(world: World) -> list[tuple[object, ...]]:
    return world.scene.rows("select change, by_name, reason from people_change order by id")


def test_a_roster_is_kept_by_those_who_decide_and_shown_to_all_staff(world: World) -> None:
    decides = world.signed_in("supervisor")
    number = decides.post("/api/responders/r-1/shifts", json=SHIFT).json()["id"]
    assert decides.post("/api/responders/r-1/shifts", json=SHIFT).status_code == 409, "overlaps with itself"
    (shift,) = world.signed_in("auditor").get("/api/responders/r-1").json()["shifts"]
    assert (shift["id"], shift["source"]) == (number, "desk")
    for role in ("dispatcher", "auditor", "responder", "family"):
        assert world.signed_in(role).post("/api/responders/r-1/shifts", json=SHIFT).status_code == 403
    left = decides.post(f"/api/responders/r-1/shifts/{number}/remove", json=WHY).json()
    assert left["shifts"] == []
    assert [change for change, _name, _why in changes(world)] == ["shift_added", "shift_removed"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/responders/far-r", None),
        ("PUT", "/api/responders/far-r/duty", {"on_duty": False, **WHY}),
        ("POST", "/api/responders/far-r/shifts", SHIFT),
        ("POST", "/api/responders/far-r/consent/withdraw", WHY),
        ("PUT", "/api/responders/far-r/consent", {"consented_at": "2026-01-01T00:00:00Z", **WHY}),
        ("PUT", "/api/providers/far-station/hours", {"hours": [], **WHY}),
        ("GET", "/api/beds/far-bed/plan", None),
        ("POST", "/api/plans/settings", {"kind": "help", "area": "630104", "settings": {}, **WHY}),
        ("POST", "/api/plans/settings", {"kind": "help", "area": "6301", "settings": {}, **WHY}),
        ("POST", "/api/plans/settings", {"kind": "help", "settings": {}, **WHY}),
    ],
)
def test_what_is_not_ones_own_is_not_found(world: World, method: str, path: str, body: object) -> None:
    world.scene.provider("far-station")
    world.scene.run("update provider set area_code = '630104001' where id = 'far-station'")
    assert world.signed_in("supervisor").request(method, path, json=body).status_code == 404
    assert changes(world) == []
    assert world.scene.value("select count(*) from plan_setting") == 0


def test_who_is_taken_off_duty_lets_go_of_what_they_were_asked(world: World) -> None:
    incident = world.incident("bed-1")
    client = world.signed_in("dispatcher")
    assert client.post(f"/api/incidents/{incident}/dispatch", json={"responder_id": "r-1"}).status_code == 200
    found = client.put("/api/responders/r-1/duty", json={"on_duty": False, "reason": "生病"}).json()
    assert (found["on_duty"], found["switched_on"]) == (False, False)
    assert world.scene.rows("select state, reason from offer") == [("DECLINED", "已下岗")]
    assert changes(world) == [("off_duty", "账号dispatcher", "生病")]
    (row,) = client.get("/api/people-changes", params={"responder": "r-1"}).json()
    assert (row["change"], row["by_name"]) == ("off_duty", "账号dispatcher")


def test_signing_out_is_going_off_duty(world: World) -> None:
    client = world.signed_in("responder")
    assert client.get("/api/my/offers").json()["on_duty"]
    assert client.delete("/api/session").status_code == 204
    staff = world.signed_in("dispatcher")
    duty = {one["id"]: one["on_duty"] for one in staff.get("/api/responders").json()}
    assert (duty["r-1"], duty["r-2"]) == (False, True)


def test_withdrawn_consent_forgets_the_position_and_can_be_given_again(world: World) -> None:
    me = world.signed_in("responder")
    assert me.post("/api/my/consent/withdraw").status_code == 200
    assert me.post("/api/my/consent/withdraw").status_code == 409, "there is nothing left to withdraw"
    row = "select consented_at, consent_withdrawn_at is not null, lat, lon, position_at from responder where id = 'r-1'"
    assert world.scene.rows(row) == [(None, True, None, None, None)]
    decides = world.signed_in("administrator")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    given = {"consented_at": tomorrow, "reason": "书面同意"}
    assert decides.put("/api/responders/r-1/consent", json=given).status_code == 409
    given["consented_at"] = "2026-01-05T00:00:00Z"
    found = decides.put("/api/responders/r-1/consent", json=given).json()
    assert (found["consented_at"][:10], found["consent_withdrawn_at"]) == ("2026-01-05", None)


def faults(refused: httpx.Response) -> dict[str, str]:
    assert refused.status_code == 422, refused.text
    return {one["field"]: one["code"] for one in refused.json()["error"]["faults"]}


def test_a_provider_keeps_its_week_and_its_exceptions(world: World) -> None:
    # At noon in China, so that the day of the exception cannot end between two requests.
    noon = datetime.now(BEIJING).replace(hour=12, minute=0, second=0) + timedelta(days=1)
    world.clock.shift = noon - datetime.now(UTC)
    decides = world.signed_in("supervisor")
    (before,) = decides.get("/api/providers").json()
    assert (before["is_open"], before["hours"]) == (True, []), "without hours always open"
    night = [{"weekday": day, "opens_min": 0, "closes_min": 1440} for day in range(1, 8)]
    assert decides.put("/api/providers/station-1/hours", json={"hours": night, **WHY}).json()["is_open"]
    twice = [{"weekday": 1, "opens_min": 0, "closes_min": 700}, {"weekday": 1, "opens_min": 699, "closes_min": 800}]
    refused = decides.put("/api/providers/station-1/hours", json={"hours": twice, **WHY})
    assert faults(refused) == {"hours.1.opens_min": "hours_overlap"}
    backwards = [*night, {"weekday": 3, "opens_min": 700, "closes_min": 600}]
    refused = decides.put("/api/providers/station-1/hours", json={"hours": backwards, **WHY})
    assert faults(refused) == {"hours.7.closes_min": "hours_span"}
    today = noon.date().isoformat()
    day = f"/api/providers/station-1/exceptions/{today}"
    for hours, found in (
        ({"opens_min": 700, "closes_min": 600}, {"closes_min": "hours_span"}),
        ({"opens_min": 700}, {"closes_min": "needed"}),
        ({"closes_min": 700}, {"opens_min": "needed"}),
        ({"opens_min": 700, "closes_min": 1441}, {"closes_min": "number_high"}),
    ):
        assert faults(decides.put(day, json={**hours, **WHY})) == found
    closed = decides.put(day, json={"reason": "停电"}).json()
    assert not closed["is_open"]
    assert [(one["day"], one["opens_min"]) for one in closed["exceptions"]] == [(today, None)]
    assert decides.post(f"/api/providers/station-1/exceptions/{today}/remove", json=WHY).json()["is_open"]
    assert [change for change, _name, _why in changes(world)] == ["hours_set", "exception_set", "exception_cleared"]


def test_a_plan_is_changed_for_ones_own_area_and_a_bed_says_what_it_would_get_and_why(world: World) -> None:
    decides = world.signed_in("supervisor")
    change = {"kind": "fall", "area": "630102", "settings": {"helpers": 2, "nudge_s": 60}, "reason": "冬季路滑"}
    version = decides.post("/api/plans/settings", json=change).json()["version"]
    found = world.signed_in("dispatcher").get("/api/beds/bed-1/plan", params={"kind": "fall"}).json()
    assert (found["plan"]["helpers"], found["origins"]) == (2, {"helpers": version, "nudge_s": version})
    assert [one["reason"] for one in found["layers"]] == ["冬季路滑"]
    assert decides.get("/api/beds/bed-1/plan").json()["plan"]["helpers"] == 1, "of other kinds nothing was said"
    (row,) = decides.get("/api/plans/settings").json()
    assert (row["version"], row["by_name"]) == (version, "账号supervisor")
    refused = decides.post("/api/plans/settings", json={**change, "kind": "sos", "settings": {"asks": False}})
    assert refused.status_code == 409
    assert "立即派单" in refused.text
    assert world.signed_in("dispatcher").post("/api/plans/settings", json=change).status_code == 403
    assert {one["circle"] for one in decides.get("/api/plans").json()["circles"]} == {"urban", "rural", "herding"}


def test_a_roster_has_everybody_of_the_area_and_the_shifts_of_its_days(world: World) -> None:
    midnight = datetime(2027, 3, 1, tzinfo=timezone(timedelta(hours=8)))
    world.scene.shift("r-1", midnight - timedelta(hours=2), midnight + timedelta(hours=6))
    world.scene.shift("r-1", midnight - timedelta(hours=9), midnight)
    world.scene.shift("r-2", midnight + timedelta(days=2), midnight + timedelta(days=2, hours=8))
    world.scene.shift("far-r", midnight, midnight + timedelta(hours=8))
    said = world.signed_in("supervisor").post("/api/responders/r-2/consent/withdraw", json={"reason": "本人要求"})
    assert said.status_code == 200
    client = world.signed_in("auditor")
    one_day = client.get("/api/rosters", params={"first": "2027-03-01", "days": 1}).json()
    assert {one["id"]: one["consents"] for one in one_day["people"]} == {"r-1": True, "r-2": False}
    assert [(one["responder_id"], one["begins_at"]) for one in one_day["shifts"]] == [
        ("r-1", "2027-02-28T14:00:00.000Z")
    ], "the night shift before it, not what ends with midnight, and nobody of another county"
    week = client.get("/api/rosters", params={"first": "2027-03-01"}).json()["shifts"]
    assert [one["responder_id"] for one in week] == ["r-1", "r-2"]
    assert client.get("/api/rosters", params={"first": "0001-01-01"}).status_code == 400
    assert client.get("/api/rosters", params={"first": "2027-03-01", "days": 99}).status_code == 422
