"""Turns: how often the lifeline itself has asked each callee of late, so that providers do not refuse them (pure).

The engine counts in the database, which may be away; so the two count apart, and after an outage a callee may have had
twice the quota within its window. A provider that refuses then is answered as any other: by the next way.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from carecircle_alerts.notify.traits import traits_of

_LONGEST = timedelta(days=1)


class Turns:
    """Times of what was handed over, by channel and address."""

    def __init__(self) -> None:
        self._taken: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()

    def take(self, channel: str, address: str, now: datetime) -> bool:
        """Whether this callee may be asked now; a turn that is given counts until it is given back."""
        quota = traits_of(channel).quota
        if not quota:
            return True
        self._forget(now)
        taken = self._taken.setdefault((channel, address), deque())
        while taken and now - taken[0] >= _LONGEST:
            taken.popleft()
        for limit in quota:
            if sum(now - at < timedelta(seconds=limit.per_s) for at in taken) >= limit.count:
                return False
        taken.append(now)
        self._taken.move_to_end((channel, address))
        return True

    @property
    def remembered(self) -> int:
        """How many callees are counted: those of the last day, and some who had no turn at all."""
        return len(self._taken)

    def _forget(self, now: datetime) -> None:
        """Forget who was last asked longest ago, while that is longer than any quota looks back."""
        while self._taken:
            taken = next(iter(self._taken.values()))
            if taken and now - taken[-1] < _LONGEST:
                return
            self._taken.popitem(last=False)

    def give_back(self, channel: str, address: str) -> None:
        """The channel has refused it: the callee has not been asked."""
        taken = self._taken.get((channel, address))
        if taken:
            taken.pop()
