"""What a value is by its name: the names that makers and people give to what a home measures (pure).

For families that carry names and no meaning: ESPHome's object ids, SenML's and Sparkplug's names. A name counts whole
or by its end, so that `bed_radar_heart_rate` is a heart rate; the longest known name wins.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from carecircle_gateway.sightings import Alarm

_SPLIT = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_QUANTITIES = {
    "heart_rate": "heart_rate",
    "heartrate": "heart_rate",
    "heart_beat_rate": "heart_rate",
    "pulse_rate": "heart_rate",
    "respiratory_rate": "respiratory_rate",
    "respiration_rate": "respiratory_rate",
    "breath_rate": "respiratory_rate",
    "breathing_rate": "respiratory_rate",
    "body_movement": "movement",
    "body_movement_parameter": "movement",
    "temperature": "room_temperature",
    "temp": "room_temperature",
    "humidity": "humidity",
    "co2": "co2",
    "carbon_dioxide": "co2",
    "carbon_monoxide": "carbon_monoxide",
    "illuminance": "illuminance",
    "spo2": "spo2",
    "body_temperature": "body_temperature",
    "systolic": "systolic_pressure",
    "systolic_pressure": "systolic_pressure",
    "diastolic": "diastolic_pressure",
    "diastolic_pressure": "diastolic_pressure",
    "body_weight": "body_weight",
}
_FLAGS = {
    "person_information": "presence",
    "people_exist": "presence",
    "has_target": "presence",
    "presence": "presence",
    "occupancy": "presence",
    "motion": "presence",
    "bed_occupied": "in_bed",
    "in_bed": "in_bed",
    "bed": "in_bed",
    "door_open": "door_open",
    "door": "door_open",
    "contact": "door_open",
}
_ALARMS = {
    "falling_detected": Alarm.FALL,
    "fall_detected": Alarm.FALL,
    "fall": Alarm.FALL,
    "smoke": Alarm.SMOKE,
    "gas": Alarm.GAS,
    "carbon_monoxide": Alarm.CARBON_MONOXIDE,
    "co_alarm": Alarm.CARBON_MONOXIDE,
    "water_leak": Alarm.WATER,
    "leak": Alarm.WATER,
    "moisture": Alarm.WATER,
}
_BATTERY = ("battery", "battery_level")
_Meaning = TypeVar("_Meaning")


def plain_name(name: str) -> str:
    """`Real-time heartRate` as `real_time_heart_rate`."""
    return _SPLIT.sub("_", _CAMEL.sub("_", name).lower()).strip("_")


def quantity_named(name: str) -> str | None:
    """The quantity that a number of this name is; `battery` for the device's own."""
    plain = plain_name(name)
    if plain.endswith(_BATTERY):
        return "battery"
    return _by_end(plain, _QUANTITIES)


def flag_named(name: str) -> str | None:
    """The statement that a yes or no of this name is."""
    return _by_end(plain_name(name), _FLAGS)


def alarm_named(name: str) -> Alarm | None:
    """The alarm that a yes or no of this name is."""
    return _by_end(plain_name(name), _ALARMS)


def _by_end(plain: str, table: Mapping[str, _Meaning]) -> _Meaning | None:
    known = [name for name in table if plain == name or plain.endswith(f"_{name}")]
    return table[max(known, key=len)] if known else None
