"""Watcher: hears calls and their words, and has people told of what is overdue; needs no database (I/O).

An event is acknowledged once its commit was confirmed, or once its telling is in the journal, and not before.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import structlog

from carecircle.clock import Clock
from carecircle.committed import Committed, parse_committed
from carecircle.mqtt import Delivery, Session
from carecircle.payloads import parse_payload
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.lifeline.acknowledging import Acknowledging, Ticket
from carecircle_alerts.lifeline.further import QUESTION, joins, needs_more, spared
from carecircle_alerts.lifeline.ledger import Ledger, Open
from carecircle_alerts.lifeline.metrics import LifelineMetrics
from carecircle_alerts.lifeline.records import Begun, Further
from carecircle_alerts.lifeline.snapshot import Snapshot
from carecircle_alerts.lifeline.waiting_room import Coming, WaitingRoom, name_of
from carecircle_alerts.lifeline.who_is_told import who_is_told
from carecircle_alerts.lifeline.writer import Writer
from carecircle_alerts.travel import TravelTimes

_BATCH = 1000
_IDLE_S = 1.0
_COMPLAIN_EVERY_S = 10.0
_FURTHER_AT_ONCE = 50  # in one look; first tellings of new calls must not wait for more than these
_JOURNAL_PATIENCE_S = 1.0  # a disk that takes longer must not hold up a telling

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What the watcher works with; `snapshot` gives the newest, `tell` begins to tell of a call."""

    session: Session
    room: WaitingRoom
    ledger: Ledger
    writer: Writer
    travel: TravelTimes
    clock: Clock
    metrics: LifelineMetrics
    snapshot: Callable[[], Snapshot | None]
    tell: Callable[[Open], None]


