"""Certainty: whom a wave asks beside those whom it would ask anyway, so that somebody comes in time (pure)."""

from collections.abc import Sequence
from datetime import datetime

from carecircle_alerts.asking import arrives_within, how_many, still_accepts
from carecircle_alerts.incident import Case, Offer
from carecircle_alerts.ranking import Candidate

JOINT = "joint"  # why somebody is asked whom the joint assignment has chosen for this incident
# Whoever is in time with less than this adds nothing but a disturbed evening; where even the nearest would rather be
# late, only whether somebody comes counts. Both are engineering proposals.
_WORTH_ASKING = 0.1
_RATHER_LATE = 0.5


def top_up(
    case: Case, candidates: Sequence[Candidate], picked: Sequence[Candidate], now: datetime
) -> tuple[list[Candidate], float]:
    """Whom to ask more, in order of rank, and how likely somebody comes in time when they are asked too.

    The plan's `certainty` for each helper that is missing, at most its `most_at_once`. Whom the joint assignment has
    chosen is always asked, whosever turn it is; those who should rest are not asked for certainty's sake.
    """
    plan = case.incident.plan
    taken = {one.responder.id for one in picked}
    rest = [one for one in candidates if one.rank is not None and one.responder.id not in taken]
    first = [one for one in rest if one.why == JOINT]
    asked = [*picked, *first]
    left_s = _left_s(case, now)
    in_time = {one.responder.id: _in_time(one, left_s) for one in [*asked, *rest]}
    if max(in_time.values(), default=0.0) < _RATHER_LATE:
        in_time = dict.fromkeys(in_time, 1.0)
    more = [
        one
        for one in rest
        if one.why != JOINT and one.responder.tired is None and in_time[one.responder.id] >= _WORTH_ASKING
    ]
    most = min(plan.most_at_once * max(1, case.helpers_missing()), plan.most_asked - len(case.offers))
    chances = [one.responder.accepts() * in_time[one.responder.id] for one in [*asked, *more]]
    least = len(asked)
    asking = how_many(_standing(case, candidates, now), chances, plan.certainty, least, max(most, least))
    return [*first, *more[: asking.count - least]], asking.reached


def likely_to_come(case: Case, candidates: Sequence[Candidate], now: datetime) -> float:
    """The probability that somebody who was asked, and has not answered yet, comes in time."""
    return how_many(_standing(case, candidates, now), [], 1.0, 0, 0).reached


def _left_s(case: Case, now: datetime) -> float:
    return (case.incident.deadline_at - now).total_seconds()


def _in_time(one: Candidate, left_s: float) -> float:
    return arrives_within(one.travel.p50_s, one.travel.p90_s, left_s) if one.travel else 1.0


def _standing(case: Case, candidates: Sequence[Candidate], now: datetime) -> list[float]:
    """The chances of those who were asked and have not answered yet: they fall with each second of silence."""
    asked = {one.responder.id: one for one in candidates}
    return [
        _still_comes(offer, asked[offer.responder_id], case, now)
        for offer in case.open_offers()
        if offer.responder_id in asked and offer.expires_at > now
    ]


def _still_comes(offer: Offer, who: Candidate, case: Case, now: datetime) -> float:
    silent_s = case.incident.plan.offer_valid_s - (offer.expires_at - now).total_seconds()
    left_s = _left_s(case, now)
    in_time = _in_time(who, left_s)
    return still_accepts(who.responder.accepts(), silent_s) * (in_time if in_time >= _WORTH_ASKING else 1.0)
