"""Turns: how often the lifeline itself has asked each callee of late, so that providers do not refuse them (pure).

The engine counts in the database, which may be away; so the two count apart, and after an outage a callee may have had
twice the quota within its window. A provider that refuses then is answered as any other: by the next way.
"""

from collections import defaultdict, deque
from datetime import datetime, timedelta

from carecircle_alerts.notify.traits import traits_of

_LONGEST = timedelta(days=1)


class Turns:
    """Times of what was handed over, by channel and address."""

    def __init__(self) -> None:
        self._taken: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def take(self, channel: str, address: str, now: datetime) -> bool:
        """Whether this callee may be asked now; a turn that is given counts until it is given back."""
        quota = traits_of(channel).quota
        if not quota:
            return True
        taken = self._taken[channel, address]
        while taken and now - taken[0] >= _LONGEST:
            taken.popleft()
        for limit in quota:
            if sum(now - at < timedelta(seconds=limit.per_s) for at in taken) >= limit.count:
                return False
        taken.append(now)
        return True

    def give_back(self, channel: str, address: str) -> None:
        """The channel has refused it: the callee has not been asked."""
        taken = self._taken.get((channel, address))
        if taken:
            taken.pop()
