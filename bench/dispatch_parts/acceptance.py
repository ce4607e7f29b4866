"""Whether somebody accepts within 120 s when everybody accepts with probability 0.23, by the real plans and waves.

`python -m bench.dispatch_parts.acceptance`. 10,000 calls in town and as many in the country, each with people of its
own around it; PulsePoint's 0.23 counts for all of them, staff too, and the platform has learnt it: without that, the
prior of the staff would ask fewer (`urban_unknown`, `rural_unknown`). Who accepts does so after about 15 s (log-normal,
90 % within 45 s: an engineering proposal); who does not stays silent, which is worse than a refusal.
"""

import json
from math import exp, log
from random import Random

from bench.dispatch_parts.world import Answer, Call, World
from carecircle_alerts.asking import STRANGER, Standing
from carecircle_alerts.plan import RURAL, URBAN, Plan
from carecircle_alerts.ranking import Responder
from carecircle_alerts.travel import Place, TravelTime

ACCEPTS = 0.23
WITHIN_S = 120.0
_MEDIAN_S, _P90_S = 15.0, 45.0
_SPREAD = log(_P90_S / _MEDIAN_S) / 1.2816
_KNOWN = Standing(asked=200, accepted=200 * ACCEPTS)
_ROLES = {"urban": ["staff"] * 20 + ["neighbour"] * 10 + ["volunteer"] * 10,
          "rural": ["staff"] * 3 + ["neighbour"] * 15 + ["volunteer"] * 12}  # fmt: skip
_NEAR_MIN, _FAR_MIN = {"urban": 3.0, "rural": 4.0}, {"urban": 13.0, "rural": 28.0}


def measure(calls: int = 10_000, seed: int = 1) -> dict[str, float]:
    """Share of calls with an accept within 120 s, in town and in the country."""
    return {plan.name: accepted_share(plan, _KNOWN, calls, seed) for plan in (URBAN, RURAL)}


def accepted_share(plan: Plan, standing: Standing, calls: int, seed: int) -> float:
    """Of so many calls, each alone with its people, the share that somebody accepted in time."""
    rng = Random(seed)  # noqa: S311 - reproducible
    return sum(_is_accepted(plan, standing, rng) for _ in range(calls)) / calls


def _is_accepted(plan: Plan, standing: Standing, rng: Random) -> bool:
    names = {f"r{number:02}": role for number, role in enumerate(_ROLES[plan.name])}
    people = {name: _person(name, role, standing) for name, role in names.items()}
    near, far = log(_NEAR_MIN[plan.name] * 60), log(_FAR_MIN[plan.name] * 60)
    ways = {}
    for who in people:
        way_s = exp(rng.uniform(near, far))
        ways[who] = TravelTime(round(way_s), round(way_s * 1.3), round(way_s * 4), "road_network")
    world = World(people, lambda _who, _call: _answer(rng))
    world.run([Call("bed", 0.0, plan, ways)], WITHIN_S)
    return world.accepted_s.get("bed", WITHIN_S + 1) <= WITHIN_S


def _answer(rng: Random) -> Answer:
    accepts, after_s = rng.random() < ACCEPTS, _MEDIAN_S * exp(_SPREAD * rng.gauss(0, 1))
    return Answer(accepts=True, after_s=after_s) if accepts else Answer(accepts=False, after_s=None)


def _person(name: str, role: str, standing: Standing) -> Responder:
    return Responder(
        name, name, role, None, None, "e_bike", Place(36.6, 101.8), on_duty=True, consented=True, reachable=True,
        busy=False, standing=standing,
    )  # fmt: skip


if __name__ == "__main__":
    found = measure()
    for unknown in (URBAN, RURAL):
        found[f"{unknown.name}_unknown"] = accepted_share(unknown, STRANGER, 10_000, 1)
    print(json.dumps(found))
