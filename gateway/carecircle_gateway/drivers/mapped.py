"""Any JSON by a mapping file: the driver for a device family that nobody has written a driver for (pure after start).

`mapped=/etc/carecircle/mapping.toml`; docs/adding-a-device-family.md shows a file.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from carecircle.quantities import QUANTITIES
from carecircle_gateway.drivers.emergency import find_call
from carecircle_gateway.drivers.mapping import AlarmField, DeviceMapping, Reading, Scalar, load_mapping
from carecircle_gateway.drivers.plain import (
    UNREADABLE,
    fingerprint_of,
    implausible,
    is_plausible,
    matches,
    number_of,
    read_json,
    unreadable,
)
from carecircle_gateway.sightings import (
    AlarmState,
    ButtonAction,
    Fault,
    Health,
    HelpFlag,
    Measured,
    Part,
    Sighting,
)

_MISSING = object()
_PERCENT = 100.0


class Mapped:
    """The driver; `base` is the path of the mapping file."""

    replayed: tuple[str, ...] = ()

    def __init__(self, base: str) -> None:
        self._mapping = load_mapping(Path(base))

    @property
    def subscriptions(self) -> Sequence[str]:
        """The filters of the file."""
        return tuple(dict.fromkeys(device.topic for device in self._mapping.device))

    def claims(self, topic: str) -> bool:
        """Whether one of the filters matches."""
        return self._find(topic) is not None

    def command_topic(self, name: str) -> str:
        """Where a command goes: `name` is the whole topic."""
        return name

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the message says; see `Driver`."""
        device = self._find(topic)
        if device is None:
            return ()
        levels = topic.split("/")
        name = device.name if device.name_level is None else levels[min(device.name_level, len(levels) - 1)]
        said = read_json(payload)
        fingerprint = fingerprint_of(topic, payload)
        if not isinstance(said, dict):
            detail = "not JSON" if said is UNREADABLE else "no JSON object"
            return (Sighting(name, unreadable(detail, payload), fingerprint=fingerprint),)
        parts = [*_alarms(device.alarms, said, payload), *_readings(device.readings, said, payload)]
        fields = [one.field for one in device.alarms] + [one.field for one in device.readings.values()]
        known = frozenset(field.split(".")[0] for field in fields)
        call = find_call(said, known)
        if call:
            parts.insert(0, HelpFlag(call, is_on=True, asks_for_help=True))
        if not parts and not any(_value(said, field) is not _MISSING for field in fields):
            # A firmware that renamed its fields would otherwise fall silent without a word.
            parts.append(Fault("nothing_known", "none of the mapped fields is there", payload))
        parts.append(_health(device, said))
        return (Sighting(name, tuple(parts), _time(device, said), fingerprint),)

    def _find(self, topic: str) -> DeviceMapping | None:
        return next((device for device in self._mapping.device if matches(device.topic, topic)), None)


def _value(said: object, field: str) -> object:
    """By a path such as `data.0.hr`."""
    for step in field.split("."):
        if isinstance(said, dict) and step in said:
            said = said[step]
        elif isinstance(said, list) and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        else:
            return _MISSING
    return said


def _is_one_of(value: object, values: Sequence[Scalar]) -> bool:
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in values)


def _alarms(alarms: Sequence[AlarmField], said: dict[str, object], raw: bytes) -> list[Part]:
    parts: list[Part] = []
    for one in alarms:
        value = _value(said, one.field)
        if value is _MISSING or value is None:
            continue
        if isinstance(value, (dict, list)):
            # Something is being said about it, in words that nobody here understands: go and look.
            parts += [AlarmState(one.alarm, is_on=True, is_guess=True), Fault("wrong_type", one.field, raw)]
        elif not one.is_momentary:
            parts.append(AlarmState(one.alarm, is_on=_is_one_of(value, one.on)))
        elif _is_one_of(value, one.on):
            parts.append(ButtonAction(f"{one.field}:{value}"[:64], asks_for_help=True))
    return parts


def _readings(readings: dict[str, Reading], said: dict[str, object], raw: bytes) -> list[Part]:
    found: list[tuple[str, float | bool]] = []
    faults: list[Part] = []
    for quantity, reading in readings.items():
        value = _value(said, reading.field)
        if value is _MISSING or value is None or _is_one_of(value, reading.invalid):
            continue
        if QUANTITIES[quantity].is_statement:
            found.append((quantity, _is_one_of(value, reading.true)))
            continue
        number = number_of(value)
        if number is None:
            faults.append(Fault("wrong_type", f"{reading.field} is no number", raw))
            continue
        number = number * reading.factor + reading.offset
        if is_plausible(quantity, number):
            found.append((quantity, round(number, 4)))
        else:
            faults.append(implausible(quantity, raw))
    return [*((Measured(tuple(found)),) if found else ()), *faults]


def _health(device: DeviceMapping, said: dict[str, object]) -> Health:
    battery = number_of(_value(said, device.battery)) if device.battery else None
    return Health(online=True, battery=battery if battery is not None and 0 <= battery <= _PERCENT else None)


def _time(device: DeviceMapping, said: dict[str, object]) -> datetime | None:
    value = _value(said, device.time) if device.time else None
    try:
        if device.time_unit == "iso":
            seen = datetime.fromisoformat(str(value))
            return seen.astimezone(UTC) if seen.tzinfo else None
        number = number_of(value)
        return (
            None if number is None else datetime.fromtimestamp(number / (1000 if device.time_unit == "ms" else 1), UTC)
        )
    except (ValueError, OverflowError, OSError):
        return None
