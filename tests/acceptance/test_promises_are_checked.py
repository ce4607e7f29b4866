"""The check that runs every 15 s: what it finds, what it puts right, and who hears of it."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.desk import Actor
from carecircle_alerts.http_client import http_client
from carecircle_alerts.promises import check_promises, ping
from carecircle_alerts.store import QUERIES, Connection
from tests.acceptance.conftest import Story
from tests.scene import COUNTY
from tests.servers import Database


async def broken(story: Story, engine: AsyncConnectionPool[Connection]) -> dict[str, int]:
    verdict = await check_promises(engine, story.clock.now())
    assert verdict is not None
    kept = story.scene.value("select detail -> 'broken' = '{}' from engine_pulse where service = 'promises'")
    assert kept == verdict.is_kept
    return verdict.by_promise


async def test_a_shift_in_which_all_goes_well_breaks_nothing(
    story: Story, engine: AsyncConnectionPool[Connection], dispatcher: Actor
) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    assert await broken(story, engine) == {}
    helper = await story.accept(incident, "r1")
    await story.desk.arrive(helper, Actor("responder", "r1", "r1"))
    await story.settle()
    assert await broken(story, engine) == {}
    await story.desk.close(incident, "helped_on_site", "", dispatcher)
    assert await broken(story, engine) == {}


async def test_an_incident_that_nobody_would_come_back_to_is_offered_anew(
    story: Story, engine: AsyncConnectionPool[Connection], dispatcher: Actor
) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    story.scene.run("delete from due")
    now = story.clock.now()
    story.scene.run(
        "insert into console_session (token_sha256, account_id, created_at, expires_at) values ('x', %s, %s, %s)",
        int(dispatcher.id), now, now + timedelta(hours=8),
    )  # fmt: skip
    assert await broken(story, engine) == {}, "an owner who is there is enough"
    story.scene.run("delete from console_session")
    before = story.level(incident)
    assert await broken(story, engine) == {"unattended": 1}
    assert await broken(story, engine) == {}
    await story.settle()
    assert "owner_gone" in story.steps(incident)
    assert story.level(incident) == before + 1, "the centre is called to it"


async def test_each_broken_promise_has_its_name(story: Story, engine: AsyncConnectionPool[Connection]) -> None:
    story.scene.bed("bed-1")
    for number in range(1, 4):
        story.scene.responder(f"r{number}", north_m=number * 100)
    incident = await story.press("bed-1")
    await story.accept(incident, "r1")
    story.scene.run(
        "insert into assignment (id, incident_id, responder_id, state, eta_at, accepted_at) "
        "values (gen_random_uuid(), %s, 'r2', 'MOVING', now(), now())",
        incident,
    )
    story.scene.run("update incident set state = 'EN_ROUTE' where id = %s", incident)
    story.scene.run("update due set due_at = %s", story.clock.now() - timedelta(seconds=6))
    story.scene.run(
        "update message set state = 'LEASED', leased_until = %s where audience = 'family' or audience = 'offer'",
        story.clock.now() - timedelta(minutes=3),
    )
    stuck = story.scene.value("select count(*)::int from message where state = 'LEASED'")
    assert await broken(story, engine) == {
        "crowded": 1,
        "late_due": story.scene.value("select count(*)::int from due"),
        "message_stuck": stuck,
        "unaudited": 1,
    }


async def test_only_one_of_many_looks_at_a_time(story: Story, engine: AsyncConnectionPool[Connection]) -> None:
    async with engine.connection() as connection:
        await connection.execute("select pg_advisory_xact_lock(%s)", [0x0CA2E15])
        assert await check_promises(engine, story.clock.now()) is None
    assert await check_promises(engine, story.clock.now()) is not None


async def test_the_outside_watch_hears_and_its_own_troubles_do_no_harm() -> None:
    asked = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode().split()[1])
        status = b"200 OK" if len(asked) == 1 else b"503 Busy"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, http_client(5) as client:
        await ping(client, f"http://127.0.0.1:{port}/key")
        await ping(client, f"http://127.0.0.1:{port}/key")
        assert asked == ["/key", "/key"]
    async with http_client(5) as client:
        await ping(client, f"http://127.0.0.1:{port}/key")


def held_press(
    story: Story, confirm_by: datetime, doubted_at: datetime | None = None, *, is_marked: bool = True
) -> UUID:
    """A test press of `bed-1` that is held, as whoever held it has left it."""
    test, now = uuid4(), story.clock.now()
    mark = b',"detail":{"test":"%s"}}' % str(test).encode() if is_marked else b"}"
    story.scene.run(
        "insert into bed_test (id, bed_id, state, planned_at, opens_at, closes_at, recipient_kind, recipient_id, "
        "topic, payload, device, boot, seq, pressed_at, received_at, confirm_by, doubted_at) values "
        "(%s, 'bed-1', 'PRESSED', %s, %s, %s, 'responder', 'r1', %s, %s, 'button', 1, 700, %s, %s, %s, %s)",
        test, now, now, now + timedelta(minutes=10), f"care/v1/{COUNTY}/bed-1/button/event",
        story.event("press_test", seq=700).replace(b"}", mark), now, now, confirm_by, doubted_at,
    )  # fmt: skip
    return test


@pytest.mark.parametrize("why", ["nobody said anything", "somebody said that it was meant"])
async def test_a_held_press_that_nobody_made_a_call_of_in_time_is_one_at_once(
    story: Story, engine: AsyncConnectionPool[Connection], why: str
) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    pressed_at = story.clock.now()
    meant = why == "somebody said that it was meant"
    test = held_press(story, pressed_at + timedelta(seconds=60), pressed_at if meant else None)
    story.clock.forward(seconds=4 if meant else 64)
    assert await broken(story, engine) == {}, "the engine has a moment"
    assert story.scene.rows("select state from bed_test") == [("PRESSED",)]
    story.clock.forward(seconds=2)
    assert await broken(story, engine) == {"held_press_overdue": 1}
    await story.settle()
    incident = story.open_incident("bed-1")
    assert story.scene.rows("select state, incident_id from bed_test where id = %s", test) == [("REAL", incident)]
    assert story.asked(incident) == ["r1"]
    assert story.scene.value("select pressed_at from incident") == pressed_at
    assert "test_press_is_real" in story.steps(incident)
    assert await broken(story, engine) == {}
    assert story.scene.value("select count(*) from signal") == 1


async def test_held_presses_that_are_confirmed_or_still_have_time_are_left_alone(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    story.scene.bed("bed-1")
    test = held_press(story, story.clock.now() + timedelta(seconds=60))
    story.clock.forward(seconds=30)
    assert await broken(story, engine) == {}
    story.scene.run(
        "update bed_test set state = 'PASSED', confirmed_at = %s, confirmed_by = 'x', settled_at = %s where id = %s",
        story.clock.now(), story.clock.now(), test,
    )  # fmt: skip
    story.clock.forward(minutes=30)
    assert await broken(story, engine) == {}
    assert story.scene.value("select count(*) from incident") == 0


async def test_a_held_press_that_a_stuck_process_has_in_hand_is_told_and_made_a_call_once_that_is_gone(
    story: Story, engine: AsyncConnectionPool[Connection], database: Database
) -> None:
    story.scene.bed("bed-1")
    held_press(story, story.clock.now())
    story.clock.forward(seconds=6)
    stuck = await psycopg.AsyncConnection.connect(database.url("carecircle_alerts"))
    try:
        assert await fetch_held(stuck, story.clock.now())
        assert await broken(story, engine) == {"held_press_overdue": 1}
        assert story.scene.value("select count(*) from incident") == 0, "who has it in hand may yet finish it"
        story.scene.rows("select pg_terminate_backend(%s, 5000)", stuck.info.backend_pid)
        assert await broken(story, engine) == {"held_press_overdue": 1}
        assert await broken(story, engine) == {}
    finally:
        await stuck.close()
    assert story.scene.rows("select state from bed_test") == [("REAL",)]
    assert story.scene.value("select count(*) from incident") == 1


async def test_a_held_message_that_makes_no_call_by_what_is_known_now_is_one_all_the_same(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    held_press(story, story.clock.now(), is_marked=False)
    story.clock.forward(seconds=6)
    assert await broken(story, engine) == {"held_press_overdue": 1}
    await story.settle()
    assert story.asked(story.open_incident("bed-1", "unreadable")) == ["r1"]
    assert await broken(story, engine) == {}


async def fetch_held(connection: psycopg.AsyncConnection, now: datetime) -> bool:
    """Take the press in hand as an engine does."""
    cursor = await connection.execute(QUERIES["next_to_be_real"], {"now": now})
    return await cursor.fetchone() is not None
