"""What drivers share: numbers in any spelling, ranges beyond which a sensor is wrong, broken messages (pure)."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from math import isfinite

from carecircle_gateway.drivers.emergency import alarm_in_broken_message
from carecircle_gateway.sightings import (
    Alarm,
    AlarmState,
    ButtonAction,
    Fault,
    Health,
    HelpFlag,
    Measured,
    Part,
)

UNREADABLE = object()
"""What `read_json` answers for bytes that are no JSON."""

# Beyond these a value says "invalid" or "nobody there", whatever the sensor. Those of the body are wider than anybody's
# who is alive; those of rooms are what such sensors can measure at all.
RANGES: dict[str, tuple[float, float]] = {
    "heart_rate": (20, 250),
    "respiratory_rate": (2, 70),
    "spo2": (30, 100),
    "movement": (0, 1),
    "room_temperature": (-60, 90),
    "humidity": (0, 100),
    "co2": (0, 20_000),
    "carbon_monoxide": (0, 10_000),
    "illuminance": (0, 200_000),
    "body_temperature": (25, 45),
    "systolic_pressure": (30, 300),
    "diastolic_pressure": (15, 200),
    "blood_glucose": (0.5, 60),
    "body_weight": (5, 400),
}
_YES = frozenset({"on", "true", "1", "yes", "detected", "occupied", "open", "home", "online"})
_NO = frozenset({"off", "false", "0", "no", "clear", "cleared", "none", "closed", "not_home", "offline"})


def read_json(payload: bytes) -> object:
    """The JSON value, or `UNREADABLE`; never raises."""
    try:
        value: object = json.loads(payload)
    except (ValueError, RecursionError):
        return UNREADABLE
    return value


def number_of(value: object) -> float | None:
    """A finite number, also one in text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def flag_of(value: object) -> bool | None:
    """A yes or a no in the spellings that bridges use; None for anything else."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    return True if text in _YES else False if text in _NO else None


def is_plausible(quantity: str, value: float) -> bool:
    """Whether a sensor that works can say this."""
    low, high = RANGES[quantity]
    return low <= value <= high


def implausible(quantity: str, raw: bytes) -> Fault:
    """The fault of a value out of range."""
    low, high = RANGES[quantity]
    return Fault("impossible_value", f"{quantity} outside {low:g} to {high:g}", raw)


def unreadable(detail: str, payload: bytes) -> tuple[Part, ...]:
    """A message that could not be read: a fault, and before it the alarm that it seems to speak of."""
    fault = Fault("unreadable", detail, payload)
    alarm = alarm_in_broken_message(payload)
    if alarm is None:
        return (fault,)
    if alarm is Alarm.SOS:
        return (ButtonAction("unreadable", asks_for_help=True, is_guess=True), fault)
    return (AlarmState(alarm, is_on=True, is_guess=True), fault)


def joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Calls first, then the readings of one moment as one row of history; whoever surely says either is alive."""
    calls = [part for part in parts if isinstance(part, (ButtonAction, HelpFlag, AlarmState))]
    readings = tuple(reading for part in parts if isinstance(part, Measured) for reading in part.readings)
    rest = [part for part in parts if not isinstance(part, (ButtonAction, HelpFlag, AlarmState, Measured))]
    is_sure = any(isinstance(part, HelpFlag) or not part.is_guess for part in calls) or bool(readings)
    if is_sure and not any(isinstance(part, Health) for part in rest):
        rest.append(Health(online=True))
    return (*calls, *((Measured(readings),) if readings else ()), *rest)


def fingerprint_of(topic: str, payload: bytes) -> str:
    """Names a message's bytes, see `Sighting`."""
    return blake2b(topic.encode() + b"\0" + payload, digest_size=12).hexdigest()


def matches(topic_filter: str, topic: str) -> bool:
    """Whether an MQTT topic filter matches a topic (MQTT 5, 4.7)."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted = wanted[:-1]
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(one in {"+", other} for one, other in zip(wanted, given, strict=True))
