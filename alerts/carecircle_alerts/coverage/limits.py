"""Limits: within how many seconds somebody must be at the door, by the plan of a call for help at that bed (pure).

They are those by which help is sent, so that a bed that is called covered is one whose call can be kept: 15 min in
town, 30 min in the country, unless people have changed the plan of an area, a circle or a grade of frailty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from carecircle_alerts.coverage.day import BedPlace
from carecircle_alerts.coverage.matrix import Seconds
from carecircle_alerts.incident import Kind
from carecircle_alerts.plan import GROUND
from carecircle_alerts.plans.layers import Layer, Subject, resolve


def plan_limits() -> dict[str, int]:
    """Seconds by circle, before an area or a grade of frailty changes anything."""
    return {circle: plan.circle_s for circle, plan in GROUND.items()}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limit of every bed under these settings of plans; a circle that nobody knows is as strict as the town."""

    layers: tuple[Layer, ...] = ()
    _known: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def of(self, beds: Sequence[BedPlace]) -> Seconds:
        """Seconds, in the order of the beds."""
        return np.array([self._of(bed.division_code, bed.circle, bed.frailty) for bed in beds], dtype=np.float32)

    @property
    def longest_s(self) -> int:
        """No bed has a longer one."""
        changed = [int(one.settings["circle_s"]) for one in self.layers if "circle_s" in one.settings]
        return max([*plan_limits().values(), *changed])

    def _of(self, division_code: str, circle: str, frailty: str) -> int:
        key = (division_code, circle, frailty)
        if key not in self._known:
            self._known[key] = resolve(Subject(Kind.SOS, circle, division_code, frailty), self.layers).plan.circle_s
        return self._known[key]
