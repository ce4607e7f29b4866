"""Areas: how many beds of each division are in which state, by hour and kind of circle (pure).

A division contains every bed whose code starts with its own: province, prefecture, county, township, village.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from carecircle_alerts.coverage.day import BedsDay
from carecircle_alerts.coverage.figures import BACKUP_PEOPLE, CODE, LEVELS, STATES, Counts, CoverState
from carecircle_alerts.coverage.posts import HOURS

_BACKED_UP = len(STATES)

Tally = NDArray[np.int64]


@dataclass(slots=True)
class AreaTally:
    """Counts beds part by part, so that any number of beds needs the memory of the divisions only."""

    _by_leaf: dict[tuple[str, str], Tally] = field(default_factory=dict)

    def add(self, day: BedsDay) -> None:
        """Count some more beds."""
        keys = [(bed.division_code, bed.circle) for bed in day.beds]
        covered = day.state == CODE[CoverState.COVERED]
        backed_up = covered & (day.people >= BACKUP_PEOPLE)
        for key in sorted(set(keys)):
            rows = np.array([one == key for one in keys])
            tally = self._by_leaf.setdefault(key, np.zeros((HOURS, len(STATES) + 1), np.int64))
            for code in range(len(STATES)):
                tally[:, code] += (day.state[rows] == code).sum(axis=0)
            tally[:, _BACKED_UP] += backed_up[rows].sum(axis=0)

    def areas(self) -> Iterator[tuple[str, str, int, Counts]]:
        """Division, kind of circle, hour and counts; every division that has a bed, in the order of the codes."""
        rolled: dict[tuple[str, str], Tally] = {}
        for (code, circle), tally in self._by_leaf.items():
            for prefix in sorted({code[:digits] for digits in LEVELS if digits <= len(code)}):
                key = (prefix, circle)
                rolled[key] = rolled[key] + tally if key in rolled else tally
        for (code, circle), tally in sorted(rolled.items()):
            for hour in range(HOURS):
                yield code, circle, hour, _counts(tally[hour])


def _counts(row: Tally) -> Counts:
    numbers = [int(number) for number in row]
    return Counts(**{state.value: numbers[CODE[state]] for state in STATES}, backed_up=numbers[_BACKED_UP])
