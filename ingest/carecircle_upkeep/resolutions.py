"""Resolutions: the three kinds of bucket into which history is rolled up, and where their borders lie (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from carecircle.quantities import History

_CHINA = timezone(timedelta(hours=8))  # without summer time since 1991


@dataclass(frozen=True, slots=True)
class Resolution:
    """One kind of bucket; buckets of `width` follow each other from `origin` in both directions."""

    name: str
    width: timedelta
    origin: datetime

    def table(self, history: History) -> str:
        """The table of these rollups."""
        return f"{history.value}_{self.name}"

    def floor(self, at: datetime) -> datetime:
        """The start of the bucket that holds `at`, in UTC."""
        return at - (at - self.origin) % self.width


MINUTE = Resolution("minute", timedelta(minutes=1), datetime(2000, 1, 1, tzinfo=UTC))
HOUR = Resolution("hour", timedelta(hours=1), datetime(2000, 1, 1, tzinfo=UTC))
DAY = Resolution("day", timedelta(days=1), datetime(2000, 1, 1, tzinfo=_CHINA).astimezone(UTC))
FINER = {HOUR: MINUTE, DAY: HOUR}
"""From which resolution each coarser one is made."""
