"""Enough: up to which travel time everybody has to be known, so that nobody else would be asked (pure).

A wave asks the nearest of each track inside a reach that grows with the waves, and a few more for certainty. Who is
not known yet matters only if they could be before one of those: the n-th best time so far says how far to look.
"""

from collections.abc import Callable, Collection, Mapping
from math import inf

from carecircle_alerts.incident import Case
from carecircle_alerts.ranking import Responder, why_not_asked
from carecircle_alerts.tracks import reach_s
from carecircle_alerts.travel import TravelTime


def needed_s(case: Case, people: Collection[Responder], times: Mapping[str, TravelTime]) -> float:
    """Seconds (median travel time) below which nobody may be missing among `people`; infinite where too few are known.

    Those who have not been asked yet and need no rest come before the others, however near the others are, so that as
    many of them have to be known as one wave may ask; of each track enough inside its reach.
    """
    plan, missing = case.incident.plan, max(1, case.helpers_missing())
    first = [
        one
        for one in people
        if one.id in times and why_not_asked(one) is None and one.asked is None and one.tired is None
    ]

    def until(those: Collection[Responder], wanted: int, takes: Callable[[Responder], bool] | None = None) -> float:
        found = sorted(times[one.id].p50_s for one in those if takes is None or takes(one))
        # A second more, so that whoever is exactly as near is known as well, and two engines rank alike.
        return found[wanted - 1] + 1 if len(found) >= wanted else inf

    most = plan.most_at_once * missing
    ways = [
        min(
            until(first, track.at_once * missing, lambda one, track=track: track.takes(one.role, one.skills)),  # type: ignore[misc]
            reach_s(case, track) + 1,
        )
        for track in plan.ways()
    ]
    return max(*ways, until(first, most))
