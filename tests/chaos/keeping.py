"""A sender that keeps: what it sends next, what it repeats, what it may forget (pure; the generator is given).

The contract is the platform's: every message says the oldest that is still kept, and a mark says up to which number
all is committed. On top come the faults of a bad link: some messages are sent twice, some far too late.
"""

import heapq
from random import Random

WINDOW = 3000
"""Most messages kept; a full window waits for a mark."""
_FIRST_PAUSE_S = 3.0  # longer than the two seconds in which the platform says a mark
_LONGEST_PAUSE_S = 12.0
_AT_ONCE = 100
_TWICE, _LATE = 0.03, 0.10
_FARTHEST = 30


class Keeper:
    """The messages of one sender, 1 to `total`; knows numbers only.

    With `keeps` False it is a sender as there are many: what the broker has taken is forgotten.
    """

    def __init__(self, total: int, rng: Random, *, keeps: bool) -> None:
        self.total = total
        self.made = 0
        self.mark = 0
        self.repeated = 0
        self._keeps = keeps
        self._rng = rng
        self._later: list[tuple[int, int]] = []
        self._moved_at = 0.0
        self._pause_s = _FIRST_PAUSE_S
        self._repeat_next, self._repeat_until = 1, 0

    @property
    def oldest(self) -> int | None:
        """What a message says of it."""
        return self.mark + 1 if self._keeps else None

    @property
    def backlog(self) -> int:
        """How many messages are made and not covered by a mark."""
        return self.made - self.mark

    @property
    def can_make(self) -> bool:
        return self.made < self.total and (not self._keeps or self.backlog < WINDOW)

    @property
    def is_done(self) -> bool:
        """All is made and, if it keeps, marked; what a bad link still holds back would be a repeat only."""
        return self.made == self.total and (self.mark == self.total if self._keeps else not self._later)

    def make(self, now: float) -> list[int]:
        """Make one message; returns what comes out of the bad link: this one, others, twice the same, or nothing."""
        if self.backlog == 0:
            self._moved_at = now
        self.made += 1
        fate = self._rng.random()
        if fate < _LATE:
            heapq.heappush(self._later, (self.made + self._rng.randint(1, _FARTHEST), self.made))
        out = [self.made] if fate < _TWICE or fate >= _LATE else []
        while self._later and (self._later[0][0] <= self.made or self.made == self.total):
            out.append(heapq.heappop(self._later)[1])
        return out

    def repeats(self, now: float) -> list[int]:
        """What is to be repeated now: the lowest, after a pause without a mark; then more with every mark."""
        if not self._keeps or self.backlog == 0:
            return []
        if now - self._moved_at >= self._pause_s:
            self._moved_at = now
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
            self._repeat_next, self._repeat_until = self.mark + 1, self.made
        first = max(self._repeat_next, self.mark + 1)
        if first > self._repeat_until or first > self.mark + 1:
            return []
        self._repeat_next = min(first + _AT_ONCE, self._repeat_until + 1)
        self.repeated += self._repeat_next - first
        return list(range(first, self._repeat_next))

    def marked(self, seq: int, now: float) -> bool:
        """A mark came; False where it speaks of messages that were never made."""
        if seq > self.made:
            return False
        if seq > self.mark:
            self.mark, self._moved_at, self._pause_s = seq, now, _FIRST_PAUSE_S
        return True
