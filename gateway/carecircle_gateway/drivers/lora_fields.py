"""What the objects of LoRaWAN codecs say: buttons, radars with enums that run the other way, climate, doors (pure).

Field names are those of the makers' published codecs: Milesight (github.com/Milesight-IoT/SensorDecoders: WS101, VS373,
EM300), Dragino LHT65N, LDS02 and LWL02, MerryIoT, Browan, as the device profiles of ChirpStack carry them.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeGuard

from carecircle_gateway.drivers.plain import flag_of, implausible, is_plausible, number_of
from carecircle_gateway.sightings import Alarm, AlarmState, ButtonAction, Fault, Health, Measured, Part

if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS = {
    "temperature": "room_temperature",
    "TempC_SHT": "room_temperature",
    "sensorTemperature": "room_temperature",
    "humidity": "humidity",
    "humi": "humidity",
    "Hum_SHT": "humidity",
    "relativeHumidity": "humidity",
    "co2": "co2",
    "co2_ppm": "co2",
    "illumination": "illuminance",
    "light": "illuminance",
}
_DOORS = ("open", "DOOR_OPEN_STATUS", "magnet_status", "door")
_LEAKS = ("leakage_status", "water_leak", "WATER_LEAK_STATUS")
_MOTIONS = ("pir", "occupancy", "mot_motionst", "motion")
_PRESSES = {"1": "short", "2": "long", "3": "double"}
_TRIGGERED = frozenset({"1", "alarm_triggered", "alarm triggered"})
_OVER = frozenset({"2", "3", "alarm_deactivated", "alarm_ignored", "alarm deactivated", "alarm ignored"})
_FALL_WORDS = frozenset({"0", "fall"})
_IN_BED = {"2": True, "in_bed": True, "in bed": True, "3": False, "out_of_bed": False, "out of bed": False}
_VACANT = frozenset({"1", "vacant"})
# Milesight's regions count the other way round: 0 is occupied and 1 is vacant.
_REGION = {"0": True, "occupied": True, "1": False, "vacant": False}
_OPEN_WORDS = {"opened": True, "open": True, "close": False, "closed": False}
_LEAK_WORDS = {"leak": True, "normal": False}
_RECENT = timedelta(minutes=15)
"""A record of a fall that is younger than this is one that the radio held up, and somebody may still lie there."""

KNOWN_FIELDS = frozenset(
    {*_NUMBERS, *_DOORS, *_LEAKS, *_MOTIONS, "battery", "press", "button_event", "button", "detection_status", "events"}
    | {"target_status", "history", "fall_alarm", "lying_alarm"}
    | {f"region_{number}_occupancy" for number in range(1, 5)}
)


def read_object(decoded: dict[str, object], raw: bytes, *, asks_for_help: bool, sent_at: datetime | None) -> list[Part]:
    """The parts of a decoded object. `asks_for_help`: the device is a call button by its profile's name."""
    parts: list[Part] = []
    for read in (_falls, _history, _leaks):
        parts += read(decoded, raw, sent_at)
    parts += _presses(decoded, raw, asks_for_help=asks_for_help)
    readings, faults = _readings(decoded, raw)
    if readings:
        parts.append(Measured(tuple(readings.items())))
    battery = number_of(decoded.get("battery"))
    if battery is not None and 0 <= battery <= 100:  # noqa: PLR2004 - percent; some codecs give volts elsewhere
        parts.append(Health(online=True, battery=battery))
    return parts + faults


def _word(value: object) -> str:
    return str(value).strip().lower()


def _presses(decoded: dict[str, object], raw: bytes, *, asks_for_help: bool) -> list[Part]:
    event = decoded.get("button_event")
    pressed = event.get("status") if isinstance(event, dict) else event
    pressed = decoded.get("press") if pressed is None else pressed
    if pressed is None or pressed == "":
        return []
    if isinstance(pressed, (dict, list)):
        return [ButtonAction("press", asks_for_help=True, is_guess=True), Fault("wrong_type", "press", raw)]
    spelled = _PRESSES.get(_word(pressed), _word(pressed).removesuffix(" press"))
    return [ButtonAction(spelled[:64], asks_for_help=asks_for_help)]


