from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.joint import WEIGHING, Demand, Option, assign_jointly, in_turn, total_cost

LIMIT_S = 900


def demand(name: str, **changes: float) -> Demand:
    return replace(Demand(name, 1, 0.0, LIMIT_S), **changes)  # type: ignore[arg-type]


def minutes(demand_id: str, responder_id: str, travel: float, accepts: float = 0.75, **more: bool) -> Option:
    return Option(demand_id, responder_id, travel * 60, accepts, **more)


def who(demands: list[Demand], options: list[Option]) -> dict[str, str | None]:
    return {name: pick.responder_id for name, pick in assign_jointly(demands, options).items()}


def test_the_only_neighbour_of_one_is_not_taken_by_another() -> None:
    demands = [demand("a"), demand("b")]
    options = [minutes("a", "near", 4), minutes("a", "other", 6), minutes("b", "near", 5), minutes("b", "other", 40)]
    assert in_turn(demands, options) == {"a": "near", "b": "other"}
    assert who(demands, options) == {"a": "other", "b": "near"}
    assert assign_jointly(demands, options)["a"].why == "joint"


def test_too_few_people_go_to_the_gravest() -> None:
    demands = [demand("a", priority=2), demand("b", priority=1)]
    options = [minutes("a", "only", 2), minutes("b", "only", 12)]
    picks = assign_jointly(demands, options)
    assert picks["b"].responder_id == "only"
    assert (picks["a"].responder_id, picks["a"].why) == (None, "needed_elsewhere")


def test_who_has_waited_is_not_left_out_for_who_has_just_called() -> None:
    demands = [demand("a", waited_s=1200.0), demand("b")]
    options = [minutes("a", "only", 6), minutes("b", "only", 5)]
    assert who(demands, options)["a"] == "only"


def test_an_incident_that_has_asked_already_stands_back() -> None:
    demands = [demand("a", likely=0.94), demand("b")]
    options = [minutes("a", "only", 2), minutes("b", "only", 10)]
    assert who(demands, options) == {"a": None, "b": "only"}


def test_the_contracted_provider_is_worth_two_minutes() -> None:
    options = [minutes("a", "stranger", 4), minutes("a", "theirs", 5.5, is_contracted=True)]
    assert who([demand("a")], options) == {"a": "theirs"}
    options = [minutes("a", "stranger", 4), minutes("a", "theirs", 6.5, is_contracted=True)]
    assert who([demand("a")], options) == {"a": "stranger"}


def test_who_hardly_ever_accepts_is_worth_a_detour() -> None:
    options = [minutes("a", "seldom", 5.0, accepts=0.1), minutes("a", "often", 6.0, accepts=0.9)]
    assert who([demand("a")], options) == {"a": "often"}


def test_far_is_better_than_nobody() -> None:
    demands = [demand("a"), demand("b")]
    options = [minutes("a", "x", 5), minutes("a", "y", 6), minutes("b", "x", 90)]
    assert who(demands, options) == {"a": "y", "b": "x"}


def test_nothing_to_share_out() -> None:
    assert assign_jointly([], []) == {}
    assert assign_jointly([demand("a")], [])["a"].why == "nobody_free"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Demand], list[Option]]:
    demands = [
        Demand(
            f"i{number}",
            draw(st.integers(1, 3)),
            float(draw(st.integers(0, 1200))),
            draw(st.sampled_from([900, 1800])),
            draw(st.sampled_from([0.0, 0.5, 0.95])),
        )
        for number in range(draw(st.integers(0, 7)))
    ]
    people = [f"r{number}" for number in range(draw(st.integers(0, 8)))]
    options = [
        Option(one.id, person, float(draw(st.integers(60, 4000))), draw(st.sampled_from([0.23, 0.55, 0.75])),
               draw(st.booleans()))
        for one in demands
        for person in people
        if draw(st.booleans())
    ]  # fmt: skip
    return demands, options


@given(worlds())
def test_nobody_is_sent_to_two_doors_and_only_where_they_can_go(world: tuple[list[Demand], list[Option]]) -> None:
    demands, options = world
    picks = assign_jointly(demands, options)
    assert picks.keys() == {one.id for one in demands}
    sent = [pick.responder_id for pick in picks.values() if pick.responder_id]
    assert len(sent) == len(set(sent))
    possible = {(one.demand_id, one.responder_id) for one in options}
    assert all((name, pick.responder_id) in possible for name, pick in picks.items() if pick.responder_id)


@given(worlds(), st.randoms())
def test_the_order_of_the_input_means_nothing(world: tuple[list[Demand], list[Option]], chance: Random) -> None:
    demands, options = world
    shuffled_demands, shuffled_options = list(demands), list(options)
    chance.shuffle(shuffled_demands)
    chance.shuffle(shuffled_options)
    assert assign_jointly(demands, options) == assign_jointly(shuffled_demands, shuffled_options)


@given(worlds())
def test_where_taking_turns_helps_everybody_nobody_waits_longer_than_its_longest_or_the_limit(
    world: tuple[list[Demand], list[Option]],
) -> None:
    demands, options = [replace(one, likely=0.0) for one in world[0]], world[1]
    travel = {(one.demand_id, one.responder_id): one.travel_s for one in options}
    turns = in_turn(demands, options)
    if any(who is None for who in turns.values()):
        return
    waited = {one.id: one.waited_s for one in demands}
    longest = max((waited[name] + travel[name, str(who)] for name, who in turns.items()), default=0.0)
    picks = assign_jointly(demands, options)
    for one in demands:
        wait_s = picks[one.id].wait_s
        assert wait_s is not None, "nobody is left alone whom taking turns would have helped"
        assert wait_s <= max(one.within_s, longest * WEIGHING.longer) + 1e-6


@given(worlds())
def test_it_never_costs_more_than_taking_turns(world: tuple[list[Demand], list[Option]]) -> None:
    demands, options = world
    turns = in_turn(demands, options)
    jointly = {name: pick.responder_id for name, pick in assign_jointly(demands, options).items()}
    assert total_cost(jointly, demands, options) <= total_cost(turns, demands, options) + 1e-6


@given(worlds())
def test_as_many_are_helped_as_by_taking_turns(world: tuple[list[Demand], list[Option]]) -> None:
    demands, options = [replace(one, likely=0.0) for one in world[0]], world[1]
    helped = sum(1 for pick in assign_jointly(demands, options).values() if pick.responder_id)
    in_turns = sum(1 for who in in_turn(demands, options).values() if who)
    assert helped >= in_turns
