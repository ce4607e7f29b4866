"""Uncovered: when messages are sent again that the broker took and no `stored` mark covers (pure).

A broker that crashes loses what it took in its last second, so its acknowledgement ends nothing. New messages never
wait for marks: while history alone is down, the live path still needs them. So only the lowest message is watched; a
mark that covers it moves on to the next.
"""

from enum import Enum, auto

FIRST_REPEAT_S = 10.0
"""Marks come every 2 s where all is well; behind a database that restarts they take longer."""
LONGEST_REPEAT_S = 960.0
AT_ONCE = 500
"""Messages repeated together, the lowest first: more than a broker loses in its last second."""
GIVE_UP_AFTER = 5
"""Repeats of a message that the platform never stores although it stores others: it cannot read it."""


class Step(Enum):
    """What to do about the lowest message."""

    WAIT = auto()
    REPEAT = auto()
    GIVE_UP = auto()


class Watch:
    """Watches the lowest message that was sent and is not covered; times are seconds on a monotonic clock."""

    def __init__(self) -> None:
        self._lowest: int | None = None
        self._since = 0.0
        self._wait_s = FIRST_REPEAT_S
        self._ignored = 0
        self._heard = 0

    def look(self, now: float, lowest: int | None, heard: int) -> Step:
        """What is due; `lowest` is the id of the message, `heard` the number of marks that came so far.

        A repeat counts against a message only where marks of others came meanwhile: while the platform stores nothing
        at all, nothing is given up.
        """
        if lowest is None or lowest != self._lowest:
            self._lowest, self._since, self._wait_s, self._ignored, self._heard = lowest, now, FIRST_REPEAT_S, 0, heard
            return Step.WAIT
        if now - self._since < self._wait_s:
            return Step.WAIT
        self._since = now
        self._wait_s = min(2 * self._wait_s, LONGEST_REPEAT_S)
        self._ignored += heard > self._heard
        self._heard = heard
        return Step.GIVE_UP if self._ignored > GIVE_UP_AFTER else Step.REPEAT
