"""The stream of a scenario: all homes together, in order of time, from one seed (pure)."""

import heapq
from collections.abc import Iterator

from carecircle_sim.home.plan import plan_homes
from carecircle_sim.home.simulated import SimulatedHome
from carecircle_sim.home.timeline import Item
from carecircle_sim.scenario.model import Scenario


def stream(scenario: Scenario, seed: int, most_homes: int | None = None) -> Iterator[Item]:
    """Messages and truths; ties go by bed, so that the order is the same on every machine."""
    plans = plan_homes(scenario, seed, most_homes)
    runs = [SimulatedHome(plan, scenario, seed).run() for plan in sorted(plans, key=lambda plan: plan.bed)]
    return heapq.merge(*runs, key=lambda item: (item.at_ms, item.bed))
