"""Stream: every change once, as bytes, to the queues of all who may see it; never waits for a slow client (I/O).

A client gets a snapshot first and then changes. Its queue is bounded: when it overflows the queue is thrown away and a
new snapshot takes its place. Every event holds the whole summary, so that one too many does no harm.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from carecircle.clock import Clock
from carecircle_console.access import AccessLog, Purpose
from carecircle_console.auth import token_hash
from carecircle_console.redact import entry_outside, incident_outside
from carecircle_console.scope import Scope, Viewer
from carecircle_console.shared_reads import SharedReads
from carecircle_console.sse import encode_event
from carecircle_console.store import SeenIncident, Store
from carecircle_console.wire import Beat, Entry, Hint, IncidentChange, NeverSilent, Snapshot

# A burst of 200 incidents with a few steps each fits; beyond that a snapshot is cheaper than what it replaces.
_LONGEST_QUEUE = 512
# The lengths of division codes, and of none: the areas that contain a bed are prefixes of its code.
_LEVELS = (0, 2, 4, 6, 9, 12)
_RETRY_S = 1.0
_DATABASE_AWAY = (psycopg.OperationalError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see an incident: beds' division code, responders on the way, responders once asked, relatives."""

    incident_id: UUID
    resident_id: str
    division_code: str
    responders: frozenset[str]
    asked: frozenset[str]
    families: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One audit row with the summary of its incident as it is now."""

    number: int
    entry: Entry
    seen: SeenIncident
    audience: Audience


class Client:
    """One open stream."""

    __slots__ = ("_hub", "_queue", "_wake", "account_id", "is_over", "is_staff", "scope", "token", "wants_snapshot")

    def __init__(self, hub: "Hub", viewer: Viewer, token: str) -> None:
        self._hub = hub
        self.account_id = viewer.account_id
        self.scope = viewer.scope
        self.is_staff = viewer.is_staff
        self.token = token_hash(token)
        self.wants_snapshot = True
        self.is_over = False
        self._queue: deque[bytes] = deque()
        self._wake = asyncio.Event()

    def push(self, event: bytes) -> None:
        """Queue an event; what does not fit any more is replaced by a snapshot."""
        if len(self._queue) >= _LONGEST_QUEUE:
            self.start_over()
        else:
            self._queue.append(event)
            self._wake.set()

    def start_over(self) -> None:
        """Drop what waits and send a snapshot instead."""
        self._queue.clear()
        self.wants_snapshot = True
        self._wake.set()

    def leave(self) -> None:
        """End the stream, from whichever side."""
        self.is_over = True
        self._hub.forget(self)
        self._wake.set()

    async def next_chunk(self) -> bytes | None:
        """What to send next: a snapshot when one is due, else all that waits; None when it is over."""
        while not self.is_over:
            self._wake.clear()
            if self.wants_snapshot:
                self.wants_snapshot = False
                return await self._snapshot()
            if self._queue:
                chunk = b"".join(self._queue)
                self._queue.clear()
                return chunk
            await self._wake.wait()
        return None

    async def _snapshot(self) -> bytes:
        try:
            return await self._hub.snapshot(self)
        except _DATABASE_AWAY:
            # The beat says that something is wrong; the snapshot follows as soon as it can.
            self.wants_snapshot = True
            await asyncio.sleep(_RETRY_S)
            return self._hub.beat_for(self)


class Hub:
    """All open streams of this process."""

    def __init__(self, store: Store, access: AccessLog, clock: Clock) -> None:
        self._store = store
        self._access = access
        self._clock = clock
        self._areas: dict[str, set[Client]] = {}
        self._responders: dict[str, set[Client]] = {}
        self._families: dict[str, set[Client]] = {}
        self._snapshots: SharedReads[tuple[Scope, bool], tuple[bytes, list[str]]] = SharedReads(self._read_snapshot)
        self._light: NeverSilent | None = None
        self._quarantined = 0
        self._is_closing = False

    def join(self, viewer: Viewer, token: str) -> Client:
        """Open a stream; changes from now on are queued for it."""
        client = Client(self, viewer, token)
        for places, key in self._places(client):
            places.setdefault(key, set()).add(client)
        if self._is_closing:
            client.leave()
        return client

    def forget(self, client: Client) -> None:
        """Take a client out; doing it twice does no harm."""
        for places, key in self._places(client):
            there = places.get(key)
            if there is not None:
                there.discard(client)
                if not there:
                    del places[key]

    def clients(self) -> list[Client]:
        """All open streams."""
        groups = (self._areas, self._responders, self._families)
        return [client for group in groups for there in group.values() for client in there]

    def publish(self, change: Change) -> list[tuple[int, str]]:
        """Queue a change for all who may see it; returns (account, resident) of those who get to see it."""
        audience = change.audience
        inside = list(_at(self._areas, {audience.division_code[:level] for level in _LEVELS}))
        outside = [*_at(self._responders, audience.responders), *_at(self._families, audience.families)]
        hinted = list(_at(self._responders, audience.asked - audience.responders))
        if inside:
            body = IncidentChange(incident=change.seen.incident, entry=change.entry)
            _push(inside, encode_event("incident", body, change.number))
        if outside:
            incident, entry = incident_outside(change.seen.incident), entry_outside(change.entry)
            body = IncidentChange(incident=incident, entry=entry)
            _push(outside, encode_event("incident", body, change.number))
        if hinted or outside:
            _push([*hinted, *outside], encode_event("changed", Hint(server_time=self._clock.now())))
        return [(client.account_id, audience.resident_id) for client in (*inside, *outside)]

    def beat(self, light: NeverSilent | None, quarantined: int) -> None:
        """Send the heartbeat to everybody; None: the figures could not be read, and the light goes out."""
        if light is None and self._light is not None:
            light = self._light.model_copy(update={"ok": False})
        self._light, self._quarantined = light, quarantined
        figures, plain = self._beat(is_staff=True), self._beat(is_staff=False)
        for client in self.clients():
            client.push(figures if client.is_staff else plain)

    def beat_for(self, client: Client) -> bytes:
        """The latest heartbeat for one client."""
        return self._beat(is_staff=client.is_staff)

    def end_session(self, token: str) -> None:
        """End the streams of a session that has been signed out."""
        for client in [client for client in self.clients() if client.token == token_hash(token)]:
            client.leave()

    def start_over(self) -> None:
        """Give everybody a new snapshot: changes may have been missed."""
        for client in self.clients():
            client.start_over()

    def close(self) -> None:
        """End all streams; the console is stopping."""
        self._is_closing = True
        for client in self.clients():
            client.leave()

    async def snapshot(self, client: Client) -> bytes:
        """The first events of a client: what is open now, and the heartbeat."""
        snapshot, residents = await self._snapshots.get((client.scope, client.is_staff))
        await self._access.record([(client.account_id, one) for one in residents], Purpose.STREAM)
        return snapshot + self.beat_for(client)

    async def _read_snapshot(self, key: tuple[Scope, bool]) -> tuple[bytes, list[str]]:
        scope, is_staff = key
        seen = await self._store.incidents(scope, only_open=True)
        incidents = tuple(one.incident if is_staff else incident_outside(one.incident) for one in seen)
        event = encode_event("snapshot", Snapshot(server_time=self._clock.now(), incidents=incidents))
        return event, [one.resident_id for one in seen]

    def _beat(self, *, is_staff: bool) -> bytes:
        light = self._light if is_staff else None
        quarantined = self._quarantined if is_staff else None
        body = Beat(server_time=self._clock.now(), never_silent=light, quarantined_today=quarantined)
        return encode_event("beat", body)

    def _places(self, client: Client) -> Iterator[tuple[dict[str, set[Client]], str]]:
        scope = client.scope
        keyed = ((self._areas, scope.area), (self._responders, scope.responder), (self._families, scope.family))
        return ((places, key) for places, key in keyed if key is not None)


def _at(places: dict[str, set[Client]], keys: Iterable[str]) -> Iterator[Client]:
    return (client for key in keys for client in places.get(key, ()))


def _push(clients: Iterable[Client], event: bytes) -> None:
    for client in clients:
        client.push(event)
