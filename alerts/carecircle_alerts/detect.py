"""Detect: the live reader of the broker; a call for help becomes an incident before it is acknowledged (I/O).

One batch of messages is one transaction: twins, signals, incidents, audit rows and first timers commit together, and
only then is the batch acknowledged and are the homes told that their events are safe.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle.identity import incident_id
from carecircle.mqtt import Delivery
from carecircle.payloads import Command, Event, Received, Status, Telemetry, encode_payload, parse_payload
from carecircle.rejected import Rejected
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_alerts.commands import Record
from carecircle_alerts.escalation import opening, pressed_again
from carecircle_alerts.incident import PRIORITY, Case
from carecircle_alerts.plan import plan_for
from carecircle_alerts.rules.help_call import HelpCall, read_event, unreadable_call
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run
from carecircle_alerts.twin import Twin, fold_event, fold_status, fold_telemetry

ACTOR = "detect"
_RELOAD_BEDS_S = 5.0  # an unknown bed may be a new one; asked at most this often
_BEDS_VALID_S = 60.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Called:
    """A call for help as it arrived. `event` is None where the message could not be read."""

    topic: Topic
    call: HelpCall
    event: Event | None
    received_at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a home is to be told: this event is committed."""

    topic: Topic
    event: Event

    def command(self) -> tuple[str, bytes]:
        """Topic and payload of the command."""
        topic = Topic(self.topic.county, self.topic.bed, self.topic.device, Kind.COMMAND)
        received = Received(event=(self.event.boot, self.event.seq))
        return str(topic), encode_payload(Command(id=secrets.token_hex(8), received=received))


