"""One home, lived through: the resident's days and the scenario's happenings become messages and truths (pure).

Everything that is drawn comes from one generator of the home's own, so that the same seed gives the same bytes however
many homes there are. Nothing here reads a clock.
"""

from collections.abc import Iterator
from functools import partial
from random import Random

from carecircle.payloads import Readings
from carecircle_sim.device.firmware import Defect, Firmware
from carecircle_sim.device.sensors import CoAlarm, mat_readings, room_readings
from carecircle_sim.home.chance import plan_chances
from carecircle_sim.home.household import Household
from carecircle_sim.home.network import BOOT_MS, Outage
from carecircle_sim.home.plan import HomePlan
from carecircle_sim.home.timeline import Item
from carecircle_sim.life.day import DAY_MS, Doing, Place
from carecircle_sim.life.illness import CARBON_MONOXIDE, Illness
from carecircle_sim.life.resident import draw_resident
from carecircle_sim.scenario.model import CarbonMonoxide, Pneumonia, Scenario
from carecircle_sim.truth import What

_SECOND_MS, _MINUTE_MS, _HOUR_MS = 1_000, 60_000, 3_600_000
_ROOM_EVERY_MS = 10 * _MINUTE_MS
_WILL_AFTER_MS = 90_000  # one and a half keep-alives of 60 s
_SPOT_CHECK_MS = 1 * _HOUR_MS  # nine o'clock in Xining, counted from midnight UTC
_DOOR_OPEN_MS = 8_000
_SLEEPS_MS = 40 * _MINUTE_MS
_PAUSES_EVERY_MS = 2.2 * _MINUTE_MS
_REACHES_BUTTON = 0.5  # of those who have fallen; a guess
_TOLD = {Doing.SLEEP: What.SLEEP, Doing.TOILET: What.TOILET, Doing.OUTING: What.OUTING, Doing.VISIT: What.VISIT}