class Watcher:
    """Reads one session until it is cancelled; `arrived` is set whenever the session has something.

    A bed that a snapshot younger than `fresh_for` does not know is none of ours: the engine hears it no more than us.
    """

    def __init__(self, parts: Parts, arrived: asyncio.Event, fresh_for: timedelta) -> None:
        self._parts = parts
        self._arrived = arrived
        self._fresh_for = fresh_for
        self._loop = asyncio.get_running_loop()
        self._order = Acknowledging()
        self._tickets: dict[Committed, list[Ticket]] = {}
        self._complained_at = -_COMPLAIN_EVERY_S
        self._look_further_at = 0.0

    async def run(self) -> None:
        """Hear and tell; raises `Unavailable` when the session's thread has died, for the supervisor to start anew."""
        session, room = self._parts.session, self._parts.room
        while True:
            self._arrived.clear()
            batch = session.take(min(_BATCH, room.room), 0)
            for delivery in batch:
                self._take(delivery)
            await self._tell_overdue()
            await self.tell_further()
            session.acknowledge(self._order.ready())
            if session.waiting == 0 or room.room == 0:
                await self._wait()

    async def _wait(self) -> None:
        next_at = self._parts.room.next_at
        pause_s = _IDLE_S if next_at is None else min(_IDLE_S, max(0.0, next_at - self._loop.time()))
        if self._parts.snapshot() is None:
            pause_s = max(pause_s, 0.1)  # what is overdue waits for somebody to tell
        try:
            async with asyncio.timeout(pause_s):
                await self._arrived.wait()
        except TimeoutError:
            return

    def _take(self, delivery: Delivery) -> None:
        ticket, now = self._order.add(delivery), self._loop.time()
        word = parse_committed(delivery.topic, delivery.payload)
        if word is not None:
            self._parts.room.committed(word, now)
            self._parts.ledger.committed(word)
            self._done(word)
        called = _call(delivery)
        if called is None:
            ticket.done = True
            return
        self._parts.metrics.calls.inc()
        if self._parts.room.comes(called, now) is Coming.WAITS:
            self._tickets.setdefault(name_of(called), []).append(ticket)
        else:
            ticket.done = True

    def _done(self, what: Committed) -> None:
        for ticket in self._tickets.pop(what, ()):
            ticket.done = True

    async def _tell_overdue(self) -> None:
        snapshot = self._parts.snapshot()
        if snapshot is None:
            self._complain()
            return
        begun: list[tuple[Committed, Begun]] = []
        for called in self._parts.room.overdue(self._loop.time()):
            what = name_of(called)
            self._parts.metrics.overdue.inc()
            if self._is_stranger(called, snapshot):
                self._parts.metrics.strangers.inc()
                _log.warning("overdue_call_of_unknown_bed", bed=called.topic.bed)
                self._done(what)
                continue
            found = await self._begin(called, snapshot)
            if found is None:
                self._done(what)
            else:
                begun.append((what, found))
        if begun:
            await self._write_and_tell(begun)

    async def _begin(self, called: Called, snapshot: Snapshot) -> Begun | None:
        ledger, now = self._parts.ledger, self._parts.clock.now()
        if ledger.get(called.incident_id) is not None:
            return None
        earlier = ledger.of_danger(called.topic.bed, called.call.kind)
        told_as = earlier[0].begun.told_as if earlier else called.incident_id
        tellings = (
            []
            if joins(earlier, now)
            else await who_is_told(snapshot, called, earlier, ledger.asked(now), self._parts.travel, now)
        )
        everybody = tellings
        if not earlier:
            tellings = spared(tellings, ledger.heard(called.topic.bed, called.call.kind, now - QUESTION))
        payload = self._tickets[name_of(called)][0].delivery.payload
        spares = len(tellings) < len(everybody)
        begun = Begun.of(called, payload, told_as, now, snapshot.taken_at, tellings, spares_centre=spares)
        ledger.write(begun)
        _log.warning(
            "call_not_committed", incident=str(begun.incident_id), told_as=str(told_as), kind=called.call.kind.value,
            tellings=len(tellings), joins=bool(earlier),
        )  # fmt: skip
        if not everybody and not earlier:
            _log.error("nobody_to_tell", incident=str(begun.incident_id))
        return begun

    async def _write_and_tell(self, begun: list[tuple[Committed, Begun]]) -> None:
        """To the disk and then to people; where the disk does not answer people come first, and it is tried again."""
        tickets = [ticket for what, _begun in begun for ticket in self._tickets.pop(what, ())]
        written = self._parts.writer.write([one for _what, one in begun])

        def acknowledge(written: asyncio.Future[None]) -> None:
            for ticket in tickets:
                ticket.done = not written.cancelled()
            self._arrived.set()

        written.add_done_callback(acknowledge)
        await self._tell_once_written(written, [one for _what, one in begun])

    async def _tell_once_written(self, written: asyncio.Future[None], entries: Sequence[Begun | Further]) -> None:
        await asyncio.wait([written], timeout=_JOURNAL_PATIENCE_S)
        for one in entries:
            call = self._parts.ledger.get(one.incident_id)
            if call is not None:
                self._parts.tell(call)

    async def tell_further(self) -> None:
        """The next people of a danger that nobody has confirmed; also what an earlier life of this process began."""
        snapshot, ledger, now = self._parts.snapshot(), self._parts.ledger, self._parts.clock.now()
        if snapshot is None or self._loop.time() < self._look_further_at:
            return
        self._look_further_at = self._loop.time() + _IDLE_S
        further: list[Further] = []
        for earlier in islice((one for one in ledger.dangers() if needs_more(one, now)), _FURTHER_AT_ONCE):
            call = earlier[0].begun.called()
            tellings = await who_is_told(snapshot, call, earlier, ledger.asked(now), self._parts.travel, now)
            if tellings:
                further.append(Further(earlier[0].begun.incident_id, now, tellings))
                ledger.write(further[-1])
                _log.warning(
                    "still_not_committed", incident=str(earlier[0].begun.told_as), tellings=len(tellings)
                )  # fmt: skip
        if further:
            await self._tell_once_written(self._parts.writer.write(further), further)

    def _is_stranger(self, called: Called, snapshot: Snapshot) -> bool:
        is_fresh = self._parts.clock.now() - snapshot.taken_at <= self._fresh_for
        return is_fresh and called.topic.bed not in snapshot.beds

    def _complain(self) -> None:
        now = self._loop.time()
        if self._parts.room.waiting and now - self._complained_at >= _COMPLAIN_EVERY_S:
            self._complained_at = now
            _log.error("no_snapshot", waiting=self._parts.room.waiting)


def _call(delivery: Delivery) -> Called | None:
    topic = parse_topic(delivery.topic)
    if not isinstance(topic, Topic) or topic.kind is not Kind.EVENT:
        return None
    return call_of(topic, parse_payload(topic.kind, delivery.payload), delivery)
