"""A timeline: moments to come, each with what is to be done, and what is ready to be told in order of time (pure)."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from carecircle_sim.truth import Truth

Act = Callable[[int], None]
"""Is called with the moment in Unix milliseconds."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at the platform's broker at `at_ms`, as the home published it."""

    at_ms: int
    bed: str
    topic: str
    payload: bytes
    retain: bool = False


Item = Arrival | Truth


class Timeline:
    """Runs to `end_ms`. What is told of a moment may arrive later, never before it."""

    def __init__(self, end_ms: int) -> None:
        self._end_ms = end_ms
        self._moments: list[tuple[int, int, Act]] = []
        self._ready: list[tuple[int, int, Item]] = []
        self._number = count()

    def at(self, moment_ms: float, act: Act) -> None:
        """Plan a moment; what lies behind the end is left out."""
        if moment_ms < self._end_ms:
            heapq.heappush(self._moments, (int(moment_ms), next(self._number), act))

    def tell(self, item: Item) -> None:
        """Something is ready to be told at its time."""
        heapq.heappush(self._ready, (item.at_ms, next(self._number), item))

    def run(self) -> Iterator[Item]:
        """Everything in order of `at_ms`; what is still under way at the end comes after it."""
        while self._moments:
            moment_ms, _, act = heapq.heappop(self._moments)
            while self._ready and self._ready[0][0] < moment_ms:
                yield heapq.heappop(self._ready)[2]
            act(moment_ms)
        while self._ready:
            yield heapq.heappop(self._ready)[2]
