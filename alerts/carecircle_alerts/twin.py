"""Twin: the last value and age of every metric of a bed, and the last word of every device (pure).

The twin of a bed is folded from its messages in any order: what was measured later wins, so that history which arrives
late never replaces the present.
"""

from datetime import datetime, timedelta

from msgspec import Struct, convert

from carecircle.device_clock import WILD_CLOCK, device_time
from carecircle.payloads import Status, Telemetry
from carecircle.topics import Topic

# A reading from the future, beyond what two clocks may differ, would hide all that follow it.
_AHEAD = timedelta(minutes=2)


class Metric(Struct, frozen=True, gc=False):
    """The last value of a quantity, in its unit."""

    value: float | bool
    measured_at: datetime
    device: str


class DeviceWord(Struct, omit_defaults=True, gc=False):
    """The last word of a device about itself. `battery`: percent."""

    last_seen_at: datetime | None = None
    online: bool | None = None
    battery: float | None = None


class Twin(Struct, gc=False):
    """One bed: quantities by name, devices by id. `last_seen_at` is None for one that was never heard."""

    last_seen_at: datetime | None = None
    metrics: dict[str, Metric] = {}
    devices: dict[str, DeviceWord] = {}


def twin_of(last_seen_at: datetime | None, metrics: object, devices: object) -> Twin:
    """The twin out of the documents that the database keeps; raises `msgspec.ValidationError` for others."""
    return Twin(last_seen_at, convert(metrics, dict[str, Metric]), convert(devices, dict[str, DeviceWord]))


def fold_telemetry(twin: Twin, topic: Topic, telemetry: Telemetry, received_at: datetime) -> None:
    """Take readings into the twin; those of a device whose clock is wrong count from their arrival."""
    measured_at = trusted_time(telemetry.at, received_at)
    metrics = twin.metrics
    for name, value in telemetry.readings.__dict__.items():
        if value is not None and (name not in metrics or metrics[name].measured_at <= measured_at):
            metrics[name] = Metric(value, measured_at, topic.device)
    _seen(twin, topic, received_at)


def fold_status(twin: Twin, topic: Topic, status: Status, received_at: datetime) -> None:
    """Take a device's word about itself into the twin; a last will says that it is gone and is no sign of life."""
    if status.online:
        _seen(twin, topic, received_at)
    device = twin.devices.setdefault(topic.device, DeviceWord())
    device.online = status.online
    if status.battery is not None:
        device.battery = status.battery


def fold_event(twin: Twin, topic: Topic, received_at: datetime) -> None:
    """An event is a sign of life."""
    _seen(twin, topic, received_at)


def trusted_time(at_ms: int, received_at: datetime) -> datetime:
    """Time of a measurement; the time of arrival where the device's clock cannot be right."""
    at = device_time(at_ms)
    return at if at is not None and received_at - WILD_CLOCK <= at <= received_at + _AHEAD else received_at


def _seen(twin: Twin, topic: Topic, received_at: datetime) -> None:
    twin.last_seen_at = max(twin.last_seen_at or received_at, received_at)
    device = twin.devices.get(topic.device)
    if device is None:
        device = twin.devices[topic.device] = DeviceWord(online=True)
    device.last_seen_at = received_at
