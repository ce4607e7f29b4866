"""Presses: when an action is a call for help, and when it is the same call once more (pure).

A call lost is worse than one too many: a doubt raises. The field's own failures are met here: buttons whose flag
sticks, bridges that publish old state again, contacts that bounce, clocks that jump.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.sightings import ButtonAction, HelpFlag, Sighting

DEBOUNCE = timedelta(seconds=3)
"""Presses and toggles within this time of the first are one call; our choice, from bounces seen below 1 s."""

# Buttons that can only mean one thing, though their actions are called `single`, `double` and `hold`: device pages of
# Zigbee2MQTT, and the name under which the first firmware of the same button reports itself.
_CALL_BUTTON_MODELS = frozenset({"HS1EB/HS1EB-E", "HS1EB", "HS1EB-E", "SOS-EM"})


class Verdict(StrEnum):
    """What an action or flag amounts to; the values are used as log reasons."""

    NO_CALL = "no_call"
    REPLAY = "replay"
    REPEAT = "repeat"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a local message reached the box: `at` is UTC on its clock, `is_retained` says that it is not fresh."""

    at: datetime
    is_retained: bool = False


def judge(
    part: ButtonAction | HelpFlag, sighting: Sighting, arrival: Arrival, memory: DeviceMemory, *, is_call_button: bool
) -> Verdict:
    """Whether this is a new call.

    `is_call_button` is the home's own word that any press of this device is a call. A message counts as replayed when
    exactly the same bytes were a call before and it is retained or carries its own time. A retained press that was
    never seen is a call, however old: it was made while the box was off.
    """
    if not (part.asks_for_help or is_call_button or memory.model in _CALL_BUTTON_MODELS):
        return Verdict.NO_CALL
    if isinstance(part, HelpFlag):
        if not part.is_on:
            return Verdict.NO_CALL
        # The flag is still set and something else changed: the device reported its battery, nobody pressed. A press
        # leaves the background as it was, so a button that never clears its flag is heard every time.
        if memory.is_calling and sighting.background and sighting.background != memory.background:
            return Verdict.NO_CALL
    is_replayable = arrival.is_retained or sighting.seen_at is not None
    if sighting.fingerprint and sighting.fingerprint == memory.press_fingerprint and is_replayable:
        return Verdict.REPLAY
    if memory.press_at is not None:
        since_ms = to_ms(arrival.at) - memory.press_at
        # Not for a clock that went backwards: that would silence the button until the clock has caught up.
        if 0 <= since_ms < DEBOUNCE / timedelta(milliseconds=1):
            return Verdict.REPEAT
    return Verdict.CALL


def to_ms(moment: datetime) -> int:
    """Unix time in ms."""
    return int(moment.timestamp() * 1000)
