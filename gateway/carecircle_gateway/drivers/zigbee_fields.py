"""The fields of a Zigbee2MQTT device payload and what each of them says (pure).

Names and units as on the bridge's device pages, https://www.zigbee2mqtt.io/supported-devices/. A null is a value that
the bridge does not know yet and says nothing.
"""

from dataclasses import dataclass

from carecircle_gateway.drivers.emergency import find_call, is_set, says_help
from carecircle_gateway.drivers.plain import number_of
from carecircle_gateway.sightings import (
    Alarm,
    AlarmState,
    ButtonAction,
    Described,
    Fault,
    Health,
    HelpFlag,
    Measured,
    Part,
)


@dataclass(frozen=True, slots=True)
class _Number:
    """A measured field: the quantity it is, and the range outside of which the sensor means "invalid".

    The Zigbee cluster library, for one, writes an unknown temperature as 0x8000, which reads as -327.68.
    """

    quantity: str
    low: float
    high: float


_NUMBERS = {
    "temperature": _Number("room_temperature", -60, 90),
    "humidity": _Number("humidity", 0, 100),
    "co2": _Number("co2", 0, 20_000),
    "co": _Number("carbon_monoxide", 0, 10_000),
    "illuminance_lux": _Number("illuminance", 0, 200_000),
    "illuminance": _Number("illuminance", 0, 200_000),
}
_ALARMS = {
    "smoke": Alarm.SMOKE,
    "gas": Alarm.GAS,
    "carbon_monoxide": Alarm.CARBON_MONOXIDE,
    "water_leak": Alarm.WATER,
}
_HELP_FLAGS = ("sos", "emergency", "panic")
# Raw zone bits of a device that the bridge does not know by model, such as the ORVIBO SE30 emergency button.
_ZONE_FLAGS = ("alarm_1", "alarm_2")
# Vibration sensors report their own tilt and drop; a dropped sensor is not a fallen person.
_NOT_BUTTONS = frozenset({"vibration", "tilt", "drop"})
_RELEASES = ("release", "off")

KNOWN_FIELDS = frozenset(
    {"action", "click", "contact", "occupancy", "presence", "vibration", "battery", "battery_low", "linkquality"}
    | {"fall_down_status", "test", "tamper", "voltage", "last_seen", "device", *_HELP_FLAGS, *_ZONE_FLAGS}
    | {*_NUMBERS, *_ALARMS}
)


def read_fields(fields: dict[str, object], raw: bytes) -> list[Part]:
    """The parts of a device's state, calls for help first; `raw` goes into faults."""
    faults: list[Fault] = []
    parts: list[Part] = [*_actions(fields, raw, faults), *_flags(fields), *_alarms(fields, raw, faults)]
    readings = {**_statements(fields, raw, faults), **_numbers(fields, raw, faults)}
    if readings:
        parts.append(Measured(tuple(readings.items())))
    device = fields.get("device")
    if isinstance(device, dict) and isinstance(device.get("model"), str):
        parts.append(Described(model=device["model"]))
    battery = number_of(fields.get("battery"))
    if battery is not None and not 0 <= battery <= 100:  # noqa: PLR2004 - percent
        faults.append(Fault("impossible_value", f"battery {battery} %", raw))
        battery = None
    link = number_of(fields.get("linkquality"))
    low = fields.get("battery_low")
    parts.append(
        Health(
            online=True,
            battery=battery,
            is_battery_low=low if isinstance(low, bool) else None,
            link_quality=int(link) if link is not None and 0 <= link <= 255 else None,  # noqa: PLR2004 - Zigbee LQI
        )
    )
    return [*parts, *faults]


def _actions(fields: dict[str, object], raw: bytes, faults: list[Fault]) -> list[Part]:
    """Presses. An empty or null action only ends the previous one: the bridge clears it in a message of its own."""
    for key in ("action", "click"):
        value = fields.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            if call := find_call({"action": value}, frozenset()):
                return [ButtonAction(call, asks_for_help=True)]
            faults.append(Fault("wrong_type", f"{key} is a JSON {type(value).__name__}", raw))
            continue
        spelled = value.strip()
        if spelled in _NOT_BUTTONS or spelled.endswith(_RELEASES):
            continue
        return [ButtonAction(spelled, asks_for_help=says_help(spelled))]
    return []


def _flags(fields: dict[str, object]) -> list[Part]:
    parts: list[Part] = []
    help_flags = {key: fields[key] for key in _HELP_FLAGS if fields.get(key) is not None}
    if help_flags:
        called = [key for key, value in help_flags.items() if is_set(value)]
        parts.append(HelpFlag("|".join(called or help_flags), is_on=bool(called), asks_for_help=True))
    zones = {key: fields[key] for key in _ZONE_FLAGS if fields.get(key) is not None}
    if zones:
        called = [key for key, value in zones.items() if is_set(value)]
        parts.append(HelpFlag("|".join(called or zones), is_on=bool(called), asks_for_help=False))
    return parts


def _alarms(fields: dict[str, object], raw: bytes, faults: list[Fault]) -> list[Part]:
    parts: list[Part] = []
    is_test = is_set(fields.get("test"))
    for key, alarm in _ALARMS.items():
        value = fields.get(key)
        if value is None:
            continue
        if isinstance(value, (dict, list)):
            # Something is being said about smoke, in words that nobody here understands: go and look.
            faults.append(Fault("wrong_type", f"{key} is a JSON {type(value).__name__}", raw))
            parts.append(AlarmState(alarm, is_on=True, is_guess=True))
            continue
        parts.append(AlarmState(alarm, is_set(value), is_test=is_test and is_set(value)))
    # The radar says `maybe_fall` until its own tumble_alarm_time (1 to 5 min) has passed, then `fall` or `none`.
    fall = fields.get("fall_down_status")
    if isinstance(fall, str) and fall in {"fall", "none"}:
        parts.append(AlarmState(Alarm.FALL, is_on=fall == "fall"))
    return parts


def _statements(fields: dict[str, object], raw: bytes, faults: list[Fault]) -> dict[str, float | bool]:
    readings: dict[str, float | bool] = {}
    flags: dict[str, bool] = {}
    for key in ("contact", "occupancy", "presence", "vibration"):
        value = fields.get(key)
        if isinstance(value, bool):
            flags[key] = value
        elif value is not None:
            faults.append(Fault("wrong_type", f"{key} is a JSON {type(value).__name__}", raw))
    if "contact" in flags:
        readings["door_open"] = not flags["contact"]
    if "occupancy" in flags or "presence" in flags:
        readings["presence"] = flags.get("occupancy", False) or flags.get("presence", False)
    if flags.get("vibration") or fields.get("action") == "vibration":
        readings["movement"] = 1.0
    elif "vibration" in flags:
        readings["movement"] = 0.0
    return readings


def _numbers(fields: dict[str, object], raw: bytes, faults: list[Fault]) -> dict[str, float | bool]:
    readings: dict[str, float | bool] = {}
    for key, kind in _NUMBERS.items():
        value = fields.get(key)
        if value is None or kind.quantity in readings:
            continue
        number = number_of(value)
        if number is None:
            faults.append(Fault("wrong_type", f"{key} is a JSON {type(value).__name__}", raw))
        elif not kind.low <= number <= kind.high:
            faults.append(Fault("impossible_value", f"{key} outside {kind.low:g} to {kind.high:g}", raw))
        else:
            readings[kind.quantity] = number
    return readings
