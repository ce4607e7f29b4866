"""Local care: what the home itself does about a call for help, with the platform or without it (pure).

A press is answered in the home at once, so that whoever pressed knows that the button works. Where no receipt comes,
that is said too, again and again: nobody should wait for help that has not been called.
"""

from collections.abc import Iterable
from enum import StrEnum

from carecircle_gateway.normalise import Urgency
from carecircle_gateway.outbox import Entry

AGAIN_S = 60.0
"""So often an unanswered call is told: about as often as its last repeats go out."""


class LocalStage(StrEnum):
    """What a home plays by itself; beside the stages that the platform asks for."""

    PRESSED = "pressed"
    UNANSWERED = "unanswered"
    TEST = "test"
    TESTED = "tested"


class LocalCare:
    """Follows the calls of this home until they are received; times are seconds on a monotonic clock."""

    def __init__(self, unanswered_after_s: float) -> None:
        self._unanswered_after_s = unanswered_after_s
        self._due: dict[int, float] = {}

    def heard(self, entries: Iterable[Entry], now: float) -> LocalStage | None:
        """New messages are kept; what to play about them."""
        calls = [entry.id for entry in entries if entry.urgency is Urgency.ALARM]
        self._due.update(dict.fromkeys(calls, now + self._unanswered_after_s))
        return LocalStage.PRESSED if calls else None

    def goes_on(self, waiting: Iterable[int], now: float) -> None:
        """Calls that were waiting when this process started: they were told, and are still to be answered."""
        self._due.update(dict.fromkeys(waiting, now + self._unanswered_after_s))

    def look(self, waiting: Iterable[int], now: float) -> LocalStage | None:
        """What to play now; `waiting` are the ids of calls without a receipt."""
        still = set(waiting)
        self._due = {entry_id: due for entry_id, due in self._due.items() if entry_id in still}
        overdue = [entry_id for entry_id, due in self._due.items() if due <= now]
        self._due.update(dict.fromkeys(overdue, now + AGAIN_S))
        return LocalStage.UNANSWERED if overdue else None

    @property
    def is_waiting(self) -> bool:
        """Whether a call is still to be answered."""
        return bool(self._due)
