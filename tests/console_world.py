"""A console on a real database: a running server, people of every role in two counties, tabs that watch the stream."""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg
from argon2 import PasswordHasher
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from carecircle_alerts.authorities import trusted_authorities
from carecircle_alerts.links import Link, sign_link
from carecircle_alerts.plan import URBAN
from carecircle_console.service import ConsoleServer, new_server
from carecircle_console.settings import ConsoleSettings
from tests.scene import COUNTY, LAT, LON, Scene
from tests.servers import INSTALLATION_SECRET, Database

PASSWORD = "right horse battery"
LINK_SECRET = "links of the tests, signed"
BROKER_SECRET = "the broker of the tests"
RECEIPTS_SECRET = "receipts of the tests"
PUSH_KEY = "B" + "A" * 86
FAR_COUNTY = "630104"
GRAFANA_URL = "http://grafana.test"
OUR_PAGES = {"X-CareCircle": "1"}
# A loaded machine may pause for long: how soon an answer comes is measured elsewhere.
_PATIENCE_S = 60
KINDS = ("sos", "fall", "smoke", "gas", "carbon_monoxide", "water", "unreadable")


@cache
def password_hash() -> str:
    """What the people of tests have in the account table: the cost of verifying stands in the hash, and is the least.

    Accounts that a test opens, passwords that it changes and recovery codes have the cost of an installation.
    """
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class ShiftedClock:
    """The machine's clock and what a test has added to it."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Tab:
    """A browser tab that watches the stream: a thread that parses events as they come."""

    def __init__(self, client: httpx.Client, headers: dict[str, str] | None = None) -> None:
        self.events: queue.Queue[tuple[str, str | None, dict[str, object], float]] = queue.Queue()
        self.is_over = threading.Event()
        self._client = client
        self._headers = headers or {}
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            with self._client.stream("GET", "/api/stream", headers=self._headers, timeout=30) as response:
                self._response = response
                assert response.status_code == 200, response.status_code
                name, number = "", None
                for line in response.iter_lines():
                    if line.startswith("event: "):
                        name = line[7:]
                    elif line.startswith("id: "):
                        number = line[4:]
                    elif line.startswith("data: "):
                        self.events.put((name, number, json.loads(line[6:]), time.time()))
                        name, number = "", None
        except httpx.HTTPError:
            pass
        finally:
            self.is_over.set()

    def next(self, *names: str, within_s: float = 8.0) -> tuple[str | None, dict[str, object], float]:
        """The next event of one of these names; others are skipped."""
        until = time.monotonic() + within_s
        while True:
            try:
                name, number, body, at = self.events.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no event {names} within {within_s} s") from None
            if name in names:
                return number, body, at

    def until_beat_after(self, at: float) -> list[tuple[str, dict[str, object]]]:
        """All events, without beats, up to the first beat that came after this time: whatever was to come has come."""
        got = []
        while True:
            name, _number, body, came_at = self.events.get(timeout=12)
            if name != "beat":
                got.append((name, body))
            elif came_at > at:
                return got

    def names_within(self, seconds: float) -> list[str]:
        """The names of all events that come within this time."""
        time.sleep(seconds)
        return [self.events.get_nowait()[0] for _ in range(self.events.qsize())]


@dataclass
class World:
    """The database's people, and the console that serves them."""

    scene: Scene
    base_url: str
    clock: ShiftedClock
    server: ConsoleServer
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self) -> httpx.Client:
        trusted = trusted_authorities()
        client = httpx.Client(base_url=self.base_url, headers=OUR_PAGES, timeout=_PATIENCE_S, verify=trusted)
        self.clients.append(client)
        return client

    def signed_in(self, login: str) -> httpx.Client:
        client = self.client()
        answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client

    def incident(self, bed: str = "bed-1", kind: str = "sos") -> UUID:
        return open_incident(self.scene, bed, kind)

    def entry(self, incident_id: UUID, step: str) -> None:
        write_entry(self.scene, incident_id, step)

    def offer(self, incident_id: UUID, responder: str, *, state: str = "SENT", valid_s: float = 120) -> UUID:
        offer_id, now = uuid4(), datetime.now(UTC)
        self.scene.run(
            "insert into offer (id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis, "
            "distance_m, created_at, expires_at) "
            "values (%s, %s, %s, 1, %s, 1, 300, 400, 'straight_line_model', 900, %s, %s)",
            offer_id, incident_id, responder, state, now, now + timedelta(seconds=valid_s),
        )  # fmt: skip
        return offer_id

    def link_token(self, offer_id: UUID, responder: str, *, valid_s: float = 3600) -> str:
        return sign_link(LINK_SECRET, Link(responder, offer_id), self.clock.now() + timedelta(seconds=valid_s))

    def vitals(self, bed: str, *, age_s: float = 60, **values: object) -> None:
        at = datetime.now(UTC) - timedelta(seconds=age_s)
        metrics = {name: {"value": v, "measured_at": at.isoformat(), "device": "mat"} for name, v in values.items()}
        self.scene.run(
            "insert into bed_state (bed_id, last_seen_at, metrics, devices) values (%s, %s, %s, %s) "
            "on conflict (bed_id) do update set last_seen_at = excluded.last_seen_at, metrics = excluded.metrics",
            bed, at, Jsonb(metrics), Jsonb({"mat": {"online": True, "last_seen_at": at.isoformat(), "battery": 80}}),
        )  # fmt: skip

    def pulse(self, ago_s: float = 0, broken: dict[str, int] | None = None) -> None:
        """The engine and its checker of promises have gone round."""
        at = datetime.now(UTC) - timedelta(seconds=ago_s)
        for service, detail in (("alerts", {}), ("promises", {"broken": broken or {}})):
            self.scene.run(
                "insert into engine_pulse (service, at, detail) values (%s, %s, %s) "
                "on conflict (service) do update set at = excluded.at, detail = excluded.detail",
                service, at, Jsonb(detail),
            )  # fmt: skip

    def accesses(self) -> list[tuple[object, ...]]:
        return self.scene.rows(
            "select a.login, h.resident_id, h.purpose from health_access h join account a on a.id = h.account_id "
            "order by h.id"
        )


