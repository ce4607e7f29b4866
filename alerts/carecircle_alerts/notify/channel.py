"""What every channel is given and what it answers (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message from the outbox; `id` is the idempotency key, `content` has `text`, or `reassure` for devices."""

    id: UUID
    incident_id: UUID
    offer_id: UUID | None
    audience: str
    recipient_id: str
    step: str
    channel: str
    address: str
    content: dict[str, object]
    attempts: int
    created_at: datetime
    offer_expires_at: datetime | None = None
    language: str = "zh-CN"

    @property
    def text(self) -> str:
        """What a person reads."""
        return str(self.content.get("text", ""))


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel has taken the message; `ref` is what it calls it, where receipts come under that name."""

    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The channel has not taken it; `again` says whether another try may help. The reason holds no personal data.

    `gone` says that nobody will ever be reached at this address again; `after_s` that the other side refuses this
    callee or all of us for so long, a quota mostly, so that the person's next contact is better.
    """

    reason: str
    again: bool
    gone: bool = False
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The channel may have taken it or not: it fell silent after it had been asked."""

    reason: str


Result = Sent | Failed | Unknown


class Channel(Protocol):
    """A way to reach somebody. Needs no database, so that the lifeline can use it too."""

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; never raises for what the other side does."""
        ...
