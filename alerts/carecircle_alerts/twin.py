"""Twin: the last value and age of every metric of a bed, and the last word of every device (pure).

The twin of a bed is folded from its messages in any order: what was measured later wins, so that history which arrives
late never replaces the present.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from carecircle.device_clock import WILD_CLOCK, device_time
from carecircle.payloads import Status, Telemetry
from carecircle.topics import Topic

Json = dict[str, dict[str, object]]

# A reading from the future, beyond what two clocks may differ, would hide all that follow it.
_AHEAD = timedelta(minutes=2)


@dataclass(slots=True)
class Twin:
    """One bed. `metrics` maps a quantity to value, measured_at (RFC 3339) and device; `devices` likewise."""

    last_seen_at: datetime
    metrics: Json = field(default_factory=dict)
    devices: Json = field(default_factory=dict)


def fold_telemetry(twin: Twin, topic: Topic, telemetry: Telemetry, received_at: datetime) -> None:
    """Take readings into the twin; those of a device whose clock is wrong count from their arrival."""
    measured_at = trusted_time(telemetry.at, received_at).isoformat()
    for name, value in telemetry.readings.present().items():
        known = twin.metrics.get(name)
        if known is None or str(known["measured_at"]) <= measured_at:
            twin.metrics[name] = {"value": value, "measured_at": measured_at, "device": topic.device}
    _seen(twin, topic, received_at)


def fold_status(twin: Twin, topic: Topic, status: Status, received_at: datetime) -> None:
    """Take a device's word about itself into the twin; a last will says that it is gone and is no sign of life."""
    said = {"online": status.online}
    if status.online:
        _seen(twin, topic, received_at)
    device = twin.devices.setdefault(topic.device, {})
    device.update(said)
    if status.battery is not None:
        device["battery"] = status.battery


def fold_event(twin: Twin, topic: Topic, received_at: datetime) -> None:
    """An event is a sign of life."""
    _seen(twin, topic, received_at)


def trusted_time(at_ms: int, received_at: datetime) -> datetime:
    """Time of a measurement; the time of arrival where the device's clock cannot be right."""
    at = device_time(at_ms)
    return at if at is not None and received_at - WILD_CLOCK <= at <= received_at + _AHEAD else received_at


def _seen(twin: Twin, topic: Topic, received_at: datetime) -> None:
    twin.last_seen_at = max(twin.last_seen_at, received_at)
    device = twin.devices.setdefault(topic.device, {"online": True})
    device["last_seen_at"] = received_at.isoformat()
