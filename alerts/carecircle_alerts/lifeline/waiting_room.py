"""Waiting room: a call for help waits for the word that it is committed; who waits too long has to be told of (pure).

Nothing that was let in is dropped. `room` says how many more may come; the rest waits with the broker, which keeps what
is not acknowledged. What is remembered of calls that went is bounded too: of more than `remembered` the oldest are
forgotten, and a repetition of such a call waits for its word anew, at worst to be told again under the same ids, which
a receiver that knows them drops.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from carecircle.committed import Committed
from carecircle_alerts.called import Called

# A word may overtake its call, or come with a call that the broker delivers again after a lost connection. Far longer
# than any reconnect, and short enough that a device which counts anew after a repair is not taken for its past.
_REMEMBER_S = 600.0
_REMEMBERED = 100_000


class Coming(StrEnum):
    """What a call finds when it comes."""

    WAITS = "waits"
    COMMITTED = "committed"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class _Waiting:
    called: Called
    until: float


class WaitingRoom:
    """Calls that wait, by the message's name; times are seconds of any clock that never goes back."""

    def __init__(self, limit_s: float, places: int, remembered: int = _REMEMBERED) -> None:
        self._limit_s = limit_s
        self._places = places
        self._remembered = remembered
        self._waiting: dict[Committed, _Waiting] = {}
        self._committed: OrderedDict[Committed, float] = OrderedDict()
        self._told: OrderedDict[UUID, None] = OrderedDict()

    def comes(self, called: Called, now: float) -> Coming:
        """A call, or a repetition of it; a repetition waits no longer than the first."""
        what = name_of(called)
        if called.incident_id in self._told:
            return Coming.TOLD
        if self._is_committed(what, now):
            return Coming.COMMITTED
        self._waiting.setdefault(what, _Waiting(called, now + self._limit_s))
        return Coming.WAITS

    def committed(self, what: Committed, now: float) -> None:
        """The word for a call came: before the call, in time, too late, or again."""
        self._waiting.pop(what, None)
        self._committed.pop(what, None)
        self._committed[what] = now
        while len(self._committed) > self._remembered:
            self._committed.popitem(last=False)

    def told_before(self, incident_id: UUID) -> None:
        """A call of which people were told in an earlier life of this process."""
        self._told[incident_id] = None

    def overdue(self, now: float) -> list[Called]:
        """The calls whose time is over, oldest first. They leave: whoever asks has to tell people."""
        over = []
        while self._waiting and (first := next(iter(self._waiting.values()))).until <= now:
            del self._waiting[name_of(first.called)]
            self._told[first.called.incident_id] = None
            over.append(first.called)
        while len(self._told) > self._remembered:
            self._told.popitem(last=False)
        return over

    def is_waiting(self, called: Called) -> bool:
        """Whether this call, or another under its name, still waits."""
        return name_of(called) in self._waiting

    @property
    def next_at(self) -> float | None:
        """When the first of them is overdue; all wait equally long, so it is the one that came first."""
        return next(iter(self._waiting.values())).until if self._waiting else None

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def room(self) -> int:
        """How many more may come."""
        return max(0, self._places - len(self._waiting))

    def _is_committed(self, what: Committed, now: float) -> bool:
        at = self._committed.get(what)
        # What cannot be read has no number: the same bytes a moment later are another call, with a word of their own.
        return at is not None and now - at <= (_REMEMBER_S if what.is_numbered else self._limit_s)


def name_of(called: Called) -> Committed:
    """The name under which the word for a call comes."""
    return Committed(called.topic.bed, called.topic.device, called.name)
