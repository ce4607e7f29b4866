"""Around: the people near a bed, as many as it takes to know that nobody nearer by road was left out (I/O).

The database gives people in the order of their distance by air, 32 at first. Whoever was not given is farther away than
the last one, and nobody is faster than the fastest road: as soon as that bound is no better than what was found, the
answer is exact. The nearest by air is the truly nearest by road for only 60 to 70 % of beds (DOMAIN).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians

from psycopg.rows import DictRow

from carecircle_alerts.travel import Place

_AT_FIRST = 32
_TIMES_MORE = 4
_MOST = 2048
_METRES_A_DEGREE = 111_195  # of latitude, and of longitude at the equator


@dataclass(frozen=True, slots=True)
class Around:
    """Ids of people, and how far by air everybody else is at least: None when there is nobody else."""

    ids: tuple[str, ...]
    beyond_m: float | None


def read_around(rows: Sequence[DictRow], bed: Place, most: int, providers: int) -> Around:
    """What one look at the index says, whose lists were limited to `most` people and `providers` providers (pure)."""
    last: dict[str, float] = {}
    counted: dict[str, int] = dict.fromkeys(("position", "base", "provider"), 0)
    seen_providers: set[float] = set()
    for row in rows:
        name = row["list"]
        if name == "always":
            continue
        last[name] = max(last.get(name, 0.0), row["far"])
        if name == "provider":
            seen_providers.add(row["far"])
        else:
            counted[name] += 1
    full = [name for name in ("position", "base") if counted[name] >= most]
    if len(seen_providers) >= providers:
        full.append("provider")
    ids = dict.fromkeys(row["id"] for row in rows if row["id"] is not None)
    if not full:
        return Around(tuple(ids), None)
    # A degree of longitude is shorter than one of latitude: the bound goes by the shorter one.
    return Around(tuple(ids), min(last[name] for name in full) * _METRES_A_DEGREE * cos(radians(abs(bed.lat) + 1)))


def is_proven(best_s: Sequence[float], wanted: int, beyond_m: float | None, fastest: Callable[[float], float]) -> bool:
    """Whether the `wanted` best of the found travel times (ascending, seconds) are the best of all.

    `fastest` gives the least seconds in which anybody covers so many metres by air.
    """
    if beyond_m is None:
        return True
    return len(best_s) >= wanted and best_s[wanted - 1] <= fastest(beyond_m)


def limits() -> list[tuple[int, int]]:
    """How many people and providers are asked for, look by look."""
    looks = []
    most = _AT_FIRST
    while most <= _MOST:
        looks.append((most, max(4, most // 8)))
        most *= _TIMES_MORE
    return looks
