from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.asking import STRANGER, Standing
from carecircle_alerts.ties import TIE_S, break_ties, only_theirs


@dataclass(frozen=True)
class Person:
    id: str
    travel_s: int
    standing: Standing = STRANGER
    contracted: bool = False


def order(people: list[Person], priority: int = 2) -> list[str]:
    settled = break_ties(
        people, priority, lambda one: one.travel_s, lambda one: one.standing, lambda one: one.contracted
    )
    return [one.id for one in settled]


def test_who_leaves_beds_bare_stays_when_another_is_as_near() -> None:
    people = [Person("only-one-there", 300, Standing(only_theirs=4)), Person("spare", 420)]
    assert order(people) == ["spare", "only-one-there"]


def test_then_who_has_worked_less_then_who_was_asked_less() -> None:
    tired, asked, fresh = Standing(went_lately=2), Standing(asked_lately=3), Standing()
    people = [Person("tired", 300, tired), Person("asked", 310, asked), Person("fresh", 320, fresh)]
    assert order(people) == ["fresh", "asked", "tired"]


def test_more_than_two_minutes_are_no_tie() -> None:
    assert order([Person("near", 300, Standing(only_theirs=9)), Person("far", 300 + TIE_S + 1)]) == ["near", "far"]


def test_the_highest_severity_goes_by_time_alone() -> None:
    people = [Person("near", 300, Standing(only_theirs=9, went_lately=5)), Person("far", 301)]
    assert order(people, priority=1) == ["near", "far"]


def test_a_tie_never_passes_a_contract() -> None:
    people = [Person("contracted", 400, Standing(only_theirs=9), contracted=True), Person("other", 300)]
    assert order(people) == ["contracted", "other"]


person = st.builds(
    Person,
    st.text("abc", min_size=1, max_size=3),
    st.integers(0, 1000),
    st.builds(Standing, only_theirs=st.integers(0, 3), went_lately=st.floats(0, 3), asked_lately=st.floats(0, 3)),
)


@given(st.lists(person, unique_by=lambda one: one.id))
def test_nobody_is_lost_and_nobody_loses_more_than_a_tie(people: list[Person]) -> None:
    people.sort(key=lambda one: (one.travel_s, one.id))
    settled = order(people)
    assert sorted(settled) == sorted(one.id for one in people)
    travel = {one.id: one.travel_s for one in people}
    for number, who in enumerate(settled):
        assert all(travel[who] - travel[later] <= TIE_S for later in settled[number:])


def test_beds_that_one_person_alone_reaches() -> None:
    reach = {"bed-1": {"a", "b"}, "bed-2": {"a"}, "bed-3": {"a", "gone"}, "bed-4": {"gone"}, "bed-5": set[str]()}
    assert only_theirs(reach, {"a", "b"}) == {"a": 2, "b": 0}
    assert only_theirs(reach, {"b"}) == {"b": 1}
    assert only_theirs({}, {"a"}) == {"a": 0}


@given(
    st.dictionaries(st.integers(0, 20).map(str), st.frozensets(st.sampled_from("abcde"))),
    st.frozensets(st.sampled_from("abcde")),
)
def test_the_count_is_what_their_going_would_leave_bare(reach: dict[str, frozenset[str]], free: frozenset[str]) -> None:
    def covered(people: frozenset[str]) -> int:
        return sum(1 for there in reach.values() if there & people)

    assert only_theirs(reach, free) == {who: covered(free) - covered(free - {who}) for who in free}
