"""A home's devices: what they say, over the home's network and by the home's clock, told into its timeline (pure)."""

from random import Random

from carecircle.payloads import Readings
from carecircle.topics import Kind, Topic
from carecircle_sim.device.firmware import Firmware
from carecircle_sim.home.network import Fate, Network, draw_outages
from carecircle_sim.home.plan import HomePlan
from carecircle_sim.home.timeline import Arrival, Timeline
from carecircle_sim.scenario.model import Scenario
from carecircle_sim.truth import Truth, What

_LATE_MS = 60_000
_LOW_PERCENT = 15
# Contact ID (SIA DC-05): medical, a person in need, carbon monoxide.
_CODES = {"sos": 101, "fall": 102, "carbon_monoxide": 162}


class Household:
    """Hub, mat, button, radar, door contact, room sensor and oximeter of one home."""

    def __init__(self, plan: HomePlan, scenario: Scenario, rng: Random) -> None:
        self.plan = plan
        self.rng = rng
        faults = scenario.faults
        self.timeline = Timeline(scenario.end_ms)
        outages = draw_outages(faults, plan.cuts, scenario.start_ms, scenario.end_ms, rng)
        self.network = Network(faults, outages, rng)
        self.clock_off_ms = 0
        self._began_ms = scenario.start_ms
        boot = scenario.start_ms // 60_000  # a later start counts higher, so that a scenario may be played again
        self.hub = Firmware("hub", boot=boot)
        self.mat = Firmware("mat", boot=boot, drift_ppm=rng.gauss(0, 20), wear=rng.uniform(0, 0.0008))
        self.button = Firmware("button", boot=boot, battery=rng.uniform(5, 100), drain=100 / faults.battery_days)
        self.radar = Firmware("radar", boot=boot)
        self.door = Firmware("door", boot=boot, battery=rng.uniform(20, 100), drain=0.15)
        self.room = Firmware("room", boot=boot)
        self.oximeter = Firmware("oximeter", boot=boot, battery=rng.uniform(20, 100), drain=0.3)
        self._empty: set[str] = set()
        self._low: set[str] = set()
        self._dead: set[str] = set()

    @property
    def devices(self) -> tuple[Firmware, ...]:
        """All of them, the hub first."""
        return self.hub, self.mat, self.button, self.radar, self.door, self.room, self.oximeter

    def tell(self, at_ms: int, what: What, **about: object) -> None:
        """Write down what is true."""
        self.timeline.tell(Truth(at_ms, self.plan.bed, what, about))

    def is_dark(self, moment_ms: int) -> bool:
        """Whether mains have failed."""
        outage = self.network.outage_at(moment_ms)
        return outage is not None and outage.is_power

    def works(self, device: Firmware, moment_ms: int) -> bool:
        """Whether a device has power; an empty battery is told as a truth, once."""
        device.age(moment_ms)
        if device.name in self._dead:
            return False
        if device.battery is None:
            return not self.is_dark(moment_ms)
        if device.battery <= _LOW_PERCENT and device.name not in self._low:
            self._low.add(device.name)
            self.tell(moment_ms, What.BATTERY_LOW, device=device.name)
        if device.is_dead and device.name not in self._empty:
            self._empty.add(device.name)
            self.tell(moment_ms, What.BATTERY_EMPTY, device=device.name)
        return not device.is_dead

    def kill(self, device: Firmware, moment_ms: int) -> None:
        """A device breaks for good."""
        if device.name not in self._dead:
            self._dead.add(device.name)
            self.tell(moment_ms, What.DEVICE_DIES, device=device.name)

    def measure(self, device: Firmware, moment_ms: int, readings: Readings, quality: float | None = None) -> None:
        """A device measures something, if it has power."""
        if not self.works(device, moment_ms):
            return
        payload = device.telemetry(self._stamp(device, moment_ms), readings, quality)
        fate = self.network.carry_telemetry(moment_ms)
        if device.defect is not None:
            self.tell(moment_ms, What.DEVICE_LIES, defect=device.defect, message=_key(device))
        self._send(device, Kind.TELEMETRY, payload, fate, moment_ms)

    def report(self, device: Firmware, name: str, what: What, moment_ms: int, **about: object) -> None:
        """A device has something to say that must arrive; the truth beside it says why."""
        if not self.works(device, moment_ms):
            self.tell(moment_ms, what, unheard="no power", **about)
            return
        payload = device.event(self._stamp(device, moment_ms), name, _CODES.get(name))
        self.tell(moment_ms, what, message=_key(device), **about)
        self._send(device, Kind.EVENT, payload, self.network.carry_event(moment_ms), moment_ms)

    def tell_status(self, device: Firmware, moment_ms: int) -> None:
        """What a device says of itself."""
        if self.works(device, moment_ms):
            rssi = float(round(self.rng.gauss(-66, 6)))
            payload = device.status(self._stamp(device, moment_ms), rssi=rssi)
            self._send(device, Kind.STATUS, payload, self.network.carry_telemetry(moment_ms), moment_ms)

    def tell_last_will(self, moment_ms: int) -> None:
        """What the broker says when the home's session has died."""
        topic = str(Topic(self.plan.county, self.plan.bed, self.hub.name, Kind.STATUS))
        payload = self.hub.last_will(self._stamp(self.hub, moment_ms))
        self.timeline.tell(Arrival(moment_ms, self.plan.bed, topic, payload, retain=True))

    def _stamp(self, device: Firmware, moment_ms: int) -> int:
        """The time in a message: the home's clock and the device's drift, which a mark of the hub sets right daily."""
        since_ms = (moment_ms - self._began_ms) % 86_400_000
        return moment_ms + self.clock_off_ms + round(since_ms * device.drift_ppm / 1e6)

    def _send(self, device: Firmware, kind: Kind, payload: bytes, fate: Fate, moment_ms: int) -> None:
        topic = str(Topic(self.plan.county, self.plan.bed, device.name, kind))
        retain = kind is Kind.STATUS
        for arrival_ms in fate.arrivals:
            self.timeline.tell(Arrival(arrival_ms, self.plan.bed, topic, payload, retain))
        if fate.why_not is not None:
            what = What.LOST_BY_RADIO if fate.why_not == "radio" else What.GIVEN_UP
            self.tell(moment_ms, what, message=_key(device), kind=kind)
        elif fate.held_ms > _LATE_MS:
            self.tell(moment_ms, What.DELAYED, message=_key(device), kind=kind, by_s=round(fate.held_ms / 1000))
        if len(fate.arrivals) > 1:
            self.tell(moment_ms, What.DUPLICATED, message=_key(device), kind=kind, copies=len(fate.arrivals))


def _key(device: Firmware) -> list[object]:
    return [device.name, device.boot, device.seq]
