"""Acknowledging: what is done with, in the order in which it was delivered, as MQTT wants it (pure)."""

from collections import deque
from dataclasses import dataclass

from carecircle.mqtt import Delivery


@dataclass(slots=True)
class Ticket:
    """One delivery; `done` once nothing is lost if the broker forgets it."""

    delivery: Delivery
    done: bool = False


class Acknowledging:
    """Deliveries that the broker still keeps for us."""

    def __init__(self) -> None:
        self._tickets: deque[Ticket] = deque()

    def add(self, delivery: Delivery) -> Ticket:
        """A delivery came."""
        ticket = Ticket(delivery)
        self._tickets.append(ticket)
        return ticket

    def ready(self) -> list[Delivery]:
        """Take what can be acknowledged now: everything before the first that is not done."""
        ready = []
        while self._tickets and self._tickets[0].done:
            ready.append(self._tickets.popleft().delivery)
        return ready

    def __len__(self) -> int:
        return len(self._tickets)