ENTRY = (
    "insert into incident_event (incident_id, at, epoch, step, actor, reason, detail) "
    "values (%s, %s, 0, %s, 'engine', %s, %s)"
)


def open_incident(scene: Scene, bed: str = "bed-1", kind: str = "sos") -> UUID:
    """An incident that is searching, with a timer, as the engine leaves it."""
    incident_id, at = uuid4(), datetime.now(UTC)
    scene.run(
        "insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, deadline_at)"
        " values (%s, %s, %s, 1, 'SEARCHING', %s, 'button', %s, %s, %s)",
        incident_id, bed, kind, Jsonb(URBAN.model_dump()), at, at, at + timedelta(minutes=15),
    )  # fmt: skip
    scene.run(
        "insert into due (due_at, incident_id, epoch, kind) values (%s, %s, 0, 'recheck')",
        at + timedelta(minutes=10), incident_id,
    )  # fmt: skip
    write_entry(scene, incident_id, "received")
    return incident_id


def write_entry(scene: Scene, incident_id: UUID, step: str) -> None:
    scene.run(ENTRY, incident_id, datetime.now(UTC), step, "a reason that names 张三", Jsonb({"name": "张三"}))


def settings_for(
    database: Database,
    public_url: str = "http://127.0.0.1:1",
    homes_mqtt_url: str = "mqtt://127.0.0.1:1",
    grafana_jwt_key_file: Path | None = None,
) -> ConsoleSettings:
    return ConsoleSettings(
        database_url=SecretStr(database.url("carecircle_console")),
        desk_database_url=SecretStr(database.url("carecircle_desk")),
        console_host="127.0.0.1",
        console_port=0,
        public_url=public_url,
        link_secret=SecretStr(LINK_SECRET),
        home_secret=SecretStr(INSTALLATION_SECRET),
        homes_mqtt_url=homes_mqtt_url,
        broker_secret=SecretStr(BROKER_SECRET),
        grafana_url=GRAFANA_URL,
        grafana_jwt_key_file=grafana_jwt_key_file,
        receipts_secret=SecretStr(RECEIPTS_SECRET),
        web_push_public_key=PUSH_KEY,
    )


