"""Views: who watches, and what one shift leaves to the next (pure)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from carecircle_alerts.incident import Kind, State
from carecircle_console.wire import Time, Wire


class OnShift(Wire):
    """Somebody who watches an area; `heard_at`: when they confirmed to hear the alarm sound, null if they have not."""

    account_id: int
    name: str
    role: str
    area_code: str
    began_at: Time
    heard_at: Time | None


class LeftOpen(Wire):
    """An incident that was open; name and address are empty where the bed is out of scope or gone."""

    id: UUID
    bed_id: str
    resident_name: str
    address: str
    kind: Kind
    priority: int
    state: State
    level: int
    pressed_at: Time
    owner: str | None


class LeftAside(Wire):
    """An alarm that was put aside."""

    bed_id: str
    resident_name: str
    address: str
    kind: Kind
    until: Time
    reason: str
    by_name: str


class LeftSilent(Wire):
    """A bed from which nothing had come for five minutes; null: never."""

    bed_id: str
    resident_name: str
    address: str
    seen_at: Time | None


class Summary(Wire):
    """The state of an area at a moment: how many of each there were, and the first 200 of them."""

    at: Time
    open_count: int
    aside_count: int
    silent_count: int
    open: tuple[LeftOpen, ...]
    aside: tuple[LeftAside, ...]
    silent: tuple[LeftSilent, ...]


class HandoverBrief(Wire):
    """A handover without what was left: who wrote and who took it; `to_name` is null while nobody has."""

    id: int
    area_name: str
    from_name: str
    written_at: Time
    notes: str
    to_name: str | None
    taken_at: Time | None
    is_own: bool


class Handover(Wire):
    """A handover with all that was left."""

    brief: HandoverBrief
    summary: Summary


class ShiftView(Wire):
    """One's own shift, who else watches, and the handover that waits to be taken."""

    mine: OnShift | None
    on_shift: tuple[OnShift, ...]
    waiting: HandoverBrief | None


class BeginShift(Wire):
    """Whether the person has heard the alarm sound."""

    heard: bool


class HandoverNotes(Wire):
    """What the next shift has to know beside what the platform knows."""

    notes: Annotated[str, Field(max_length=4000)] = ""


class PastIncident(Wire):
    """Something that has happened at a bed before, and how it ended."""

    id: UUID
    kind: Kind
    priority: int
    state: State
    pressed_at: Time
    arrived_at: Time | None
    closed_at: Time | None
    closed_by: str | None
    outcome_code: str | None


class BedHome(Wire):
    """What the desk tells whoever goes there, and what has happened before."""

    phone: str | None
    key_safe: str | None
    hazards: str | None
    past: tuple[PastIncident, ...]
