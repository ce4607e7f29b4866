"""Feed: which rows of the audit trail are new, when numbers are given out before commit (pure).

A row's number is taken when it is inserted and becomes visible when its transaction commits, so number 7 may appear
after number 8. Whatever is skipped is therefore asked for again until no transaction can still bring it: those of the
live path end within 10 s (transaction_timeout in the migrations).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

# 10 s of transaction_timeout, and as much again for a commit that waits for its disk.
SETTLED_AFTER = timedelta(seconds=20)
# More missing numbers than a burst can explain: the sequence jumped, and looking for them all would only cost.
_MOST_MISSING = 10_000


class FeedCursor:
    """Remembers the highest number seen and the numbers below it that have not been seen yet."""

    def __init__(self) -> None:
        self.last = 0
        self._missing: dict[int, datetime] = {}

    def begin(self, last: int, known: Iterable[int], after: int, now: datetime) -> None:
        """Start behind `last`; numbers above `after` that are not among `known` may still come."""
        self.last = last
        self._missing = dict.fromkeys(set(range(after + 1, last + 1)).difference(known), now)

    def missing(self, now: datetime) -> list[int]:
        """Numbers to ask for again; those that nobody can bring any more are given up."""
        for number in [number for number, since in self._missing.items() if now - since > SETTLED_AFTER]:
            del self._missing[number]
        return sorted(self._missing)

    def is_new(self, number: int, now: datetime) -> bool:
        """Take note of a row; False when it was taken before. Rows above the last one may come in any order."""
        if number > self.last:
            gap = range(max(self.last + 1, number - _MOST_MISSING), number)
            self._missing.update(dict.fromkeys(gap, now))
            self.last = number
            return True
        return self._missing.pop(number, None) is not None
