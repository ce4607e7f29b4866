"""Eligibility: the facts of one person into what ranking asks of them, with the reason that speaks against them (pure).

What cannot be overcome is a hindrance; tiredness is not: somebody at rest next door is asked before nobody is, or
before somebody an hour away.
"""

from datetime import datetime
from typing import NamedTuple

from carecircle_alerts.people.duty import Roster, is_by_roster, is_on_duty, on_duty_since
from carecircle_alerts.people.hours import ALWAYS, Hours, is_open
from carecircle_alerts.people.rest import Tired, Work, why_tired
from carecircle_alerts.people.whereabouts import Known, whereabouts
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Responder, WhyNot


class Facts(NamedTuple):
    """What the database knows of one person at a moment. `who` is filled in as far as it needs no judgement.

    `provider_out` is how many of the provider's staff are out of the house now, `out_at_once` how many may be;
    `unreachable` is what drills say.
    """

    who: Responder
    roster: Roster
    known: Known
    hours: Hours = ALWAYS
    withdrew_consent: bool = False
    provider_out: int = 0
    out_at_once: int | None = None
    visit_ended_at: datetime | None = None
    night_calls: int = 0
    unreachable: bool = False


def judge(facts: Facts, plan: Plan, now: datetime) -> Responder:
    """The person as ranking takes them: on duty or not, where, and what speaks against asking them."""
    on_duty = is_on_duty(facts.roster)
    found = whereabouts(facts.known, plan.position_valid_s, now)
    who = facts.who
    # Not `_replace`, which takes twice as long: this is done for everybody nearby in each decision.
    return Responder(
        who.id, who.name, who.role, who.provider_id, who.provider_name, who.travel_mode, found.place, on_duty,
        who.consented, who.reachable, who.busy, who.asked, who.area_code, who.skills, who.languages,
        found.known_by.value if found.known_by else None, found.age_s,
        _hindrance(facts, plan, now, has_place=found.place is not None, on_duty=on_duty),
        why_tired(_work(facts), plan, now) or (Tired.UNREACHABLE if facts.unreachable else None), who.standing,
    )  # fmt: skip


def _hindrance(  # noqa: PLR0911 - a list of reasons reads best as one
    facts: Facts, plan: Plan, now: datetime, *, has_place: bool, on_duty: bool
) -> WhyNot | None:
    who = facts.who
    if facts.withdrew_consent:
        return WhyNot.CONSENT_WITHDRAWN
    if not on_duty:
        return WhyNot.NOT_ROSTERED if is_by_roster(facts.roster) else None
    # Whoever drew up the roster wanted this person at this hour, whatever is written at the door.
    if who.role == "staff" and facts.roster.shift_began_at is None and not is_open(facts.hours, now):
        return WhyNot.PROVIDER_CLOSED
    if who.role == "staff" and facts.out_at_once is not None and facts.provider_out >= facts.out_at_once:
        # Whoever is out already is busy, which says more.
        return None if who.busy else WhyNot.PROVIDER_FULL
    if not has_place and facts.known.position is not None:
        return WhyNot.STALE_POSITION
    ways = plan.ways()
    if any(track.takes(who.role, who.skills) for track in ways):
        return None
    return WhyNot.MISSING_SKILL if any(who.role in track.roles for track in ways) else WhyNot.OTHER_ROLE


def _work(facts: Facts) -> Work:
    since = on_duty_since(facts.roster) if facts.who.role == "staff" else None
    return Work(facts.visit_ended_at, since, facts.night_calls)
