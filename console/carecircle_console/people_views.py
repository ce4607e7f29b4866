"""Views: the JSON of rosters, consent, providers' hours and plans, and of the commands on them (pure)."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from carecircle_alerts.incident import Kind
from carecircle_console.wire import Time, Wire

Reason = Annotated[str, Field(min_length=1, max_length=500)]
_CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$"
Frailty = Literal["unknown", "able", "semi_disabled", "disabled", "severely_disabled"]
Circle = Literal["urban", "rural", "herding"]
Minute = Annotated[int, Field(ge=0, le=1440)]


class Shift(Wire):
    """From when to when somebody is on duty, and where that is known from: `desk`, `import` or `demo`."""

    id: int
    begins_at: Time
    ends_at: Time
    source: str
    by_name: str


class ResponderDetail(Wire):
    """One person as the centre keeps them. `on_duty` is what counts, `switched_on` the switch, set at `duty_set_at`."""

    id: str
    name: str
    role: str
    provider_id: str | None
    provider_name: str | None
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    travel_mode: str
    on_duty: bool
    switched_on: bool
    duty_set_at: Time | None
    consented_at: Time | None
    consent_withdrawn_at: Time | None
    position_at: Time | None
    position_source: str | None
    shifts: tuple[Shift, ...]


class RosteredPerson(Wire):
    """Somebody of the area; without consent they are asked nothing, whatever the roster says."""

    id: str
    name: str
    role: str
    provider_id: str | None
    provider_name: str | None
    skills: tuple[str, ...]
    on_duty: bool
    consents: bool


class RosteredShift(Shift):
    """A shift and whose it is."""

    responder_id: str


class Roster(Wire):
    """Everybody of an area, and all shifts that touch the days asked for."""

    people: tuple[RosteredPerson, ...]
    shifts: tuple[RosteredShift, ...]


class PeopleChange(Wire):
    """What somebody changed about a person or a provider, and why."""

    id: int
    at: Time
    by_name: str
    responder_id: str | None
    provider_id: str | None
    change: str
    detail: dict[str, Any]
    reason: str


class WeeklySpan(Wire):
    """Open on a weekday (1 = Monday) from a minute to another, Beijing time; 1440 is midnight."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    opens_min: Minute
    closes_min: Minute


class DayException(Wire):
    """Other hours on one day; both null: closed."""

    day: date
    opens_min: int | None
    closes_min: int | None
    reason: str


class Provider(Wire):
    """A provider with its hours; without any it is always open. `staff_out` of `out_at_once` are out of the house."""

    id: str
    name: str
    kind: str
    lat: float
    lon: float
    out_at_once: int | None
    staff_out: int
    skills: tuple[str, ...]
    is_open: bool
    hours: tuple[WeeklySpan, ...]
    exceptions: tuple[DayException, ...]


class DutyChange(Wire):
    """Another person's switch, and why."""

    on_duty: bool
    reason: Reason


class ShiftToAdd(Wire):
    """A shift, at most 24 hours, and why where that needs saying."""

    begins_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Annotated[str, Field(max_length=500)] = ""


class ShiftNumber(Wire):
    """The number of a new shift."""

    id: int


class Why(Wire):
    """A reason."""

    reason: Reason


class ConsentGiven(Wire):
    """When somebody agreed, and how that is known."""

    consented_at: AwareDatetime
    reason: Reason


class Week(Wire):
    """A provider's week instead of the present one; empty: always open."""

    hours: Annotated[tuple[WeeklySpan, ...], Field(max_length=70)]
    reason: Reason


class DayHours(Wire):
    """Other hours on one day; without them closed."""

    opens_min: Minute | None = None
    closes_min: Minute | None = None
    reason: Reason


class PlanView(Wire):
    """The plan of a circle for calls for help, before anybody has changed anything."""

    circle: Circle
    plan: dict[str, Any]


class PlanDefaults(Wire):
    """What plans are made of: the settings as a JSON schema with their meaning, and the defaults of each circle."""

    settings: dict[str, Any]
    circles: tuple[PlanView, ...]


class PlanScope(Wire):
    """What settings are for: a kind of alarm or a family of kinds, an area, a circle, a grade; empty is all."""

    kind: Annotated[str, Field(max_length=32)]
    area: Annotated[str, Field(pattern=_CODE)] = ""
    circle: Circle | Literal[""] = ""
    frailty: Frailty | Literal[""] = ""


class PlanSetting(PlanScope):
    """A version of the plan book: who has set what for whom, and why."""

    version: int
    settings: dict[str, Any]
    reason: str
    by_name: str
    at: Time


class PlanChange(PlanScope):
    """Settings to lay over those of wider scopes; none of them takes back what was laid for this scope."""

    settings: dict[str, Any]
    reason: Reason


class PlanVersion(Wire):
    """The version of the plan book after a change."""

    version: int


class PlanLayer(PlanScope):
    """One layer that a plan is made of; version 0 stands in the program."""

    version: int
    settings: dict[str, Any]
    reason: str


class BedPlan(Wire):
    """The plan that a bed would get now, and why.

    `layers` lie over the circle's plan from the lowest to the uppermost; `origins` has the version that each changed
    setting is from; `left_out` are versions that make no plan.
    """

    bed_id: str
    kind: Kind
    circle: str
    frailty: str
    plan: dict[str, Any]
    layers: tuple[PlanLayer, ...]
    origins: dict[str, int]
    left_out: tuple[int, ...]
