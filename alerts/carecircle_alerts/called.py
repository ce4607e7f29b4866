"""Called: the call for help that a message on an event topic makes, and the names by which it is known (pure).

The alert engine and the lifeline both read calls here, so that they give the same incident the same id.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from carecircle.committed import committed_message
from carecircle.identity import incident_id
from carecircle.mqtt import Delivery
from carecircle.payloads import Event
from carecircle.rejected import Rejected
from carecircle.topics import Topic
from carecircle_alerts.rules.help_call import HelpCall, read_event, unreadable_call

Message = tuple[str, str, int, int]
"""By what a message is known: bed, device, boot and number."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call for help as it arrived. `event` is None where the message could not be read.

    `name` is that of the message, the same in every reader; `evidence` is what the incident's id is made of.
    """

    topic: Topic
    call: HelpCall
    event: Event | None
    received_at: datetime
    evidence: str
    name: str

    @property
    def incident_id(self) -> UUID:
        """The id of the incident that this call opens, where none of its bed and kind is open."""
        return incident_id(self.topic.bed, self.call.kind, self.evidence)

    @property
    def message(self) -> Message | None:
        """By what its message is known; None where it could not be read."""
        event = self.event
        return (self.topic.bed, self.topic.device, event.boot, event.seq) if event is not None else None

    def confirmation(self) -> tuple[str, bytes]:
        """Topic and payload by which whoever committed this call says so."""
        return committed_message(self.topic, self.name)


def call_of(topic: Topic, payload: object, delivery: Delivery) -> Called | None:
    """The call for help that a message on an event topic makes, if it makes one."""
    received_at = delivery.received_at
    if isinstance(payload, Event):
        call = read_event(payload, received_at)
        name = f"{payload.boot}/{payload.seq}"
        return Called(topic, call, payload, received_at, f"{topic.device}/{name}", name) if call else None
    detail = payload.detail if isinstance(payload, Rejected) else "not an event"
    # What cannot be read has no name of its own: its bytes and its minute stand for it, so that a redelivery joins the
    # incident that it opened, and the same bytes on another day open a new one.
    digest = hashlib.sha256(delivery.payload).hexdigest()[:16]
    evidence = f"{topic.device}/{digest}/{int(received_at.timestamp()) // 60}"
    return Called(topic, unreadable_call(received_at, detail), None, received_at, evidence, digest)
