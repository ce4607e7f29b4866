"""Rest: who has done enough for now (pure). The limits are settings of the plan, all of them engineering proposals."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from carecircle_alerts.people.hours import BEIJING
from carecircle_alerts.plan import Plan


class Tired(StrEnum):
    """Why somebody stands back, mostly to rest. They are asked only when nobody else is left nearby."""

    AFTER_VISIT = "after_visit"
    LONG_DUTY = "long_duty"
    NIGHT_CALLS = "night_calls"
    UNREACHABLE = "unreachable"
    """Drills have not reached them: no rest, but they stand back in the same way."""


class Work(NamedTuple):
    """What somebody has done lately: end of the last visit, since when on duty, calls taken in this night."""

    visit_ended_at: datetime | None = None
    on_duty_since: datetime | None = None
    night_calls: int = 0


def why_tired(work: Work, plan: Plan, now: datetime) -> Tired | None:
    """The first reason to let somebody rest; None when there is none."""
    if work.visit_ended_at is not None and now - work.visit_ended_at < timedelta(seconds=plan.rest_after_visit_s):
        return Tired.AFTER_VISIT
    if work.on_duty_since is not None and now - work.on_duty_since > timedelta(seconds=plan.most_on_duty_s):
        return Tired.LONG_DUTY
    if work.night_calls >= plan.most_night_calls:
        return Tired.NIGHT_CALLS
    return None


def night_began_at(plan: Plan, now: datetime) -> datetime | None:
    """The beginning of the night that this moment is part of, by the plan's hours in Beijing time; None by day."""
    there = now.astimezone(BEIJING)
    begins = there.replace(hour=plan.night_from_h, minute=0, second=0, microsecond=0)
    if there < begins:
        begins -= timedelta(days=1)
    lasts = timedelta(hours=(plan.night_until_h - plan.night_from_h) % 24)
    return begins if there < begins + lasts else None
