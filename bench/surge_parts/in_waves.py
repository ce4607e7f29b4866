"""Calls within a minute, waves of offers, people who may or may not accept: with and without the joint decision (pure).

The same calls, people, answers and ways are played twice by `bench.dispatch_parts.world`, which runs the project's own
decisions. An answer belongs to person and call, so that both runs meet the same people.
"""

from math import exp, log
from random import Random

from bench.dispatch_parts.world import Answer, Call, World
from bench.surge_parts.at_once import person
from bench.surge_parts.country import Scene
from carecircle_alerts.asking import PRIOR
from carecircle_alerts.plan import URBAN

_WITHIN_S = 60.0
_UNTIL_S = 2 * 3600.0
_ROLES = ("staff", "staff", "neighbour", "volunteer")
_MEDIAN_S, _SPREAD = 15.0, log(3.0) / 1.2816  # who accepts does so after 15 s, 90 % within 45 s (made up)


def in_waves(scene: Scene, seed: int, *, jointly: bool) -> list[float]:
    """Seconds from press to door of every call; infinite where nobody has come within two hours."""
    rng = Random(seed)  # noqa: S311 - reproducible
    roles = {name: rng.choice(_ROLES) for name in scene.people}
    begins = {call: rng.uniform(0, _WITHIN_S) for call in scene.calls}
    people = {name: person(name, role) for name, role in roles.items()}
    world = World(people, lambda who, call: _answer(roles[who], f"{seed}/{who}/{call}"), jointly=jointly)
    world.run([Call(call, begins[call], URBAN, scene.ways[call]) for call in scene.calls], _UNTIL_S)
    return [world.arrived_s.get(call, float("inf")) for call in scene.calls]


def _answer(role: str, name: str) -> Answer:
    rng = Random(name)  # noqa: S311 - reproducible
    after_s = _MEDIAN_S * exp(_SPREAD * rng.gauss(0, 1))
    if rng.random() < PRIOR[role]:
        return Answer(accepts=True, after_s=after_s)
    # Half of those who do not come say so, the others are never heard of.
    return Answer(accepts=False, after_s=after_s if rng.random() < 0.5 else None)  # noqa: PLR2004 - half
