"""Hours: whether a provider is open at a moment, by its week and its exceptions, in Beijing time (pure)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from carecircle.errors import Invalid

# All of China keeps Beijing time and has known no summer time since 1991.
BEIJING = timezone(timedelta(hours=8))
DAY_MIN = 24 * 60


class Span(NamedTuple):
    """From `opens_min` up to, and without, `closes_min`: minutes after midnight, 0 to 1440."""

    opens_min: int
    closes_min: int


class Hours(NamedTuple):
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


def faults_of(spans: Sequence[tuple[str, Span]]) -> list[Invalid]:
    """What cannot be right of the hours of one day, each with the path where it stands in the form (`hours.3.`, ``).

    A span that ends before it begins is found wrong at its end, one that begins before another has ended at its
    beginning; of two that begin together the later one in the form.
    """
    found = [
        Invalid(f"{at}closes_min", "hours_span", "营业时间须在0:00至24:00之间，且结束晚于开始")
        for at, span in spans
        if not 0 <= span.opens_min < span.closes_min <= DAY_MIN
    ]
    if found:
        return found
    open_until = 0
    for at, span in sorted(spans, key=lambda one: one[1].opens_min):
        if span.opens_min < open_until:
            found.append(Invalid(f"{at}opens_min", "hours_overlap", "同一天的营业时间重叠"))
        open_until = max(open_until, span.closes_min)
    return found


def _covers(spans: Sequence[Span], minute: int) -> bool:
    return any(span.opens_min <= minute < span.closes_min for span in spans)
