"""Wire models of incidents and of the stream; with forms and views the JSON that OpenAPI describes (pure)."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from carecircle_alerts.incident import AssignmentState, Kind, OfferState, OutcomeCode, State
from carecircle_console.scope import Role


def rfc3339(at: datetime) -> str:
    """UTC with milliseconds and Z, as every time of the interface is written."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Wire(BaseModel):
    """What all of them have in common: frozen, and no field that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class FieldFault(Wire):
    """What is wrong with one field of a form; `field` is its path, with dots and places: `relatives.0.phone`."""

    field: str
    code: str
    message: str
    facts: dict[str, str] = {}


class Problem(Wire):
    """What went wrong: `code` for programs, `message` one Chinese sentence for people.

    `facts` are what the sentence is about, for pages that say it in another language; `field` is the form's. `faults`
    are all that is wrong with a form, the first one included; empty where nothing that was filled in is to blame.
    """

    code: str
    message: str
    facts: dict[str, str] = {}
    faults: list[FieldFault] = []


class Failure(Wire):
    """The body of every answer that is no success."""

    error: Problem


class Me(Wire):
    """Who is signed in. `pending`: what they have to set up first; until then every other request is 403."""

    login: str
    name: str
    role: Role
    area_code: str | None
    area_name: str | None
    responder_id: str | None
    pending: Literal["password", "second_factor"] | None = None


class Helper(Wire):
    """A responder who has accepted, in every state up to the end."""

    assignment_id: UUID
    responder_id: str
    name: str
    state: AssignmentState
    eta_at: Time
    accepted_at: Time
    arrived_at: Time | None


class Incident(Wire):
    """The current summary of an incident. `reason`, `owner` are empty for responders and relatives."""

    id: UUID
    bed_id: str
    resident_name: str
    address: str
    county: str
    county_name: str
    lat: float | None
    lon: float | None
    circle: Literal["urban", "rural", "herding"]
    kind: Kind
    priority: Literal[1, 2, 3]
    state: State
    level: Annotated[int, Field(ge=0, le=4)]
    late: bool
    verification: Literal["none", "pending", "confirmed", "denied", "no_answer"]
    opened_at: Time
    pressed_at: Time
    deadline_at: Time
    acknowledged_at: Time | None
    acknowledged_by: str | None
    dispatched_at: Time | None
    accepted_at: Time | None
    arrived_at: Time | None
    closed_at: Time | None
    closed_by: str | None
    outcome_code: OutcomeCode | None
    owner: str | None
    helpers: tuple[Helper, ...]
    offers_open: int
    reason: str


class Entry(Wire):
    """One row of the audit trail. `actor`, `reason` and `detail` are empty for responders and relatives."""

    id: str
    at: Time
    step: str
    actor: str
    reason: str
    detail: dict[str, object]


class OfferBrief(Wire):
    """An offer by its id and state."""

    id: UUID
    state: OfferState


class Candidate(Wire):
    """Somebody who could be sent, or why not: `why` is a stable word, `rank` counts from 1 among those who can be.

    `place_from` says how it is known from where they would set out: `position`, `base` or `provider`; `position_age_s`
    how old their last position is, used or not. `accepts` is how likely they take an offer, by their role and by how
    they have answered so far; `went_lately` how often they went within about twelve hours (fading, so no whole number);
    `sole_cover` how many beds nobody else who is free reaches in time.
    """

    responder_id: str
    name: str
    role: str
    provider_name: str | None
    rank: int | None
    eligible: bool
    why: str
    travel_p50_s: int | None
    travel_p90_s: int | None
    basis: str | None
    distance_m: int | None
    place_from: str | None
    position_age_s: int | None
    travel_mode: str
    skills: tuple[str, ...]
    accepts: Annotated[float, Field(ge=0, le=1)]
    went_lately: float
    sole_cover: int
    offer: OfferBrief | None


class Message(Wire):
    """Something that was sent, or is waiting to be."""

    id: UUID
    channel: str
    recipient: str
    state: str
    sent_at: Time | None
    attempts: int
    reason: str | None


class Changed(Wire):
    """The incident after a command."""

    incident: Incident


class NeverSilent(Wire):
    """The green light: every open incident has a timer or a live owner, no timer waits, the engine's pulse is fresh.

    `broken` are the promises that the last check found broken, with how often; the check runs every 15 s, and one that
    has not run puts the light out as well.
    """

    ok: bool
    open: int
    unattended: int
    late_due: int
    engine_age_s: float | None
    check_age_s: float | None
    broken: dict[str, int]


class Beat(Wire):
    """Event `beat` of the stream, every 5 s. The figures are the centre's; others get null."""

    server_time: Time
    never_silent: NeverSilent | None
    quarantined_today: int | None


class Snapshot(Wire):
    """Event `snapshot`: all open incidents in scope. Comes first, and again whenever events were skipped."""

    server_time: Time
    incidents: tuple[Incident, ...]


class IncidentChange(Wire):
    """Event `incident`: the whole current summary each time, so that the same event twice changes nothing."""

    incident: Incident
    entry: Entry


class Hint(Wire):
    """Event `changed`: something of yours changed that has no place in an `incident` event; read it again."""

    server_time: Time


class Health(Wire):
    """Whether this console can do its work, and how the platform behind it is."""

    status: Literal["ok", "alarm", "broken"]
    database: bool
    feed: bool
    never_silent: NeverSilent | None
    pulse_age_s: dict[str, float]
    streams: int


class PushState(Wire):
    """Web Push: the key to subscribe with, where it is set up, and on how many devices one is told."""

    public_key: str | None
    subscriptions: int


class ReceiptsTaken(Wire):
    """How many receipts were taken; the other fields are the answer that providers wait for."""

    taken: int
    code: int = 0
    msg: str = "OK"
    result: int = 0
    errmsg: str = "OK"
