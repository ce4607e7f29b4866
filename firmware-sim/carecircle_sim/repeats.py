"""Repeats: which press of the fleet is due to be sent again (pure; the generator is given)."""

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from carecircle.repeats import repeat_wait_s
from carecircle_sim.journal import Key

LONGEST_S = 60.0
"""As a box in a home does with alarms."""


class Repeats:
    """Presses without a receipt, by the moment when they are due; times are seconds on a monotonic clock."""

    def __init__(self, first_s: float, random: Random) -> None:
        self._first_s = first_s
        self._random = random
        self._due: dict[Key, tuple[float, int]] = {}
        self._heap: list[tuple[float, Key]] = []

    def __contains__(self, key: Key) -> bool:
        return key in self._due

    def sent(self, key: Key, now: float) -> None:
        """It went out once more: the next time is later than the time before."""
        _, attempts = self._due.get(key, (0.0, 0))
        at = now + repeat_wait_s(attempts, self._first_s, LONGEST_S, self._random)
        self._due[key] = at, attempts + 1
        heappush(self._heap, (at, key))

    def remember(self, key: Key, now: float) -> None:
        """It went out in an earlier life, nobody knows when: its turn comes within the longest wait."""
        at = now + self._random.uniform(0.0, LONGEST_S)
        self._due[key] = at, 1
        heappush(self._heap, (at, key))

    def drop(self, key: Key) -> None:
        """It has its receipt."""
        self._due.pop(key, None)

    def take_due(self, now: float) -> Iterator[Key]:
        """What is due; whoever takes one says `sent` or `drop`."""
        while (at := self.next_due()) is not None and at <= now:
            yield heappop(self._heap)[1]

    def next_due(self) -> float | None:
        """When the next is due, None where none waits."""
        while self._heap:
            at, key = self._heap[0]
            if key in self._due and self._due[key][0] == at:
                return at
            heappop(self._heap)  # dropped, or sent again meanwhile
        return None
