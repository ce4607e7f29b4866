"""Family views: the JSON of what relatives see beside the sentence: what happened, who is told, contacts (pure)."""

from datetime import time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from carecircle_alerts.incident import Kind, OutcomeCode
from carecircle_console.scope import Role
from carecircle_console.wire import Time, Wire


class Happened(Wire):
    """One call for help that is over."""

    id: UUID
    kind: Kind
    pressed_at: Time
    accepted_at: Time | None
    arrived_at: Time | None
    closed_at: Time | None
    outcome_code: OutcomeCode | None
    came: tuple[str, ...]


class ToldRelative(Wire):
    """A relative of the same resident; `consented_at` null: the resident has not agreed that they are told."""

    name: str
    relation: str
    consented_at: Time | None
    is_me: bool


class Looked(Wire):
    """Who has looked at the resident's health data in the last 30 days, by role and purpose."""

    role: Role
    purpose: str
    times: int
    last_at: Time


class Sharing(Wire):
    """Who is told about a resident, and who has looked."""

    told: tuple[ToldRelative, ...]
    looked: tuple[Looked, ...]


class OwnTest(Wire):
    """What became of a test message: `came` once the channel has shown that it arrived, `CONFIRMED` by the person.

    `reason` is the channel's own word where it refused; `again_at` is when the contact may be tested once more.
    """

    channel: str
    state: Literal["WAITING", "SENDING", "SENT", "CONFIRMED", "DELIVERED", "NO_ANSWER", "FAILED", "SKIPPED"]
    at: Time
    came: bool
    reason: str
    again_at: Time


class OwnContact(Wire):
    """One way to reach me: `shown` is as much of the address as I recognise; `failures` in a row were not taken."""

    id: int
    channel: str
    shown: str
    enabled: bool
    verified_at: Time | None
    failures: int
    test: OwnTest | None = None


class OwnContacts(Wire):
    """How I am reached, the first way first, and when I am left in peace (Beijing time, hours and minutes)."""

    contacts: tuple[OwnContact, ...]
    quiet_from: str | None
    quiet_until: str | None
    has_quiet_hours: bool
    dropped: OwnTest | None = None
    """A test has shown that this address is gone for good, and it was removed; until there is another of its kind."""


class ContactOrder(Wire):
    """All of my contacts, the first one first."""

    ids: Annotated[tuple[int, ...], Field(min_length=1, max_length=50)]


class QuietHours(Wire):
    """From when until when I am left in peace unless it is urgent (priority 1); `until` may be the next day."""

    begins: time
    ends: time


class NoQuietHours(Wire):
    """Never."""

    begins: None = None
    ends: None = None
