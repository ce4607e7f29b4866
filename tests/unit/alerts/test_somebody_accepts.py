"""What the benches of dispatch play, in small: the plans find somebody, and deciding jointly hurts nobody."""

from math import hypot
from random import Random

from bench.dispatch_parts.acceptance import measure
from bench.dispatch_parts.world import Answer, Call, World
from bench.surge_parts.at_once import at_once, person
from bench.surge_parts.country import Scene
from bench.surge_parts.in_waves import in_waves
from carecircle_alerts.plan import URBAN
from carecircle_alerts.travel import TravelTime

_LIMIT_S = URBAN.arrive_within_s


def valley(calls: int, people: int, seed: int) -> Scene:
    """People along 30 km, and most of the calls at one end of it."""
    rng = Random(seed)
    homes = {f"r{number:03}": (rng.uniform(0, 30), rng.uniform(0, 3)) for number in range(people)}
    ways: dict[str, dict[str, TravelTime]] = {}
    for number in range(calls):
        at = (rng.uniform(0, 6) if rng.random() < 0.7 else rng.uniform(0, 30), rng.uniform(0, 3))
        ways[f"i{number:03}"] = {
            who: TravelTime(round(120 + 150 * (km := hypot(at[0] - x, at[1] - y))), round(150 + 200 * km), 0, "x")
            for who, (x, y) in homes.items()
        }
    return Scene(tuple(ways), tuple(homes), ways)


def in_time(waits: list[float]) -> int:
    return sum(1 for one in waits if one <= _LIMIT_S)


def test_somebody_accepts_within_two_minutes_although_few_do() -> None:
    found = measure(calls=200)
    assert found["urban"] > 0.96, "of 10,000 calls 99 % are expected"
    assert found["rural"] > 0.96


def test_at_once_nobody_is_late_whom_taking_turns_would_have_helped_more() -> None:
    gained = 0
    for seed in range(12):
        scene = valley(calls=20, people=30, seed=seed)
        waits = at_once(scene)
        assert in_time(waits.greedy_s) <= in_time(waits.joint_s) <= waits.best_in_time
        assert max(waits.joint_s) <= max(*waits.greedy_s, _LIMIT_S)
        gained += in_time(waits.joint_s) - in_time(waits.greedy_s)
    assert gained > 12, "one call a scene at least is in time that was not"


def test_in_waves_deciding_jointly_brings_more_in_time_and_leaves_nobody_waiting_for_ever() -> None:
    scenes = [valley(calls=30, people=60, seed=seed) for seed in range(6)]
    jointly = [in_waves(scene, seed, jointly=True) for seed, scene in enumerate(scenes)]
    in_turn = [in_waves(scene, seed, jointly=False) for seed, scene in enumerate(scenes)]
    assert sum(map(in_time, jointly)) > sum(map(in_time, in_turn)) + 6, "one call a scene at least"
    assert sum(map(max, jointly)) <= 1.1 * sum(map(max, in_turn))


def test_the_world_keeps_the_promises_that_the_database_keeps() -> None:
    scene = valley(calls=15, people=12, seed=3)
    rng = Random(1)
    world = World(
        {name: person(name) for name in scene.people},
        lambda _who, _call: Answer(accepts=rng.random() < 0.5, after_s=rng.uniform(5, 90)),
    )
    world.run([Call(call, number * 4.0, URBAN, scene.ways[call]) for number, call in enumerate(scene.calls)], 600)
    going = [one.responder_id for case in world.cases.values() for one in case.active()]
    assert len(going) == len(set(going)), "nobody goes to two doors"
    assert all(len(case.active()) <= 1 for case in world.cases.values())
    assert set(world.accepted_s) == {name for name, case in world.cases.items() if case.assignments}
