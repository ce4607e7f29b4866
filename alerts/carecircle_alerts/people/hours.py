"""Hours: whether a provider is open at a moment, by its week and its exceptions, in Beijing time (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

# All of China keeps Beijing time and has known no summer time since 1991.
BEIJING = timezone(timedelta(hours=8))
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Span:
    """From `opens_min` up to, and without, `closes_min`: minutes after midnight, 0 to 1440."""

    opens_min: int
    closes_min: int


@dataclass(frozen=True, slots=True)
class Hours:
    """One day of a provider. `week` are the spans of that weekday, `has_week` whether it keeps hours at all.

    `exception` replaces them for the day: () is closed, None is no exception.
    """

    has_week: bool
    week: tuple[Span, ...] = ()
    exception: tuple[Span, ...] | None = None


ALWAYS = Hours(has_week=False)


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether it is open; who keeps no hours is always open, but for exceptions."""
    minute = minute_of_day(at)
    if hours.exception is not None:
        return _covers(hours.exception, minute)
    return not hours.has_week or _covers(hours.week, minute)


def local_day(at: datetime) -> date:
    """The day there."""
    return at.astimezone(BEIJING).date()


def minute_of_day(at: datetime) -> int:
    """Minutes since midnight there."""
    there = at.astimezone(BEIJING)
    return there.hour * 60 + there.minute


def _covers(spans: Sequence[Span], minute: int) -> bool:
    return any(span.opens_min <= minute < span.closes_min for span in spans)
