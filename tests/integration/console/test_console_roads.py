"""Closed and slow roads over HTTP: within one's own area, by those who dispatch, with names on record."""

from typing import Any

from tests.console_world import FAR_COUNTY, World
from tests.scene import COUNTY, LAT, LON, TOWNSHIP

STAFF = ("dispatcher", "supervisor", "administrator", "auditor")


def _bridge(**more: object) -> dict[str, Any]:
    return {"area_code": COUNTY, "corners": [[LON, LAT]], "radius_m": 40, "reason": "大桥维修", **more}


def test_a_road_is_closed_seen_and_opened_again(world: World) -> None:
    client = world.signed_in("dispatcher")
    made = client.post("/api/roads/closures", json=_bridge(modes=["car"], slow_factor=2.5))
    assert made.status_code == 201, made.text
    closure = made.json()
    assert (closure["slow_factor"], closure["modes"], closure["by_name"]) == (2.5, ["car"], "账号dispatcher")
    for role in STAFF:
        assert [one["id"] for one in world.signed_in(role).get("/api/roads/closures").json()] == [closure["id"]]
    assert world.signed_in("supervisor").delete(f"/api/roads/closures/{closure['id']}").status_code == 204
    (ended,) = client.get("/api/roads/closures").json()
    assert (ended["ended_by_name"], ended["reason"]) == ("账号supervisor", "大桥维修")
    assert client.delete(f"/api/roads/closures/{closure['id']}").status_code == 404, "it is open already"
    row = world.scene.rows("select by_account_id is not null, ended_by_account_id is not null from road_closure")
    assert row == [(True, True)]


def test_another_county_is_out_of_reach(world: World) -> None:
    client = world.signed_in("dispatcher")
    assert client.post("/api/roads/closures", json=_bridge(area_code=FAR_COUNTY)).status_code == 404
    assert client.post("/api/roads/closures", json=_bridge(area_code="63")).status_code == 404, "wider than one's own"
    assert client.post("/api/roads/closures", json=_bridge(area_code=f"{COUNTY}999")).status_code == 404, "no such area"
    foreign = world.scene.value(
        "insert into road_closure (area_code, corners, radius_m, reason, begins_at, added_at, by_account_id, by_name) "
        "select %s, '[[101.7, 36.6]]', 40, 'x', now(), now(), id, 'x' from account limit 1 returning id",
        FAR_COUNTY,
    )
    assert client.get("/api/roads/closures").json() == []
    assert client.delete(f"/api/roads/closures/{foreign}").status_code == 404
    assert world.scene.value("select ended_at from road_closure") is None


def test_who_does_not_dispatch_closes_nothing(world: World) -> None:
    for role in ("administrator", "auditor", "responder", "family"):
        assert world.signed_in(role).post("/api/roads/closures", json=_bridge()).status_code == 403, role
        assert world.signed_in(role).delete("/api/roads/closures/1").status_code == 403, role
    for role in ("responder", "family"):
        assert world.signed_in(role).get("/api/roads/closures").status_code == 403, role
    assert world.client().get("/api/roads/closures").status_code == 401


def test_what_makes_no_sense_is_refused_with_a_sentence(world: World) -> None:
    client = world.signed_in("dispatcher")
    square = [[LON, LAT], [LON, LAT + 0.01], [LON + 0.01, LAT]]
    wrong: list[dict[str, object]] = [
        {"corners": square}, {"radius_m": None}, {"radius_m": 1}, {"radius_m": 1e6}, {"slow_factor": 1},
        {"slow_factor": 101}, {"reason": "  "}, {"until": "2020-01-01T00:00:00Z"},
        {"until": "2040-01-01T00:00:00Z"}, {"corners": [*square[:2], [LON + 5, LAT]], "radius_m": None},
    ]  # fmt: skip
    for more in wrong:
        answer = client.post("/api/roads/closures", json=_bridge(**more))
        assert answer.status_code == 409, (more, answer.text)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["error"]["message"]), answer.text
    unreadable: list[dict[str, object]] = [
        {"modes": ["boat"]}, {"corners": [[200, 36]]}, {"until": "2027-01-01T00:00:00"}, {"modes": []},
    ]  # fmt: skip
    for more in unreadable:
        assert client.post("/api/roads/closures", json=_bridge(**more)).status_code in {400, 422}, more
    polygon = client.post("/api/roads/closures", json=_bridge(corners=square, radius_m=None, area_code=TOWNSHIP))
    assert polygon.status_code == 201, polygon.text
