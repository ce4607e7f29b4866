"""What a simulated week does to homes and to the platform, which its seed reproduces (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

HOURS_A_DAY = 24


class Trouble(StrEnum):
    """What happens; the first four to a home, the others to the platform."""

    ROUTER_OFF = "router off"
    ROUTER_STALLS = "router passes nothing on and keeps its connections"
    BOX_DIES = "kill -9 of the box"
    DISK_FULL = "the box's disk is full"
    INGEST_DIES = "kill -9 of ingest"
    ALERTS_DIE = "kill -9 of the alert engine"
    BROKER_DIES = "kill -9 of the platform's broker"
    DATABASE_DIES = "kill -9 of the database"

    @property
    def is_at_home(self) -> bool:
        return self in _AT_HOME


@dataclass(frozen=True, slots=True)
class _Habit:
    """How often a trouble comes in a week, and for how many hours."""

    a_week: float
    least_h: float
    most_h: float


_AT_HOME = {
    Trouble.ROUTER_OFF: _Habit(5, 0.5, 14.0),
    Trouble.ROUTER_STALLS: _Habit(4, 0.5, 5.0),
    Trouble.BOX_DIES: _Habit(10, 0.1, 2.0),
    Trouble.DISK_FULL: _Habit(3, 3.0, 12.0),
}
_ON_THE_PLATFORM = {
    Trouble.INGEST_DIES: _Habit(5, 0.1, 1.5),
    Trouble.ALERTS_DIE: _Habit(3, 0.1, 1.5),
    Trouble.BROKER_DIES: _Habit(5, 0.1, 1.5),
    Trouble.DATABASE_DIES: _Habit(4, 0.1, 1.5),
}


@dataclass(frozen=True, slots=True)
class Week:
    """How much is done. `hour_s`: how many seconds of the test an hour of the week takes."""

    homes: int = 3
    hours: float = 168.0
    hour_s: float = 1.0
    readings_per_h: float = 40.0
    presses_per_day: float = 6.0
    fills_disk: bool = True
    seed: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Happening:
    """Begins at `at_h` and ends at `until_h`; `home` is None for the platform."""

    at_h: float
    until_h: float
    trouble: Trouble
    home: int | None = None


def plan_week(week: Week) -> list[Happening]:
    """Everything that happens, in order; every trouble at least once a home, and none in the last tenth."""
    rng = Random(week.seed)
    found: list[Happening] = []
    for home in range(week.homes):
        for trouble, habit in _AT_HOME.items():
            if week.fills_disk or trouble is not Trouble.DISK_FULL:
                found += _happenings(rng, week, trouble, habit, home)
    for trouble, habit in _ON_THE_PLATFORM.items():
        found += _happenings(rng, week, trouble, habit, None)
    return sorted(found, key=lambda one: (one.at_h, one.until_h))


def _happenings(rng: Random, week: Week, trouble: Trouble, habit: _Habit, home: int | None) -> Iterator[Happening]:
    """One after the other, never two of a kind at once: the week is cut into as many parts as it happens."""
    end_h = week.hours * 0.9
    times = max(1, round(habit.a_week * week.hours / (7 * HOURS_A_DAY)))
    part_h = end_h / times
    for number in range(times):
        lasts_h = min(rng.uniform(habit.least_h, habit.most_h), part_h * 0.8)
        at_h = number * part_h + rng.uniform(0, part_h * 0.95 - lasts_h)
        yield Happening(at_h, at_h + lasts_h, trouble, home)
