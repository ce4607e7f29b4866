"""Seen: one message as the rules see it, with the time that it is believed to speak of (pure)."""

from msgspec import Struct

from carecircle.payloads import Event, Status, Telemetry

Value = float | bool


class Said(Struct, frozen=True, array_like=True, gc=False):
    """What a device says of itself; None where it did not say."""

    online: bool
    battery: float | None = None
    link_quality: float | None = None
    power: str | None = None
    clock_off_ms: int | None = None
    firmware: str | None = None


class Seen(Struct, frozen=True, array_like=True, gc=False):
    """One message. `at` and `received` are Unix seconds: when it was measured, as believed, and when it came.

    Exactly one of `readings`, `event` and `said` is there. `key` is (boot, seq), under which a repeat is known.
    """

    at: float
    received: float
    device: str
    key: tuple[int, int]
    readings: dict[str, Value] | None = None
    quality: float | None = None
    event: str | None = None
    detail: dict[str, object] | None = None
    said: Said | None = None

    def order(self) -> tuple[float, str, tuple[int, int]]:
        """Where it belongs among others; ties go by device and number, so that arrival decides nothing."""
        return self.at, self.device, self.key


def seen_of(payload: Telemetry | Event | Status, device: str, at: float, received: float) -> Seen:
    """A message of the contract as the rules see it, at a time that somebody has found credible."""
    key = (payload.boot, payload.seq)
    match payload:
        case Telemetry():
            # Read without copying it through a model dump: this runs for every message.
            readings = {name: value for name, value in payload.readings.__dict__.items() if value is not None}
            return Seen(at, received, device, key, readings=readings, quality=payload.quality)
        case Event():
            return Seen(at, received, device, key, event=payload.event, detail=payload.detail)
        case Status():
            said = Said(
                payload.online,
                payload.battery,
                payload.link_quality,
                payload.power,
                payload.clock_off_ms,
                payload.firmware,
            )
            return Seen(at, received, device, key, said=said)
