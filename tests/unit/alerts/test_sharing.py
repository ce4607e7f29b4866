from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.certainty import JOINT, likely_to_come, top_up
from carecircle_alerts.incident import Bed, Case, Incident, Kind, Offer, OfferState, State, Verification
from carecircle_alerts.plan import URBAN, Track
from carecircle_alerts.ranking import Candidate, Responder, WhyNot, rank_responders
from carecircle_alerts.sharing import Asked, Other, is_free, may_ask, share, whoever_is_there
from carecircle_alerts.travel import Place, TravelTime

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HERE = Place(36.62, 101.78)
BED = Bed(HERE, "city", None)
OWN = UUID(int=1)


def way(minutes: float) -> TravelTime:
    return TravelTime(round(minutes * 60), round(minutes * 78), 1000, "road_network")


def person(name: str, role: str = "staff") -> Responder:
    return Responder(
        name, name, role, None, None, "e_bike", HERE, on_duty=True, consented=True, reachable=True, busy=False
    )


def case(*offers: Offer, pressed_ago_s: float = 0) -> Case:
    pressed_at = NOW - timedelta(seconds=pressed_ago_s)
    incident = Incident(
        OWN, "bed-1", Kind.SOS, 1, State.SEARCHING, 0, 0, 1, False, URBAN, "button", 1, 1, pressed_at, pressed_at,
        pressed_at + timedelta(seconds=900), None, None, Verification.NONE, "630102", "", "", BED,
    )  # fmt: skip
    return Case(incident, offers, ())


def asked(name: str, minutes: float, ago_s: float = 0, state: OfferState = OfferState.SENT) -> Offer:
    expires_at = NOW + timedelta(seconds=URBAN.offer_valid_s - ago_s)
    return Offer(UUID(int=hash(name) % 2**64), name, name, 1, state, round(minutes * 60), expires_at)


def ranked(people: Mapping[Responder, float]) -> list[Candidate]:
    times = {one.id: way(minutes) for one, minutes in people.items()}
    return rank_responders(BED, list(people), times, 900)


def other(name: str, *asked_already: Asked, priority: int = 1) -> Other:
    return Other(name, priority, NOW + timedelta(seconds=900), URBAN, HERE, "city", None, asked_already)


def ids(candidates: list[Candidate]) -> list[str]:
    return [one.responder.id for one in candidates if one.rank is not None]


def test_whom_another_one_needs_is_left_to_it() -> None:
    candidates = ranked({person("near"): 3, person("next"): 5})
    shared = share([(case(), candidates)], (), [other("x")], {"x": {"near": way(4), "next": way(30)}}, NOW)
    assert ids(shared.left[0]) == ["next"]
    assert shared.left[0][0].why == JOINT
    needed = next(one for one in shared.left[0] if one.responder.id == "near")
    assert needed.why_not is WhyNot.NEEDED_ELSEWHERE
    assert shared.kept_for == ("x",)


def test_whom_nobody_else_needs_may_be_asked_beside() -> None:
    candidates = ranked({person("near"): 3, person("next"): 5, person("third"): 6})
    shared = share([(case(), candidates)], (), [other("x")], {"x": {"near": way(4), "next": way(30)}}, NOW)
    assert ids(shared.left[0]) == ["next", "third"]
    assert [one.rank for one in shared.left[0] if one.rank] == [1, 2]


def test_people_whom_only_the_others_can_reach_spare_it_the_nearest() -> None:
    candidates = ranked({person("near"): 3, person("next"): 20})
    times = {"x": {"near": way(4), "theirs": way(5)}}
    assert ids(share([(case(), candidates)], (), [other("x")], times, NOW).left[0])[0] == "next"
    assert ids(share([(case(), candidates)], [person("theirs")], [other("x")], times, NOW).left[0])[0] == "near"


def test_nobody_from_far_away_is_asked_beside_the_one_who_was_chosen() -> None:
    candidates = ranked({person("near"): 3, person("far"): 40})
    shared = share([(case(), candidates)], (), [other("x")], {"x": {}}, NOW)
    assert ids(shared.left[0]) == ["near"]
    shared = share([(case(), ranked({person("far"): 40}))], (), [other("x")], {"x": {}}, NOW)
    assert ids(shared.left[0]) == ["far"], "far is better than nobody"


def test_who_has_asked_enough_already_keeps_nobody_from_others() -> None:
    candidates = ranked(
        {person("near"): 3, person("next"): 20} | {person(name)._replace(busy=True): 2 for name in "ab"}
    )
    expires_at = NOW + timedelta(seconds=URBAN.offer_valid_s)
    both = [Asked(name, OfferState.SENT, 120, 160, expires_at) for name in "ab"]
    times = {"x": {"near": way(1)}}
    assert ids(share([(case(), candidates)], (), [other("x", *both)], times, NOW).left[0])[0] == "near"
    assert ids(share([(case(), candidates)], (), [other("x", priority=1)], times, NOW).left[0])[0] == "next"


