"""Sharing: what one incident may ask for when others around it search as well, from the joint assignment (pure).

Those that are decided in one transaction share it out among themselves; of the others they have a picture that nobody
holds still. The same picture gives the same answer to all of them, so that they do not reach for the same person; where
the picture has changed meanwhile, the claim of each person (`search`) settles who asks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from carecircle_alerts.asking import arrives_within, still_accepts
from carecircle_alerts.certainty import JOINT, likely_to_come
from carecircle_alerts.incident import OPEN_OFFERS, Case, OfferState
from carecircle_alerts.joint import Demand, Option, Pick, assign_jointly
from carecircle_alerts.plan import Plan
from carecircle_alerts.ranking import Candidate, Responder, WhyNot, why_not_asked
from carecircle_alerts.travel import Place, TravelTime

# The truly nearest was among the 12 nearest by air for 98.9 % of beds; in a crowd each one needs as many more as there
# are others who may take the nearest first.
_NEAREST = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom another incident has asked, and what became of it."""

    responder_id: str
    state: OfferState
    travel_p50_s: int | None
    travel_p90_s: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Other:
    """Another incident nearby to which nobody is going yet."""

    id: str
    priority: int
    deadline_at: datetime
    plan: Plan
    place: Place
    terrain: str
    provider_id: str | None
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """The candidates that are left to each incident, and for which others the joint assignment has kept somebody."""

    left: list[list[Candidate]]
    kept_for: tuple[str, ...] = ()


def how_near(others: int) -> int:
    """How many of the nearest people are looked at for each incident."""
    return _NEAREST + others


def is_free(one: Responder) -> bool:
    """Whether somebody could be asked about another incident than the one that they were looked at for."""
    why_not = why_not_asked(one)
    # What became of an offer of that incident is no matter to another one, unless they are still being asked.
    return why_not in {None, WhyNot.DECLINED} or (why_not is WhyNot.ASKED and one.asked == OfferState.ACCEPTED)


def may_ask(other: Other, people: Iterable[Responder]) -> Iterator[Responder]:
    """Of these people, in their order, those whom another incident may still ask.

    Not who is asked already or has declined, nor whom its plan asks on no track: nobody is kept for somebody who will
    never ask them.
    """
    over = {one.responder_id for one in other.asked if one.state is not OfferState.EXPIRED}
    ways = other.plan.ways()
    taken: dict[tuple[str, frozenset[str]], bool] = {}  # a crowd has few kinds of people
    for one in people:
        kind = (one.role, one.skills)
        if kind not in taken:
            taken[kind] = any(way.takes(*kind) for way in ways)
        if taken[kind] and one.id not in over:
            yield one


def whoever_is_there(
    case: Case, candidates: Sequence[Candidate], shared: Sequence[Candidate], now: datetime
) -> Sequence[Candidate]:
    """The candidates as they were before sharing, for an incident to which that has left nobody for too long.

    Pictures of incidents far apart differ, so that in theory two could keep the same person for each other and neither
    ask. Two looks round after the time for accepting is over, whoever is there is asked.
    """
    plan = case.incident.plan
    patience_s = plan.no_accept_s + 2 * plan.recheck_s
    is_left_alone = not case.open_offers() and not any(one.rank is not None for one in shared)
    return candidates if is_left_alone and (now - case.incident.opened_at).total_seconds() >= patience_s else shared


def share(
    own: Sequence[tuple[Case, Sequence[Candidate]]],
    around: Sequence[Responder],
    others: Sequence[Other],
    times: Mapping[str, Mapping[str, TravelTime]],
    now: datetime,
) -> Shared:
    """The candidates of incidents that are decided together, as the joint assignment leaves them to each.

    `around` are people near the others who are no candidates here, and `times` has, for each other incident, the travel
    times of the people whom it may ask. The first is whom the joint assignment gives an incident; whom it gives to
    others is not asked now; everybody else stays in order.
    """
    people = {one.id: one for one in around}
    demands, options = [], []
    for case, candidates in own:
        people |= {one.responder.id: one.responder for one in candidates}
        demands.append(_own_demand(case, candidates, now))
        options += _own_options(case, candidates, how_near(len(own) - 1 + len(others)))
    for other in others:
        likely = _likely(other, people, now)
        if likely < other.plan.certainty:
            demands.append(_demand(other.id, other.priority, other.plan, other.deadline_at, likely, now))
            options += _options(other, people, times.get(other.id, {}))
    picks = assign_jointly(demands, options)
    helped = tuple(other.id for other in others if other.id in picks and picks[other.id].responder_id is not None)
    return Shared([order_after(candidates, picks, str(case.incident.id)) for case, candidates in own], helped)


