"""The second factor over HTTP: set up by scanning, asked for at sign-in, each code once, guessed by nobody."""

import threading
from datetime import datetime, timedelta

import httpx
import pyotp

from carecircle_console.auth import MOST_FAILURES
from carecircle_console.scope import Role
from tests.console_world import PASSWORD, World


def set_up(world: World, login: str = "supervisor") -> tuple[pyotp.TOTP, list[str]]:
    client = world.signed_in(login)
    begun = client.post("/api/my/second-factor", json={"password": PASSWORD}).json()
    assert begun["qr_svg"].lstrip().startswith("<?xml")
    assert "<script" not in begun["qr_svg"]
    totp = pyotp.parse_uri(begun["uri"])
    assert isinstance(totp, pyotp.TOTP)
    assert totp.secret == begun["secret"]
    wrong = client.post("/api/my/second-factor/confirm", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "code_refused")
    codes = client.post("/api/my/second-factor/confirm", json={"code": code(world, totp)}).json()["codes"]
    return totp, codes


def code(world: World, totp: pyotp.TOTP, ahead_s: float = 0) -> str:
    return totp.at(int((world.clock.now() + timedelta(seconds=ahead_s)).timestamp()))


def sign_in(world: World, typed: str | None, login: str = "supervisor", password: str = PASSWORD) -> httpx.Response:
    body = {"login": login, "password": password} | ({"code": typed} if typed is not None else {})
    return world.client().post("/api/session", json=body)


def later(world: World, seconds: float = 60) -> datetime:
    world.clock.shift += timedelta(seconds=seconds)
    return world.clock.now()


def test_signing_in_takes_a_second_step_and_each_code_once(world: World) -> None:
    totp, codes = set_up(world)
    assert len(set(codes)) == 10
    first = sign_in(world, None)
    assert (first.status_code, first.json()["error"]["code"]) == (401, "code_needed")
    assert "set-cookie" not in first.headers
    later(world)
    right = code(world, totp)
    assert sign_in(world, right).status_code == 200
    again = sign_in(world, right)
    assert (again.status_code, again.json()["error"]["code"]) == (401, "code_refused"), (
        "the same code does not count twice"
    )
    later(world)
    assert sign_in(world, code(world, totp)).status_code == 200


def test_the_code_of_the_setup_does_not_open_anything_afterwards(world: World) -> None:
    world.clock.shift -= timedelta(seconds=world.clock.now().timestamp() % 30)  # the whole test within one code's time
    totp, _codes = set_up(world)
    assert sign_in(world, code(world, totp)).status_code == 401


