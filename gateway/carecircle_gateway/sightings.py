"""Sightings: what a driver says it saw, in words that no device family owns (pure).

They stand between drivers and `normalise`: a driver knows spellings, `normalise` knows what a press means.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Alarm(StrEnum):
    """What somebody has to go and look at; the values are event names of the contract."""

    SOS = "sos"
    FALL = "fall"
    SMOKE = "smoke"
    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    WATER = "water"


@dataclass(frozen=True, slots=True)
class ButtonAction:
    """A momentary action. `asks_for_help` is False where the spelling alone does not say so, such as `single`.

    `is_guess` marks an action that was made out in a message that could not be read.
    """

    spelled: str
    asks_for_help: bool
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class HelpFlag:
    """A call button that speaks in states: on while pressed, and on some devices never off again."""

    spelled: str
    is_on: bool
    asks_for_help: bool


@dataclass(frozen=True, slots=True)
class AlarmState:
    """A detector's state; `is_test` when its test button says so in the same message."""

    alarm: Alarm
    is_on: bool
    is_test: bool = False
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """Readings by the quantity names of `carecircle.quantities`, in their units."""

    readings: tuple[tuple[str, float | bool], ...]


@dataclass(frozen=True, slots=True)
class Health:
    """What a message tells of the device itself. `battery` is percent, `link_quality` the radio's 0 to 255."""

    online: bool | None = None
    battery: float | None = None
    is_battery_low: bool | None = None
    link_quality: int | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What the bridge's inventory tells of a device."""

    model: str | None = None
    power: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class BridgeState:
    """Whether the radio bridge of a family runs; without it every device behind it is silent."""

    family: str
    is_online: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A message that could not be read, or a value that cannot be true; `raw` is kept for whoever mends the driver."""

    reason: str
    detail: str
    raw: bytes


Part = ButtonAction | HelpFlag | AlarmState | Measured | Health | Described | BridgeState | Fault


@dataclass(frozen=True, slots=True)
class Sighting:
    """Everything that one local message says about one device, in the order in which it matters.

    `name` is the device's local name, None for the bridge itself. `seen_at` is the time in the message, if it has one;
    `age_s` says how long before the message this was measured, where a message tells of several moments.
    `fingerprint` names the message's bytes; `background` those values that a press does not change, empty if unknown.
    """

    name: str | None
    parts: tuple[Part, ...]
    seen_at: datetime | None = None
    fingerprint: str = ""
    background: str = ""
    age_s: float = 0.0
