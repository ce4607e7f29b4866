"""The fleet of simulated homes: measures, presses, repeats a press until the platform has it (I/O, one thread)."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import structlog

from carecircle.errors import NotFound
from carecircle.identity import home_password
from carecircle.mqtt import Broker, Message
from carecircle.mqtt.fleet import Fleet, Member
from carecircle.payloads import Command, parse_payload
from carecircle.topics import Kind, Topic, parse_topic
from carecircle_sim.devices import Household, Outgoing
from carecircle_sim.journal import Journal, Press
from carecircle_sim.repeats import Repeats
from carecircle_sim.town import Home

_TICK_S = 0.02  # readings leave in small groups, which halves the work of waiting for them one by one
_CONNECTS_PER_S = 200
_MAX_LAG_S = 1.0
_AT_ONCE = 8  # of a home that comes back; the rest when their time comes, as home boxes do

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy the fleet is, all homes together: readings a second, and presses an hour at random moments.

    `repeat_s` is how long a home waits for the receipt before it sends a press again, and each further time twice as
    long up to a minute, as home boxes do; the platform recognises repeats.
    """

    readings_per_s: float
    presses_per_h: float
    repeat_s: float = 3.0


@dataclass(slots=True)
class Tally:
    """What has happened since the start."""

    readings: int = 0
    presses: int = 0
    repeats: int = 0
    received: int = 0
    reassured: int = 0


class Homes:
    """Drives the households; `run_once` is one turn of its loop."""

    def __init__(
        self, homes: Sequence[Home], *, broker: Broker, home_secret: str, journal: Journal, pace: Pace, seed: int
    ) -> None:
        self.tally = Tally()
        self._journal = journal
        self._pace = pace
        self._rng = Random(f"{seed}:{journal.boot}:presses")  # noqa: S311 - reproducible, nothing secret
        self._households = {home.bed_id: Household(home, boot=journal.boot, seed=seed) for home in homes}
        self._order = tuple(self._households.values())
        self._rounds = itertools.cycle(self._order)
        self.repeats = Repeats(pace.repeat_s, self._rng)
        for press in journal.pending:
            self.repeats.remember(press.key, time.monotonic())
        self._measured_at = self._next_tick = time.monotonic()
        self._owed = 0.0
        self._next_press = self._draw_next_press()
        self.fleet = Fleet(broker, self, rng=self._rng)
        for number, household in enumerate(self._order):
            self.fleet.add(self._member(household, home_secret), after_s=number / _CONNECTS_PER_S)

    def run_once(self) -> None:
        """Do what is due, then serve the network until the next thing is due."""
        now = time.monotonic()
        if now >= self._next_press:
            self._next_press = self._draw_next_press()
            self.press(self._rng.choice(self._order).home.bed_id)
        self._measure(now)
        for key in self.repeats.take_due(now):
            press = self._journal.find(key)
            if press:
                self._send_press(press)
        next_repeat = self.repeats.next_due()
        until_next = min(self._next_tick, self._next_press, next_repeat or float("inf")) - time.monotonic()
        self.fleet.run_once(max(0.0, until_next))

    def press(self, bed: str) -> Press:
        """Press the call button of a home: on disk first, then on its way.

        Raises `NotFound` for a bed that is not part of this fleet.
        """
        if bed not in self._households:
            raise NotFound(f"no simulated home has the bed {bed}")
        press = self._households[bed].press(datetime.now(UTC))
        self._journal.write(press)
        self.tally.presses += 1
        _log.info("button_pressed", bed=bed, boot=press.boot, seq=press.seq)
        self._send_press(press)
        return press

    def close(self) -> None:
        """Disconnect all homes; presses without a receipt stay in the journal."""
        self.fleet.close()

    def connected(self, name: str) -> None:
        """A home's session stands: its devices report, and what was never confirmed goes out at once."""
        for status in self._households[name].statuses(datetime.now(UTC)):
            self._publish(name, status)
        waiting = [press for press in self._journal.pending if press.bed == name]
        for press in waiting[:_AT_ONCE]:
            self._send_press(press)

    def lost(self, name: str) -> None:
        """A home is cut off; nothing to do, the fleet reconnects it."""

    def received(self, name: str, topic: str, payload: bytes) -> None:
        """The platform tells a device something: a receipt ends the repeating, reassurance is counted."""
        address, command = parse_topic(topic), parse_payload(Kind.COMMAND, payload)
        if not isinstance(address, Topic) or not isinstance(command, Command):
            _log.warning("command_not_understood", bed=name)
            return
        if command.received:
            key = (address.bed, address.device, *command.received.event)
            press = self._journal.settle(key)
            self.repeats.drop(key)
            if press:
                self.tally.received += 1
                after_ms = round(time.time() * 1000) - press.at_ms
                _log.info("press_received", bed=name, boot=press.boot, seq=press.seq, after_ms=after_ms)
        elif command.reassure:
            self.tally.reassured += 1
            _log.info("resident_reassured", bed=name, stage=command.reassure.stage)

    def _measure(self, now: float) -> None:
        """Send the readings that are due, going round the homes; what a stall delayed is left out, not caught up."""
        if now < self._next_tick:
            return
        self._next_tick = now + _TICK_S
        due = min(now - self._measured_at, _MAX_LAG_S) * self._pace.readings_per_s + self._owed
        self._measured_at, self._owed = now, due % 1
        at = datetime.now(UTC)
        for household in itertools.islice(self._rounds, int(due)):
            bed = household.home.bed_id
            if self.fleet.is_connected(bed):
                self.tally.readings += self._publish(bed, household.telemetry(at))

    def _send_press(self, press: Press) -> None:
        repeats = press.key in self.repeats
        self.repeats.sent(press.key, time.monotonic())
        household = self._households.get(press.bed)  # a smaller fleet than last time may not have this home
        if household and self._publish(press.bed, household.event(press)):
            self.tally.repeats += repeats

    def _publish(self, bed: str, message: Outgoing) -> bool:
        return self.fleet.publish(bed, message.topic, message.payload, retain=message.retain)

    def _draw_next_press(self) -> float:
        per_h = self._pace.presses_per_h
        return time.monotonic() + self._rng.expovariate(per_h / 3600) if per_h else float("inf")

    def _member(self, household: Household, home_secret: str) -> Member:
        def will() -> Message:
            outgoing = household.last_will(datetime.now(UTC))
            return Message(outgoing.topic, outgoing.payload, outgoing.retain)

        bed = household.home.bed_id
        return Member(bed, home_password(home_secret, bed), (household.command_topic,), will)
