"""SenML over MQTT: packs of named, timed values in JSON, RFC 8428 (pure).

`<base>/<device>` carries a pack: an array of records, in which base fields (`bn bt bu bv`) hold for all that follow
until they are set anew. Times are told relative to the newest record of the pack, so that a wrong clock does no harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from carecircle_gateway.drivers.base_topic import BaseTopic
from carecircle_gateway.drivers.emergency import says_help
from carecircle_gateway.drivers.names import alarm_named, flag_named, quantity_named
from carecircle_gateway.drivers.plain import (
    UNREADABLE,
    fingerprint_of,
    implausible,
    is_plausible,
    joined,
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

_MOST_RECORDS = 1_000
_VERSION = 10
# Units of RFC 8428, section 12.1, and of the secondary registry of RFC 8798; what is given with none is believed.
_UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "room_temperature": {"Cel": (1, 0), "K": (1, -273.15)},
    "body_temperature": {"Cel": (1, 0), "K": (1, -273.15)},
    "humidity": {"%RH": (1, 0), "/": (100, 0), "%": (1, 0)},
    "spo2": {"/": (100, 0), "%": (1, 0)},
    "heart_rate": {"beat/min": (1, 0), "1/min": (1, 0), "/min": (1, 0), "Hz": (60, 0)},
    "respiratory_rate": {"1/min": (1, 0), "/min": (1, 0), "Hz": (60, 0), "beat/min": (1, 0)},
    "illuminance": {"lx": (1, 0)},
    "co2": {"ppm": (1, 0), "/": (1e6, 0)},
    "carbon_monoxide": {"ppm": (1, 0), "/": (1e6, 0)},
    "body_weight": {"kg": (1, 0), "g": (0.001, 0)},
    "systolic_pressure": {"Pa": (0.00750062, 0), "mmHg": (1, 0)},
    "diastolic_pressure": {"Pa": (0.00750062, 0), "mmHg": (1, 0)},
    "battery": {"%EL": (1, 0), "/": (100, 0), "%": (1, 0)},
    "movement": {"/": (1, 0), "%": (0.01, 0)},
}


@dataclass(frozen=True, slots=True)
class _Record:
    """A record with its base fields applied. `time_s` is Unix time, or seconds from now where it is small."""

    name: str
    unit: str
    time_s: float
    value: object


class SenMl(BaseTopic):
    """The driver; a device publishes its packs on `<base>/<device>`."""

    levels: ClassVar[str] = "+"

    def __init__(self, base: str = "senml") -> None:
        super().__init__(base)

    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        """What the pack says, one sighting for each moment in it; see `Driver`."""
        name = topic.removeprefix(f"{self._base}/")
        fingerprint = fingerprint_of(topic, payload)
        pack = read_json(payload)
        if not isinstance(pack, list) or len(pack) > _MOST_RECORDS:
            detail = "not JSON" if pack is UNREADABLE else "no SenML pack"
            return (Sighting(name, unreadable(detail, payload), fingerprint=fingerprint),)
        faults: list[Part] = []
        records = list(_resolved(pack, payload, faults))
        newest = max((record.time_s for record in records), default=0.0)
        moments: dict[float, list[Part]] = {}
        for record in records:
            moments.setdefault(newest - record.time_s, []).extend(_meant(record, payload))
        sightings = [
            Sighting(name, joined(parts), fingerprint=fingerprint, age_s=age_s)
            for age_s, parts in sorted(moments.items(), reverse=True)
            if parts
        ]
        if faults:
            sightings.append(Sighting(name, tuple(faults), fingerprint=fingerprint))
        return sightings


def _resolved(pack: Sequence[object], raw: bytes, faults: list[Part]) -> Iterator[_Record]:
    base: dict[str, object] = {}
    for record in pack:
        if not isinstance(record, dict):
            faults.append(Fault("wrong_type", "a record is no JSON object", raw))
            continue
        base |= {key: value for key, value in record.items() if key in {"bn", "bt", "bu", "bv", "bver"}}
        unknown = [key for key in record if isinstance(key, str) and key.endswith("_")]
        if unknown or (number_of(base.get("bver", _VERSION)) or 0) > _VERSION:
            # RFC 8428, 4.4: a field whose name ends in _ must be understood, or the pack be left alone.
            faults.append(Fault("not_understood", f"must-understand {unknown or 'version'}", raw))
            return
        name = f"{base.get('bn') or ''}{record.get('n') or ''}"
        value = next((record[key] for key in ("vb", "v", "vs") if key in record), None)
        if value is None:
            continue
        if "v" in record and (number := number_of(value)) is not None:
            value = number + (number_of(base.get("bv")) or 0.0)
        time_s = (number_of(base.get("bt")) or 0.0) + (number_of(record.get("t")) or 0.0)
        # Within one pack relative and absolute times are not mixed by any sender that we know of.
        yield _Record(name, str(record.get("u") or base.get("bu") or ""), time_s, value)


def _meant(record: _Record, raw: bytes) -> Sequence[Part]:
    if isinstance(record.value, bool):
        return _meant_flag(record, record.value)
    if isinstance(record.value, str):
        return (ButtonAction(record.value[:64], asks_for_help=True),) if says_help(record.value) else ()
    number = number_of(record.value)
    if says_help(record.name):
        return (HelpFlag(record.name[:64], is_on=number != 0, asks_for_help=True),)
    quantity = quantity_named(record.name)
    if quantity is None:
        return ()
    return _meant_number(quantity, number, record.unit, raw)


def _meant_number(quantity: str, number: float | None, unit: str, raw: bytes) -> Sequence[Part]:
    if number is None:
        return (Fault("wrong_type", f"{quantity} is no number", raw),)
    scales = _UNITS[quantity]
    if unit and unit not in scales:
        return (Fault("unknown_unit", f"{quantity} in {unit[:16]}", raw),)
    scale, shift = scales.get(unit, (1.0, 0.0))
    value = number * scale + shift
    if quantity == "battery":
        is_percent = 0 <= value <= 100  # noqa: PLR2004
        return (Health(online=True, battery=value),) if is_percent else (Fault("impossible_value", "battery", raw),)
    return (Measured(((quantity, round(value, 4)),)) if is_plausible(quantity, value) else implausible(quantity, raw),)


def _meant_flag(record: _Record, is_on: bool) -> Sequence[Part]:  # noqa: FBT001 - the value itself
    if says_help(record.name):
        return (HelpFlag(record.name[:64], is_on=is_on, asks_for_help=True),)
    alarm, flag = alarm_named(record.name), flag_named(record.name)
    if alarm is not None:
        return (AlarmState(alarm, is_on=is_on),)
    return (Measured(((flag, is_on),)),) if flag is not None else ()
