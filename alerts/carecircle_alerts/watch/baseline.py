"""Baseline: what is usual for one person, robustly and slowly forgotten (pure).

A histogram of fixed bins whose counts lose a fourteenth of their weight a day: its median and its spread follow a
person over about two weeks, a night of fever moves them little, and it takes a few hundred bytes whatever the number of
readings.
"""

from array import array

from msgspec import Struct

_BINS = 64
_FORGET = 13 / 14
_DAY_S = 86_400.0
_EVERY_S = 900.0
"""A quarter of an hour apart, readings are nearly independent; what is wanted is a median, not a record."""
_ILLNESS_S = 7 * _DAY_S
"""For so long an alarm keeps its readings from being learnt (engineering proposal; needs clinical sign-off)."""
_FEWEST = 3
"""Readings that a day must bring before it counts as seen."""


class Scale(Struct, frozen=True):
    """The range of a quantity that the bins divide; what lies beyond counts to the last bin."""

    low: float
    width: float


SCALES = {
    "heart_rate": Scale(30.0, 2.0),
    "respiratory_rate": Scale(4.0, 0.5),
    "spo2": Scale(68.0, 0.5),
}


class Usual(Struct, frozen=True, array_like=True, gc=False):
    """Median, half of the middle half (a robust spread), and on how many days it rests."""

    median: float
    spread: float
    days: float


class Baseline(Struct, array_like=True, gc=False):
    """One quantity in one condition, awake or asleep. `counts` holds 64 single-precision weights as bytes."""

    counts: bytes = b""
    today: int = 0
    fresh: list[float] = []
    next_at: float = 0.0
    days: float = 0.0
    usual: Usual | None = None
    doubted_since: float | None = None


def add(baseline: Baseline, scale: Scale, at: float, value: float, *, doubted: bool = False) -> None:
    """Take one reading; a new day is folded in when its first reading comes.

    `doubted`: an alarm about this quantity stands. An illness is not learnt; what lasts longer than one is the new
    usual.
    """
    if doubted:
        if baseline.doubted_since is None:
            baseline.doubted_since = at
        if at - baseline.doubted_since < _ILLNESS_S:
            return
    elif baseline.doubted_since is not None:
        baseline.doubted_since = None
    day = int(at // _DAY_S)
    if day > baseline.today:
        _fold(baseline, scale, day)
    if day == baseline.today and at >= baseline.next_at:
        baseline.fresh.append(value)
        baseline.next_at = at + _EVERY_S


def _fold(baseline: Baseline, scale: Scale, day: int) -> None:
    counts = array("f", baseline.counts) if baseline.counts else array("f", bytes(4 * _BINS))
    passed = min(60, day - baseline.today) if baseline.today else 0
    factor = _FORGET**passed
    for number in range(_BINS):
        counts[number] *= factor
    baseline.days *= factor
    if len(baseline.fresh) >= _FEWEST:
        share = 1.0 / len(baseline.fresh)
        for value in baseline.fresh:
            counts[min(_BINS - 1, max(0, int((value - scale.low) / scale.width)))] += share
        baseline.days += 1.0
    baseline.counts, baseline.fresh, baseline.today = counts.tobytes(), [], day
    baseline.usual = _usual(counts, scale, baseline.days)


def _usual(counts: "array[float]", scale: Scale, days: float) -> Usual | None:
    total = sum(counts)
    if total <= 0:
        return None
    lower, middle, upper = (_quantile(counts, scale, total * share) for share in (0.25, 0.5, 0.75))
    return Usual(round(middle, 2), round((upper - lower) / 2, 2), round(days, 2))


def _quantile(counts: "array[float]", scale: Scale, wanted: float) -> float:
    passed = 0.0
    for number, count in enumerate(counts):
        if count and passed + count >= wanted:
            return scale.low + (number + (wanted - passed) / count) * scale.width
        passed += count
    return scale.low + len(counts) * scale.width
