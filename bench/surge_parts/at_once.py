"""All calls at the same moment and everybody accepts: taking turns, jointly, and the best that hindsight can do (pure).

Taking turns is `rank_responders` for one call after another, as a single decision makes it; jointly is `assign_jointly`
over all of them. The offline best knows everything and cares for one thing only: how many are in time.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from bench.surge_parts.country import Scene
from carecircle_alerts.incident import Bed
from carecircle_alerts.joint import Demand, Option, assign_jointly
from carecircle_alerts.plan import URBAN
from carecircle_alerts.ranking import Responder, rank_responders
from carecircle_alerts.travel import Place

_ANYWHERE = Place(42.5, 1.5)  # travel times are given


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from press to door of every call, infinite where nobody goes; how many the best would have in time."""

    greedy_s: list[float]
    joint_s: list[float]
    best_in_time: int


def at_once(scene: Scene) -> Waits:
    """What becomes of one scene."""
    return Waits(_taking_turns(scene), _jointly(scene), _best(scene))


def person(name: str, role: str = "staff") -> Responder:
    """Somebody who can be asked."""
    return Responder(
        name, name, role, None, None, "e_bike", _ANYWHERE, on_duty=True, consented=True, reachable=True, busy=False
    )


def _taking_turns(scene: Scene) -> list[float]:
    people = {name: person(name) for name in scene.people}
    waits = []
    for call in scene.calls:
        ways = scene.ways[call]
        able = [one for name, one in people.items() if name in ways]
        ranked = rank_responders(Bed(_ANYWHERE, "valley", None), able, ways, URBAN.circle_s)
        if not ranked or ranked[0].travel is None:
            waits.append(np.inf)
            continue
        waits.append(float(ranked[0].travel.p50_s))
        del people[ranked[0].responder.id]
    return waits


def _jointly(scene: Scene) -> list[float]:
    demands = [Demand(call, 1, 0.0, URBAN.arrive_within_s) for call in scene.calls]
    options = [
        Option(call, name, way.p50_s, person(name).accepts())
        for call in scene.calls
        for name, way in scene.ways[call].items()
    ]
    picks = assign_jointly(demands, options)
    waits = [picks[call].wait_s for call in scene.calls]
    return [np.inf if wait_s is None else wait_s for wait_s in waits]


def _best(scene: Scene) -> int:
    late = np.array([
        [scene.ways[call][name].p50_s > URBAN.arrive_within_s if name in scene.ways[call] else True
         for name in scene.people]
        for call in scene.calls
    ])  # fmt: skip
    rows, columns = linear_sum_assignment(late)
    return int((~late[rows, columns]).sum())
