"""The ground truth: what really happened, beside what the devices said of it (pure).

One JSON object a line, in order of time: `at` (RFC 3339), `bed`, `what`, and what belongs to it. `message` names a
message by device, boot and number, so that a judge can find what the platform made of it.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class What(StrEnum):
    """What happened."""

    PRESS = "press"
    FALL = "fall"
    SEEN_FALL = "seen_fall"
    GOT_UP = "got_up"
    CARBON_MONOXIDE = "carbon_monoxide"
    AIRED = "aired"
    ILLNESS = "illness"
    EARTHQUAKE = "earthquake"
    POWER_CUT = "power_cut"
    ROUTER_OUTAGE = "router_outage"
    CLOCK_JUMP = "clock_jump"
    RESTART = "restart"
    UPDATE = "update"
    BATTERY_EMPTY = "battery_empty"
    GHOST_PRESS = "ghost_press"
    STUCK_BUTTON = "stuck_button"
    FALSE_FALL = "false_fall"
    MISSED_FALL = "missed_fall"
    DEVICE_LIES = "device_lies"
    LOST_BY_RADIO = "lost_by_radio"
    GIVEN_UP = "given_up"
    DELAYED = "delayed"
    DUPLICATED = "duplicated"
    SLEEP = "sleep"
    TOILET = "toilet"
    OUTING = "outing"
    VISIT = "visit"
    LONG_EXIT = "long_exit"
    WANDER = "wander"
    APNOEA_NIGHT = "apnoea_night"
    APNOEA = "apnoea"
    PRESS_TEST = "press_test"
    FORGOTTEN_TEST = "forgotten_test"
    BATTERY_LOW = "battery_low"
    DEVICE_DIES = "device_dies"


@dataclass(frozen=True, slots=True)
class Truth:
    """One thing that happened at `at_ms` (Unix time)."""

    at_ms: int
    bed: str
    what: What
    about: dict[str, object] = field(default_factory=dict)

    def line(self) -> str:
        """As the file has it."""
        at = datetime.fromtimestamp(self.at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json.dumps({"at": at, "bed": self.bed, "what": self.what, **self.about}, ensure_ascii=False)
