"""Intake: takes what local devices published, and answers for it only once the outbox has it (I/O)."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from carecircle.mqtt import Delivery
from carecircle_gateway.device_ids import GATEWAY, device_id
from carecircle_gateway.drivers.driver import Driver
from carecircle_gateway.drivers.emergency import alarm_in_broken_message
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.normalise import Outgoing, Urgency, normalise, settle
from carecircle_gateway.outbox import Entry, Outbox
from carecircle_gateway.press_test import PressTest
from carecircle_gateway.presses import Arrival, to_ms
from carecircle_gateway.sightings import ButtonAction, Fault, Part, Sighting
from carecircle_gateway.taken import Mark, mark_of, marks_of

_log = structlog.get_logger()


class Intake:
    """Reads local messages with the home's drivers and puts what comes of them into the outbox."""

    def __init__(
        self,
        drivers: Sequence[Driver],
        outbox: Outbox,
        call_buttons: frozenset[str],
        send_first: Callable[[Entry], None],
        press_test: PressTest | None = None,
    ) -> None:
        self._drivers = tuple(drivers)
        self._outbox = outbox
        self._call_buttons = call_buttons
        self._send_first = send_first
        self._press_test = press_test or PressTest()
        self._memories: dict[str, DeviceMemory] = {}
        self._bursts: set[str] = set()
        self.failures = 0
        """Messages on which a driver failed; each was told as a fault."""

    def take(self, deliveries: Sequence[Delivery]) -> list[Entry]:
        """Put a batch into the outbox, in one transaction; the entries that came of it."""
        outgoing: list[Outgoing] = []
        changed: dict[str, DeviceMemory] = {}
        fresh = [one for one in deliveries if not (one.repeated and self._outbox.has_taken(mark_of(one)))]
        for delivery in fresh:
            arrival = Arrival(delivery.received_at, delivery.retained)
            for sighting in self._read(delivery):
                device = GATEWAY if sighting.name is None else device_id(sighting.name)
                before = self._memory(device)
                messages, after = normalise(
                    sighting, arrival, before, is_call_button=sighting.name in self._call_buttons
                )
                outgoing += messages
                self._remember(device, before, after, changed)
        return self._commit(outgoing, changed, fresh[-1].received_at, marks_of(fresh)) if fresh else []

    def settle_bursts(self, now: datetime) -> list[Entry]:
        """Tell how many presses there were in the bursts that are over."""
        outgoing: list[Outgoing] = []
        changed: dict[str, DeviceMemory] = {}
        for device in sorted(self._bursts):
            before = self._memory(device)
            messages, after = settle(device, before, to_ms(now))
            outgoing += messages
            self._remember(device, before, after, changed)
        # Nothing told, nothing written: a restart in between finds the burst and settles it once more.
        return self._commit(outgoing, changed, now) if outgoing else []

    @property
    def has_bursts(self) -> bool:
        """Whether a burst of presses is still to be settled."""
        return bool(self._bursts)

    def _read(self, delivery: Delivery) -> Sequence[Sighting]:
        for driver in self._drivers:
            if driver.claims(delivery.topic):
                try:
                    return driver.read(delivery.topic, delivery.payload)
                except Exception:  # noqa: BLE001 - a driver's mistake must not cost the home its next press
                    self.failures += 1
                    _log.exception("driver_failed", total=self.failures)
                    return [_driver_failed(delivery)]
        return []

    def _memory(self, device: str) -> DeviceMemory:
        if device not in self._memories:
            self._memories[device] = DeviceMemory.recall(self._outbox.recall(device))
        return self._memories[device]

    def _remember(
        self, device: str, before: DeviceMemory, after: DeviceMemory, changed: dict[str, DeviceMemory]
    ) -> None:
        if after != before:
            self._memories[device] = changed[device] = after
        if after.presses:
            self._bursts.add(device)
        else:
            self._bursts.discard(device)

    def _commit(
        self, outgoing: list[Outgoing], changed: dict[str, DeviceMemory], now: datetime, taken: Sequence[Mark] = ()
    ) -> list[Entry]:
        outgoing = self._press_test.take(outgoing, time.monotonic())
        kept = {device: memory.keep() for device, memory in changed.items()}
        entries = self._outbox.number(outgoing)
        for entry in entries:
            if entry.urgency is Urgency.ALARM:
                self._send_first(entry)
        return self._outbox.keep(entries, kept, to_ms(now), taken)


def _driver_failed(delivery: Delivery) -> Sighting:
    parts: tuple[Part, ...] = (Fault("driver_failed", delivery.topic[:200], delivery.payload),)
    if alarm_in_broken_message(delivery.payload):
        parts = (ButtonAction("driver_failed", asks_for_help=True, is_guess=True), *parts)
    return Sighting(None, parts)
