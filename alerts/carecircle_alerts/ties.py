"""Ties: between people who would be there at about the same time, who is better spared elsewhere (pure).

Never for the highest severity: there, every second counts and nothing else. Leaving an area bare to be a little faster
costs later calls dearly: always sending the closest leaves 2.7 times the late share that is possible (Jagtenberg 2017).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from carecircle_alerts.asking import Standing

TIE_S = 120  # DESIGN: within two minutes of travel
_HIGHEST = 1
_T = TypeVar("_T")


def settles_ties(priority: int) -> bool:
    """Whether anything but time counts."""
    return priority > _HIGHEST


def only_theirs(reach: Mapping[str, AbstractSet[str]], free: AbstractSet[str]) -> dict[str, int]:
    """How many beds each free person alone reaches: what sending them now would leave uncovered.

    `reach` has, for each bed, everybody who is there inside the limit; only those in `free` count.
    """
    alone = dict.fromkeys(free, 0)
    for people in reach.values():
        there = people & free
        if len(there) == 1:
            alone[next(iter(there))] += 1
    return alone


def break_ties(
    ordered: Sequence[_T],
    priority: int,
    travel_s: Callable[[_T], int],
    standing: Callable[[_T], Standing],
    alike: Callable[[_T], object],
) -> list[_T]:
    """Order those anew who would arrive within two minutes of each other; `ordered` is by travel time already.

    A tie is everybody within `TIE_S` of its first, as long as `alike` says the same of them: a tie never moves anybody
    past a contract or a refusal. Within it: fewer beds left uncovered, then less work lately, then asked less lately,
    then as before. The highest severity goes by time alone.
    """
    if not settles_ties(priority):
        return list(ordered)
    settled: list[_T] = []
    for tie in _groups(ordered, travel_s, alike):
        # Half a call is noise of the fading, no difference between people.
        settled += sorted(tie, key=lambda one: _burden(standing(one)))
    return settled


def _burden(standing: Standing) -> tuple[int, int, int]:
    return (standing.only_theirs, round(standing.went_lately), round(standing.asked_lately))


def _groups(ordered: Iterable[_T], travel_s: Callable[[_T], int], alike: Callable[[_T], object]) -> Iterable[list[_T]]:
    group: list[_T] = []
    for one in ordered:
        if group and (travel_s(one) - travel_s(group[0]) > TIE_S or alike(one) != alike(group[0])):
            yield group
            group = []
        group.append(one)
    if group:
        yield group