def order_after(candidates: Sequence[Candidate], picks: Mapping[str, Pick], own: str) -> list[Candidate]:
    """Candidates anew: the one who was picked first, the others as they stood, those needed elsewhere last.

    Beside the one who was picked only people inside the circle are asked: whoever sets out from far away ends a search
    that somebody nearer, who is about to become free, would have ended sooner.
    """
    mine = picks[own].responder_id
    elsewhere = {pick.responder_id for name, pick in picks.items() if name != own}
    first, rest, needed = [], [], []
    for one in candidates:
        if one.rank is None:
            continue
        if one.responder.id == mine:
            first.append(one._replace(why=JOINT))
        elif one.responder.id in elsewhere or (mine is not None and not one.in_circle):
            needed.append(one.not_asked(WhyNot.NEEDED_ELSEWHERE))
        else:
            rest.append(one)
    ranked = [
        Candidate(one.responder, rank, one.travel, one.in_circle, one.why_not, one.why)
        for rank, one in enumerate([*first, *rest], start=1)
    ]
    return [*ranked, *needed, *(one for one in candidates if one.rank is None)]


def _own_demand(case: Case, candidates: Sequence[Candidate], now: datetime) -> Demand:
    incident, likely = case.incident, likely_to_come(case, candidates, now)
    return _demand(str(incident.id), incident.priority, incident.plan, incident.deadline_at, likely, now)


def _demand(name: str, priority: int, plan: Plan, deadline_at: datetime, likely: float, now: datetime) -> Demand:
    left_s = (deadline_at - now).total_seconds()
    return Demand(name, priority, max(0.0, plan.arrive_within_s - left_s), plan.arrive_within_s, likely)


def _own_options(case: Case, candidates: Sequence[Candidate], most: int) -> list[Option]:
    able = [(one, one.travel) for one in candidates if one.rank is not None and one.travel is not None]
    able.sort(key=lambda pair: (pair[1].p50_s, pair[0].responder.id))
    own = str(case.incident.id)
    return [
        Option(own, one.responder.id, time.p50_s, one.responder.accepts(), one.why == "contracted_provider")
        for one, time in able[:most]
    ]


def _options(other: Other, people: Mapping[str, Responder], times: Mapping[str, TravelTime]) -> list[Option]:
    return [
        Option(other.id, who, time.p50_s, people[who].accepts(), _is_contracted(other, people[who], time))
        for who, time in times.items()
        if who in people
    ]


def _is_contracted(other: Other, who: Responder, time: TravelTime) -> bool:
    return other.provider_id is not None and who.provider_id == other.provider_id and time.p50_s <= other.plan.circle_s


def _likely(other: Other, people: Mapping[str, Responder], now: datetime) -> float:
    """The probability that one of those comes in time whom the other incident has asked already."""
    nobody = 1.0
    for one in other.asked:
        who = people.get(one.responder_id)
        if who is not None and one.state in OPEN_OFFERS and one.expires_at > now:
            silent_s = other.plan.offer_valid_s - (one.expires_at - now).total_seconds()
            nobody *= 1 - still_accepts(who.accepts(), silent_s) * _in_time(other, one, now)
    return 1 - nobody


def _in_time(other: Other, one: Asked, now: datetime) -> float:
    if one.travel_p50_s is None or one.travel_p90_s is None:
        return 1.0
    return arrives_within(one.travel_p50_s, one.travel_p90_s, (other.deadline_at - now).total_seconds())
