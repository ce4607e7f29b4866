"""Normalise: from a driver's sightings to messages of the contract, with each device's memory (pure).

Messages leave here without boot and seq; the outbox numbers them in the transaction that keeps them.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import assert_never

from carecircle.payloads import Event, Readings, Reply, Status, Telemetry
from carecircle.topics import Kind
from carecircle_gateway.device_ids import GATEWAY, device_id
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.presses import DEBOUNCE, Arrival, Verdict, judge, to_ms
from carecircle_gateway.sightings import (
    Alarm,
    AlarmState,
    BridgeState,
    ButtonAction,
    Described,
    Fault,
    Health,
    HelpFlag,
    Measured,
    Part,
    Sighting,
)


class Urgency(IntEnum):
    """What goes first, and what is given up last when the outbox is full: the smaller the more urgent."""

    ALARM = 0
    NOTICE = 1
    STATUS = 2
    TELEMETRY = 3
    CONFIRMED = 4
    """An event whose `received` came: nobody waits for it any more, and history may still lack it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the platform, not yet numbered."""

    device: str
    kind: Kind
    urgency: Urgency
    payload: Telemetry | Event | Status | Reply


# Contact ID codes as alarm receivers know them (Ademco 4+2); the contract carries them beside the name.
_CODES = {
    Alarm.SOS: 101,
    Alarm.FALL: 120,
    Alarm.SMOKE: 111,
    Alarm.GAS: 151,
    Alarm.CARBON_MONOXIDE: 162,
    Alarm.WATER: 154,
}
_SUPERVISION_LOST = 147
# The platform takes an event whose name it does not know for a call for help, so these few names have to do.
_FAULT = "device_fault"
_CLEARED = "cleared"
_LOW_BATTERY = 302
STATUS_EVERY = timedelta(hours=1)
"""A device that speaks has its status told at least this often, as its proof of life."""
FAULT_EVERY = timedelta(minutes=10)
"""The same fault of one device is told once in this time, so that a broken device cannot crowd out the others."""
_LINK_WEIGHT = 0.1  # of one message: a person in the way is no weak link
_RAW_BYTES = 16 * 1024  # of an unreadable message; in base64 well below the contract's 64 KiB


@dataclass(slots=True)
class _Draft:
    """One sighting on its way: what was said so far and what will be remembered."""

    device: str
    sighting: Sighting
    arrival: Arrival
    memory: DeviceMemory
    is_call_button: bool
    outgoing: list[Outgoing] = field(default_factory=list)
    has_pressed: bool = False

    @property
    def at(self) -> int:
        """When it happened: a fresh message now; an old one when its own time says, and now where it says nothing."""
        seen = self.sighting.seen_at if self.arrival.is_retained else None
        return to_ms(seen or self.arrival.at) - round(self.sighting.age_s * 1000)

    def remember(self, **changed: object) -> None:
        """Change the memory."""
        self.memory = self.memory.model_copy(update=changed)

    def say(self, urgency: Urgency, event: str, code: int | None, **detail: object) -> None:
        """Say that something happened."""
        message = Event(boot=0, seq=0, at=self.at, event=event, code=code, detail=detail)
        self.outgoing.append(Outgoing(self.device, Kind.EVENT, urgency, message))


def normalise(
    sighting: Sighting, arrival: Arrival, memory: DeviceMemory, *, is_call_button: bool = False
) -> tuple[list[Outgoing], DeviceMemory]:
    """The messages that come of one sighting, the most urgent first, and what to remember of the device.

    Old readings are not told as new ones: a retained message tells its readings only if it has its own time.
    """
    device = GATEWAY if sighting.name is None else device_id(sighting.name)
    draft = _Draft(device, sighting, arrival, memory, is_call_button)
    for part in sighting.parts:
        _take(draft, part)
    if sighting.background:
        draft.remember(background=sighting.background)
    if any(isinstance(part, (Health, Described)) for part in sighting.parts):
        _tell_status(draft, before=memory)
    return sorted(draft.outgoing, key=lambda message: message.urgency), draft.memory


def settle(device: str, memory: DeviceMemory, at_ms: int) -> tuple[list[Outgoing], DeviceMemory]:
    """Close a burst of presses whose debounce time is over: tell how many there were, if more than one.

    It is told as `cleared`: the button is at rest. What that means for the call is for people to say.
    """
    if memory.presses == 0 or memory.press_at is None or at_ms - memory.press_at < DEBOUNCE / timedelta(milliseconds=1):
        return [], memory
    return _count_told(device, memory, at_ms), memory.model_copy(update={"presses": 0})


def _count_told(device: str, memory: DeviceMemory, at_ms: int) -> list[Outgoing]:
    if memory.presses <= 1:
        return []
    detail: dict[str, object] = {"of": Alarm.SOS, "presses": memory.presses, "first_at": memory.press_at}
    counted = Event(boot=0, seq=0, at=at_ms, event=_CLEARED, detail=detail)
    return [Outgoing(device, Kind.EVENT, Urgency.NOTICE, counted)]


def _take(draft: _Draft, part: Part) -> None:
    match part:
        case ButtonAction() | HelpFlag():
            _take_press(draft, part)
        case AlarmState():
            _take_alarm(draft, part)
        case Measured():
            _take_readings(draft, part)
        case Health():
            _take_health(draft, part)
        case Described():
            known = {"model": part.model, "power": part.power, "firmware": part.firmware}
            draft.remember(**{name: value for name, value in known.items() if value is not None})
        case BridgeState():
            _take_bridge(draft, part)
        case Fault():
            _take_fault(draft, part)
        case _:
            assert_never(part)


def _take_press(draft: _Draft, part: ButtonAction | HelpFlag) -> None:
    memory = draft.memory
    verdict = judge(part, draft.sighting, draft.arrival, memory, is_call_button=draft.is_call_button)
    if verdict is Verdict.CALL:
        detail: dict[str, object] = {"spelled": part.spelled[:64]}
        if isinstance(part, ButtonAction) and part.is_guess:
            detail["unreadable"] = True
        if draft.arrival.is_retained:
            detail["late"] = True
        draft.outgoing.extend(_count_told(draft.device, memory, draft.at))
        draft.say(Urgency.ALARM, Alarm.SOS, _CODES[Alarm.SOS], **detail)
        draft.remember(press_at=to_ms(draft.arrival.at), press_fingerprint=draft.sighting.fingerprint, presses=1)
    elif verdict is Verdict.REPEAT:
        # A bridge may tell one press twice: in two fields of a message, and on the topic of a single field.
        is_told_again = draft.has_pressed or (not draft.sighting.background and bool(memory.background))
        draft.remember(
            presses=memory.presses + (0 if is_told_again else 1), press_fingerprint=draft.sighting.fingerprint
        )
    draft.has_pressed = draft.has_pressed or verdict in {Verdict.CALL, Verdict.REPEAT}
    if isinstance(part, HelpFlag):
        draft.remember(is_calling=part.is_on)


def _take_alarm(draft: _Draft, part: AlarmState) -> None:
    was_on = part.alarm in draft.memory.alarms
    if part.is_on and not was_on:
        detail: dict[str, object] = {}
        if part.is_test:
            detail["test"] = True
        if part.is_guess:
            detail["unreadable"] = True
        if draft.arrival.is_retained:
            detail["late"] = True
        draft.say(Urgency.ALARM, part.alarm, _CODES[part.alarm], **detail)
    if not part.is_on and was_on:
        draft.say(Urgency.NOTICE, _CLEARED, None, of=part.alarm)
    # A guess and a test are not remembered as a state: what follows them may be the real alarm.
    if not part.is_on or not (part.is_guess or part.is_test):
        alarms = draft.memory.alarms
        draft.remember(alarms=alarms | {part.alarm} if part.is_on else alarms - {part.alarm})


def _take_readings(draft: _Draft, part: Measured) -> None:
    if draft.arrival.is_retained and draft.sighting.seen_at is None:
        return
    telemetry = Telemetry(boot=0, seq=0, at=draft.at, readings=Readings.model_validate(dict(part.readings)))
    draft.outgoing.append(Outgoing(draft.device, Kind.TELEMETRY, Urgency.TELEMETRY, telemetry))


def _take_health(draft: _Draft, part: Health) -> None:
    # Availability is published as retained and is a present state; a retained device state proves no life.
    is_availability = draft.sighting.parts == (Health(online=part.online),)
    if part.online is not None and (is_availability or not draft.arrival.is_retained):
        draft.remember(online=part.online)
    if part.battery is not None:
        draft.remember(battery=part.battery)
    if part.link_quality is not None:
        draft.remember(link_quality=_smoothed(draft.memory.link_quality, part.link_quality / 2.55))
    if part.is_battery_low and not draft.memory.is_battery_low:
        draft.say(Urgency.NOTICE, "low_battery", _LOW_BATTERY)
    if part.is_battery_low is not None:
        draft.remember(is_battery_low=part.is_battery_low)


def _smoothed(before: float | None, percent: float) -> float:
    return round(percent if before is None else before + _LINK_WEIGHT * (percent - before), 1)


def _take_bridge(draft: _Draft, part: BridgeState) -> None:
    if draft.memory.online is False and part.is_online:
        draft.say(Urgency.NOTICE, _CLEARED, None, of="bridge_offline", bridge=part.family)
    elif draft.memory.online is not False and not part.is_online:
        draft.say(Urgency.NOTICE, _FAULT, _SUPERVISION_LOST, reason="bridge_offline", bridge=part.family)
    draft.remember(online=part.is_online)


def _take_fault(draft: _Draft, part: Fault) -> None:
    now = to_ms(draft.arrival.at)
    told_at = draft.memory.faults.get(part.reason)
    if told_at is not None and 0 <= now - told_at < FAULT_EVERY / timedelta(milliseconds=1):
        return
    draft.say(
        Urgency.NOTICE,
        _FAULT,
        None,
        reason=part.reason,
        said=part.detail[:200],
        bytes=len(part.raw),
        raw=b64encode(part.raw[:_RAW_BYTES]).decode(),
    )
    draft.remember(faults={**draft.memory.faults, part.reason: now})


_TOLD: tuple[Callable[[DeviceMemory], object], ...] = (
    lambda memory: memory.online,
    lambda memory: memory.power,
    lambda memory: memory.firmware,
    lambda memory: None if memory.battery is None else round(memory.battery),
)


def _tell_status(draft: _Draft, before: DeviceMemory) -> None:
    """Tell the device's status where it changed or was not told for long; nothing is told of what was never heard."""
    after, now = draft.memory, to_ms(draft.arrival.at)
    if after.online is None or (draft.arrival.is_retained and after.online == before.online):
        return  # never heard, or only heard of: an old state is no proof of life
    is_due = after.status_at is None or not 0 <= now - after.status_at < STATUS_EVERY / timedelta(milliseconds=1)
    if not is_due and all(told(before) == told(after) for told in _TOLD):
        return
    status = Status(
        boot=0,
        seq=0,
        at=now,
        online=after.online,
        battery=after.battery,
        link_quality=after.link_quality,
        firmware=after.firmware,
        power=after.power,
    )
    draft.outgoing.append(Outgoing(draft.device, Kind.STATUS, Urgency.STATUS, status))
    draft.remember(status_at=now)
