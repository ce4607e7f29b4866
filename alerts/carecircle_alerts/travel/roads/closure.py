"""Closure: a place where roads are closed or slow, as somebody entered it (pure)."""

from dataclasses import dataclass
from datetime import datetime

from carecircle_alerts.travel import Place


@dataclass(frozen=True, slots=True)
class Closure:
    """A place where roads are closed (`slow_factor` None) or so many times slower, for some modes, for some time.

    The place is a polygon (its corners, at least three) or everything within `radius_m` of one point.
    """

    id: int
    corners: tuple[Place, ...]
    radius_m: float | None
    slow_factor: float | None
    modes: tuple[str, ...]
    begins_at: datetime
    until: datetime | None

    def is_in_force(self, now: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.begins_at <= now and (self.until is None or now < self.until)
