"""How far one has to look round before nobody else would be asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.commands import MakeOffer
from carecircle_alerts.enough import needed_s
from carecircle_alerts.incident import Bed, Case, Incident, Kind, Offer, OfferState, State, Verification
from carecircle_alerts.people.rest import Tired
from carecircle_alerts.plan import HERDING, RURAL, URBAN, Plan
from carecircle_alerts.ranking import Responder, rank_responders
from carecircle_alerts.travel import Place, TravelTime
from carecircle_alerts.waves import next_wave

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HERE = Place(36.62, 101.78)
BED = Bed(HERE, "city", None)
Known = tuple[Responder, int]


def person(name: str, role: str = "staff", *, asked: str | None = None, tired: str | None = None) -> Responder:
    return Responder(
        name, name, role, None, None, "car", HERE, on_duty=True, consented=True, reachable=True, busy=False,
        asked=asked, tired=tired,
    )  # fmt: skip


def case(plan: Plan = URBAN, *offers: Offer) -> Case:
    incident = Incident(
        UUID(int=1), "bed-1", Kind.SOS, 1, State.SEARCHING, 0, 0, plan.helpers, False, plan, "button", 1, 1, NOW, NOW,
        NOW + timedelta(seconds=plan.arrive_within_s), None, None, Verification.NONE, "630102", "", "", BED,
    )  # fmt: skip
    return Case(incident, offers, ())


def needed(people: Sequence[Known], of: Case) -> float:
    times = {one.id: TravelTime(s, s, 1000, "road_network") for one, s in people}
    return needed_s(of, [one for one, _s in people], times)


def staff(*seconds: int) -> list[Known]:
    return [(person(f"s{number}"), s) for number, s in enumerate(seconds)]


def test_two_of_a_track_and_five_in_all_have_to_be_known_a_second_beyond_the_last() -> None:
    people = [*staff(100, 200, 300), (person("n1", "neighbour"), 400), (person("n2", "volunteer"), 500)]
    assert needed(people, case()) == 501


def test_a_track_of_which_nobody_is_near_is_looked_for_inside_the_circle_only() -> None:
    assert needed(staff(100, 200, 300, 400, 500), case()) == 901


def test_as_long_as_too_few_can_be_asked_at_all_there_is_no_end() -> None:
    assert needed(staff(100, 200), case()) == inf
    assert needed([], case()) == inf


def test_who_was_asked_or_should_rest_ends_no_search() -> None:
    for asked, tired in ((None, Tired.AFTER_VISIT), ("EXPIRED", None)):
        others = [(person(f"t{number}", asked=asked, tired=tired), 50) for number in range(5)]
        assert needed([*others, *staff(100)], case()) == inf
        assert needed([*others, *staff(100, 200, 300, 400, 950)], case()) == 951, "whoever is fresh comes first"


def test_for_more_helpers_more_have_to_be_known() -> None:
    plan = URBAN.model_copy(update={"helpers": 2})
    assert needed(staff(*range(100, 1000, 100)), case(plan)) == inf
    assert needed(staff(*range(10, 110, 10)), case(plan)) == 901


@given(
    st.sampled_from([URBAN, RURAL, HERDING]),
    st.lists(
        st.tuples(
            st.sampled_from(["staff", "neighbour", "volunteer"]), st.integers(120, 4000),
            st.sampled_from([None, None, None, "EXPIRED", "DECLINED", "SENT"]),
            st.sampled_from([None, None, None, Tired.AFTER_VISIT]),
        ), min_size=5, max_size=14,
    ),
    st.lists(st.tuples(st.sampled_from(["staff", "neighbour", "volunteer"]), st.integers(0, 900)), max_size=8),
    st.sampled_from([0, 31, 70]),
)  # fmt: skip
def test_whoever_is_not_known_yet_would_not_be_asked(
    plan: Plan, known: list[tuple[str, int, str | None, str | None]], beyond: list[tuple[str, int]], later_s: int
) -> None:
    people = [
        (person(f"k{number}", role, asked=asked, tired=tired), s)
        for number, (role, s, asked, tired) in enumerate(known)
    ]
    offers = [
        Offer(
            UUID(int=number), one.id, one.id, 1, OfferState(one.asked), s, NOW + timedelta(seconds=90),
            track=plan.ways()[0].name, created_at=NOW,
        )
        for number, (one, s) in enumerate(people) if one.asked is not None
    ]  # fmt: skip
    now = case(plan, *offers)
    until_s = needed(people, now)
    if until_s == inf:
        return
    others = [(person(f"b{number}", role), int(until_s) + s) for number, (role, s) in enumerate(beyond)]
    assert asked(now, people, later_s) == asked(now, [*people, *others], later_s)


def asked(of: Case, people: Sequence[Known], later_s: int) -> list[str]:
    times = {one.id: TravelTime(s, round(s * 1.4), 1000, "road_network") for one, s in people}
    plan = of.incident.plan
    ranked = rank_responders(BED, [one for one, _s in people], times, plan.circle_s)
    wave = next_wave(of, ranked, NOW + timedelta(seconds=later_s))
    return [one.candidate.responder.id for one in wave if isinstance(one, MakeOffer)]


@pytest.mark.parametrize("plan", [URBAN, RURAL, HERDING])
def test_a_plan_that_finds_everybody_at_home_looks_no_farther(plan: Plan) -> None:
    roles = ("staff", "neighbour", "volunteer")
    people = [(person(f"{role}{number}", role), 130) for role in roles for number in range(6)]
    assert needed(people, case(plan)) == 131
