"""A resident's day: a chain of stays from noon to noon, drawn from habits (pure).

Lengths follow the one home of the Ordóñez A recording (UCI ADL, CC BY 4.0, Ordóñez 2013; 14 days, medians there: lunch
35 min, breakfast 8, television 77, outings 104, toilet 1 with a tenth above 8). That person sleeps from half past one;
the hours of bed and rising here are those of Qinghai's old people as care staff describe them, a guess that is marked.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum
from math import exp, log
from random import Random

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


class Place(StrEnum):
    """Where in or out of the home."""

    BED = "bed"
    BATHROOM = "bathroom"
    KITCHEN = "kitchen"
    LIVING_ROOM = "living_room"
    OUT = "out"


class Doing(StrEnum):
    """What the stay is for."""

    SLEEP = "sleep"
    NAP = "nap"
    TOILET = "toilet"
    MEAL = "meal"
    REST = "rest"
    OUTING = "outing"
    VISIT = "visit"


_WHERE = {
    Doing.SLEEP: Place.BED,
    Doing.NAP: Place.BED,
    Doing.TOILET: Place.BATHROOM,
    Doing.MEAL: Place.KITCHEN,
    Doing.REST: Place.LIVING_ROOM,
    Doing.OUTING: Place.OUT,
    Doing.VISIT: Place.LIVING_ROOM,
}


@dataclass(frozen=True, slots=True)
class Habits:
    """What is lasting about one resident's days. Hours are local; probabilities are of a day."""

    bedtime_h: float
    rising_h: float
    night_toilets: float
    naps: float
    outings: float
    visits: float


@dataclass(frozen=True, slots=True)
class Stay:
    """From `begin_ms` (Unix time) until the next stay begins."""

    begin_ms: int
    doing: Doing

    @property
    def place(self) -> Place:
        """Where that is."""
        return _WHERE[self.doing]


@dataclass(slots=True)
class Day:
    """Stays from noon to noon, in order."""

    begin_ms: int
    stays: list[Stay] = field(default_factory=list)

    def at(self, moment_ms: int) -> Stay:
        """The stay of a moment of this day."""
        return self.stays[bisect_right(self.stays, moment_ms, key=lambda stay: stay.begin_ms) - 1]


def draw_habits(rng: Random) -> Habits:
    """One resident's habits."""
    return Habits(
        bedtime_h=rng.uniform(20.5, 22.8),
        rising_h=rng.uniform(5.8, 7.6),
        night_toilets=rng.uniform(0.5, 2.2),
        naps=rng.uniform(0.4, 0.95),
        outings=rng.uniform(0.3, 0.9),
        visits=rng.uniform(0.05, 0.5),
    )


def plan_day(habits: Habits, rng: Random, noon_ms: int, severity: float = 0.0) -> Day:
    """The day that begins at this noon. `severity` of an illness, 0 to 1, keeps people in and in bed."""
    plan = _Plan(Day(noon_ms), noon_ms, rng)
    plan.add(Doing.MEAL, _around(rng, 35))
    if rng.random() < habits.naps + severity:
        plan.rest_until(13.0)
        plan.add(Doing.NAP, _around(rng, 60 + 120 * severity))
    if rng.random() < habits.outings * (1 - severity):
        plan.rest_until(rng.uniform(14.5, 16.0))
        plan.add(Doing.OUTING, _around(rng, 104, 0.7))
    elif rng.random() < habits.visits:
        plan.rest_until(rng.uniform(14.5, 16.5))
        plan.add(Doing.VISIT, _around(rng, 70))
    plan.rest_until(18.0 + rng.gauss(0, 0.3))
    plan.add(Doing.MEAL, _around(rng, 25))
    plan.rest_until(max(19.5, habits.bedtime_h + rng.gauss(0, 0.4) - 1.5 * severity))
    _sleep(plan, habits.night_toilets * (1 + severity), 24 + habits.rising_h + rng.gauss(0, 0.3) + 2 * severity)
    plan.add(Doing.TOILET, _around(rng, 6))
    plan.add(Doing.MEAL, _around(rng, 12))
    plan.rest_until(36.0)
    return plan.day


def _sleep(plan: "_Plan", toilets: float, rising_h: float) -> None:
    rising_ms = plan.at_hour(rising_h)
    span = rising_ms - plan.now_ms
    visits = sorted(plan.rng.uniform(0.15, 0.92) for _ in range(_poisson(plan.rng, toilets)))
    begin_ms = plan.now_ms
    for share in visits:
        plan.add_until(Doing.SLEEP, begin_ms + int(share * span))
        plan.add(Doing.TOILET, _around(plan.rng, 6, 0.5))
    plan.add_until(Doing.SLEEP, rising_ms)


@dataclass(slots=True)
class _Plan:
    """A day in the making; `now_ms` is where it has got to."""

    day: Day
    now_ms: int
    rng: Random

    def at_hour(self, hour: float) -> int:
        """A moment by the hours since the midnight before the plan's noon."""
        return self.day.begin_ms + int((hour - 12) * 60 * MINUTE_MS)

    def add(self, doing: Doing, minutes: float) -> None:
        self.add_until(doing, self.now_ms + int(minutes * MINUTE_MS))

    def add_until(self, doing: Doing, until_ms: int) -> None:
        """A stay that would end before it begins is left out; none outlasts the day."""
        until_ms = min(until_ms, self.day.begin_ms + DAY_MS)
        if until_ms > self.now_ms:
            self.day.stays.append(Stay(self.now_ms, doing))
            self.now_ms = until_ms

    def rest_until(self, hour: float) -> None:
        """Rest, broken by the toilet now and then."""
        until_ms = self.at_hour(hour)
        while self.now_ms < until_ms:
            self.add_until(Doing.REST, min(until_ms, self.now_ms + int(_around(self.rng, 110, 0.6) * MINUTE_MS)))
            if self.now_ms < until_ms:
                self.add_until(Doing.TOILET, min(until_ms, self.now_ms + int(_around(self.rng, 3, 0.8) * MINUTE_MS)))


def _around(rng: Random, median: float, spread: float = 0.35) -> float:
    """Log-normal, as the lengths of the recording are, and never beyond six times the median."""
    return min(6 * median, exp(rng.gauss(log(median), spread)))


def _poisson(rng: Random, mean: float) -> int:
    found, left = -1, 1.0
    limit = exp(-mean)
    while left > limit:
        found, left = found + 1, left * rng.random()
    return found
