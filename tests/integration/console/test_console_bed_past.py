"""What a chart shows beside the values: the limits that really judge this bed, and its incidents, in scope only."""

import pytest
from psycopg.types.json import Jsonb

from tests.console_world import World

STAFF = ("dispatcher", "supervisor", "administrator", "auditor")


def limits(world: World, bed: str = "bed-1") -> dict[str, dict[str, object]]:
    return {one["metric"]: one for one in world.signed_in("dispatcher").get(f"/api/beds/{bed}/limits").json()}


def set_rule(world: World, scope: str, rule: str, **settings: object) -> None:
    world.scene.run(
        "insert into rule_setting (scope, rule, settings, reason, by_name, at) values (%s, %s, %s, '试', '试', now())",
        scope, rule, Jsonb(settings),
    )  # fmt: skip


def test_the_rules_own_limits_stand_until_somebody_sets_others(world: World) -> None:
    found = limits(world)
    assert (found["heart_rate"]["low"], found["heart_rate"]["high"]) == (40, 131)
    assert found["spo2"]["judged_by"] == "altitude"
    assert found["spo2"]["high"] is None
    assert 70 <= float(str(found["spo2"]["low"])) < 93


def test_the_nearer_and_the_later_word_counts(world: World) -> None:
    set_rule(world, "", "heart_rate", low=45)
    set_rule(world, "bed-1", "heart_rate", high=120)
    set_rule(world, "630102", "heart_rate", low=48, high=125)
    set_rule(world, "bed-1", "heart_rate", high=118)
    set_rule(world, "far-bed", "heart_rate", high=99)
    set_rule(world, "bed-1", "spo2", fixed=84)
    set_rule(world, "bed-1", "respiratory_rate", enabled=False)
    found = limits(world)
    assert (found["heart_rate"]["low"], found["heart_rate"]["high"]) == (48, 118)
    assert (found["spo2"]["low"], found["spo2"]["judged_by"]) == (84, "fixed")
    assert "respiratory_rate" not in found


def test_incidents_of_the_bed_open_and_over(world: World) -> None:
    first = world.incident("bed-1", "sos")
    world.signed_in("dispatcher").post(
        f"/api/incidents/{first}/close", json={"outcome_code": "false_press", "note": ""}
    )
    world.incident("bed-1", "fall")
    world.incident("far-bed", "sos")
    found = world.signed_in("auditor").get("/api/beds/bed-1/incidents").json()
    assert {(one["kind"], one["outcome_code"]) for one in found} == {("sos", "false_press"), ("fall", None)}


@pytest.mark.parametrize("what", ["limits", "incidents"])
def test_only_the_centre_and_only_in_its_area_and_every_look_is_on_record(world: World, what: str) -> None:
    for login in STAFF:
        client = world.signed_in(login)
        before = world.scene.value("select count(*) from health_access")
        assert client.get(f"/api/beds/bed-1/{what}").status_code == 200
        assert world.scene.value("select count(*) from health_access") == int(str(before)) + 1
        assert client.get(f"/api/beds/far-bed/{what}").status_code == 404
        assert client.get(f"/api/beds/no-bed/{what}").status_code == 404
    for login in ("responder", "family"):
        assert world.signed_in(login).get(f"/api/beds/bed-1/{what}").status_code == 403
    assert world.client().get(f"/api/beds/bed-1/{what}").status_code == 401
