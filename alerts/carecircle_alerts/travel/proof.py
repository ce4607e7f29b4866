"""Proof: whether those who are nearest by road are among those who were fetched as nearest by air (pure).

Air distance alone picks the wrong person for 30 to 40 % of beds. But whoever was not fetched is at least as far by air
as the farthest who was, and nobody outruns the fastest speed of the network: so anybody whose time on the road is below
what the next one by air could do at best is nearest for certain.
"""

from collections.abc import Sequence
from math import floor

from carecircle_alerts.travel.straight_line import TURN_OUT_S


def least_beyond_s(beyond_m: float, fastest_m_per_s: float) -> float:
    """The shortest time that anybody at least `beyond_m` metres away by air can have; infinite where nobody is left."""
    if beyond_m == float("inf"):
        return float("inf")
    if fastest_m_per_s <= 0:
        return TURN_OUT_S
    # Times are told in whole seconds, rounded: what is a little over may be told a little under.
    return floor(TURN_OUT_S + beyond_m / fastest_m_per_s)


def farthest_m(within_s: float, fastest_m_per_s: float) -> float:
    """Metres by air beyond which nobody can be there in less than `within_s` seconds; infinite where none is known."""
    if within_s == float("inf") or fastest_m_per_s <= 0:
        return float("inf")
    return max(0.0, (within_s - TURN_OUT_S) * fastest_m_per_s)


def proven_count(p50_s: Sequence[int], beyond_m: float, fastest_m_per_s: float) -> int:
    """How many of the fetched are proven to be the nearest of all, counted from the nearest.

    `p50_s` are the times of everybody who was fetched, in any order; `beyond_m` is the air distance of the farthest of
    them (infinite when nobody is left to fetch); `fastest_m_per_s` the fastest over all modes and sources in question.
    Somebody not fetched may be as near as the last of those who are counted, never nearer.
    """
    bound_s = least_beyond_s(beyond_m, fastest_m_per_s)
    return sum(1 for time in p50_s if time <= bound_s)


def is_proven(p50_s: Sequence[int], wanted: int, beyond_m: float, fastest_m_per_s: float) -> bool:
    """Whether the nearest `wanted` are known for certain; otherwise fetch more people by air and ask again."""
    return proven_count(p50_s, beyond_m, fastest_m_per_s) >= wanted or beyond_m == float("inf")
