"""Breaker: leaves a source alone that has failed again and again, and tries it anew after a while (pure)."""

from dataclasses import dataclass

# Engineering proposals: three failures in a row are no accident, and half a minute without a map service costs little.
FAILURES = 3
PAUSE_S = 30.0
LONGEST_PAUSE_S = 300.0


@dataclass(slots=True)
class Breaker:
    """Times are of a monotonic clock, in seconds."""

    failures: int = 0
    open_until: float = 0.0
    pause_s: float = PAUSE_S

    def may_ask(self, now: float) -> bool:
        """Whether the source is asked now; after a pause one question is let through, and the pause begins anew."""
        if self.failures < FAILURES:
            return True
        if now < self.open_until:
            return False
        self.open_until = now + self.pause_s
        return True

    def is_open(self, now: float) -> bool:
        """Whether the source is being left alone."""
        return self.failures >= FAILURES and now < self.open_until

    def succeeded(self) -> None:
        """It has answered."""
        self.failures, self.pause_s = 0, PAUSE_S

    def failed(self, now: float) -> None:
        """It has not; every failed attempt after a pause doubles the next one."""
        self.failures += 1
        if self.failures > FAILURES:
            self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        if self.failures >= FAILURES:
            self.open_until = now + self.pause_s
