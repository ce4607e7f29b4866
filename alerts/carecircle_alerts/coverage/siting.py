"""Siting: where the next stations would bring most beds inside their circle (pure).

Maximal covering (Church and ReVelle 1974): choose at most so many of the candidate sites that the weight of the
beds that some chosen site surely reaches, and no post reaches today, is largest.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from carecircle_alerts.coverage.matrix import Flags

Weights = NDArray[np.float64]


@dataclass(frozen=True)
class SitingQuestion:
    """Candidate sites (rows) by beds (columns): who would surely reach whom; what each bed counts; who is covered now.

    Weights are not negative: 1 for each bed, or more for frailer residents.
    """

    reaches: Flags
    weights: Weights
    is_covered: Flags

    @cached_property
    def groups(self) -> tuple[Flags, Weights]:
        """Beds that the same sites reach, as one of their common weight; beds that are covered already are left out.

        The answer stays exact, and thousands of beds become a few hundred columns.
        """
        open_beds = ~self.is_covered & self.reaches.any(axis=0) & (self.weights > 0)
        columns = self.reaches[:, open_beds]
        if not columns.shape[1]:
            return np.zeros((len(self.reaches), 0), np.bool_), np.zeros(0)
        packed = np.ascontiguousarray(np.packbits(columns, axis=0).T)
        keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
        _unique, first, group = np.unique(keys, return_index=True, return_inverse=True)
        weights = np.zeros(len(first))
        np.add.at(weights, group.ravel(), self.weights[open_beds])
        return columns[:, first], weights

    @property
    def beyond_reach(self) -> Flags:
        """Beds that nobody covers today and no candidate site would: they need another answer than a station."""
        flags: Flags = ~self.is_covered & ~self.reaches.any(axis=0)
        return flags

    def gained(self, sites: Sequence[int]) -> float:
        """The weight of the beds that these sites would cover newly."""
        reached, weights = self.groups
        return float(weights[reached[list(sites)].any(axis=0)].sum()) if sites else 0.0


@dataclass(frozen=True, slots=True)
class SitingAnswer:
    """The sites in the order of what each adds, the weight they bring, and how far from the best they can be at most.

    `gap` is (bound - gained) / bound: 0 where the answer is proven best.
    """

    sites: tuple[int, ...]
    gained: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Share of the bound that is not proven; between 0 and 1."""
        return max(0.0, (self.bound - self.gained) / self.bound) if self.bound > 0 else 0.0


class Greedy:
    """Adds the site that brings most, again and again; quick enough to follow a hand that drags a site over a map.

    Its answer brings at least 1 - 1/e (63 %) of the best. Ties go to the site that comes first.
    """

    def __init__(self, question: SitingQuestion) -> None:
        """Prepare once; each answer then takes about a millisecond."""
        self._question = question
        reached, self._weights = question.groups
        self._reached = reached.astype(np.float32)
        self._flags = reached

    def gains(self, chosen: Sequence[int] = ()) -> Weights:
        """What each site would add to those that are chosen."""
        left = self._weights.copy()
        if chosen:
            left[self._flags[list(chosen)].any(axis=0)] = 0
        found: Weights = self._reached.astype(np.float64) @ left
        return found

    def choose(self, most: int, chosen: Sequence[int] = ()) -> SitingAnswer:
        """Keep those that are chosen and add others, up to `most` in all; a site that brings nothing is not added."""
        began = time.perf_counter()
        sites, left = list(chosen), self._weights.copy()
        if sites:
            left[self._flags[sites].any(axis=0)] = 0
        gains = self.gains(chosen)
        upper = float(gains.max(initial=0.0)) * max(0, most - len(sites))
        while len(sites) < most and len(gains):
            best = int(gains.argmax())
            if gains[best] <= 0:
                break
            sites.append(best)
            new = np.flatnonzero(self._flags[best] & (left > 0))
            # Only what has just been covered changes the gains of the others.
            gains -= self._reached[:, new].astype(np.float64) @ left[new]
            left[new] = 0
            gains[best] = 0
        gained = self._question.gained(sites)
        bound = min(float(self._weights.sum()), self._question.gained(chosen) + upper)
        return SitingAnswer(tuple(sites), gained, max(gained, bound), time.perf_counter() - began)


def best_sites(question: SitingQuestion, most: int, *, time_limit_s: float = 60.0) -> SitingAnswer:
    """The best choice of at most `most` sites, proven, or the best that was found within the time with its gap."""
    began = time.perf_counter()
    greedy = Greedy(question)
    quick = greedy.choose(most)
    reached, weights = question.groups
    if not len(weights) or most <= 0:
        return quick
    found, bound = _solve(reached, weights, most, time_limit_s)
    sites = max((quick.sites, found), key=question.gained)
    gained = question.gained(sites)
    return SitingAnswer(
        _by_gain(greedy, sites), gained, max(gained, min(bound, quick.bound)), time.perf_counter() - began
    )


def _solve(reached: Flags, weights: Weights, most: int, time_limit_s: float) -> tuple[tuple[int, ...], float]:
    """Sites and bound by HiGHS. Whether a bed is covered may be a fraction: with whole sites it never is one."""
    sites, groups = reached.shape
    covers = hstack([-csr_array(reached.T.astype(np.float64)), eye_array(groups)])
    budget = csr_array(np.concatenate([np.ones(sites), np.zeros(groups)])[None, :])
    result = milp(
        np.concatenate([np.zeros(sites), -weights]),
        integrality=np.concatenate([np.ones(sites), np.zeros(groups)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([covers, budget]), -np.inf, np.concatenate([np.zeros(groups), [float(most)]])
        ),
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    bound = -result.mip_dual_bound if result.mip_dual_bound is not None else float(weights.sum())
    if result.x is None:
        return (), float(bound)
    return tuple(int(site) for site in np.flatnonzero(result.x[:sites] > 0.5)), float(bound)  # noqa: PLR2004


def _by_gain(greedy: Greedy, sites: Sequence[int]) -> tuple[int, ...]:
    """The same sites, the one that brings most first; those that bring nothing are left out."""
    order: list[int] = []
    while len(order) < len(sites):
        gains = greedy.gains(order)
        best = max((site for site in sites if site not in order), key=lambda site: (gains[site], -site))
        if gains[best] <= 0:
            break
        order.append(best)
    return tuple(order)
