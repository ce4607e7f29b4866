"""Which events are calls for help, when the press happened, and what to do with one that cannot be read (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle.device_clock import WILD_CLOCK, device_time
from carecircle.payloads import Event
from carecircle_alerts.incident import Kind

# Between two clocks that NTP keeps, and a little radio: not worth calling late.
LATE_AFTER = timedelta(seconds=60)

_HELP: dict[str, Kind] = {
    "sos": Kind.SOS,
    "fall": Kind.FALL,
    "smoke": Kind.SMOKE,
    "gas": Kind.GAS,
    "carbon_monoxide": Kind.CARBON_MONOXIDE,
    "water": Kind.WATER,
}
# Contact ID codes of calls for help (SIA DC-05), for devices whose event name we do not know.
_HELP_CODES: dict[int, Kind] = {
    101: Kind.SOS,
    110: Kind.SMOKE,
    111: Kind.SMOKE,
    120: Kind.SOS,
    151: Kind.GAS,
    154: Kind.WATER,
    162: Kind.CARBON_MONOXIDE,
}
# Events that are history and no call for help.
_ORDINARY = frozenset(
    {
        "press_test",
        "press_test_ready",
        "check_in",
        "apnoea",
        "assessment",
        "bed_exit",
        "bed_return",
        "door_opened",
        "door_closed",
        "motion",
        "vibration",
        "device_fault",
        "tamper",
        "low_battery",
        "mains_lost",
        "mains_restored",
        "cleared",
    }
)


@dataclass(frozen=True, slots=True)
class HelpCall:
    """A call for help: what kind, when it was made, and whether it comes late.

    `is_timed` says that its device's clock is believed. `test` is the number with which the home has marked it as an
    announced test: it is a call all the same until `bed_tests` has held it, for whoever knows of no test.
    """

    kind: Kind
    pressed_at: datetime
    late: bool
    reason: str
    is_timed: bool = True
    test: str | None = None


def read_event(event: Event, received_at: datetime) -> HelpCall | None:
    """What an event asks for; None for ordinary ones.

    An event whose name and code are unknown is a call for help of kind `unreadable`: newer firmware may have a new word
    for it, and a human looks once too often rather than once too little.
    """
    test = _announced_test(event)
    kind = _HELP.get(event.event) if test is None else Kind.SOS
    if kind is None and event.code is not None:
        kind = _HELP_CODES.get(event.code)
    if kind is None:
        if event.event in _ORDINARY:
            return None
        kind = Kind.UNREADABLE
    pressed_at, trusted = _press_time(event.at, received_at)
    late = trusted and received_at - pressed_at > LATE_AFTER
    reason = f"事件 {event.event}" if trusted else f"事件 {event.event}，设备时钟错误，按到达时间计"
    return HelpCall(kind, pressed_at, late, reason, trusted, test)


def _announced_test(event: Event) -> str | None:
    """The number of the platform's test that a press carries; a trial that the home began by itself has none."""
    number = event.detail.get("test")
    return number if event.event == "press_test" and isinstance(number, str) and number else None


def unreadable_call(received_at: datetime, detail: str) -> HelpCall:
    """What a message on an event topic asks for that cannot be read at all."""
    return HelpCall(Kind.UNREADABLE, received_at, late=False, reason=f"求助消息无法识别：{detail}")


def _press_time(at_ms: int, received_at: datetime) -> tuple[datetime, bool]:
    """Time of the press and whether the device's clock was believed; never later than the arrival."""
    at = device_time(at_ms)
    if at is None or abs(at - received_at) > WILD_CLOCK:
        return received_at, False
    return min(at, received_at), True
