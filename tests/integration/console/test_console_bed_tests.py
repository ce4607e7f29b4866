"""Bed tests over HTTP: who announces, calls off and confirms one, in which state, and what others hear."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.bed_tests.holding import make_calls
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.store import Connection
from tests.console_world import LINK_SECRET, World
from tests.scene import COUNTY
from tests.servers import Database

STATES = ("ANNOUNCED", "OPEN", "PRESSED", "PASSED", "REAL", "MISSED", "FAILED", "CANCELLED")
END_ALL = "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other'"
_OPEN = {"ANNOUNCED", "OPEN", "PRESSED"}


@pytest.fixture(autouse=True)
def daughter(world: World) -> None:
    """The relative of `bed-1` can be told of a test."""
    world.scene.contact("family_member", "f-1", "webhook", "http://127.0.0.1:9/none")


def a_test(world: World, state: str, *, bed: str = "bed-1", confirm_in_s: float = 60) -> UUID:
    """A test in this state, as engine and home leave it."""
    test, now = uuid4(), world.clock.now()
    pressed = state in {"PRESSED", "PASSED", "REAL"}
    passed = now if state == "PASSED" else None
    world.scene.run(
        "insert into bed_test (id, bed_id, state, planned_at, opens_at, closes_at, recipient_kind, recipient_id, "
        "topic, payload, device, boot, seq, pressed_at, received_at, confirm_by, confirmed_at, confirmed_by, "
        "incident_id, settled_at) values "
        "(%s, %s, %s, %s, %s, %s, 'family_member', 'f-1', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        test, bed, state, now, now, now + timedelta(minutes=10),
        *((f"care/v1/{COUNTY}/{bed}/button/event", marked(test, now), "button", 1, 7, now, now,
           now + timedelta(seconds=confirm_in_s)) if pressed else [None] * 8),
        passed, "王调度" if passed else None, world.incident(bed) if state == "REAL" else None,
        None if state in _OPEN else now,
    )  # fmt: skip
    return test


def marked(test: UUID, at: datetime) -> bytes:
    """The press as the home sent it."""
    at_ms = int(at.timestamp() * 1000)
    return b'{"boot":1,"seq":7,"at":%d,"event":"press_test","detail":{"test":"%s"}}' % (at_ms, str(test).encode())


def engine_looks(world: World, database: Database) -> int:
    """The engine's look at held presses, with the engine's rights; returns how many became calls."""

    async def look() -> int:
        async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=1) as pool:
            return await make_calls(pool, world.clock)

    return asyncio.run(look())


def said_of(client: httpx.Client, test: UUID, what: str) -> httpx.Response:
    return client.post(f"/api/drills/presses/{test}/{what}")


def state_of(world: World, test: UUID) -> object:
    return world.scene.value("select state from bed_test where id = %s", test)


@pytest.mark.parametrize("role", ["dispatcher", "supervisor", "administrator", "auditor", "responder", "family"])
def test_those_who_dispatch_announce_and_confirm_and_staff_looks_on(world: World, role: str) -> None:
    client, may = world.signed_in(role), role in {"dispatcher", "supervisor"}
    made = client.post("/api/beds/bed-1/press-test", json={"reason": "  换了按钮 "})
    assert made.status_code == (200 if may else 403)
    rows = world.scene.rows("select bed_id, state, by_name, reason, recipient_id from bed_test")
    assert rows == ([("bed-1", "ANNOUNCED", f"账号{role}", "换了按钮", "f-1")] if may else [])
    world.scene.run("delete from bed_test")
    shown = client.get("/api/drills/presses")
    assert shown.status_code == (403 if role in {"responder", "family"} else 200)
    for what, before, after in (
        ("cancel", "OPEN", "CANCELLED"), ("confirm", "PRESSED", "PASSED"), ("call", "PRESSED", "PRESSED")
    ):  # fmt: skip
        test = a_test(world, before)
        assert said_of(client, test, what).status_code == (204 if may else 403)
        assert state_of(world, test) == (after if may else before)
        doubted = world.scene.value("select doubted_at is not null from bed_test where id = %s", test)
        assert doubted == (may and what == "call")
        world.scene.run("delete from bed_test")


def test_nobody_without_a_session_sees_or_changes_a_test(world: World) -> None:
    test, anybody = a_test(world, "PRESSED"), world.client()
    assert anybody.get("/api/drills/presses").status_code == 401
    assert anybody.post("/api/beds/bed-1/press-test", json={}).status_code == 401
    assert [said_of(anybody, test, what).status_code for what in ("confirm", "cancel", "call")] == [401] * 3
    assert world.scene.rows("select state, doubted_at from bed_test") == [("PRESSED", None)]


def test_a_test_of_another_area_is_none(world: World) -> None:
    test, far = a_test(world, "PRESSED"), world.signed_in("far-supervisor")
    assert far.get("/api/drills/presses").json() == []
    assert far.get("/api/drills/presses", params={"bed": "bed-1"}).json() == []
    assert far.post("/api/beds/bed-2/press-test", json={}).status_code == 404
    answers = [said_of(far, test, what) for what in ("confirm", "cancel", "call")]
    assert [one.status_code for one in answers] == [404] * 3
    unknown = said_of(far, uuid4(), "confirm")
    assert unknown.json() == answers[0].json(), "that there is one is not told either"
    assert world.scene.rows("select state, doubted_at from bed_test") == [("PRESSED", None)]
    near = world.signed_in("supervisor").get("/api/drills/presses").json()
    assert [(one["id"], one["state"]) for one in near] == [(str(test), "PRESSED")]


@pytest.mark.parametrize("state", STATES)
def test_in_each_state_only_what_it_allows_can_be_said(world: World, state: str) -> None:
    allowed = {
        "ANNOUNCED": {"cancel"}, "OPEN": {"cancel"}, "PRESSED": {"confirm", "call"}, "PASSED": {"confirm"},
        "REAL": {"call"},
    }.get(state, set())  # fmt: skip
    client = world.signed_in("dispatcher")
    for what in ("cancel", "confirm", "call"):
        test = a_test(world, state)
        answer = said_of(client, test, what)
        assert answer.status_code == (204 if what in allowed else 409), (what, answer.text)
        if what not in allowed:
            assert state_of(world, test) == state
        claims_a_call = "真实求助" in answer.text
        assert claims_a_call == (state == "REAL" and what == "confirm"), "a call is claimed only where there is one"
        world.scene.run("delete from bed_test")
        world.scene.run(END_ALL)


def test_a_test_is_announced_once_and_only_where_it_can_be(world: World) -> None:
    client = world.signed_in("dispatcher")

    def announce(bed: str, **form: object) -> httpx.Response:
        return client.post(f"/api/beds/{bed}/press-test", json=form)

    assert announce("bed-2").status_code == 409, "nobody can be told"
    assert announce("no-bed").status_code == 404
    now = world.clock.now()
    assert announce("bed-1", opens_at=(now + timedelta(days=32)).isoformat()).status_code == 409
    assert announce("bed-1", opens_at="2026-12-01T09:00:00").status_code == 422, "a time without a zone is none"
    assert announce("bed-1", reason="长" * 201).status_code == 422
    assert world.scene.rows("select from bed_test") == []
    calling = world.incident()
    assert announce("bed-1").status_code == 409
    world.scene.run(END_ALL)
    at = (now + timedelta(days=1)).replace(microsecond=0)
    assert announce("bed-1", opens_at=at.isoformat()).status_code == 200, calling
    assert announce("bed-1").status_code == 409, "one at a time"
    assert world.scene.rows("select opens_at, closes_at from bed_test") == [(at, at + timedelta(minutes=10))]


def test_two_people_confirm_one_press_and_the_first_is_on_record(world: World, database: Database) -> None:
    test = a_test(world, "PRESSED")
    assert said_of(world.signed_in("dispatcher"), test, "confirm").status_code == 204
    (before,) = world.scene.rows("select confirmed_by, confirmed_at from bed_test")
    assert said_of(world.signed_in("supervisor"), test, "confirm").status_code == 204
    assert world.scene.rows("select confirmed_by, confirmed_at from bed_test") == [before]
    assert before[0] == "账号dispatcher"
    world.clock.shift = timedelta(minutes=5)
    assert engine_looks(world, database) == 0
    assert world.scene.value("select count(*) from incident") == 0


def test_a_confirmation_that_comes_too_late_is_refused_before_and_after_the_call(
    world: World, database: Database
) -> None:
    test, client = a_test(world, "PRESSED"), world.signed_in("dispatcher")
    world.clock.shift = timedelta(seconds=61)
    assert said_of(client, test, "confirm").status_code == 409, "its minute is over, whatever the engine is doing"
    assert state_of(world, test) == "PRESSED"
    assert engine_looks(world, database) == 1
    refused = said_of(client, test, "confirm")
    assert refused.status_code == 409
    assert "真实求助" in refused.text
    assert said_of(client, test, "cancel").status_code == 409
    assert said_of(client, test, "call").status_code == 204, "it is one"
    assert engine_looks(world, database) == 0
    ((incident, kind),) = world.scene.rows("select id, kind from incident")
    (shown,) = client.get("/api/drills/presses", params={"bed": "bed-1"}).json()
    assert (shown["state"], shown["incident_id"], shown["outcome"]) == ("REAL", str(incident), "not_confirmed")
    assert (kind, shown["confirmed_by"]) == ("sos", None)


def test_what_was_said_to_be_meant_cannot_be_called_a_test_any_more(world: World, database: Database) -> None:
    test, client = a_test(world, "PRESSED"), world.signed_in("dispatcher")
    assert said_of(client, test, "call").status_code == 204
    assert said_of(client, test, "confirm").status_code == 409
    assert engine_looks(world, database) == 1
    assert world.scene.rows("select state, outcome from bed_test") == [("REAL", "said_to_be_real")]


def test_while_the_bed_calls_nobody_can_call_its_press_a_test(world: World) -> None:
    test = a_test(world, "PRESSED")
    world.incident()
    assert said_of(world.signed_in("dispatcher"), test, "confirm").status_code == 409
    assert state_of(world, test) == "PRESSED"


@pytest.mark.parametrize("_round", range(3))
def test_two_people_who_say_different_things_at_once_leave_a_confirmed_test_or_a_call(
    world: World, database: Database, _round: int
) -> None:
    test = a_test(world, "PRESSED")
    people = {"confirm": world.signed_in("dispatcher"), "call": world.signed_in("supervisor")}
    answers: dict[str, int] = {}
    together = threading.Barrier(len(people))

    def say(what: str) -> Callable[[], None]:
        def now() -> None:
            together.wait()
            answers[what] = said_of(people[what], test, what).status_code

        return now

    threads = [threading.Thread(target=say(what)) for what in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    calls = engine_looks(world, database)
    assert sorted(answers.values()) == [204, 409], answers
    first = min(answers, key=lambda what: answers[what])
    assert (first, state_of(world, test), calls) in {("confirm", "PASSED", 0), ("call", "REAL", 1)}


def test_the_household_says_what_it_was_without_a_session_and_only_by_its_own_link(world: World) -> None:
    test, other = a_test(world, "PRESSED"), uuid4()
    links, until = DrillLinks("", LINK_SECRET), datetime.now(UTC) + timedelta(minutes=10)
    anybody = world.client()
    del anybody.headers["X-CareCircle"]
    own, stale = links.press_page(test, until), links.press_page(test, until - timedelta(hours=1))
    foreign = links.press_page(other, until).replace(str(other), str(test))
    assert "这是测试吗" in anybody.get(own).text
    assert state_of(world, test) == "PRESSED", "opening it says nothing"
    for bad in (stale, foreign, links.press_page(other, until)):
        assert anybody.get(bad).status_code == anybody.post(f"{bad}&said=test").status_code == 403
    assert state_of(world, test) == "PRESSED"
    assert anybody.post(f"{own}&said=test").status_code == 200
    assert world.scene.rows("select state, confirmed_by from bed_test") == [("PASSED", "住户（链接确认）")]
    later = anybody.post(f"{own}&said=help")
    assert later.status_code == 409
    assert "请直接按呼叫按钮" in later.text
    assert "尚未收到按键" not in later.text
