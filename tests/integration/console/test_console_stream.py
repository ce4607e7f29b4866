"""The live stream: snapshot first, every committed change to all who may see it, whatever the order of commits."""

import asyncio
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from carecircle.clock import SystemClock
from carecircle_console import heart
from carecircle_console.access import AccessLog
from carecircle_console.gate import COOKIE
from carecircle_console.scope import Role, Viewer
from carecircle_console.sse import encode_event
from carecircle_console.store import Store, new_pool
from carecircle_console.stream import Hub
from carecircle_console.wire import Hint
from tests.console_world import ENTRY, Held, Tab, World, hold, open_incident, people, running, write_entry
from tests.servers import Database, OwnDatabase


@pytest.fixture(autouse=True)
def _quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten beats where an installation has one: most tests here wait for the next, or the one after it."""
    monkeypatch.setattr(heart, "_BEAT_S", 0.5)


def ids(body: dict[str, object]) -> list[str]:
    incidents = body["incidents"]
    assert isinstance(incidents, list)
    return [one["id"] for one in incidents]


def entry_of(body: dict[str, object]) -> dict[str, object]:
    entry = body["entry"]
    assert isinstance(entry, dict)
    return entry


def incident_of(body: dict[str, object]) -> dict[str, object]:
    incident = body["incident"]
    assert isinstance(incident, dict)
    return incident


def write(connection: Held, incident: UUID, step: str) -> None:
    connection.execute(ENTRY.encode(), [incident, datetime.now(UTC), step, "", Jsonb({})])


def test_the_snapshot_comes_first_and_then_each_change(world: World) -> None:
    before = world.incident("bed-2")
    world.incident("far-bed")
    tab = Tab(world.signed_in("dispatcher"))
    number, body, _at = tab.next("snapshot", "incident", "beat")
    assert (number, ids(body)) == (None, [str(before)])
    tab.next("beat")  # the last one, from before
    _number, beat, _at = tab.next("beat")
    assert beat["quarantined_today"] == 0
    assert beat["never_silent"] == {
        "ok": False,
        "open": 2,
        "unattended": 0,
        "late_due": 0,
        "engine_age_s": None,
        "check_age_s": None,
        "broken": {},
    }
    incident = world.incident("bed-1")
    number, body, _at = tab.next("incident")
    assert incident_of(body)["id"] == str(incident)
    assert entry_of(body)["step"] == "received"
    assert number == entry_of(body)["id"]


def test_a_change_arrives_soon_after_its_commit(world: World) -> None:
    tab = Tab(world.signed_in("dispatcher"))
    tab.next("beat")
    incident, took = world.incident(), []
    tab.next("incident")
    for _ in range(9):
        world.entry(incident, "note")
        committed = time.time()
        _number, _body, at = tab.next("incident")
        took.append(at - committed)
    # The poll alone would need 125 ms on average; this holds that the notification is heard.
    assert sorted(took)[4] < 0.1, took


def test_what_commits_after_its_successor_is_not_lost(world: World, database: Database) -> None:
    tab = Tab(world.signed_in("dispatcher"))
    tab.next("beat")
    incident = world.incident()
    tab.next("incident")
    with hold(database) as slow, hold(database) as quick:
        write(slow, incident, "first")
        write(quick, incident, "second")
        quick.commit()
        number, body, _at = tab.next("incident")
        assert entry_of(body)["step"] == "second"
        time.sleep(0.6)
        slow.commit()
        earlier, body, _at = tab.next("incident")
        assert entry_of(body)["step"] == "first"
        assert int(str(earlier)) < int(str(number))
        # A number that never comes holds nothing up.
        write(slow, incident, "never")
        write(quick, incident, "third")
        slow.rollback()
        quick.commit()
        assert entry_of(tab.next("incident")[1])["step"] == "third"
    assert [name for name in tab.names_within(0.6) if name == "incident"] == [], "nothing comes twice"


def test_a_transaction_that_was_open_when_the_console_started_is_not_lost(database: Database) -> None:
    scene = people(database)
    incident = open_incident(scene)
    with hold(database) as slow:
        write(slow, incident, "slow")
        write_entry(scene, incident, "quick")
        with running(database, scene) as world:
            tab = Tab(world.signed_in("dispatcher"))
            tab.next("beat")
            slow.commit()
            assert entry_of(tab.next("incident")[1])["step"] == "slow"


def test_a_tab_that_comes_back_gets_the_present(world: World) -> None:
    first = world.incident("bed-1")
    client = world.signed_in("dispatcher")
    tab = Tab(client)
    tab.next("snapshot")
    world.scene.run(
        "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other' "
        "where id = %s",
        first,
    )
    second = world.incident("bed-2")
    for last in ("1", "999999", "no number"):
        again = Tab(client, {"Last-Event-ID": last})
        assert ids(again.next("snapshot", "incident")[1]) == [str(second)]


def test_each_sees_their_own_and_not_the_words_of_the_centre(world: World) -> None:
    logins = ("dispatcher", "far-dispatcher", "family", "family-silent", "far-family", "responder", "responder2")
    tabs = {login: Tab(world.signed_in(login)) for login in logins}
    for tab in tabs.values():
        tab.next("beat")
    incident = world.incident()
    world.offer(incident, "r-1")
    world.entry(incident, "offered")
    shown = Tab(world.signed_in("supervisor"))
    shown.next("snapshot")
    world.entry(incident, "last")
    while entry_of(shown.next("incident")[1])["step"] != "last":
        pass
    got: dict[str, list[dict[str, object]]] = {}
    names: dict[str, set[str]] = {}
    for login, tab in tabs.items():
        events = tab.until_beat_after(time.time())
        got[login] = [body for name, body in events if name == "incident"]
        names[login] = {name for name, _body in events}
    assert names == {
        "dispatcher": {"incident"}, "family": {"incident", "changed"}, "responder": {"changed"},
        "far-dispatcher": set(), "family-silent": set(), "far-family": set(), "responder2": set(),
    }  # fmt: skip
    assert "张三" in str(got["dispatcher"])
    assert "张三" not in str(got["family"])
    assert entry_of(got["family"][-1]) | {"id": "", "at": ""} == {
        "id": "", "at": "", "step": "last", "actor": "", "reason": "", "detail": {},
    }  # fmt: skip


def test_figures_are_the_centres(world: World) -> None:
    _number, beat, _at = Tab(world.signed_in("family")).next("beat")
    assert (beat["never_silent"], beat["quarantined_today"]) == (None, None)


def test_a_responder_sees_the_incident_from_accepting_on(world: World) -> None:
    incident = world.incident()
    offer = world.offer(incident, "r-1")
    client = world.signed_in("responder")
    tab = Tab(client)
    assert ids(tab.next("snapshot")[1]) == []
    client.post(f"/api/offers/{offer}/accept")
    assert incident_of(tab.next("incident")[1])["address"] == "某路bed-1号"
    assert ids(Tab(client).next("snapshot")[1]) == [str(incident)]


def test_signing_out_ends_the_stream_at_once(world: World) -> None:
    client = world.signed_in("dispatcher")
    tab, other = Tab(client), Tab(world.signed_in("supervisor"))
    tab.next("beat")
    other.next("beat")
    client.delete("/api/session")
    assert tab.is_over.wait(2)
    world.incident()
    other.next("incident")


def test_a_stream_ends_when_what_it_stood_on_changes(world: World) -> None:
    changes = {
        "dispatcher": "disabled_at = now()",
        "supervisor": "area_code = '630104'",
        "responder": "responder_id = 'r-2'",
    }
    tabs = {login: Tab(world.signed_in(login)) for login in (*changes, "auditor")}
    for tab in tabs.values():
        tab.next("beat")
    for login, change in changes.items():
        world.scene.run(f"update account set {change} where login = '{login}'")
    assert all(tabs[login].is_over.wait(8) for login in changes)
    assert not tabs["auditor"].is_over.is_set()


def test_a_burst_arrives_whole(world: World) -> None:
    tab = Tab(world.signed_in("dispatcher"))
    tab.next("beat")
    incident = world.incident()
    tab.next("incident")
    for _ in range(300):
        world.entry(incident, "note")
    numbers = [int(str(tab.next("incident")[0])) for _ in range(300)]
    assert len(set(numbers)) == 300


def viewer(area: str = "630102") -> Viewer:
    return Viewer(1, "x", "x", Role.DISPATCHER, area, None, None, None)


async def test_a_client_that_is_too_slow_starts_over_with_a_snapshot(database: Database) -> None:
    people(database)
    clock = SystemClock()
    async with new_pool(database.url("carecircle_console"), autocommit=True, most=2) as pool:
        store = Store(pool)
        hub = Hub(store, AccessLog(store, clock), clock)
        slow, quick = hub.join(viewer(), "a"), hub.join(viewer(), "b")
        for client in (slow, quick):
            assert (await client.next_chunk() or b"").startswith(b"event: snapshot\n")
        hint = encode_event("changed", Hint(server_time=clock.now()))
        for _ in range(600):
            slow.push(hint)
            quick.push(hint)
            assert await quick.next_chunk() == hint
        assert (await slow.next_chunk() or b"").startswith(b"event: snapshot\n")
        slow.leave()
        assert await slow.next_chunk() is None
        assert hub.clients() == [quick]
        hub.close()
        assert hub.clients() == []
        assert await hub.join(viewer(), "c").next_chunk() is None


async def test_clients_that_come_at_once_read_once(database: Database) -> None:
    people(database)
    clock = SystemClock()
    async with new_pool(database.url("carecircle_console"), autocommit=True, most=2) as pool:
        store = Store(pool)
        hub = Hub(store, AccessLog(store, clock), clock)
        before = pool.get_stats().get("requests_num", 0)
        clients = [hub.join(viewer(), str(uuid4())) for _ in range(50)]
        chunks = await asyncio.gather(*(client.next_chunk() for client in clients))
        assert all((chunk or b"").startswith(b"event: snapshot\n") for chunk in chunks)
        assert pool.get_stats().get("requests_num", 0) - before <= 2


def test_when_the_database_is_away_the_light_goes_out_and_all_comes_back(own_database: OwnDatabase) -> None:
    scene = people(own_database)
    with running(own_database, scene) as world:
        world.pulse()
        client = world.signed_in("dispatcher")
        tab = Tab(client)
        light = tab.next("beat")[1]["never_silent"]
        incident = world.incident()
        tab.next("incident")
        own_database.kill()
        assert client.get("/healthz").status_code == 503
        assert client.get("/api/incidents").json()["error"]["code"] == "unavailable"
        while isinstance(light, dict) and light["ok"]:
            light = tab.next("beat", within_s=12)[1]["never_silent"]
        own_database.start()
        assert ids(tab.next("snapshot", within_s=15)[1]) == [str(incident)]
        assert client.get("/healthz").status_code == 200


def test_the_cookie_alone_opens_the_stream(world: World) -> None:
    client = world.signed_in("dispatcher")
    bare = world.client()
    assert bare.get("/api/stream").status_code == 401
    bare.cookies.set(COOKIE, client.cookies[COOKIE])
    del bare.headers["X-CareCircle"]
    Tab(bare).next("snapshot")