def people(database: Database) -> Scene:
    """Two counties, each with a bed, a relative, a responder and staff of every role; `far-…` is the other one."""
    scene = Scene(database)
    far_town, far_village = FAR_COUNTY + "001", FAR_COUNTY + "001001"
    for code, name in ((FAR_COUNTY, "城西区"), (far_town, "西关大街街道"), (far_village, "某社区")):
        scene.run("insert into area (code, name) values (%s, %s)", code, name)
    for bed in ("bed-1", "bed-2"):
        scene.bed(bed)
    scene.run("insert into resident (id, name, phone) values ('resident-far-bed', '远处老人', '000')")
    scene.run(
        "insert into bed (id, resident_id, county, division_code, address, circle, terrain, lat, lon, altitude_m) "
        "values ('far-bed', 'resident-far-bed', %s, %s, '远路1号', 'urban', 'city', %s, %s, 2260)",
        FAR_COUNTY, far_village, LAT, LON - 0.1,
    )  # fmt: skip
    scene.run("insert into device (bed_id, id, model, label) values ('bed-1', 'mat', 'pad-1', '床垫')")
    for responder in ("r-1", "r-2", "far-r"):
        scene.responder(responder)
    scene.run("update responder set area_code = %s, lon = lon - 0.1 where id = 'far-r'", far_town)
    scene.relative("f-1", "bed-1")
    scene.relative("f-silent", "bed-1", consented=False)
    scene.relative("far-f", "far-bed")
    for bed, relative in (("bed-1", "f-1"), ("bed-2", None), ("far-bed", "far-f")):
        scene.consent(f"resident-{bed}", "photos")
        if relative is not None:
            scene.consent(f"resident-{bed}", "family_vitals", relative)
    for area, prefix in ((COUNTY, ""), (FAR_COUNTY, "far-")):
        for role in ("dispatcher", "supervisor", "administrator", "auditor"):
            scene.account(prefix + role, role, area=area)
    scene.account("responder", "responder", responder="r-1")
    scene.account("responder2", "responder", responder="r-2")
    scene.account("far-responder", "responder", responder="far-r")
    scene.account("family", "family", family_member="f-1")
    scene.account("family-silent", "family", family_member="f-silent")
    scene.account("far-family", "family", family_member="far-f")
    scene.run("update account set password_hash = %s", password_hash())
    return scene


@contextmanager
def running(
    database: Database,
    scene: Scene,
    public_url: str = "http://127.0.0.1:1",
    homes_mqtt_url: str = "mqtt://127.0.0.1:1",
    grafana_jwt_key_file: Path | None = None,
) -> Iterator[World]:
    """A console that serves until the block ends."""
    clock = ShiftedClock()
    server = new_server(settings_for(database, public_url, homes_mqtt_url, grafana_jwt_key_file), clock)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not (server.started and server.console is not None and server.console.reader.is_alive):
        assert thread.is_alive(), "the console did not start"
        assert time.monotonic() < until, "the console did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    world = World(scene, f"http://127.0.0.1:{port}", clock, server)
    try:
        yield world
    finally:
        server.should_exit = True
        thread.join(20)
        for client in world.clients:
            client.close()
        assert not thread.is_alive(), "the console did not stop"


Held = psycopg.Connection[tuple[object, ...]]


def hold(database: Database) -> Held:
    """A connection for transactions that a test leaves open."""
    return psycopg.connect(database.admin_url)
