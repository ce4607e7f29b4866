from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.incident import Bed, Case, Incident, Kind, Offer, OfferState, State, Verification
from carecircle_alerts.plan import RURAL, URBAN, Plan
from carecircle_alerts.ranking import Candidate, Responder
from carecircle_alerts.tracks import choose, due_tracks, next_wave_at
from carecircle_alerts.travel import Place, TravelTime

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BED = Bed(Place(36.62, 101.78), "city", None)


def case(plan: Plan, *offers: Offer, age_s: int = 0, wanted: int = 1) -> Case:
    opened = NOW - timedelta(seconds=age_s)
    incident = Incident(
        uuid4(), "bed-1", Kind.SOS, 1, State.SEARCHING, 0, 0, wanted, False, plan, "button", 1, 1, opened, opened,
        opened + timedelta(minutes=15), None, None, Verification.PENDING, "630102", "街道", "老人", BED,
    )  # fmt: skip
    return Case(incident, offers, ())


def candidate(number: int, role: str, minutes: float = 5, **change: object) -> Candidate:
    who = Responder(f"{role}-{number}", "人", role, None, None, "walk", None, True, True, True, False)
    travel = TravelTime(int(minutes * 60), int(minutes * 80), 500, "test")
    return Candidate(who._replace(**change), number, travel, in_circle=True, why_not=None, why="nearest")  # type: ignore[arg-type]


def offered(who: str, track: str, *, ago_s: int, state: OfferState = OfferState.SENT, wave: int = 1) -> Offer:
    at = NOW - timedelta(seconds=ago_s)
    return Offer(uuid4(), who, who, wave, state, 300, at + timedelta(seconds=120), track=track, created_at=at)


def asked(case: Case, candidates: list[Candidate]) -> list[str]:
    return [one.candidate.responder.id for one in choose(case, candidates, NOW)]


STAFF = [candidate(n, "staff") for n in (1, 2, 3)]
NEIGHBOURS = [candidate(n, "neighbour") for n in (4, 5, 6, 7, 8, 9)]


def test_in_town_professionals_go_first_and_people_nearby_after_a_minute() -> None:
    assert asked(case(URBAN), STAFF + NEIGHBOURS) == ["staff-1", "staff-2"]
    later = case(URBAN, offered("staff-1", "professional", ago_s=10), age_s=60)
    assert asked(later, STAFF[1:] + NEIGHBOURS) == ["neighbour-4", "neighbour-5"]


def test_in_the_country_neighbours_and_a_professional_are_asked_side_by_side() -> None:
    assert asked(case(RURAL), STAFF + NEIGHBOURS) == [
        "neighbour-4", "neighbour-5", "neighbour-6", "neighbour-7", "staff-1",
    ]  # fmt: skip


def test_a_track_without_people_gives_its_places_to_the_others() -> None:
    assert asked(case(RURAL), STAFF) == ["staff-1", "staff-2", "staff-3"]
    assert asked(case(URBAN), NEIGHBOURS) == ["neighbour-4", "neighbour-5"], "nobody waits for staff who are not there"


def test_each_track_keeps_its_own_pace() -> None:
    soon = case(URBAN, offered("staff-1", "professional", ago_s=19))
    assert due_tracks(soon, NOW) == []
    assert next_wave_at(soon, NOW) == NOW + timedelta(seconds=1)
    assert choose(soon, STAFF, NOW) == []
    assert asked(case(URBAN, offered("x", "professional", ago_s=20)), STAFF) == ["staff-1", "staff-2"]


def test_when_the_last_one_asked_has_declined_nobody_waits_for_the_pace() -> None:
    declined = case(URBAN, offered("x", "professional", ago_s=3, state=OfferState.DECLINED))
    assert asked(declined, STAFF) == ["staff-1", "staff-2"]


def test_two_helpers_want_twice_as_many_asked() -> None:
    people = STAFF + NEIGHBOURS + [candidate(10, "volunteer"), candidate(11, "volunteer"), candidate(12, "volunteer")]
    assert [len(asked(case(RURAL, wanted=wanted), people)) for wanted in (1, 2)] == [5, 10]


def test_the_tired_next_door_are_asked_when_nobody_rested_is_near_and_before_those_far_away() -> None:
    tired = candidate(1, "staff", 2, tired="after_visit")
    rested, far = candidate(2, "staff", 10), candidate(3, "staff", 50)
    assert asked(case(URBAN), [tired, rested]) == ["staff-2"]
    assert asked(case(URBAN), [tired, far]) == ["staff-1"]
    assert asked(case(URBAN), [far]) == ["staff-3"], "an empty circle is no reason to wait"


def test_the_circle_grows_with_each_wave_of_a_track() -> None:
    at_18, at_60 = candidate(1, "staff", 18), candidate(2, "staff", 60)  # the circle is 15 minutes
    assert asked(case(URBAN), [candidate(3, "staff", 14), at_18]) == ["staff-3"]
    second = case(URBAN, offered("x", "professional", ago_s=20))
    assert asked(second, [at_18, at_60]) == ["staff-1"]


def test_without_travel_times_everybody_counts_as_near() -> None:
    unplaced = [one._replace(travel=None) for one in STAFF]
    assert asked(case(URBAN), unplaced) == ["staff-1", "staff-2"]


_OFFERS = st.lists(
    st.tuples(
        st.sampled_from(["professional", "mutual_aid", "nearby", None]), st.integers(0, 300),
        st.sampled_from(OfferState), st.integers(1, 9),
    ),
    max_size=25,
)  # fmt: skip


@given(
    plan=st.sampled_from([URBAN, RURAL]), made=_OFFERS, age_s=st.integers(0, 600), wanted=st.integers(1, 4),
    people=st.lists(
        st.tuples(st.sampled_from(["staff", "neighbour", "volunteer"]), st.floats(1, 90), st.booleans()), max_size=30
    ),
)  # fmt: skip
def test_nobody_twice_never_more_than_may_be_asked_and_never_nobody_while_a_track_is_due(
    plan: Plan,
    made: list[tuple[str | None, int, OfferState, int]],
    age_s: int,
    wanted: int,
    people: list[tuple[str, float, bool]],
) -> None:
    offers = [
        replace(offered(f"old-{n}", "", ago_s=ago, state=state, wave=wave), track=track)
        for n, (track, ago, state, wave) in enumerate(made)
    ]
    present = case(plan, *offers, age_s=age_s, wanted=wanted)
    able = [
        candidate(n, role, minutes, tired="after_visit" if tired else None)
        for n, (role, minutes, tired) in enumerate(people, start=1)
    ]
    chosen = choose(present, able, NOW)
    ids = [one.candidate.responder.id for one in chosen]
    assert len(set(ids)) == len(ids)
    assert len(offers) + len(chosen) <= max(plan.most_asked, len(offers))
    for one in chosen:
        (track,) = [track for track in plan.ways() if track.name == one.track]
        assert one.candidate.responder.role in track.roles
    due = due_tracks(present, NOW)
    if due and able and len(offers) < plan.most_asked:
        assert chosen, "somebody could be asked"
    if not due:
        assert not chosen
        assert next_wave_at(present, NOW) > NOW
