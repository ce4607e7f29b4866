"""Repeats: when an event is sent again while its `received` does not come (pure; the generator is given)."""

from heapq import heappop, heappush
from random import Random

from carecircle.repeats import repeat_wait_s
from carecircle_gateway.normalise import Urgency

FIRST_REPEAT_S = 5.0
"""Well above a platform's usual answer (below 1 s), well below what a person on the floor would notice."""
LONGEST_S = {Urgency.ALARM: 60.0, Urgency.NOTICE: 900.0}


class RepeatSchedule:
    """Which event is due when; times are seconds on a monotonic clock. Knows ids only, so that it stays small."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._heap: list[tuple[float, Urgency, int]] = []
        self._attempts: dict[int, int] = {}

    def add(self, entry_id: int, urgency: Urgency, sent_at: float | None = None) -> None:
        """Send this event now, or repeat it if it was sent at `sent_at`, and from then on until it is dropped."""
        self._attempts[entry_id] = 0 if sent_at is None else 1
        heappush(self._heap, (0.0 if sent_at is None else sent_at + self._wait_s(0, urgency), urgency, entry_id))

    def drop(self, entry_id: int) -> None:
        """Never again."""
        self._attempts.pop(entry_id, None)

    def take_due(self, now: float, limit: int) -> list[int]:
        """Up to `limit` ids that are due, each already put back for its next repeat.

        The longest overdue come first, and of those due at the same time the more urgent, then the older. The first
        repeat is after 5 s, each further one after twice the time up to a bound, all up to 20 % later by chance, so
        that homes that came back together do not knock together.
        """
        due: list[int] = []
        while self._heap and len(due) < limit and self._heap[0][0] <= now:
            _, urgency, entry_id = heappop(self._heap)
            if entry_id not in self._attempts:
                continue
            heappush(self._heap, (now + self._wait_s(self._attempts[entry_id], urgency), urgency, entry_id))
            self._attempts[entry_id] += 1
            due.append(entry_id)
        return due

    def _wait_s(self, attempts: int, urgency: Urgency) -> float:
        return repeat_wait_s(attempts, FIRST_REPEAT_S, LONGEST_S[urgency], self._random)

    def next_due(self) -> float | None:
        """When the next event is due, None where none waits."""
        while self._heap and self._heap[0][2] not in self._attempts:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def __len__(self) -> int:
        return len(self._attempts)
