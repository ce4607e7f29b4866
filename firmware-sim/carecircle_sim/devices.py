"""A home's devices as firmware: hub, call button and bed mat with their counters and messages (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from carecircle.payloads import Event, Readings, Status, Telemetry, encode_payload
from carecircle.topics import Kind, Topic
from carecircle_sim.journal import Press
from carecircle_sim.physiology import make_body, vitals_at
from carecircle_sim.town import Home

HUB, BUTTON, MAT = "hub", "button", "mat"
_FIRMWARE = "sim-1.0.0"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to the broker."""

    topic: str
    payload: bytes
    retain: bool = False


class Household:
    """One home's three devices. `boot` is this start's number; each device counts its own messages from 1."""

    def __init__(self, home: Home, *, boot: int, seed: int) -> None:
        rng = Random(f"{seed}:{home.bed_id}")  # noqa: S311 - reproducible, nothing secret
        self.home = home
        self._boot = boot
        self._body = make_body(rng, altitude_m=home.altitude_m, is_male=home.is_male)
        self._seq = dict.fromkeys((HUB, BUTTON, MAT), 0)
        self._battery = rng.randint(55, 100)
        self._rssi = rng.randint(-82, -48)

    @property
    def command_topic(self) -> str:
        """What it listens to: commands for any of its devices."""
        return self._topic("+", Kind.COMMAND)

    def telemetry(self, now: datetime) -> Outgoing:
        """What the mat measures now; it feels no heart in an empty bed."""
        vitals = vitals_at(self._body, now)
        readings = Readings(
            in_bed=vitals.in_bed,
            movement=vitals.movement,
            heart_rate=vitals.heart_rate,
            respiratory_rate=vitals.respiratory_rate,
            spo2=vitals.spo2,
        )
        payload = Telemetry(boot=self._boot, seq=self._next(MAT), at=_ms(now), readings=readings, quality=0.9)
        return Outgoing(self._topic(MAT, Kind.TELEMETRY), encode_payload(payload))

    def statuses(self, now: datetime) -> Iterator[Outgoing]:
        """What the devices say of themselves when the home connects."""
        yield self._status(HUB, now, power="mains")
        yield self._status(BUTTON, now, power="battery", battery=float(self._battery))
        yield self._status(MAT, now, power="mains")

    def last_will(self, now: datetime) -> Outgoing:
        """What the broker says for the hub when the home's connection breaks."""
        payload = Status(boot=self._boot, seq=self._next(HUB), at=_ms(now), online=False)
        return Outgoing(self._topic(HUB, Kind.STATUS), encode_payload(payload), retain=True)

    def press(self, now: datetime) -> Press:
        """Somebody presses the call button."""
        return Press(self.home.bed_id, BUTTON, self._boot, self._next(BUTTON), _ms(now))

    def event(self, press: Press) -> Outgoing:
        """The press as a message, the same however often it is sent."""
        payload = Event(boot=press.boot, seq=press.seq, at=press.at_ms, event=press.event, code=press.code)
        return Outgoing(self._topic(press.device, Kind.EVENT), encode_payload(payload))

    def _status(self, device: str, now: datetime, *, power: str, battery: float | None = None) -> Outgoing:
        payload = Status(
            boot=self._boot,
            seq=self._next(device),
            at=_ms(now),
            online=True,
            battery=battery,
            rssi=float(self._rssi),
            firmware=_FIRMWARE,
            power=power,
        )
        return Outgoing(self._topic(device, Kind.STATUS), encode_payload(payload), retain=True)

    def _next(self, device: str) -> int:
        self._seq[device] += 1
        return self._seq[device]

    def _topic(self, device: str, kind: Kind) -> str:
        return str(Topic(self.home.county, self.home.bed_id, device, kind))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
