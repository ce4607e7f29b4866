"""Silence: how long a device may say nothing before something is wrong with it (pure).

Passive devices count as alive for 25 h elsewhere, and sensors that were dead for two weeks were shown as online
(Zigbee2MQTT #27652): so each device is held to its own habit. And a sensor is not blamed while nothing at all comes
from its home: that is one fault of the home's box and not one of each sensor.
"""

from pydantic import Field

from carecircle_alerts.rules.rule import Settings
from carecircle_alerts.watch.around import Device

_KNOWN_AFTER = 10  # messages


class SilenceSettings(Settings):
    """How long is too long: `times` the longest usual gap, never less than `least_s`, never more than `most_s`."""

    least_s: float = Field(gt=0)
    times: float = Field(3.5, ge=1)
    most_s: float = Field(25 * 3600, gt=0, description="what Zigbee2MQTT allows passive devices")
    priority: int = Field(3, ge=1, le=3)


def allowed_s(device: Device, settings: SilenceSettings) -> float:
    """How long this device may be silent."""
    if device.online is False:
        return settings.least_s
    if device.usual_s is None or device.count < _KNOWN_AFTER:
        return settings.most_s
    return min(settings.most_s, max(settings.least_s, settings.times * device.usual_s))
