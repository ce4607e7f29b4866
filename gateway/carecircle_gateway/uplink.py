"""Uplink: the home's session with the platform's broker; what is sent stays ours until the platform has it (I/O)."""

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from random import SystemRandom

import structlog

from carecircle.errors import Unavailable
from carecircle.mqtt import Broker, Delivery, Message, Session
from carecircle.payloads import Command, Status, encode_payload, parse_payload
from carecircle.rejected import Rejected
from carecircle.topics import ROOT, Kind, Topic, parse_topic
from carecircle_gateway.device_ids import GATEWAY
from carecircle_gateway.normalise import Urgency
from carecircle_gateway.outbox import Entry, Outbox
from carecircle_gateway.repeats import RepeatSchedule
from carecircle_gateway.uncovered import AT_ONCE, Step, Watch

_EVENTS_AT_ONCE = 100
_IN_FLIGHT = 64
"""Messages other than events that wait for the broker at one time: few, so that a press never queues behind many."""
_REFUSED_AFTER_S = 30.0
_FORGET_EVERY_S = 1.0
"""Forgetting is a write to the disk that nobody waits for, so several marks share one."""
_FORGET_AT_ONCE = 200
_COMMAND_WINDOW = 100
_FAREWELL_S = 1.0

_log = structlog.get_logger()