def _falls(decoded: dict[str, object], raw: bytes, _sent_at: datetime | None) -> list[Part]:
    """A fall, in each of the three ways in which Milesight's codecs have told of it."""
    verdicts: list[bool] = []
    status = decoded.get("detection_status")
    if status is not None and not isinstance(status, (dict, list)):
        verdicts.append(_word(status) in {"4", "fall"})
    events = decoded.get("events")
    falls = [event for event in (events if isinstance(events, list) else []) if _is_of_fall(event)]
    verdicts += [_word(event["alarm_status"]) not in _OVER for event in falls]
    alarm = decoded.get("fall_alarm")
    if isinstance(alarm, dict):
        verdicts.append(_word(alarm.get("alarm_status")).split(",")[-1].strip() not in _OVER)
    elif alarm is not None:
        return [AlarmState(Alarm.FALL, is_on=True, is_guess=True), Fault("wrong_type", "fall_alarm", raw)]
    return [AlarmState(Alarm.FALL, is_on=any(verdicts))] if verdicts else []


def _is_of_fall(event: object) -> TypeGuard[dict[str, object]]:
    return isinstance(event, dict) and _word(event.get("alarm_type")) in _FALL_WORDS and "alarm_status" in event


def _history(decoded: dict[str, object], raw: bytes, sent_at: datetime | None) -> list[Part]:
    """Records that the device kept while it had no link. Old ones are history; a young fall that is not over calls."""
    records = decoded.get("history")
    state: dict[object, tuple[bool, datetime | None]] = {}
    for record in records if isinstance(records, list) else []:
        if _is_of_fall(record):
            is_on = _word(record["alarm_status"]) in _TRIGGERED
            state[str(record.get("alarm_id"))] = (is_on, _unix(record.get("timestamp")))
    open_falls = [at for is_on, at in state.values() if is_on]
    if not open_falls:
        return []
    now = sent_at or datetime.now(UTC)
    if any(at is None or now - at < _RECENT for at in open_falls):
        return [AlarmState(Alarm.FALL, is_on=True)]
    return [Fault("old_record", f"a fall at {open_falls[-1]}, never told as over", raw)]


def _leaks(decoded: dict[str, object], raw: bytes, _sent_at: datetime | None) -> list[Part]:
    for key in _LEAKS:
        value = decoded.get(key)
        if value is None:
            continue
        is_on = _flag(value, _LEAK_WORDS)
        if is_on is None:
            return [AlarmState(Alarm.WATER, is_on=True, is_guess=True), Fault("wrong_type", key, raw)]
        return [AlarmState(Alarm.WATER, is_on=is_on)]
    return []


def _readings(decoded: dict[str, object], raw: bytes) -> tuple[dict[str, float | bool], list[Part]]:
    readings: dict[str, float | bool] = {}
    faults: list[Part] = []
    for key, quantity in _NUMBERS.items():
        value = decoded.get(key)
        number = number_of(value)
        if value is None or quantity in readings:
            continue
        if number is None:
            faults.append(Fault("wrong_type", f"{key} is no number", raw))
        elif is_plausible(quantity, number):
            readings[quantity] = number
        else:
            faults.append(implausible(quantity, raw))
    statements: tuple[tuple[str, Callable[[dict[str, object]], bool | None]], ...] = (
        ("door_open", lambda one: _first(one, _DOORS, _OPEN_WORDS)),
        ("presence", _presence),
        ("in_bed", lambda one: _IN_BED.get(_word(one.get("detection_status")))),
    )
    for quantity, read in statements:
        said = read(decoded)
        if said is not None:
            readings[quantity] = said
    return readings, faults


def _presence(decoded: dict[str, object]) -> bool | None:
    status = decoded.get("detection_status")
    if status is not None:
        return _word(status) not in _VACANT
    regions = [_REGION.get(_word(decoded.get(f"region_{number}_occupancy"))) for number in range(1, 5)]
    if any(region is not None for region in regions):
        return any(regions)
    return _first(decoded, _MOTIONS, {"occupied": True, "trigger": True, "vacant": False, "idle": False})


def _first(decoded: dict[str, object], keys: tuple[str, ...], words: dict[str, bool]) -> bool | None:
    return next((flag for key in keys if key in decoded and (flag := _flag(decoded[key], words)) is not None), None)


def _flag(value: object, words: dict[str, bool]) -> bool | None:
    known = words.get(_word(value))
    return flag_of(value) if known is None else known


def _unix(value: object) -> datetime | None:
    number = number_of(value)
    try:
        return None if number is None else datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
