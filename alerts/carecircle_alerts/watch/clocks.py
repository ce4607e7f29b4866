"""Clocks: when a message was measured, by a device's clock as far as it deserves belief (pure)."""

from carecircle.device_clock import AHEAD, WILD_CLOCK, device_time
from carecircle_alerts.watch.around import Device

_OFF_S = AHEAD.total_seconds()
_STEADY_S = 15.0
_ENOUGH = 5


def believe(device: Device, at_ms: int, received: float) -> tuple[float, str | None]:
    """Unix seconds of the measurement, and what is wrong with the clock, if anything is.

    A clock that runs ahead is wrong at once, because nothing arrives before it was measured. One that is behind looks
    like a message that was held back, until several in a row are behind by the same: held messages catch up.
    """
    named = device_time(at_ms)
    if named is None or abs(received - named.timestamp()) > WILD_CLOCK.total_seconds():
        return received, "wild"
    behind_s = received - named.timestamp()
    if behind_s < -_OFF_S:
        return received, "ahead"
    if behind_s <= _OFF_S:
        if device.offsets:
            device.offsets = []
        return named.timestamp(), None
    device.offsets = [*device.offsets[1 - _ENOUGH :], round(behind_s, 1)]
    steady = len(device.offsets) == _ENOUGH and max(device.offsets) - min(device.offsets) <= _STEADY_S
    return (received, "behind") if steady else (named.timestamp(), None)