class SimulatedHome:
    """A home from the scenario's start to its end; `run` once."""

    def __init__(self, plan: HomePlan, scenario: Scenario, seed: int) -> None:
        rng = self._rng = Random(f"{seed}:{plan.bed}")  # noqa: S311 - reproducible, nothing secret
        self._plan, self._scenario = plan, scenario
        self.resident = draw_resident(f"{seed}:{plan.bed}:life", altitude_m=plan.altitude_m, is_male=plan.is_male)
        self.resident.illnesses += [Illness(at / 1000, one.half_days) for at, one in plan.illnesses]
        self.house = Household(plan, scenario, rng)
        self._at = self.house.timeline.at
        self._has_apnoea = bool(scenario.life.apnoea) and rng.random() < scenario.life.apnoea
        self._co_alarm = CoAlarm()
        self._co_ppm = 0.0
        self._co: CarbonMonoxide | None = None
        self._felt_room_ms = scenario.start_ms
        self._plan_moments(scenario.start_ms)
        self._plan_happenings()
        plan_chances(self, scenario, rng)

    def run(self) -> Iterator[Item]:
        """Messages and truths in order of time."""
        return self.house.timeline.run()

    def press(self, moment_ms: int, *, what: What = What.PRESS, **about: object) -> None:
        """The call button is pressed."""
        self.house.report(self.house.button, "sos", what, moment_ms, **about)

    def fall(self, moment_ms: int) -> None:
        """The resident falls, if at home and up, and lies until somebody comes."""
        stay = self.resident.stay_at(moment_ms)
        if stay.place in {Place.OUT, Place.BED} or self.resident.lies_since_ms is not None:
            return
        self.resident.lies_since_ms = moment_ms
        self.house.tell(moment_ms, What.FALL, place=stay.place)
        rng = self._rng
        noticed_ms = moment_ms + rng.randint(20, 90) * _SECOND_MS
        if rng.random() < self._scenario.life.radar_sees_falls and not self.house.is_dark(noticed_ms):
            self._at(noticed_ms, partial(self.house.report, self.house.radar, "fall", What.SEEN_FALL))
        else:
            self.house.tell(moment_ms, What.MISSED_FALL)
        if rng.random() < _REACHES_BUTTON:
            self._at(moment_ms + rng.randint(30, 600) * _SECOND_MS, partial(self.press, because=What.FALL))
        self._at(moment_ms + rng.randint(15, 90) * _MINUTE_MS, self._get_up)

    def stay_up(self, moment_ms: int) -> None:
        """Gets up at night and does not come back for an hour, if asleep now."""
        self._leave_bed(moment_ms, What.LONG_EXIT)

    def wander(self, moment_ms: int) -> None:
        """Gets up at night and leaves the home, if asleep now."""
        if self._leave_bed(moment_ms, What.WANDER):
            self._at(moment_ms + 2 * _MINUTE_MS, self._use_door)
            self._at(self.resident.up_until_ms - 3 * _MINUTE_MS, self._use_door)

    def _leave_bed(self, moment_ms: int, what: What) -> bool:
        stay = self.resident.stay_at(moment_ms)
        is_up = self.resident.lies_since_ms is not None or moment_ms < self.resident.up_until_ms
        if stay.doing is not Doing.SLEEP or moment_ms - stay.begin_ms < _SLEEPS_MS or is_up:
            return False
        lasts_ms = self._rng.randint(40, 100) * _MINUTE_MS
        self.resident.up_until_ms = moment_ms + lasts_ms
        self.house.tell(moment_ms, what, lasts_s=lasts_ms // 1000)
        return True

    def _try_button(self, moment_ms: int) -> None:
        self.house.report(self.house.button, "press_test", What.PRESS_TEST, moment_ms)
        if self._rng.random() < self._scenario.life.forgets_test:
            self.house.tell(moment_ms, What.FORGOTTEN_TEST)
        else:
            self._at(moment_ms + 7 * DAY_MS, self._try_button)

    def _pause_breath(self, until_ms: int, moment_ms: int) -> None:
        if moment_ms >= until_ms:
            return
        self.house.report(self.house.mat, "apnoea", What.APNOEA, moment_ms)
        self._at(moment_ms + self._rng.expovariate(1 / _PAUSES_EVERY_MS), partial(self._pause_breath, until_ms))

    def _get_up(self, moment_ms: int) -> None:
        self.resident.lies_since_ms = None
        self.house.tell(moment_ms, What.GOT_UP)

    def _plan_moments(self, begin_ms: int) -> None:
        """What goes on all the time."""
        rng, house = self._rng, self.house
        for device in house.devices:
            self._at(begin_ms + rng.randint(0, 5_000), partial(house.tell_status, device))
            self._at(begin_ms + rng.randrange(_HOUR_MS), partial(self._tell_hourly, device))
        self._at(begin_ms + rng.randrange(round(self._scenario.mat_every_s * 1000)), self._measure)
        self._at(begin_ms + rng.randrange(_ROOM_EVERY_MS), self._feel_room)
        next_check_ms = begin_ms + (_SPOT_CHECK_MS - begin_ms) % DAY_MS
        self._at(next_check_ms + rng.randrange(_HOUR_MS), self._check)
        self._at(begin_ms, self._live)
        if self._scenario.life.tests_button:
            self._at(begin_ms + rng.randrange(DAY_MS), self._try_button)

    def _plan_happenings(self) -> None:
        """What the scenario lays upon this home."""
        for outage in self.house.network.outages:
            self._at(outage.begin_ms, partial(self._lose_the_way, outage))
            if outage.is_power:
                self._at(outage.end_ms + BOOT_MS, self._come_back)
        for at_ms in self._plan.quakes:
            self._at(at_ms, partial(self.press, because=What.EARTHQUAKE))
        for at_ms, co in self._plan.co:
            self._at(at_ms, partial(self._gather, co))
        for at_ms, illness in self._plan.illnesses:
            self._at(at_ms, partial(self._fall_ill, illness))
        for at_ms, update in self._plan.updates:
            self._at(at_ms, partial(self._update, update.version, update.defect))

    def _measure(self, moment_ms: int) -> None:
        readings, quality = mat_readings(self.resident, self.house.mat, moment_ms, self._rng)
        self.house.measure(self.house.mat, moment_ms, readings, quality)
        self._at(moment_ms + self._scenario.mat_every_s * 1000, self._measure)

    def _feel_room(self, moment_ms: int) -> None:
        minutes = (moment_ms - self._felt_room_ms) / _MINUTE_MS
        self._felt_room_ms = moment_ms
        if self._co is not None:
            self._co_ppm = min(self._co.peak_ppm, self._co_ppm + minutes * self._co.peak_ppm / self._co.rises_min)
        house, is_dark = self.house, self.house.is_dark(moment_ms)
        house.measure(
            house.room, moment_ms, room_readings(moment_ms, self._rng, co_ppm=self._co_ppm, is_heated=not is_dark)
        )
        if self._co_alarm.feel(self._co_ppm, minutes) and not is_dark:
            house.report(house.room, "carbon_monoxide", What.CARBON_MONOXIDE, moment_ms, ppm=round(self._co_ppm))
            if self._co is not None and self._rng.random() < self._co.airing:
                self._at(moment_ms + self._rng.randint(2, 10) * _MINUTE_MS, self._air)
        # A filling room is looked at by the minute, as alarms do; an ordinary one is told now and then.
        self._at(moment_ms + (_MINUTE_MS if self._co_ppm > 1 or self._co else _ROOM_EVERY_MS), self._feel_room)

    def _gather(self, co: CarbonMonoxide, moment_ms: int) -> None:
        self._co = co
        self.house.tell(moment_ms, What.CARBON_MONOXIDE, peak_ppm=co.peak_ppm, rises_min=co.rises_min)
        self.resident.illnesses.append(Illness(moment_ms / 1000, co.rises_min / 720, CARBON_MONOXIDE))

    def _air(self, moment_ms: int) -> None:
        self._co, self._co_ppm = None, 0.0
        self.resident.illnesses = [one for one in self.resident.illnesses if one.worst is not CARBON_MONOXIDE]
        self.house.tell(moment_ms, What.AIRED)

    def _check(self, moment_ms: int) -> None:
        """The morning's spot check with oximeter and thermometer."""
        vitals = self.resident.spot_check(moment_ms)
        readings = Readings(spo2=vitals.spo2, heart_rate=vitals.heart_rate)
        self.house.measure(self.house.oximeter, moment_ms, readings)
        temperature = Readings(body_temperature=self.resident.temperature_at(moment_ms))
        self.house.measure(self.house.oximeter, moment_ms + 30 * _SECOND_MS, temperature)
        self._at(moment_ms + DAY_MS, self._check)

    def _live(self, moment_ms: int) -> None:
        """A stay begins."""
        day = self.resident.day_of(moment_ms)
        stay = day.at(moment_ms)
        if stay.doing in _TOLD:
            self.house.tell(moment_ms, _TOLD[stay.doing])
        if stay.doing in {Doing.OUTING, Doing.VISIT}:
            self._use_door(moment_ms)
        next_ms = next((one.begin_ms for one in day.stays if one.begin_ms > moment_ms), day.begin_ms + DAY_MS)
        if stay.doing in {Doing.OUTING, Doing.VISIT}:
            self._at(next_ms - _DOOR_OPEN_MS, self._use_door)
        if self._has_apnoea and stay.doing is Doing.SLEEP:
            self.house.tell(moment_ms, What.APNOEA_NIGHT)
            self._at(moment_ms + _SLEEPS_MS, partial(self._pause_breath, next_ms))
        self._at(next_ms, self._live)

    def _use_door(self, moment_ms: int) -> None:
        self.house.measure(self.house.door, moment_ms, Readings(door_open=True))
        self._at(
            moment_ms + _DOOR_OPEN_MS,
            lambda at_ms: self.house.measure(self.house.door, at_ms, Readings(door_open=False)),
        )

    def _tell_hourly(self, device: Firmware, moment_ms: int) -> None:
        self.house.tell_status(device, moment_ms)
        self._at(moment_ms + _HOUR_MS, partial(self._tell_hourly, device))

    def _lose_the_way(self, outage: Outage, moment_ms: int) -> None:
        what = What.POWER_CUT if outage.is_power else What.ROUTER_OUTAGE
        self.house.tell(moment_ms, what, lasts_s=round((outage.end_ms - outage.begin_ms) / 1000))
        if outage.end_ms - outage.begin_ms > _WILL_AFTER_MS:
            self._at(moment_ms + _WILL_AFTER_MS, self.house.tell_last_will)

    def _come_back(self, moment_ms: int) -> None:
        """Mains are back: what hangs on them starts anew."""
        for device in self.house.devices:
            if device.battery is None:
                device.restart()
                self.house.tell(moment_ms, What.RESTART, device=device.name, boot=device.boot)
                self.house.tell_status(device, moment_ms)

    def _fall_ill(self, illness: Pneumonia, moment_ms: int) -> None:
        self.house.tell(moment_ms, What.ILLNESS, name=illness.kind, half_days=illness.half_days)

    def _update(self, version: str, defect: Defect | None, moment_ms: int) -> None:
        if self.house.is_dark(moment_ms):
            self._at(moment_ms + _HOUR_MS, partial(self._update, version, defect))
            return
        self.house.mat.update(version, defect)
        self.house.tell(moment_ms, What.UPDATE, device="mat", version=version, defect=defect)
        self.house.tell_status(self.house.mat, moment_ms)
