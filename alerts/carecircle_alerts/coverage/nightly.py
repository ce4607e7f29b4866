"""Nightly: when coverage has to be computed anew (pure)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from carecircle_alerts.coverage.figures import CHINA
from carecircle_alerts.coverage.matrix import MatrixSource

_NOT_SOONER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished computation of coverage."""

    id: int
    day: date
    began_at: datetime
    finished_at: datetime
    basis: str
    version: str
    is_estimate: bool
    limits: dict[str, int]
    bands: list[str]
    beds: int
    posts: int


def why_due(latest: Run | None, source: MatrixSource, now: datetime, hour: int) -> str | None:
    """Why it is time for a new run, in a word; None when it is not.

    The first time at once; each night after `hour` (local); within an hour when travel times have another basis or
    version, so that nothing is shown as an estimate for a day after roads were built.
    """
    if latest is None:
        return "first"
    there = now.astimezone(CHINA)
    if latest.day < there.date() and there.hour >= hour:
        return "night"
    if latest.basis != source.basis:
        return "other_basis"
    if latest.version != source.version and now - latest.began_at >= _NOT_SOONER:
        return "other_version"
    return None