class Detector:
    """Turns deliveries into twins and incidents. `on_incident` is called after a commit that opened or touched one."""

    def __init__(
        self, pool: AsyncConnectionPool[Connection], clock: Clock, on_incident: Callable[[], None] = lambda: None
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._on_incident = on_incident
        self._circles: dict[str, str] = {}
        self._loaded_at = float("-inf")
        self._twins: dict[str, Twin] = {}

    async def handle(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        """Commit a batch; returns the receipts to publish once the batch is acknowledged.

        Raises psycopg's `OperationalError` when the database is away: nothing is committed, the batch is to be handled
        again. After any failure the twins in memory are dropped and read again, so that they never run ahead.
        """
        try:
            async with self._pool.connection() as connection:
                receipts, touched = await self._handle(connection, deliveries)
        except Exception:
            self._twins.clear()
            raise
        if touched:
            self._on_incident()
        return receipts

    async def _handle(self, connection: Connection, deliveries: Sequence[Delivery]) -> tuple[list[Receipt], bool]:
        read = [(parse_topic(delivery.topic), delivery) for delivery in deliveries]
        known = [
            (topic, one) for topic, one in read if isinstance(topic, Topic) and await self._knows(connection, topic)
        ]
        await self._load_twins(connection, {topic.bed for topic, _one in known})
        receipts: list[Receipt] = []
        calls: list[Called] = []
        changed: set[str] = set()
        for topic, delivery in known:
            payload = parse_payload(topic.kind, delivery.payload)
            if topic.kind is Kind.EVENT:
                called = _called(topic, payload, delivery)
                if called:
                    calls.append(called)
                if isinstance(payload, Event):
                    receipts.append(Receipt(topic, payload))
            if self._fold(topic, payload, delivery.received_at):
                changed.add(topic.bed)
        await self._save_twins(connection, changed)
        for called in calls:
            await self._raise(connection, called)
        return receipts, bool(calls)

    async def _raise(self, connection: Connection, called: Called) -> None:
        """Open an incident for a call, or add the call to the one that is open; a repeated message does nothing."""
        if await self._is_known_signal(connection, called):
            return
        now = self._clock.now()
        joined = await self._open_or_join(connection, called, now)
        if joined is None:
            return
        opened, case = joined
        if called.event is not None:
            await run(
                connection, "add_signal", bed_id=called.topic.bed, device=called.topic.device, boot=called.event.boot,
                seq=called.event.seq, kind=called.call.kind.value, measured_at=called.call.pressed_at,
                received_at=called.received_at, incident_id=case.incident.id,
            )  # fmt: skip
        saving = Saving.of(connection, case, ACTOR, now)
        if opened:
            await saving.run([Record("received", called.call.reason), *opening(case, now)])
        else:
            await saving.run(pressed_again(case, now))
        step = "incident_opened" if opened else "call_repeated"
        _log.info(step, incident=str(case.incident.id), kind=called.call.kind.value)

    async def _is_known_signal(self, connection: Connection, called: Called) -> bool:
        if called.event is None:
            return False
        found = await fetch(
            connection, "find_signal", bed_id=called.topic.bed, device=called.topic.device, boot=called.event.boot,
            seq=called.event.seq,
        )  # fmt: skip
        return bool(found)

    async def _open_or_join(self, connection: Connection, called: Called, now: datetime) -> tuple[bool, Case] | None:
        """Open an incident, or join the open one of this bed and kind, and hold its lock.

        An incident may be closed by a dispatcher while we look: a press must then open a new one and never join a case
        that has ended. None where these very bytes opened an incident that has ended since.
        """
        new_id = incident_id(called.topic.bed, called.call.kind, called.evidence)
        for _attempt in range(3):
            if await self._open(connection, called, new_id, now):
                return True, await load_case(connection, new_id)
            found = await fetch(connection, "find_open_incident", bed_id=called.topic.bed, kind=called.call.kind.value)
            for row in found:
                case = await load_case(connection, row["id"])
                if not case.is_ended():
                    return False, case
        return None

    async def _open(self, connection: Connection, called: Called, new_id: UUID, now: datetime) -> bool:
        topic, call = called.topic, called.call
        plan = plan_for(self._circles[topic.bed])
        # A late call has no chance of its 15 minutes any more; its clock starts when it is known.
        starts_at = now if call.late else call.pressed_at
        rows = await fetch(
            connection, "open_incident", id=new_id, bed_id=topic.bed, kind=call.kind.value,
            priority=PRIORITY[call.kind], late=call.late, plan=Jsonb(plan.model_dump()), device=topic.device,
            boot=called.event.boot if called.event else None, seq=called.event.seq if called.event else None,
            pressed_at=call.pressed_at, now=now, deadline_at=starts_at + timedelta(seconds=plan.arrive_within_s),
        )  # fmt: skip
        return bool(rows)

    def _fold(self, topic: Topic, payload: object, received_at: datetime) -> bool:
        twin = self._twins[topic.bed]
        match payload:
            case Telemetry():
                fold_telemetry(twin, topic, payload, received_at)
            case Status():
                fold_status(twin, topic, payload, received_at)
            case Event():
                fold_event(twin, topic, received_at)
            case _:
                return False
        return True

    async def _knows(self, connection: Connection, topic: Topic) -> bool:
        age_s = time.monotonic() - self._loaded_at
        if age_s > (_BEDS_VALID_S if topic.bed in self._circles else _RELOAD_BEDS_S):
            self._circles = {row["id"]: row["circle"] for row in await fetch(connection, "beds")}
            self._loaded_at = time.monotonic()
        return topic.bed in self._circles

    async def _load_twins(self, connection: Connection, bed_ids: set[str]) -> None:
        missing = sorted(bed_ids - self._twins.keys())
        if not missing:
            return
        for row in await fetch(connection, "bed_states", bed_ids=missing):
            self._twins[row["bed_id"]] = Twin(row["last_seen_at"], row["metrics"], row["devices"])
        for bed_id in missing:
            self._twins.setdefault(bed_id, Twin(datetime.fromtimestamp(0, self._clock.now().tzinfo)))

    async def _save_twins(self, connection: Connection, bed_ids: set[str]) -> None:
        if not bed_ids:
            return
        ordered = sorted(bed_ids)
        twins = [self._twins[bed_id] for bed_id in ordered]
        await run(
            connection, "save_bed_states", bed_ids=ordered, seen=[twin.last_seen_at for twin in twins],
            metrics=[Jsonb(twin.metrics) for twin in twins], devices=[Jsonb(twin.devices) for twin in twins],
        )  # fmt: skip


def _called(topic: Topic, payload: object, delivery: Delivery) -> Called | None:
    """The call for help that a message on an event topic makes, if it makes one."""
    if isinstance(payload, Event):
        call = read_event(payload, delivery.received_at)
        evidence = f"{topic.device}/{payload.boot}/{payload.seq}"
        return Called(topic, call, payload, delivery.received_at, evidence) if call else None
    detail = payload.detail if isinstance(payload, Rejected) else "not an event"
    # What cannot be read has no name of its own: its bytes and its minute stand for it, so that a redelivery joins the
    # incident that it opened, and the same bytes on another day open a new one.
    digest = hashlib.sha256(delivery.payload).hexdigest()[:16]
    evidence = f"{topic.device}/{digest}/{int(delivery.received_at.timestamp()) // 60}"
    return Called(topic, unreadable_call(delivery.received_at, detail), None, delivery.received_at, evidence)
