"""Incident: its kinds, states and allowed steps, and the whole picture that every decision is made on (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from carecircle_alerts.plan import Plan
from carecircle_alerts.travel import Place


class Kind(StrEnum):
    """What the danger is; one open incident per bed and kind."""

    SOS = "sos"
    FALL = "fall"
    SMOKE = "smoke"
    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    WATER = "water"
    UNREADABLE = "unreadable"
    HEART_RATE = "heart_rate"
    RESPIRATORY_RATE = "respiratory_rate"
    SPO2 = "spo2"
    TEMPERATURE = "temperature"
    APNOEA = "apnoea"
    NEWS2 = "news2"
    BED_EXIT = "bed_exit"
    NOT_IN_BED = "not_in_bed"
    OUT_OF_BED = "out_of_bed"
    INACTIVITY = "inactivity"
    WANDERING = "wandering"
    CHECK_IN_MISSED = "check_in_missed"
    LOST_SIGNAL = "lost_signal"
    UNSTABLE_SIGNAL = "unstable_signal"
    SENSOR_ERROR = "sensor_error"
    LOW_BATTERY = "low_battery"
    TAMPER = "tamper"
    MAINS_LOST = "mains_lost"
    CLOCK_FAULT = "clock_fault"
    GATEWAY_SILENT = "gateway_silent"
    PRESS_TEST_OVERDUE = "press_test_overdue"


class Family(StrEnum):
    """What kind of answer a danger wants: a person at the door, a look by the desk, or a repair."""

    HELP = "help"
    CLINICAL = "clinical"
    BEHAVIOUR = "behaviour"
    TECHNICAL = "technical"


class State(StrEnum):
    """Where an incident stands between the press and its end."""

    RECEIVED = "RECEIVED"
    SEARCHING = "SEARCHING"
    ASSIGNED = "ASSIGNED"
    EN_ROUTE = "EN_ROUTE"
    ON_SCENE = "ON_SCENE"
    HANDED_OVER = "HANDED_OVER"
    CLOSED = "CLOSED"
    UNCOVERED = "UNCOVERED"
    CANCELLED_FALSE = "CANCELLED_FALSE"
    MERGED = "MERGED"


class OfferState(StrEnum):
    """Where an offer to one responder stands."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    SEEN = "SEEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    UNDELIVERABLE = "UNDELIVERABLE"


class AssignmentState(StrEnum):
    """Where a helper stands who has accepted."""

    ACCEPTED = "ACCEPTED"
    MOVING = "MOVING"
    ARRIVED = "ARRIVED"
    RELEASED = "RELEASED"
    STALLED = "STALLED"


class Verification(StrEnum):
    """What is known of whether the danger is real; it never ends an incident."""

    NONE = "none"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    NO_ANSWER = "no_answer"


ENDED = frozenset({State.CLOSED, State.CANCELLED_FALSE, State.MERGED})
OPEN_OFFERS = frozenset({OfferState.QUEUED, OfferState.SENT, OfferState.DELIVERED, OfferState.SEEN})
ACTIVE_ASSIGNMENTS = frozenset({AssignmentState.ACCEPTED, AssignmentState.MOVING, AssignmentState.ARRIVED})

_ANY_END = ENDED
ALLOWED: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.SEARCHING, State.ASSIGNED, State.UNCOVERED}) | _ANY_END,
    State.SEARCHING: frozenset({State.ASSIGNED, State.EN_ROUTE, State.ON_SCENE, State.UNCOVERED}) | _ANY_END,
    State.UNCOVERED: frozenset({State.SEARCHING, State.ASSIGNED, State.EN_ROUTE, State.ON_SCENE}) | _ANY_END,
    State.ASSIGNED: frozenset({State.EN_ROUTE, State.ON_SCENE, State.SEARCHING}) | _ANY_END,
    State.EN_ROUTE: frozenset({State.ON_SCENE, State.SEARCHING}) | _ANY_END,
    State.ON_SCENE: frozenset({State.HANDED_OVER, State.SEARCHING}) | _ANY_END,
    # A resident who presses again after the helper has left needs help again.
    State.HANDED_OVER: frozenset({State.SEARCHING}) | _ANY_END,
    State.CLOSED: frozenset(),
    State.CANCELLED_FALSE: frozenset(),
    State.MERGED: frozenset(),
}

OFFER_STEPS: dict[OfferState, frozenset[OfferState]] = {
    OfferState.QUEUED: frozenset(OfferState) - {OfferState.QUEUED},
    # A receipt may come late or in another order: only what was seen goes no way back.
    OfferState.SENT: frozenset(OfferState) - {OfferState.QUEUED, OfferState.SENT},
    OfferState.DELIVERED: frozenset(OfferState) - {OfferState.QUEUED, OfferState.SENT, OfferState.DELIVERED},
    OfferState.SEEN: frozenset(
        {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN, OfferState.UNDELIVERABLE}
    ),
    OfferState.ACCEPTED: frozenset(),
    OfferState.DECLINED: frozenset(),
    OfferState.EXPIRED: frozenset(),
    OfferState.WITHDRAWN: frozenset(),
    OfferState.UNDELIVERABLE: frozenset(),
}
ASSIGNMENT_STEPS: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.ACCEPTED: frozenset(AssignmentState) - {AssignmentState.ACCEPTED},
    AssignmentState.MOVING: frozenset({AssignmentState.ARRIVED, AssignmentState.RELEASED, AssignmentState.STALLED}),
    AssignmentState.ARRIVED: frozenset({AssignmentState.RELEASED}),
    # Somebody who was given up and comes all the same is welcome.
    AssignmentState.STALLED: frozenset({AssignmentState.ARRIVED, AssignmentState.RELEASED}),
    AssignmentState.RELEASED: frozenset(),
}

