"""Homes: codes in scope, one box a code, rotation that may die anywhere, guessing stopped, what a broker is told."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from carecircle.identity import home_password
from carecircle.up.database import known_homes
from tests.console_world import BROKER_SECRET, World
from tests.servers import INSTALLATION_SECRET

NOT_ADMINISTRATORS = ("dispatcher", "supervisor", "auditor", "responder", "family")


def _code(world: World, bed: str = "bed-1") -> str:
    answer = world.signed_in("administrator").post(f"/api/beds/{bed}/pairing-code")
    assert answer.status_code == 200, answer.text
    code: str = answer.json()["code"]
    return code


def _pair(world: World, code: str) -> httpx.Response:
    return world.client().post("/api/homes/pair", json={"code": code})


def _paired(world: World) -> dict[str, str]:
    account: dict[str, str] = _pair(world, _code(world)).json()
    return account


def _login(account: dict[str, str]) -> dict[str, str]:
    return {"user": account["user"], "password": account["password"]}


def _broker(world: World, path: str, **body: str) -> str:
    answer = world.client().post(path, json=body, headers={"X-CareCircle-Broker": BROKER_SECRET})
    assert answer.status_code == 200, answer.text
    result: str = answer.json()["result"]
    return result


def _may_log_in(world: World, account: dict[str, str]) -> str:
    return _broker(world, "/api/broker/authenticate", username=account["user"], password=account["password"])


def _users(world: World) -> dict[str, set[str]]:
    """What the broker's files would hold, by bed."""
    found: dict[str, set[str]] = {}
    for home in known_homes(world.scene.database.admin_url, INSTALLATION_SECRET):
        found.setdefault(home.bed, set()).add(home.login)
    return found


def test_a_code_is_made_by_an_administrator_of_the_beds_area_alone(world: World) -> None:
    for role in NOT_ADMINISTRATORS:
        client = world.signed_in(role)
        assert client.post("/api/beds/bed-1/pairing-code").status_code == 403, role
        assert client.delete("/api/beds/bed-1/home").status_code == 403, role
    assert world.client().post("/api/beds/bed-1/pairing-code").status_code == 401
    client = world.signed_in("administrator")
    foreign, nothing = (client.post(f"/api/beds/{bed}/pairing-code") for bed in ("far-bed", "no-bed"))
    assert (foreign.status_code, foreign.json()) == (404, nothing.json())
    assert client.delete("/api/beds/far-bed/home").status_code == 404
    assert "far-bed" not in {home["bed_id"] for home in client.get("/api/homes").json()}


def test_a_box_is_paired_once_with_a_code_and_the_code_is_nowhere_kept(world: World) -> None:
    code = _code(world)
    (before,) = [one for one in world.signed_in("administrator").get("/api/homes").json() if one["bed_id"] == "bed-1"]
    assert before["code_expires_at"] is not None
    account = _pair(world, code.lower().replace("-", " ")).json()
    assert (account["county"], account["bed_id"], account["user"]) == ("630102", "bed-1", "bed-1.1")
    assert account["password"] == home_password(INSTALLATION_SECRET, "bed-1", 1)
    assert _pair(world, code).status_code == 403
    assert _users(world)["bed-1"] == {"bed-1.1"}, "the password from before the pairing has ended"
    kept = repr(world.scene.rows("select * from pairing_code"))
    assert code.replace("-", "") not in kept
    (after,) = [one for one in world.signed_in("administrator").get("/api/homes").json() if one["bed_id"] == "bed-1"]
    assert (after["generation"], after["code_expires_at"]) == (1, None)


def test_of_many_boxes_with_one_code_one_wins(world: World) -> None:
    code = _code(world)
    with ThreadPoolExecutor(8) as boxes:
        answers = [answer.status_code for answer in boxes.map(lambda _: _pair(world, code), range(8))]
    assert sorted(answers) == [200, *[403] * 7]


def test_an_old_code_and_one_that_was_replaced_are_worth_nothing(world: World) -> None:
    first = _code(world)
    second = _code(world)
    assert _pair(world, first).status_code == 403
    world.scene.run("update pairing_code set expires_at = now() - interval '1 second'")
    assert _pair(world, second).status_code == 403


