"""Joint assignment: when incidents pile up, who goes where is decided for all of them together (pure).

Each incident's wave would take its nearest people and leave the next one, whose only neighbour they were, with
nobody. Here the people who are free are shared out at once (scipy's linear_sum_assignment) at the least cost: minutes
from press to door, a penalty for coming after the limit, weighed by severity, under a maximum wait.

- The first person of each incident comes from here; the other seats of its wave are filled from those whom no other
  incident was given, so that asking several never takes the only hope of somebody else.
- An incident that has asked people already counts by the probability that none of them comes.
- Nobody is sacrificed: nobody waits longer than `longer` times the longest wait that taking turns would have given,
  nor is anybody who has waited long left out for somebody who has just called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Demand:
    """An incident to which nobody is going yet.

    `waited_s` since the press, `within_s` from press to door is in time, `likely` is the probability that somebody who
    was asked already comes in time.
    """

    id: str
    priority: int
    waited_s: float
    within_s: float
    likely: float = 0.0


@dataclass(frozen=True, slots=True)
class Option:
    """Somebody who could be asked about an incident: `travel_s` to the door, and how likely they accept."""

    demand_id: str
    responder_id: str
    travel_s: float
    accepts: float
    is_contracted: bool = False


@dataclass(frozen=True, slots=True)
class Weighing:
    """What counts how much; engineering proposals, tried by `make surge`, that the care centre has to confirm."""

    severity: Mapping[int, float]
    late_s: float = 3600.0  # arriving after the limit is as bad as an hour more
    contracted_s: float = 120.0  # the contracted provider is worth two minutes, as in ties
    longer: float = 1.0  # nobody waits longer than this times the longest wait of taking turns
    ask_again_s: float = 20.0  # what a refusal costs: the next wave


WEIGHING = Weighing(severity={1: 4.0, 2: 2.0, 3: 1.0})
# Beyond everything that fifty incidents can gain together: too long a wait, and beyond that nobody at all.
_TOO_LONG, _NOBODY_S = 1e7, 1e8
_LEAST_WEIGHT = 0.01  # an incident that is nearly sure of somebody still breaks ties


@dataclass(frozen=True, slots=True)
class Pick:
    """Whom an incident should ask first, and why; `wait_s` from press to door. Nobody where others need them more."""

    responder_id: str | None
    wait_s: float | None
    why: str


def assign_jointly(
    demands: Sequence[Demand], options: Sequence[Option], weighing: Weighing = WEIGHING
) -> dict[str, Pick]:
    """Whom each incident asks first: one person at most for each, nobody twice, whatever the order of the input."""
    plan = _Plan.of(demands, options, weighing)
    if not plan.demands:
        return {}
    taking_turns = plan.in_turn()
    chosen = plan.solve(plan.longest(taking_turns))
    return {demand.id: plan.pick(row, chosen[row], taking_turns.get(row)) for row, demand in enumerate(plan.demands)}


def total_cost(
    picks: Mapping[str, str | None],
    demands: Sequence[Demand],
    options: Sequence[Option],
    weighing: Weighing = WEIGHING,
) -> float:
    """What an assignment of people to incidents costs by this module's own measure; for comparing."""
    plan = _Plan.of(demands, options, weighing)
    cost = plan.cost(np.full(len(plan.demands), np.inf))
    total = 0.0
    for row, demand in enumerate(plan.demands):
        who = picks.get(demand.id)
        total += float(cost[row, plan.people.index(who) if who is not None else len(plan.people) + row])
    return total


