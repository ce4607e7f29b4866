"""Schedule: when somebody's next drill is, never at night and spread over days and hours (pure)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle_alerts.people.hours import BEIJING

# Several contacts of one person one after the other, so that it is seen which of them worked.
BETWEEN_CONTACTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, and between which hours of Beijing time."""

    staff_days: int = 7
    others_days: int = 30
    from_h: int = 9
    until_h: int = 18

    def days(self, role: str) -> int:
        """Days between two drills of somebody of this role."""
        return self.staff_days if role == "staff" else self.others_days


def is_daytime(rhythm: Rhythm, now: datetime) -> bool:
    """Whether drills may be sent now."""
    return rhythm.from_h <= now.astimezone(BEIJING).hour < rhythm.until_h


def next_drill_at(rhythm: Rhythm, responder_id: str, role: str, last_at: datetime | None, now: datetime) -> datetime:
    """When the next drill of a person is: always on a later day than `now`, each person at their own time of day.

    Whoever was never tested gets a day within the first round by their id, so that a new installation does not call
    everybody at once; whoever is overdue is tested tomorrow.
    """
    share = int.from_bytes(hashlib.sha256(responder_id.encode()).digest()[:8], "big")
    days = rhythm.days(role)
    today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    if last_at is None:
        day = today + timedelta(days=1 + share % days)
    else:
        due = last_at.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
        day = max(due, today + timedelta(days=1))
    minutes = max(1, (rhythm.until_h - rhythm.from_h) * 60)
    return day + timedelta(hours=rhythm.from_h, minutes=(share // days) % minutes)
