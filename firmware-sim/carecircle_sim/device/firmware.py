"""What all devices have in common: numbers, battery, wear, clock, versions and the defects of versions (pure)."""

import json
from dataclasses import dataclass, field
from enum import StrEnum

from carecircle.payloads import Event, Payload, Readings, Status, Telemetry, encode_payload
from carecircle.topics import Kind

_DAY_MS = 86_400_000


class Defect(StrEnum):
    """What a firmware does wrong."""

    RENAMES = "renames_fields"
    """Heart rate is called `heartRate`: valid, and empty for whoever reads by the contract."""
    QUOTES = "quotes_numbers"
    """Numbers come as text, which the contract refuses."""
    FREEZES = "freezes"
    """The last reading is told for ever."""
    DOUBLES = "doubles_rates"
    """Heart and breath are counted twice."""
    CUTS = "cuts_messages"
    """Every message loses its last bytes."""

    @property
    def is_against_the_contract(self) -> bool:
        """Whether the platform has to refuse what it makes."""
        return self in {Defect.QUOTES, Defect.CUTS}


@dataclass(slots=True)
class Firmware:
    """One device. `battery` in percent, None on mains; `drain` in percent a day; `drift_ppm` of its clock."""

    name: str
    version: str = "sim-1.0.0"
    battery: float | None = None
    drain: float = 0.0
    drift_ppm: float = 0.0
    gain: float = 1.0
    """Sensitivity, which wears off."""
    wear: float = 0.0
    """Share of the gain that is lost in a day."""
    defect: Defect | None = None
    boot: int = 1
    seq: int = 0
    _began_ms: int | None = None
    _last: Readings | None = field(default=None)

    def age(self, moment_ms: int) -> None:
        """Let time pass since the last call: battery and sensor wear."""
        if self._began_ms is not None:
            days = (moment_ms - self._began_ms) / _DAY_MS
            if self.battery is not None:
                self.battery = max(0.0, self.battery - self.drain * days)
            self.gain *= (1 - self.wear) ** days
        self._began_ms = moment_ms

    @property
    def is_dead(self) -> bool:
        """Whether the battery is empty."""
        return self.battery is not None and self.battery <= 0

    def restart(self) -> None:
        """A new boot; messages are counted from 1 again."""
        self.boot += 1
        self.seq = 0

    def update(self, version: str, defect: Defect | None) -> None:
        """Over-the-air update, which ends in a restart."""
        self.version, self.defect = version, defect
        self.restart()

    def telemetry(self, at_ms: int, readings: Readings, quality: float | None = None) -> bytes:
        """Readings as this firmware writes them."""
        match self.defect:
            case Defect.FREEZES:
                readings = self._last or readings
            case Defect.DOUBLES:
                readings = _doubled(readings)
            case _:
                pass
        self._last = readings
        return self._written(
            Telemetry(boot=self.boot, seq=self._next(), at=at_ms, readings=readings, quality=quality), Kind.TELEMETRY
        )

    def event(self, at_ms: int, name: str, code: int | None, detail: dict[str, object] | None = None) -> bytes:
        """Something happened. Defects spare events: what is tested with them is telemetry."""
        return encode_payload(
            Event(boot=self.boot, seq=self._next(), at=at_ms, event=name, code=code, detail=detail or {})
        )

    def status(self, at_ms: int, *, rssi: float | None = None) -> bytes:
        """What it says of itself."""
        return encode_payload(
            Status(
                boot=self.boot,
                seq=self._next(),
                at=at_ms,
                online=True,
                battery=None if self.battery is None else round(self.battery),
                rssi=rssi,
                firmware=self.version,
                power="mains" if self.battery is None else "battery",
            )
        )

    def last_will(self, at_ms: int) -> bytes:
        """What the broker says for it; numbered 0, outside of the count."""
        return encode_payload(Status(boot=self.boot, seq=0, at=at_ms, online=False))

    def _next(self) -> int:
        self.seq += 1
        return self.seq

    def _written(self, payload: Payload, kind: Kind) -> bytes:
        body = encode_payload(payload)
        if kind is not Kind.TELEMETRY:
            return body
        match self.defect:
            case Defect.RENAMES:
                return body.replace(b'"heart_rate"', b'"heartRate"').replace(b'"respiratory_rate"', b'"respRate"')
            case Defect.QUOTES:
                said = json.loads(body)
                said["readings"] = {name: str(value) for name, value in said["readings"].items()}
                return json.dumps(said, separators=(",", ":")).encode()
            case Defect.CUTS:
                return body[: len(body) * 3 // 4]
            case _:
                return body


def _doubled(readings: Readings) -> Readings:
    heart, breath = readings.heart_rate, readings.respiratory_rate
    return readings.model_copy(
        update={
            "heart_rate": None if heart is None else 2 * heart,
            "respiratory_rate": None if breath is None else 2 * breath,
        }
    )
