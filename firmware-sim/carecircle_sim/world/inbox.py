"""The inbox of everybody: what arrived, when, and whether somebody was told the same thing twice (pure)."""

from collections import Counter, deque
from dataclasses import dataclass

_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as a person got it; `received_at` is Unix time in seconds, by this machine's clock."""

    number: int
    received_at: float
    channel: str
    message_id: str
    kind: str
    recipient_id: str
    incident_id: str
    text: str


class Inbox:
    """Keeps the latest 5,000 arrivals and counts the rest.

    A message that comes again under its id is absorbed, as channels with an idempotency key do it. The same step of the
    same incident and offer under another id reaches the person again: that is a double telling.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._arrivals: deque[Arrival] = deque(maxlen=_KEPT)
        self._ids: set[str] = set()
        self._tellings: set[tuple[str, str, str, str, str]] = set()

    def knows(self, message_id: str) -> bool:
        """Whether this message has arrived before; asking counts as a repetition where it has."""
        if message_id not in self._ids:
            return False
        self.counts["repeated"] += 1
        return True

    def add(
        self,
        *,
        received_at: float,
        channel: str,
        message_id: str,
        kind: str,
        recipient_id: str,
        incident_id: str,
        text: str,
        step: str = "",
        offer_id: str = "",
    ) -> Arrival:
        """A person is told something; `step` and `offer_id` say what has happened, where the channel tells it.

        A reminder is a step of its own, in the same words as the one before. Whoever is asked anew for an incident, as
        after a second press, is told anew that it is settled: each withdrawal is of its own offer.
        """
        self._ids.add(message_id)
        self.counts["arrived"] += 1
        self.counts[f"arrived_{channel}"] += 1
        telling = (recipient_id, incident_id, kind, step or text, offer_id)
        # Mail does not name the incident, and two incidents of one home may well be told in the same words.
        if incident_id and kind != "offer" and telling in self._tellings:
            self.counts["told_twice"] += 1
        self._tellings.add(telling)
        arrival = Arrival(
            self.counts["arrived"], received_at, channel, message_id, kind, recipient_id, incident_id, text
        )
        self._arrivals.append(arrival)
        return arrival

    def after(self, number: int) -> list[Arrival]:
        """The arrivals with a higher number, oldest first."""
        return [arrival for arrival in self._arrivals if arrival.number > number]
