"""Device clocks: what the time in a message means, and when it cannot be right (pure)."""

from datetime import UTC, datetime, timedelta

# Beyond this a clock is wrong, not slow: a device that was cut off keeps what it measured for about a day.
WILD_CLOCK = timedelta(days=2)
# For history, where a box that was cut off hands in a week of readings, a message may be this old when it comes.
OLDEST_HISTORY = timedelta(days=8)
# Between clocks that NTP keeps and a slow network: a reading from further ahead was not taken then.
AHEAD = timedelta(minutes=2)


def device_time(at_ms: int) -> datetime | None:
    """The moment that a device names (Unix ms); None where no calendar has it."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
