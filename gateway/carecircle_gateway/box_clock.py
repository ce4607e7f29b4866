"""The box's clock: its own while that can be true, and otherwise the time that the platform's commands bring (pure).

A box without a battery for its clock wakes up in 1970 or 2000, and a home without the internet's time service stays
there. Commands may have waited for hours before they come, so only what is later than what is known so far is believed.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from carecircle.clock import Clock

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Before the first release no box ran: a clock that says so is wrong."""


class BoxClock:
    """A `Clock`; `monotonic` counts seconds of this process."""

    def __init__(self, own: Clock, monotonic: Callable[[], float]) -> None:
        self._own = own
        self._monotonic = monotonic
        self._heard: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The best time known, UTC."""
        return self.corrected(self._own.now())

    def corrected(self, moment: datetime) -> datetime:
        """What the own clock called `moment`."""
        return moment + self._off()

    def hear(self, platform_ms: int) -> None:
        """The platform said what time it is, or was."""
        try:
            said = datetime.fromtimestamp(platform_ms / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return
        if said > self.now():
            self._heard = (said, self._monotonic())

    @property
    def off_ms(self) -> int | None:
        """How far the own clock is behind; None while it is believed."""
        off = self._off()
        return round(off / timedelta(milliseconds=1)) if off else None

    def _off(self) -> timedelta:
        own = self._own.now()
        if own >= EARLIEST or self._heard is None:
            return timedelta(0)
        said, at = self._heard
        return said + timedelta(seconds=self._monotonic() - at) - own
