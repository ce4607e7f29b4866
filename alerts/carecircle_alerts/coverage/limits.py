"""Limits: within how many seconds somebody must be at the door, by the circle of the bed (pure).

They are those by which help is sent (`plan.py`), so that a bed that is called covered is one whose call can be kept.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from carecircle_alerts.coverage.matrix import Seconds
from carecircle_alerts.plan import GROUND


def plan_limits() -> dict[str, int]:
    """Seconds by circle, as the plans of calls for help have them before an area or a frailty changes anything."""
    return {circle: plan.circle_s for circle, plan in GROUND.items()}


def limits_of(circles: Sequence[str], limits: Mapping[str, int]) -> Seconds:
    """The limit of each bed; a circle that nobody has set has that of the town, which is the strictest."""
    strictest = min(limits.values())
    return np.array([limits.get(circle, strictest) for circle in circles], dtype=np.float32)