def test_of_two_who_bring_the_same_code_at_once_one_comes_in(world: World) -> None:
    totp, _codes = set_up(world)
    later(world)
    right, statuses = code(world, totp), list[int]()
    threads = [threading.Thread(target=lambda: statuses.append(sign_in(world, right).status_code)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 401, 401]


def test_a_wrong_password_says_nothing_of_the_second_factor(world: World) -> None:
    totp, _codes = set_up(world)
    later(world)
    answers = [sign_in(world, typed, password="wrong") for typed in (None, code(world, totp))]
    assert {answer.json()["error"]["code"] for answer in answers} == {"not_signed_in"}


def test_codes_are_throttled_together_with_the_password(world: World) -> None:
    totp, _codes = set_up(world)
    later(world)
    for _ in range(3):
        assert sign_in(world, "000000").status_code == 401
    for _ in range(2):
        assert sign_in(world, None, password="wrong").status_code == 401
    assert sign_in(world, code(world, totp)).status_code == 429, "even the right one"
    later(world, 16 * 60)
    assert sign_in(world, code(world, totp)).status_code == 200


def test_the_first_code_is_guessed_no_more_often_than_a_password(world: World) -> None:
    client = world.signed_in("supervisor")
    begun = client.post("/api/my/second-factor", json={"password": PASSWORD}).json()
    totp = pyotp.TOTP(begun["secret"])

    def confirm(typed: str) -> int:
        return client.post("/api/my/second-factor/confirm", json={"code": typed}).status_code

    assert [confirm("000000") for _ in range(MOST_FAILURES + 1)] == [401] * MOST_FAILURES + [429]
    assert confirm(code(world, totp)) == 429, "even the right one"
    assert sign_in(world, None).status_code == 429, "they are counted with the login's passwords"
    refused = world.scene.value("select count(*) from session_event where event = 'code_refused'")
    assert refused == MOST_FAILURES
    later(world, 16 * 60)
    assert confirm(code(world, totp)) == 200
    assert world.scene.value("select count(*) from login_failure") == 0, "and the right one ends the count"


def test_a_recovery_code_stands_in_once_and_is_kept_as_a_hash(world: World) -> None:
    _totp, codes = set_up(world)
    kept = str(world.scene.rows("select code_hash from recovery_code"))
    assert "$argon2id$" in kept
    assert codes[0] not in kept
    assert codes[0].replace("-", "") not in kept
    assert sign_in(world, codes[0].lower()).status_code == 200
    assert sign_in(world, codes[0]).status_code == 401
    assert sign_in(world, codes[1]).status_code == 200


def test_the_secret_is_sealed_and_bound_to_its_account(world: World) -> None:
    totp, _codes = set_up(world)
    (sealed,) = world.scene.rows("select sealed_secret from second_factor")[0]
    assert isinstance(sealed, bytes)
    assert totp.secret.encode() not in sealed
    world.scene.run("update second_factor set account_id = (select id from account where login = 'dispatcher')")
    later(world)
    assert sign_in(world, code(world, totp), login="dispatcher").status_code == 500


def test_doing_without_it_again_takes_password_and_code(world: World) -> None:
    totp, codes = set_up(world)
    later(world)
    client = world.client()
    assert client.post(
        "/api/session", json={"login": "supervisor", "password": PASSWORD, "code": code(world, totp)}
    ).is_success
    assert client.post("/api/my/second-factor", json={"password": PASSWORD}).status_code == 409, "there is one in use"
    assert client.post("/api/my/second-factor/remove", json={"password": PASSWORD, "code": "000000"}).status_code == 401
    fresh = client.post("/api/my/second-factor/recovery-codes", json={"code": codes[3]}).json()["codes"]
    assert sign_in(world, codes[4]).status_code == 401, "new recovery codes end the old ones"
    gone = client.post("/api/my/second-factor/remove", json={"password": PASSWORD, "code": fresh[0]})
    assert gone.json()["enabled"] is False
    assert sign_in(world, None).status_code == 200


def test_a_role_that_must_have_one_does_nothing_before(world: World) -> None:
    console = world.server.console
    assert console is not None
    console.auth._required = (Role.SUPERVISOR,)
    client = world.signed_in("supervisor")
    assert client.get("/api/me").json()["pending"] == "second_factor"
    refused = client.get("/api/incidents")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "second_factor_setup_needed")
    assert client.get("/api/stream").status_code == 403
    begun = client.post("/api/my/second-factor", json={"password": PASSWORD}).json()
    totp = pyotp.TOTP(begun["secret"])
    assert client.post("/api/my/second-factor/confirm", json={"code": code(world, totp)}).status_code == 200
    assert client.get("/api/incidents").status_code == 200
    assert world.signed_in("dispatcher").get("/api/incidents").status_code == 200


def test_an_administrator_helps_who_has_lost_the_phone(world: World) -> None:
    set_up(world)
    admin = world.signed_in("administrator")
    number = world.scene.value("select id from account where login = 'supervisor'")
    path = f"/api/accounts/{number}"
    assert admin.get(path).json()["has_second_factor"] is True
    assert admin.post(f"{path}/second-factor/remove", json={"reason": "手机丢失"}).json()["has_second_factor"] is False
    assert sign_in(world, None).status_code == 200
    assert world.scene.value("select change from register_change") == "second_factor_removed"
