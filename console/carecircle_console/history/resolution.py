"""Resolution: how long the buckets of a chart are, so that there are never more points than asked for (pure).

Steps are counted from a midnight in China, so that the bucket of a day is a day as people live it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from carecircle_console.errors import BadRequest

ORIGIN = datetime.fromisoformat("2000-01-03T00:00:00+08:00")
"""A Monday, midnight in China; China has kept one offset all the year round since 1992."""


class Source(StrEnum):
    """Which rollup a step is made of; what is newer than the rollup comes from finer ones and in the end from rows."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STEPS: tuple[timedelta, ...] = (
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 7, 28, 91, 364)),
)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to before `end`, in buckets of `step`; both are edges of buckets."""

    start: datetime
    end: datetime
    step: timedelta

    @property
    def source(self) -> Source:
        """The coarsest rollup whose buckets never cross an edge of ours."""
        if self.step >= _DAY:
            return Source.DAY
        return Source.HOUR if self.step >= _HOUR else Source.MINUTE

    @property
    def buckets(self) -> int:
        """How many there are."""
        return (self.end - self.start) // self.step


def window_for(start: datetime, end: datetime, points: int) -> Window:
    """The finest window that covers `start` up to `end` in at most `points` buckets.

    Raises `BadRequest` where the end is not after the start, or the time is too long for so few points.
    """
    if end <= start:
        raise BadRequest("结束时间必须晚于开始时间")
    for step in STEPS:
        window = _window(start, end, step)
        if window.buckets <= points:
            return window
    raise BadRequest("时间范围太长，请缩短时间或增加点数")


def _window(start: datetime, end: datetime, step: timedelta) -> Window:
    first = ORIGIN + (start - ORIGIN) // step * step
    after_last = ORIGIN - (ORIGIN - end) // step * step
    return Window(first, after_last, step)