def test_another_one_asks_neither_who_declined_nor_who_is_asked() -> None:
    expires_at = NOW + timedelta(seconds=60)
    x = other("x", Asked("a", OfferState.DECLINED, 60, 60, expires_at), Asked("b", OfferState.SENT, 60, 60, expires_at),
              Asked("c", OfferState.EXPIRED, 60, 60, expires_at))  # fmt: skip
    assert [one.id for one in may_ask(x, [person(name) for name in "abcd"])] == ["c", "d"]


def test_nobody_is_kept_for_an_incident_that_would_never_ask_them() -> None:
    staff_only = URBAN.model_copy(update={"tracks": (Track(name="staff", roles=("staff",), at_once=1, every_s=20),)})
    x = replace(other("x"), plan=staff_only)
    assert [one.id for one in may_ask(x, [person("a"), person("b", "volunteer")])] == ["a"]


def test_who_is_left_alone_for_minutes_asks_whoever_is_there() -> None:
    candidates = ranked({person("near"): 3})
    shared = [one._replace(rank=None, why_not=WhyNot.NEEDED_ELSEWHERE) for one in candidates]
    early, late = case(pressed_ago_s=100), case(pressed_ago_s=240)
    assert whoever_is_there(early, candidates, shared, NOW) is shared
    assert whoever_is_there(late, candidates, shared, NOW) is candidates
    asking = case(asked("far", 5), pressed_ago_s=240)
    assert whoever_is_there(asking, candidates, shared, NOW) is shared


def test_who_declined_here_is_free_for_others_and_who_is_asked_here_is_not() -> None:
    assert is_free(person("a")._replace(asked="DECLINED"))
    assert is_free(person("a")._replace(asked="EXPIRED"))
    assert not is_free(person("a")._replace(asked="SENT"))
    assert not is_free(person("a")._replace(asked="UNDELIVERABLE"))
    assert not is_free(person("a")._replace(busy=True))


minutes = st.integers(1, 60)


@given(st.lists(minutes, min_size=1, max_size=6), st.lists(st.lists(minutes, min_size=6, max_size=6), max_size=5))
def test_everybody_stays_on_the_list_once_and_all_incidents_agree(own: list[int], rows: list[list[int]]) -> None:
    people = [person(f"r{number}") for number in range(len(own))]
    candidates = ranked(dict(zip(people, own, strict=True)))
    others = [other(f"x{number}") for number in range(len(rows))]
    times = {one.id: {who.id: way(m) for who, m in zip(people, row, strict=False)}
             for one, row in zip(others, rows, strict=True)}  # fmt: skip
    shared = share([(case(), candidates)], (), others, times, NOW)
    assert sorted(one.responder.id for one in shared.left[0]) == sorted(one.id for one in people)
    assert len(shared.kept_for) <= len(people)
    able = [one for one in shared.left[0] if one.rank is not None]
    assert [one.rank for one in able] == list(range(1, len(able) + 1))
    assert all(one.why != JOINT for one in able[1:])


def test_more_are_asked_where_those_picked_are_not_enough() -> None:
    volunteers = ranked({person(f"v{number}", "volunteer"): 5 for number in range(8)})
    more, likely = top_up(case(), volunteers, volunteers[:2], NOW)
    assert len(more) == URBAN.most_at_once - 2
    assert likely == pytest.approx(1 - 0.77**5, abs=0.01)
    staff = ranked({person(f"s{number}"): 5 for number in range(8)})
    assert top_up(case(), staff, staff[:2], NOW)[0] == []


def test_who_would_come_too_late_adds_nothing() -> None:
    candidates = ranked({person("near", "volunteer"): 5, person("far"): 40})
    assert top_up(case(), candidates, candidates[:1], NOW)[0] == []


def test_where_everybody_would_be_late_only_coming_counts() -> None:
    candidates = ranked({person("far", "volunteer"): 40, person("farther", "volunteer"): 45})
    more, likely = top_up(case(), candidates, candidates[:1], NOW)
    assert [one.responder.id for one in more] == ["farther"]
    assert likely == pytest.approx(1 - 0.77**2)


def test_whom_the_joint_assignment_chose_is_always_asked() -> None:
    chosen, *rest = ranked({person("far"): 30, person("farther"): 31})
    more, _likely = top_up(case(), [chosen._replace(why=JOINT), *rest], rest, NOW)
    assert [one.responder.id for one in more] == ["far"]


def test_those_who_are_silent_count_less_and_less() -> None:
    candidates = ranked({person("a")._replace(asked="SENT"): 5})
    fresh = likely_to_come(case(asked("a", 5)), candidates, NOW)
    silent = likely_to_come(case(asked("a", 5, ago_s=60)), candidates, NOW)
    assert 0.7 < fresh <= 0.75
    assert 0 < silent < 0.2
    assert likely_to_come(case(asked("a", 5, ago_s=120)), candidates, NOW) == 0
    assert likely_to_come(case(asked("a", 5, state=OfferState.DECLINED)), candidates, NOW) == 0


def test_never_more_than_the_plan_asks_in_all() -> None:
    before = [asked(f"x{number}", 5, state=OfferState.DECLINED) for number in range(19)]
    candidates = ranked({person(f"v{number}", "volunteer"): 5 for number in range(8)})
    assert len(top_up(case(*before), candidates, [], NOW)[0]) == 1