def test_guessing_is_stopped_for_everybody_and_starts_anew_after_a_minute(world: World) -> None:
    code = _code(world)
    answers = [_pair(world, f"AAAAA-{number:05d}").status_code for number in range(12)]
    assert answers == [*[403] * 10, 429, 429]
    assert _pair(world, code).status_code == 429
    assert world.client().post("/api/homes/rotate", json={"user": "bed-1", "password": "x"}).status_code == 429
    world.scene.run("update pairing_failure set failed_at = failed_at - interval '61 seconds'")
    assert _pair(world, code).status_code == 200


def test_a_rotation_leaves_a_valid_account_wherever_it_stops(world: World) -> None:
    client, present = world.client(), _paired(world)
    to_come = client.post("/api/homes/rotate", json=_login(present)).json()
    assert client.post("/api/homes/rotate", json=_login(present)).json() == to_come, "asked again after a kill"
    assert {_may_log_in(world, account) for account in (present, to_come)} == {"allow"}
    assert _users(world)["bed-1"] == {"bed-1.1", "bed-1.2"}
    for _ in range(2):
        assert client.post("/api/homes/rotated", json=_login(to_come)).status_code == 204
    assert (_may_log_in(world, present), _may_log_in(world, to_come)) == ("deny", "allow")
    assert client.post("/api/homes/rotate", json=_login(present)).status_code == 403
    assert _users(world)["bed-1"] == {"bed-1.2"}


def test_a_box_that_never_said_that_it_rotated_goes_on_from_the_new_account(world: World) -> None:
    client, present = world.client(), _paired(world)
    to_come = client.post("/api/homes/rotate", json=_login(present)).json()
    after = client.post("/api/homes/rotate", json=_login(to_come)).json()
    assert (to_come["user"], after["user"]) == ("bed-1.2", "bed-1.3")
    assert _may_log_in(world, present) == "deny"
    assert {_may_log_in(world, account) for account in (to_come, after)} == {"allow"}


def test_a_revoked_home_is_out_until_it_is_paired_anew(world: World) -> None:
    account, code = _paired(world), _code(world)
    assert world.signed_in("administrator").delete("/api/beds/bed-1/home").status_code == 204
    assert _may_log_in(world, account) == "deny"
    assert "bed-1" not in _users(world)
    assert _pair(world, code).status_code == 403, "codes that were open end too"
    assert world.client().post("/api/homes/rotate", json=_login(account)).status_code == 403
    anew = _paired(world)
    assert (anew["user"], _may_log_in(world, anew), _may_log_in(world, account)) == ("bed-1.2", "allow", "deny")


def test_a_home_that_was_never_paired_has_the_installations_password(world: World) -> None:
    account = {"user": "bed-2", "password": home_password(INSTALLATION_SECRET, "bed-2")}
    assert _may_log_in(world, account) == "allow"
    assert _may_log_in(world, account | {"password": "x"}) == "deny"
    assert _users(world)["bed-2"] == {"bed-2"}


def test_the_broker_is_told_what_a_home_may_and_services_are_anothers_business(world: World) -> None:
    def may(action: str, topic: str, user: str = "bed-1") -> str:
        return _broker(world, "/api/broker/authorize", username=user, action=action, topic=topic)

    assert may("publish", "care/v1/630102/bed-1/mat/telemetry") == "allow"
    assert may("subscribe", "care/v1/630102/bed-1/+/command") == "allow"
    assert may("publish", "care/v1/630102/bed-2/mat/telemetry") == "deny"
    assert may("subscribe", "care/v1/#") == "deny"
    assert may("all", "care/v1/630102/bed-1/mat/telemetry") == "deny"
    assert may("publish", "care/v1/630102/bed-1/mat/telemetry", "bed-1.7") == "deny"
    assert may("subscribe", "care/v1/#", "ingest") == "ignore"
    assert _may_log_in(world, {"user": "ingest", "password": "x"}) == "ignore"


def test_only_the_broker_may_ask(world: World) -> None:
    body = {"username": "bed-1", "password": home_password(INSTALLATION_SECRET, "bed-1")}
    for headers in ({}, {"X-CareCircle-Broker": ""}, {"X-CareCircle-Broker": "wrong"}):
        assert world.client().post("/api/broker/authenticate", json=body, headers=headers).status_code == 403
    assert world.signed_in("administrator").post("/api/broker/authenticate", json=body).status_code == 403
