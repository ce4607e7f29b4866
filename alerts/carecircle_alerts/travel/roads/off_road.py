"""Off the road: what is walked between a door and the network, and how far that may be (pure)."""

from carecircle_alerts.travel.roads.speeds import WALK_KMH, Seconds

# Farther from every road than this, a place is not on the network: a yard, a field path or a missing track are walked,
# more is a hole in the map. An engineering proposal, as is the detour on foot.
OFF_ROAD_LIMIT_M = 800.0
OFF_ROAD_DETOUR = 1.3
WALK_M_PER_S = WALK_KMH / 3.6


def off_road_s(off_m: Seconds) -> Seconds:
    """Seconds to walk so many metres of air between a door and the road; of one way, or of an array of them."""
    return off_m * (OFF_ROAD_DETOUR / WALK_M_PER_S)