def in_turn(
    demands: Sequence[Demand], options: Sequence[Option], weighing: Weighing = WEIGHING
) -> dict[str, str | None]:
    """Whom each would get if they took their nearest one after another: gravest first, then longest waiting."""
    plan = _Plan.of(demands, options, weighing)
    taken = plan.in_turn()
    return {demand.id: plan.people[taken[row]] if row in taken else None for row, demand in enumerate(plan.demands)}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Incidents as rows, people as columns, both in the order of their ids; infinite where somebody is no option."""

    demands: list[Demand]
    people: list[str]
    travel_s: Matrix
    effort_s: Matrix
    weighing: Weighing

    @classmethod
    def of(cls, demands: Sequence[Demand], options: Sequence[Option], weighing: Weighing) -> "_Plan":
        rows = sorted({demand.id: demand for demand in demands}.values(), key=lambda demand: demand.id)
        people = sorted({option.responder_id for option in options})
        row_of = {demand.id: number for number, demand in enumerate(rows)}
        column_of = {person: number for number, person in enumerate(people)}
        travel_s = np.full((len(rows), len(people)), np.inf)
        effort_s = np.zeros((len(rows), len(people)))
        for option in options:
            if option.demand_id in row_of:
                at = row_of[option.demand_id], column_of[option.responder_id]
                travel_s[at] = option.travel_s
                refusals = 1 / max(option.accepts, 0.01) - 1
                effort_s[at] = refusals * weighing.ask_again_s - weighing.contracted_s * option.is_contracted
        return cls(rows, people, travel_s, effort_s, weighing)

    def wait_s(self) -> Matrix:
        """From press to door, for each pair."""
        wait_s: Matrix = self.travel_s + np.array([[demand.waited_s] for demand in self.demands])
        return wait_s

    def in_turn(self) -> dict[int, int]:
        """Row to column as if each took the nearest in turn."""
        order = sorted(range(len(self.demands)), key=lambda row: self._urgency(self.demands[row]))
        free = np.ones(len(self.people), dtype=bool)
        taken: dict[int, int] = {}
        for row in order:
            left = np.where(free, self.travel_s[row], np.inf)
            if left.size and np.isfinite(left.min()):
                taken[row] = int(left.argmin())
                free[taken[row]] = False
        return taken

    @staticmethod
    def _urgency(demand: Demand) -> tuple[int, float, float, str]:
        return (demand.priority, demand.likely, -demand.waited_s, demand.id)

    def longest(self, taken: Mapping[int, int]) -> Matrix:
        """The maximum wait of each incident: its limit, or the longest wait of taking turns, stretched a little."""
        wait_s = self.wait_s()
        worst = max((float(wait_s[row, column]) for row, column in taken.items()), default=0.0)
        longest_s = [max(float(demand.within_s), worst * self.weighing.longer) for demand in self.demands]
        return np.array(longest_s)

    def cost(self, longest_s: Matrix) -> Matrix:
        """Rows by people, and behind them one column a row for nobody; infinite where it may not be."""
        weighing = self.weighing
        wait_s = self.wait_s()
        late = wait_s > np.array([[demand.within_s] for demand in self.demands])
        # Where nobody can be in time any more the penalty would only speak for leaving the incident alone.
        late &= ~late.all(axis=1, keepdims=True)
        seconds = wait_s + self.effort_s + weighing.late_s * late
        nobody = np.full((len(self.demands), len(self.demands)), np.inf)
        # Whoever has waited longer must not become the cheaper one to leave alone, hence twice the wait.
        np.fill_diagonal(nobody, [_NOBODY_S + 2 * demand.waited_s for demand in self.demands])
        weights = [
            weighing.severity.get(demand.priority, 1.0) * max(_LEAST_WEIGHT, 1 - demand.likely)
            for demand in self.demands
        ]
        weighed: Matrix = np.hstack([seconds, nobody]) * np.array(weights)[:, None]
        # Whatever others gain by it; only nobody at all is worse.
        weighed[:, : len(self.people)] += _TOO_LONG * (wait_s > longest_s[:, None])
        return weighed

    def solve(self, longest_s: Matrix) -> dict[int, int]:
        """Row to column at the least cost; always possible, because every row has its own column for nobody."""
        rows, columns = linear_sum_assignment(self.cost(longest_s))
        return {int(row): int(column) for row, column in zip(rows, columns, strict=True)}

    def pick(self, row: int, column: int, nearest: int | None) -> Pick:
        """What a column means for a row."""
        if column >= len(self.people):
            return Pick(None, None, "needed_elsewhere" if np.isfinite(self.travel_s[row]).any() else "nobody_free")
        why = "nearest" if column == nearest else "joint"
        return Pick(self.people[column], float(self.wait_s()[row, column]), why)
