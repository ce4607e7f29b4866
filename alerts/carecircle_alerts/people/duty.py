"""Duty: whether somebody is on duty at a moment, by hand or by roster (pure).

One definition for everybody; the SQL function `is_on_duty` is its twin for queries, and a test holds the two equal. The
last word counts: the switch, the beginning of a shift, or its end. Who signs out or goes off duty in the middle of a
shift stays off until the next one begins, and nobody who was switched on before a shift stays on after it.
"""

from datetime import datetime
from typing import NamedTuple


class Roster(NamedTuple):
    """What the switch and the roster say of one person at a moment.

    `switched_at` None is before everything else. `shift_began_at` is the beginning of the shift that covers the moment
    (the latest of several), `shift_over_at` the end of the last shift that is over, `next_shift_at` that of the next.
    """

    switched_on: bool
    switched_at: datetime | None = None
    shift_began_at: datetime | None = None
    shift_over_at: datetime | None = None
    next_shift_at: datetime | None = None

    @property
    def has_shifts(self) -> bool:
        """Whether there is a roster for them at all, around this moment."""
        return any((self.shift_began_at, self.shift_over_at, self.next_shift_at))


def is_on_duty(roster: Roster) -> bool:
    """Whether they are on duty."""
    if roster.shift_began_at is not None:
        return roster.switched_on or _is_after(roster.shift_began_at, roster.switched_at)
    return roster.switched_on and not _is_after(roster.shift_over_at, roster.switched_at)


def is_by_roster(roster: Roster) -> bool:
    """Whether the roster had the last word, so that who is off duty is off because no shift covers the moment."""
    if roster.shift_began_at is not None:
        return _is_after(roster.shift_began_at, roster.switched_at)
    if roster.switched_at is None:
        return roster.has_shifts
    return _is_after(roster.shift_over_at, roster.switched_at)


def on_duty_since(roster: Roster) -> datetime | None:
    """Since when they are on duty without a break; None where they are not, or where nobody knows."""
    if not is_on_duty(roster):
        return None
    times = [at for at in (roster.shift_began_at, roster.switched_at) if at is not None]
    return max(times, default=None)


def _is_after(at: datetime | None, switched_at: datetime | None) -> bool:
    return at is not None and (switched_at is None or at > switched_at)