_CLINICAL = (Kind.HEART_RATE, Kind.RESPIRATORY_RATE, Kind.SPO2, Kind.TEMPERATURE, Kind.APNOEA, Kind.NEWS2)
_BEHAVIOUR = (
    Kind.BED_EXIT,
    Kind.NOT_IN_BED,
    Kind.OUT_OF_BED,
    Kind.INACTIVITY,
    Kind.WANDERING,
    Kind.CHECK_IN_MISSED,
)
_HELP = (Kind.SOS, Kind.FALL, Kind.SMOKE, Kind.GAS, Kind.CARBON_MONOXIDE, Kind.WATER, Kind.UNREADABLE)
FAMILY: dict[Kind, Family] = (
    dict.fromkeys(Kind, Family.TECHNICAL)
    | dict.fromkeys(_CLINICAL, Family.CLINICAL)
    | dict.fromkeys(_BEHAVIOUR, Family.BEHAVIOUR)
    | dict.fromkeys(_HELP, Family.HELP)
)

# Of calls for help; what a rule finds carries the priority of the stage that it has reached.
PRIORITY: dict[Kind, int] = {
    Kind.SOS: 1,
    Kind.FALL: 1,
    Kind.SMOKE: 1,
    Kind.GAS: 1,
    Kind.CARBON_MONOXIDE: 1,
    Kind.WATER: 2,
    # Fail safe: what could not be read may have been a help call.
    Kind.UNREADABLE: 1,
}


class OutcomeCode(StrEnum):
    """What a named human says at the end."""

    HELPED_ON_SITE = "helped_on_site"
    TAKEN_TO_HOSPITAL = "taken_to_hospital"
    FALSE_PRESS = "false_press"
    TEST_PRESS = "test_press"
    NO_ONE_FOUND = "no_one_found"
    FALSE_ALARM = "false_alarm"
    REPAIRED = "repaired"
    OTHER = "other"
    # Never said by a human: the condition of a technical incident was seen to be gone before anybody took it.
    CLEARED = "cleared"


# What a person says of a call that was none; without anybody at the door it is cancelled and not closed.
FALSE_ONES = frozenset({OutcomeCode.FALSE_PRESS, OutcomeCode.FALSE_ALARM, OutcomeCode.TEST_PRESS})


@dataclass(frozen=True, slots=True)
class Bed:
    """Where a bed is and who is contracted for it; `township` is the 9-digit code of its area."""

    place: Place | None
    terrain: str
    provider_id: str | None
    township: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as the database has it, with what decisions need to know of its bed."""

    id: UUID
    bed_id: str
    kind: Kind
    priority: int
    state: State
    level: int
    epoch: int
    helpers_wanted: int
    late: bool
    plan: Plan
    device: str
    event_boot: int | None
    event_seq: int | None
    pressed_at: datetime
    opened_at: datetime
    deadline_at: datetime
    owner_account_id: int | None
    acknowledged_by: str | None
    verification: Verification
    county: str
    area_name: str
    resident_name: str
    bed: Bed
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def bed_is_placed(self) -> bool:
        """Whether anybody knows where the bed is, so that people and travel times can be looked for."""
        return self.bed.place is not None

    @property
    def family(self) -> Family:
        """What kind of answer it wants."""
        return FAMILY[self.kind]


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of an incident; `travel_p50_s` is None where the bed has no position, `track` where the desk asked.

    `is_void`: it could not be delivered, and its person has had another way to be reached since it was made.
    """

    id: UUID
    responder_id: str
    responder_name: str
    wave: int
    state: OfferState
    travel_p50_s: int | None
    expires_at: datetime
    forced: bool = False
    track: str | None = None
    created_at: datetime | None = None
    basis: str = ""
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """One helper of an incident."""

    id: UUID
    responder_id: str
    responder_name: str
    state: AssignmentState
    eta_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """The whole picture: an incident with its offers and helpers, read under the incident's lock."""

    incident: Incident
    offers: tuple[Offer, ...]
    assignments: tuple[Assignment, ...]

    def active(self) -> tuple[Assignment, ...]:
        """Helpers who have accepted and are on their way or there."""
        return tuple(one for one in self.assignments if one.state in ACTIVE_ASSIGNMENTS)

    def open_offers(self) -> tuple[Offer, ...]:
        """Offers that can still be accepted."""
        return tuple(one for one in self.offers if one.state in OPEN_OFFERS)

    def asked(self) -> dict[str, OfferState]:
        """What became of the last offer to each person who was asked; void ones are as if they had not been made."""
        return {one.responder_id: one.state for one in self.offers if not one.is_void}

    def helpers_missing(self) -> int:
        """How many more helpers are wanted."""
        return max(0, self.incident.helpers_wanted - len(self.active()))

    def is_ended(self) -> bool:
        """Whether nothing more may happen to it."""
        return self.incident.state in ENDED
