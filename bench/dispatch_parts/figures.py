"""Figures as all parts print them (pure)."""

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` per cent of them do not exceed, rounded to a hundredth."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))], 2)
