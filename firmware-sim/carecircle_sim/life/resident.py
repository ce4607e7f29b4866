"""A resident: constitution, habits and illnesses together, asked what is the case at a moment (pure)."""

import math
from dataclasses import dataclass, field, replace
from random import Random

from carecircle_sim.life.day import DAY_MS, Day, Doing, Habits, Place, Stay, draw_habits, plan_day
from carecircle_sim.life.illness import Illness
from carecircle_sim.physiology import Body, Vitals, make_body, vitals_in_bed

_NOON_UTC_MS = 4 * 3600_000  # noon in Xining, UTC+8
_CYCLE_MS = 95 * 60_000  # one cycle of sleep
_TEMPERATURE_C, _CIRCADIAN_C = 36.5, 0.35


@dataclass(slots=True)
class Resident:
    """One resident. Days are drawn when they are asked for, each from its own seed, so that the order is free."""

    seed: str
    body: Body
    habits: Habits
    illnesses: list[Illness] = field(default_factory=list)
    lies_since_ms: int | None = None
    """Fallen, and still on the floor; whoever simulates the home sets it."""
    up_until_ms: int = 0
    """Out of bed against the plan of the night, until then."""
    _days: dict[int, Day] = field(default_factory=dict)

    def stay_at(self, moment_ms: int) -> Stay:
        """Where the resident is, leaving falls aside."""
        return self.day_of(moment_ms).at(moment_ms)

    def day_of(self, moment_ms: int) -> Day:
        """The plan from noon to noon that holds a moment."""
        number = (moment_ms - _NOON_UTC_MS) // DAY_MS
        if number not in self._days:
            noon_ms = number * DAY_MS + _NOON_UTC_MS
            rng = Random(f"{self.seed}:{number}")  # noqa: S311 - reproducible, nothing secret
            self._days.pop(number - 2, None)  # yesterday and today are all that is asked for
            self._days[number] = plan_day(self.habits, rng, noon_ms, self.severity(noon_ms / 1000))
        return self._days[number]

    def severity(self, moment_s: float) -> float:
        """Of the worst illness, 0 to 1."""
        return max((illness.severity(moment_s) for illness in self.illnesses), default=0.0)

    def vitals_at(self, moment_ms: int) -> Vitals:
        """What a perfect bed mat would read."""
        stay = self.stay_at(moment_ms)
        if stay.place is not Place.BED or self.lies_since_ms is not None or moment_ms < self.up_until_ms:
            return Vitals(in_bed=False, movement=0.0)
        in_stay = (moment_ms - stay.begin_ms) / _CYCLE_MS
        # Falls asleep in a quarter of an hour, then dives and surfaces in cycles; a nap stays shallow.
        deepest = 1.0 if stay.doing is Doing.SLEEP else 0.4
        depth = deepest * min(1.0, in_stay * 6) * (0.6 - 0.4 * math.cos(math.tau * in_stay))
        vitals = vitals_in_bed(self.body, moment_ms / 1000, depth)
        return self._ill(vitals, moment_ms / 1000) if self.illnesses else vitals

    def spot_check(self, moment_ms: int) -> Vitals:
        """What a clip on the finger reads of somebody who sits, awake."""
        vitals = vitals_in_bed(self.body, moment_ms / 1000, 0.0)
        return self._ill(vitals, moment_ms / 1000) if self.illnesses else vitals

    def temperature_at(self, moment_ms: int) -> float:
        """Body temperature in degrees Celsius: lowest before dawn, highest in the late afternoon."""
        hour = (moment_ms / 3600_000 + 8) % 24
        fever = sum(illness.change(moment_ms / 1000).temperature for illness in self.illnesses)
        return round(_TEMPERATURE_C + _CIRCADIAN_C * math.cos(math.tau * (hour - 17) / 24) + fever, 1)

    def _ill(self, vitals: Vitals, moment_s: float) -> Vitals:
        assert vitals.heart_rate is not None
        assert vitals.respiratory_rate is not None
        assert vitals.spo2 is not None
        changes = [illness.change(moment_s) for illness in self.illnesses]
        return replace(
            vitals,
            heart_rate=round(vitals.heart_rate + sum(change.heart_rate for change in changes)),
            respiratory_rate=round(vitals.respiratory_rate + sum(change.respiratory_rate for change in changes), 1),
            spo2=round(max(50.0, vitals.spo2 + sum(change.spo2 for change in changes)), 1),
        )


def draw_resident(seed: str, *, altitude_m: float, is_male: bool) -> Resident:
    """One resident of this seed."""
    rng = Random(seed)  # noqa: S311 - reproducible, nothing secret
    return Resident(seed, make_body(rng, altitude_m=altitude_m, is_male=is_male), draw_habits(rng))
