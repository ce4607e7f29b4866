"""Detect: the live reader of the broker; a call for help becomes an incident before it is acknowledged (I/O).

One batch of messages is one transaction: twins, signals, incidents, audit rows and first timers commit together, and
only then is the batch acknowledged and are the homes told that their events are safe.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle.mqtt import Delivery
from carecircle.payloads import Event, Status, Telemetry, parse_payload
from carecircle.rejected import Rejected
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_alerts.alarms import Found, note, return_held_back
from carecircle_alerts.bed_tests.taking import doubt_tests, hold_press, note_ready, pressed_more_than_once
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.calls import Receipt, answer_all, not_answered
from carecircle_alerts.checkpoint import Checkpoint
from carecircle_alerts.hindsight.correct import note_late
from carecircle_alerts.hindsight.stretch import Stretch, with_late
from carecircle_alerts.rules.rule import Signal
from carecircle_alerts.store import Connection, deciding, fetch
from carecircle_alerts.watch.clocks import believe
from carecircle_alerts.watch.mind import LATENESS_S, know, settle, take
from carecircle_alerts.watch.seen import Seen, seen_of
from carecircle_alerts.watch.two_beds import TwoBeds

_MOST_LOOKS = 500  # beds in one transaction, so that no message waits long for the passing of time


class LostLeadership(Exception):  # noqa: N818 - it is what happened
    """Another process reads the broker now; this one has to stop."""


class Detector:
    """Turns deliveries into twins, alarms and incidents. `on_incident` is called after a commit that touched one.

    `on_committed` is called for every call for help that is part of an incident now, repeats and unreadable ones too.
    `epoch` is that of the leader who runs this; a leader that was replaced gets `LostLeadership` with its next batch.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[Connection],
        clock: Clock,
        on_incident: Callable[[], None] = lambda: None,
        epoch: int | None = None,
        on_committed: Callable[[Called], None] = lambda _called: None,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._on_incident = on_incident
        self._epoch = epoch
        self._on_committed = on_committed
        self._beds = Checkpoint(clock)
        self._strangers = TwoBeds()

    async def handle(self, deliveries: Sequence[Delivery], *, is_live: bool = False) -> list[Receipt]:
        """Commit a batch; returns the receipts to publish once the batch is acknowledged.

        `is_live` while nothing waits at the broker: then time passes by the clock, and otherwise by the messages, so
        that no home is blamed for a silence that was ours. Raises psycopg's `OperationalError` when the database is
        away: nothing is committed, the batch is to be handled again. After any failure what is in memory is dropped
        and read again, so that it never runs ahead.
        """
        try:
            await self._beds.recall(self._pool)
            async with deciding(self._pool) as connection:
                await self._must_lead(connection)
                receipts, calls, touched = await self._handle(connection, deliveries, is_live=is_live)
        except Exception:
            self._beds.forget()
            raise
        for called in calls:
            self._on_committed(called)
        if touched:
            self._on_incident()
        return receipts

    async def look(self) -> int:
        """Let time pass for the beds that are due; returns how many were looked at. Only while everything is live."""
        try:
            await self._beds.recall(self._pool)
            async with deciding(self._pool) as connection:
                await self._must_lead(connection)
                await self._beds.refresh(connection)
                now = self._clock.now()
                due = self._beds.roster.due(now.timestamp(), _MOST_LOOKS)
                await self._beds.load(connection, set(due))
                found = [one for bed in due for one in self._judge(bed, now.timestamp() - LATENESS_S)]
                touched = await self._note_all(connection, found, now)
                await self._beds.save(connection, due)
                touched |= bool(await return_held_back(connection, now))
        except Exception:
            self._beds.forget()
            raise
        if touched:
            self._on_incident()
        return len(due)

    async def _must_lead(self, connection: Connection) -> None:
        if self._epoch is None:
            return
        rows = await fetch(connection, "leader")
        if rows[0]["epoch"] != self._epoch:
            raise LostLeadership("another process has taken over")

    async def _handle(
        self, connection: Connection, deliveries: Sequence[Delivery], *, is_live: bool
    ) -> tuple[list[Receipt], list[Called], bool]:
        read = [(parse_topic(delivery.topic), delivery) for delivery in deliveries]
        known = [
            (topic, one)
            for topic, one in read
            if isinstance(topic, Topic) and await self._beds.knows(connection, topic)
        ]
        await self._beds.load(connection, {topic.bed for topic, _one in known})
        receipts: list[Receipt] = []
        calls: list[Called] = []
        heard: list[tuple[Topic, Event]] = []
        newest: dict[str, float] = {}
        late: dict[str, Stretch] = {}
        for topic, delivery in known:
            payload = parse_payload(topic.kind, delivery.payload)
            if topic.kind is Kind.EVENT:
                called = call_of(topic, payload, delivery)
                if called:
                    calls.append(called)
                if isinstance(payload, Event):
                    receipts.append(Receipt(topic, payload))
                    heard.append((topic, payload))
            self._beds.fold(topic, payload, delivery.received_at)
            at = self._take(topic, payload, delivery, late)
            if at is not None:
                newest[topic.bed] = max(at, newest.get(topic.bed, at))
        # Calls before all else: whatever the rules make of the rest, these are committed or the batch is handled again.
        now = self._clock.now()
        await note_ready(connection, heard, now)
        # Tests before incidents, as everywhere where both are held.
        fresh = await not_answered(connection, calls)
        real = [one for one in fresh if one.call.test is None or not await hold_press(connection, one, now)]
        await doubt_tests(connection, pressed_more_than_once(heard) | {one.topic.bed for one in real}, now)
        await answer_all(connection, real, self._beds.roster.version, self._clock.now)
        found: list[Found] = []
        for bed, at in newest.items():
            found += self._judge(bed, (now.timestamp() if is_live else at) - LATENESS_S)
        touched = await self._note_all(connection, found, now)
        await note_late(connection, late, now)
        await self._beds.save(connection, list(newest))
        return receipts, calls, touched or bool(calls)

    def _take(self, topic: Topic, payload: object, delivery: Delivery, late: dict[str, Stretch]) -> float | None:
        """Give one message to its bed's mind; returns the time that it is believed to speak of.

        `late` gains what comes after its time has been judged.
        """
        mind, received = self._beds.roster.minds[topic.bed], delivery.received_at.timestamp()
        if isinstance(payload, Rejected):
            if topic.kind not in {Kind.TELEMETRY, Kind.STATUS}:
                return None
            # What cannot be read says that its device lives and is not well. Its bytes are its number.
            number = int.from_bytes(hashlib.sha256(delivery.payload).digest()[:6])
            unread = Seen(received, received, topic.device, (0, number), readings={})
            take(mind, unread, {"payload": payload.reason.value})
            return received
        if not isinstance(payload, Telemetry | Event | Status):
            return None
        faults: dict[str, str] = {}
        if isinstance(payload, Telemetry):
            other = self._strangers.other_bed(topic.bed, topic.device, payload, received)
            if other is not None:
                faults["two_beds"] = other
        at, fault = believe(know(mind, topic.device, received), payload.at, received)
        if fault:
            faults["clock"] = fault
        seen = seen_of(payload, topic.device, at, received)
        if at <= mind.settled and seen.said is None:
            late[topic.bed] = with_late(late.get(topic.bed), seen)
        take(mind, seen, faults)
        return at

    def _judge(self, bed: str, until: float) -> list[Found]:
        mind = self._beds.roster.minds[bed]
        signals = settle(mind, until, self._beds.roster.rules_of(bed))
        self._beds.roster.plan(bed, mind.next_at())
        return [self._found(bed, signal) for signal in signals]

    def _found(self, bed: str, signal: Signal) -> Found:
        facts = self._beds.roster.facts[bed]
        return Found(bed, facts.county, signal, self._beds.roster.version)

    @staticmethod
    async def _note_all(connection: Connection, found: Sequence[Found], now: datetime) -> bool:
        return any([await note(connection, one, now) for one in found])
