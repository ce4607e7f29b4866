"""Signing in: right and wrong passwords, throttling, cookies, expiry and the end of a session."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import argon2
import pytest
from argon2.low_level import verify_secret

from carecircle.passwords import NO_PASSWORD
from carecircle_console.auth import MOST_FAILURES, token_hash
from carecircle_console.gate import COOKIE
from tests.console_world import PASSWORD, World, password_hash, people, running
from tests.servers import Database


def attempt(world: World, login: str, password: str) -> int:
    return world.client().post("/api/session", json={"login": login, "password": password}).status_code


def test_a_right_password_says_who_i_am_and_keeps_the_token_from_scripts(world: World) -> None:
    client = world.client()
    answer = client.post("/api/session", json={"login": " Dispatcher ", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json() == {
        "login": "dispatcher", "name": "账号dispatcher", "role": "dispatcher", "area_code": "630102",
        "area_name": "城东区", "responder_id": None, "pending": None,
    }  # fmt: skip
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert client.get("/api/me").json() == answer.json()


def test_over_tls_the_cookie_is_secure(database: Database) -> None:
    with running(database, people(database), "https://console.example") as world:
        answer = world.client().post("/api/session", json={"login": "dispatcher", "password": PASSWORD})
        assert "Secure" in answer.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers


def test_the_database_keeps_the_hash_of_the_token_alone(world: World) -> None:
    token = world.signed_in("dispatcher").cookies[COOKIE]
    ((kept,),) = world.scene.rows("select token_sha256 from console_session")
    assert kept == token_hash(token)
    assert len(token) >= 43


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(world: World) -> None:
    wrong = world.client().post("/api/session", json={"login": "dispatcher", "password": "wrong"})
    unknown = world.client().post("/api/session", json={"login": "nobody-at-all", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    said = {"code": "not_signed_in", "message": "用户名或密码不正确", "facts": {}, "faults": []}
    assert wrong.json() == unknown.json() == {"error": said}


@pytest.mark.parametrize("login", ["dispatcher", "nul\0nul 中文"])
def test_five_failures_shut_a_login_for_a_while_whether_it_exists_or_not(world: World, login: str) -> None:
    assert [attempt(world, login, "wrong") for _ in range(MOST_FAILURES + 1)] == [401] * MOST_FAILURES + [429]
    assert attempt(world, login, PASSWORD) == 429
    answer = world.client().post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.headers["retry-after"] == "900"
    assert attempt(world, "supervisor", PASSWORD) == 200
    world.clock.shift = timedelta(minutes=16)
    assert attempt(world, login, PASSWORD) == (200 if login == "dispatcher" else 401)


def test_guessing_in_parallel_is_counted_like_guessing_in_turn(world: World) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: attempt(world, "dispatcher", "wrong"), range(24)))
    assert sorted(answers) == [401] * MOST_FAILURES + [429] * (24 - MOST_FAILURES)


def test_a_right_password_ends_the_count(world: World) -> None:
    for _ in range(2):
        assert [attempt(world, "dispatcher", "wrong") for _ in range(MOST_FAILURES - 1)] == [401] * 4
        assert attempt(world, "dispatcher", PASSWORD) == 200


def test_signing_out_ends_the_session_for_every_holder_of_the_token(world: World) -> None:
    client = world.signed_in("dispatcher")
    token = client.cookies[COOKIE]
    assert client.delete("/api/session").status_code == 204
    thief = world.client()
    thief.cookies.set(COOKIE, token)
    assert thief.get("/api/me").status_code == 401
    assert client.delete("/api/session").status_code == 204


def test_a_session_ends_by_itself(world: World) -> None:
    for login, hours in (("dispatcher", 12), ("family", 30 * 24), ("responder", 30 * 24)):
        world.clock.shift = timedelta()
        client = world.signed_in(login)
        world.clock.shift = timedelta(hours=hours) - timedelta(minutes=1)
        assert client.get("/api/me").status_code == 200
        world.clock.shift = timedelta(hours=hours, minutes=1)
        assert client.get("/api/me").status_code == 401


def test_a_disabled_account_is_out_at_once_and_cannot_come_back(world: World) -> None:
    client = world.signed_in("dispatcher")
    world.scene.run("update account set disabled_at = now() where login = 'dispatcher'")
    assert client.get("/api/me").status_code == 401
    assert attempt(world, "dispatcher", PASSWORD) == 401


def test_a_form_that_is_not_the_form_is_refused_in_chinese(world: World) -> None:
    forms: tuple[object, ...] = ({}, {"login": "x"}, {"login": "x", "password": "y", "more": 1}, {"login": 5}, [])
    for body in forms:
        answer = world.client().post("/api/session", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["message"].startswith("填写的内容有误")


def test_a_body_beyond_all_need_is_not_read(world: World) -> None:
    answer = world.client().post("/api/session", json={"login": "x" * 100_000, "password": "y"})
    assert answer.status_code == 413


@pytest.mark.parametrize("login", ["dispatcher", "nobody-at-all", "invited", "disabled"])
def test_every_refused_sign_in_costs_the_same_hash(world: World, login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scene.run(
        "insert into account (login, name, role, password_hash, area_code, disabled_at) values "
        "('invited', '新人', 'dispatcher', %s, '630102', null),"
        "('disabled', '旧人', 'dispatcher', %s, '630102', now())",
        NO_PASSWORD, password_hash(),
    )  # fmt: skip
    verified: list[bytes] = []

    def counted(known: bytes, password: bytes, kind: argon2.Type) -> bool:
        verified.append(known)
        return verify_secret(known, password, kind)

    # Below what answers at once for a hash that it cannot read.
    monkeypatch.setattr(argon2._password_hasher, "verify_secret", counted)
    assert attempt(world, login, "wrong") == 401
    assert len(verified) == 1
    assert verified[0].startswith(b"$argon2id$")