class Uplink:
    """Sends what the outbox holds and takes the platform's commands; driven by `pump` from one thread."""

    def __init__(
        self,
        broker: Broker,
        county: str,
        bed: str,
        outbox: Outbox,
        *,
        now_ms: Callable[[], int],
        hear_time: Callable[[int], None],
        on_wake: Callable[[], None],
    ) -> None:
        self._hear_time = hear_time
        self._outbox = outbox
        self._schedule = RepeatSchedule(SystemRandom())
        self._sent_first: dict[tuple[str, int], float] = {}
        self._in_flight: dict[int, float] = {}
        self._taken: deque[int] = deque()
        self._sent_up_to: dict[Urgency, int] = {}
        self._to_repeat: deque[int] = deque()
        self._watch = Watch()
        self._marks_heard = 0
        self._marks: dict[tuple[str, int], int] = {}
        self._new_marks: dict[tuple[str, int], int] = {}
        self._newly_marked = 0
        self._forgot_at = 0.0
        self._on_wake = on_wake
        self._address = (county, bed)
        self._session = Session(
            broker,
            client_id=f"home-{bed}",
            topics=[f"{ROOT}/{county}/{bed}/+/{Kind.COMMAND}"],
            window=_COMMAND_WINDOW,
            will=partial(self._last_will, now_ms),
            on_wake=on_wake,
        )
        for entry_id, urgency in outbox.waiting_events():
            self._schedule.add(entry_id, urgency)

    def _last_will(self, now_ms: Callable[[], int]) -> Message:
        """Numbered 0, outside of what marks count; its own time tells the wills of one boot apart."""
        gone = Status(boot=self._outbox.boot, seq=0, at=now_ms(), online=False)
        return Message(self._topic(GATEWAY, Kind.STATUS), encode_payload(gone), retain=True)

    @property
    def is_connected(self) -> bool:
        """Whether the platform's broker has accepted us."""
        return self._session.connected

    def start(self) -> None:
        """Connect, and keep connecting."""
        self._session.start()

    def stop(self, now_ms: int) -> None:
        """Say goodbye, so that a planned stop is told as well as a crash, and disconnect."""
        if self._session.connected:
            said: list[bool] = []
            gone = Status(boot=self._outbox.boot, seq=self._outbox.next_seq(GATEWAY), at=now_ms, online=False)
            topic = self._topic(GATEWAY, Kind.STATUS)
            self._session.publish(topic, encode_payload(gone), retain=True, on_sent=lambda: said.append(True))
            deadline = time.monotonic() + _FAREWELL_S
            while not said and time.monotonic() < deadline:
                time.sleep(0.01)
        self._session.stop()

    def send_first(self, entry: Entry) -> None:
        """Send a call for help before the outbox has it: a slow disk must not keep it waiting.

        The bridges at home publish without a receipt, so until it is sent or kept this process holds the only copy.
        """
        if self._session.connected:
            try:
                self._session.publish(self._topic(entry.device, entry.kind), self._spoken(entry))
            except Unavailable:
                return
            self._sent_first[entry.device, entry.seq] = time.monotonic()

    def add(self, entries: list[Entry]) -> None:
        """New messages are in the outbox."""
        for entry in entries:
            if entry.urgency <= Urgency.NOTICE:
                self._schedule.add(entry.id, entry.urgency, self._sent_first.pop((entry.device, entry.seq), None))

    def pump(self, now: float) -> list[tuple[str, Command]]:
        """Send what is due and take what came; the reassurances to play, each with its device. `now` is monotonic."""
        self._note_taken()
        reassurances = self._take_commands()
        self._forget_stored(now)
        if self._session.connected:
            try:
                self._send_events(now)
                self._send_others(now)
            except Unavailable as error:
                _log.warning("uplink_is_full", error=str(error))
        return reassurances

    def next_due(self) -> float | None:
        """When the next repeat is due, on the monotonic clock."""
        return self._schedule.next_due() if self._session.connected else None

    def _send_events(self, now: float) -> None:
        for entry_id in self._schedule.take_due(now, _EVENTS_AT_ONCE):
            entry = self._outbox.entry(entry_id)
            if entry is None:
                self._schedule.drop(entry_id)
            else:
                self._session.publish(self._topic(entry.device, entry.kind), self._spoken(entry))

    def _send_others(self, now: float) -> None:
        for entry_id in [entry_id for entry_id, until in self._in_flight.items() if until <= now]:
            del self._in_flight[entry_id]  # refused, or lost with the connection: it is sent again
        room = _IN_FLIGHT - len(self._in_flight)
        while room > 0 and self._to_repeat:
            repeated = self._outbox.entry(self._to_repeat.popleft())
            if repeated is not None:
                self._send_other(repeated, now, retain=False)  # a newer state may stand there
                room -= 1
        for entry in self._outbox.waiting_others(room, after=self._sent_up_to):
            self._send_other(entry, now, retain=entry.kind is Kind.STATUS)
            self._sent_up_to[entry.urgency] = entry.id

    def _send_other(self, entry: Entry, now: float, *, retain: bool) -> None:
        self._in_flight[entry.id] = now + _REFUSED_AFTER_S
        self._session.publish(
            self._topic(entry.device, entry.kind),
            self._spoken(entry),
            retain=retain,
            on_sent=partial(self._hear_taken, entry.id),
        )

    def _spoken(self, entry: Entry) -> bytes:
        """The payload as it goes out, with what we still keep: the platform tells gaps from what we gave up by it."""
        oldest = self._outbox.oldest(entry.device, entry.boot)
        kept = entry.seq if oldest is None else min(oldest, entry.seq)
        since = b"" if entry.since is None else b',"since":%d' % entry.since
        return entry.payload[:-1] + since + b',"oldest":%d}' % kept

    def _hear_taken(self, entry_id: int) -> None:
        """The broker has it; called on the network thread, so it is only noted."""
        self._taken.append(entry_id)
        if len(self._taken) >= _IN_FLIGHT // 2:
            self._on_wake()

    def _note_taken(self) -> None:
        for _ in range(len(self._taken)):
            self._in_flight.pop(self._taken.popleft(), None)

    def _note_mark(self, device: str, boot: int, seq: int) -> None:
        self._newly_marked += seq - self._marks.get((device, boot), seq - 1)
        self._marks[device, boot] = self._new_marks[device, boot] = seq
        self._marks_heard += 1

    def _forget_stored(self, now: float) -> None:
        is_due = self._newly_marked >= _FORGET_AT_ONCE or now - self._forgot_at > _FORGET_EVERY_S
        if not is_due:
            return
        if self._new_marks:
            self._outbox.forget_stored(self._new_marks)
            self._new_marks.clear()
            self._newly_marked = 0
        self._forgot_at = now
        if self._session.connected:
            self._repeat_uncovered(now)

    def _repeat_uncovered(self, now: float) -> None:
        lowest = next(iter(self._outbox.lowest_others(1)), None)
        match self._watch.look(now, lowest[0] if lowest and self._was_sent(*lowest) else None, self._marks_heard):
            case Step.REPEAT:
                self._to_repeat = deque(entry_id for entry_id, _ in self._outbox.lowest_others(AT_ONCE))
            case Step.GIVE_UP if lowest:
                self._outbox.give_up([lowest[0]])
            case _:
                pass

    def _was_sent(self, entry_id: int, urgency: Urgency) -> bool:
        """Whether a message had its turn since our start; before that it waits for nothing else."""
        return urgency is Urgency.CONFIRMED or entry_id <= self._sent_up_to.get(urgency, 0)

    def _take_commands(self) -> list[tuple[str, Command]]:
        deliveries = self._session.take(_COMMAND_WINDOW, 0)
        reassurances = [found for delivery in deliveries if (found := self._obey(delivery))]
        self._session.acknowledge(deliveries)
        return reassurances

    def _obey(self, delivery: Delivery) -> tuple[str, Command] | None:
        topic = parse_topic(delivery.topic)
        command = parse_payload(Kind.COMMAND, delivery.payload)
        if isinstance(topic, Rejected) or not isinstance(command, Command):
            reason = command.reason if isinstance(command, Rejected) else "wrong_topic"
            _log.warning("command_not_understood", reason=reason)
            return None
        if command.at is not None:
            self._hear_time(command.at)
        if command.received:
            boot, seq = command.received.event
            is_stored = seq <= self._marks.get((topic.device, boot), -1)
            entry_id = self._outbox.confirm(topic.device, boot, seq, is_stored=is_stored)
            if entry_id is not None:
                self._schedule.drop(entry_id)
                _log.info("event_confirmed", device=topic.device, boot=boot)
        elif command.stored:
            self._note_mark(topic.device, *command.stored)
        return (topic.device, command) if command.reassure or command.press_test else None

    def _topic(self, device: str, kind: Kind) -> str:
        return str(Topic(*self._address, device, kind))
