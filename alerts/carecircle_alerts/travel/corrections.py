"""Corrections: what the platform's own arrivals say of the speeds of a source of travel times (pure).

A correction is the median of time taken over time expected, so that half of the arrivals may be told late, early or
not at all without moving it far; it needs a minimum of arrivals and stays within bounds. What was expected is taken
without the corrections of its own time, otherwise every night would correct the night before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from carecircle_alerts.travel.calibration import Calibration, Correction, Group
from carecircle_alerts.travel.straight_line import TURN_OUT_S

# Engineering proposals. 30 arrivals put the median of times that scatter by a third within about 8 % of the truth.
LEAST_ARRIVALS = 30
LEAST_FACTOR, MOST_FACTOR = 0.5, 3.0
LEAST_SPREAD, MOST_SPREAD = 1.05, 3.0
# Shorter ways are all doors and stairs; a ratio beyond these is a forgotten button, not a journey.
SHORTEST_WAY_S = 60.0
LEAST_RATIO, MOST_RATIO = 0.1, 10.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One helper who arrived: seconds on the way as expected without any correction, and as it was."""

    group: Group
    expected_s: float
    took_s: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """A correction, and how many arrivals it is from."""

    correction: Correction
    arrivals: int


def expected_way_s(p50_s: int, factor: float) -> float:
    """Seconds on the way as expected before a correction by `factor`; turning out is not corrected."""
    return max(0.0, p50_s - TURN_OUT_S) / factor


def taken_way_s(accepted_at: datetime, moving_at: datetime | None, arrived_at: datetime) -> float:
    """Seconds on the way as it was: from setting out, or from accepting less the usual time to turn out."""
    if moving_at is not None:
        return (arrived_at - moving_at).total_seconds()
    return (arrived_at - accepted_at).total_seconds() - TURN_OUT_S


def learn_corrections(arrivals: Iterable[Arrival]) -> dict[Group, Learnt]:
    """The corrections of every group with enough arrivals, narrow ones and those of a whole mode."""
    ratios: dict[Group, list[float]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.expected_s < SHORTEST_WAY_S:
            continue
        ratio = arrival.took_s / arrival.expected_s
        if LEAST_RATIO <= ratio <= MOST_RATIO:
            ratios[arrival.group].append(ratio)
            ratios[Group(arrival.group.basis, arrival.group.mode)].append(ratio)
    return {group: _learn(several) for group, several in ratios.items() if len(several) >= LEAST_ARRIVALS}


def _learn(ratios: list[float]) -> Learnt:
    median, high = np.percentile(ratios, (50, 90)).tolist()
    factor = min(MOST_FACTOR, max(LEAST_FACTOR, median))
    spread = min(MOST_SPREAD, max(LEAST_SPREAD, high / median))
    return Learnt(Correction(round(factor, 3), round(spread, 3)), len(ratios))


def is_news(learnt: Mapping[Group, Learnt], known: Calibration) -> bool:
    """Whether corrections differ by more than a hundredth from those that count; a new version says something new."""
    if set(learnt) != set(known.corrections):
        return True
    return any(
        abs(one.correction.factor - known.corrections[group].factor) > 0.01  # noqa: PLR2004 - as the sentence says
        or abs((one.correction.spread or 0) - (known.corrections[group].spread or 0)) > 0.01  # noqa: PLR2004
        for group, one in learnt.items()
    )
