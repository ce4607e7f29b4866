"""Commands: what a decision wants to happen; `save` turns them into rows, audit included, in one transaction (pure)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from carecircle_alerts.incident import AssignmentState, OfferState, OutcomeCode, State, Verification
from carecircle_alerts.ranking import Candidate


class DueKind(StrEnum):
    """What a timer is for."""

    VERIFY = "verify"
    WAVE = "wave"
    NO_ACCEPT = "no_accept"
    RECHECK = "recheck"
    FREED = "freed"
    UNCLAIMED = "unclaimed"
    SUPERVISOR = "supervisor"
    NUDGE = "nudge"
    STALLED = "stalled"
    OVERDUE = "overdue"
    BREACH = "breach"
    CHECK_IN = "check_in"
    CLOSE_REMINDER = "close_reminder"


class Audience(StrEnum):
    """Who is told."""

    OFFER = "offer"
    WITHDRAWN = "withdrawn"
    FAMILY = "family"
    DISPATCHER = "dispatcher"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class MoveIncident:
    """Change the incident's state."""

    to: State
    reason: str


@dataclass(frozen=True, slots=True)
class RaiseLevel:
    """Escalate by one level, at most to 4."""

    reason: str


@dataclass(frozen=True, slots=True)
class Own:
    """A person of the centre takes the incident."""

    account_id: int
    name: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A person of the centre takes back that they have taken the incident."""

    name: str


@dataclass(frozen=True, slots=True)
class Disown:
    """Whoever had taken the incident is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Write down what is known of whether the danger is real."""

    verification: Verification
    reason: str


@dataclass(frozen=True, slots=True)
class NewDeadline:
    """The time within which somebody has to be at the door begins again."""

    at: datetime


@dataclass(frozen=True, slots=True)
class WantHelpers:
    """Ask for this many helpers in all."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class MakeOffer:
    """Ask one responder, on a track of the plan or because the desk wants them; `forced` although they are busy.

    `likely` is the probability that somebody comes in time, with everybody who is asked.
    """

    offer_id: UUID
    candidate: Candidate
    wave: int
    expires_at: datetime
    forced: bool = False
    likely: float | None = None
    track: str | None = None


@dataclass(frozen=True, slots=True)
class EndOffers:
    """End offers that were not accepted."""

    offer_ids: tuple[UUID, ...]
    state: OfferState
    reason: str


@dataclass(frozen=True, slots=True)
class Assign:
    """A responder has accepted an offer and is on it."""

    assignment_id: UUID
    responder_id: str
    responder_name: str
    offer_id: UUID
    eta_at: datetime
    forced: bool = False


@dataclass(frozen=True, slots=True)
class MoveAssignment:
    """Change the state of one helper."""

    assignment_id: UUID
    to: AssignmentState
    reason: str


@dataclass(frozen=True, slots=True)
class NewRound:
    """Begin a new epoch: timers of these kinds that still wait are dropped, the others go on."""

    drop: frozenset[DueKind]


@dataclass(frozen=True, slots=True)
class Remind:
    """Set a timer; `subject` names an assignment where the timer is about one."""

    kind: DueKind
    at: datetime
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Queue messages to an audience; `step` names what happened and is part of the idempotency key.

    Of the centre, the dispatchers of the area are told, and the supervisors beside them unless they are spared.
    """

    audience: Audience
    step: str
    about: UUID | None = None
    supervisors_too: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """Write down something that changes no state."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    """End the incident as CLOSED or CANCELLED_FALSE; only a named human does."""

    outcome: OutcomeCode
    by: str
    note: str
    to: State = State.CLOSED


@dataclass(frozen=True, slots=True)
class Merge:
    """The incident goes on as part of another one of the same bed; only a named human says so."""

    into: UUID
    by: str
    reason: str


Command = (
    MoveIncident
    | RaiseLevel
    | Own
    | GiveBack
    | Disown
    | Verify
    | NewDeadline
    | WantHelpers
    | MakeOffer
    | EndOffers
    | Assign
    | MoveAssignment
    | NewRound
    | Remind
    | Tell
    | Record
    | Close
    | Merge
)

# The timers of one search for a helper.
SEARCH_TIMERS = frozenset({DueKind.WAVE, DueKind.NO_ACCEPT, DueKind.RECHECK, DueKind.FREED})
EVERY_TIMER = frozenset(DueKind)
