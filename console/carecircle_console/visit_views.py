"""Visit views: the JSON of arrivals, reports, pictures, labels and positions (pure)."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from carecircle_alerts.travel import Place
from carecircle_alerts.visits.desk import Consciousness, Evidence, Outcome, Report
from carecircle_alerts.visits.presence import Position
from carecircle_console.wire import Time, Wire

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Accuracy = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


class PhonePosition(Wire):
    """Where a phone believes to be (WGS-84), and by how many metres it may be wrong."""

    lat: Latitude
    lon: Longitude
    accuracy_m: Accuracy


class Arriving(Wire):
    """What shows that somebody is there: their position, the code at the bed, or with neither their word.

    `insists`: there all the same, although the position is not.
    """

    position: PhonePosition | None = None
    bed_code: Annotated[str, Field(max_length=20)] | None = None
    insists: bool = False

    def evidence(self) -> Evidence:
        """As the desk takes it."""
        at = self.position
        position = None if at is None else Position(Place(at.lat, at.lon), at.accuracy_m)
        return Evidence(position, self.bed_code, self.insists)


class Measured(Wire):
    """What was measured at the bed once; null is not measured."""

    consciousness: Consciousness | None = None
    heart_rate_bpm: Annotated[int, Field(ge=0, le=300)] | None = None
    respiratory_rate_per_min: Annotated[int, Field(ge=0, le=100)] | None = None
    spo2_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    systolic_mmhg: Annotated[int, Field(ge=30, le=300)] | None = None
    diastolic_mmhg: Annotated[int, Field(ge=10, le=200)] | None = None
    body_temperature_c: Annotated[float, Field(ge=20, le=45, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _pressures_in_order(self) -> Self:
        high, low = self.systolic_mmhg, self.diastolic_mmhg
        if high is not None and low is not None and low >= high:
            raise ValueError("the diastolic pressure is below the systolic one")
        return self


class VisitReport(Measured):
    """What a helper found; `made_at` is when they wrote it down, which without a connection is before it comes here."""

    outcome: Outcome
    note: Annotated[str, Field(max_length=2000)] = ""
    made_at: AwareDatetime

    def report(self) -> Report:
        """As the desk takes it."""
        return Report(**self.model_dump())


class Visit(Wire):
    """One helper's visit, for the centre: how they arrived, what they reported, and their pictures.

    `photos_allowed`: whether the resident agrees to pictures; without it none is kept or shown.
    """

    assignment_id: UUID
    responder_id: str
    name: str
    arrived_at: Time | None
    proof: Literal["geofence", "bed_code", "said"] | None
    distance_m: int | None
    accuracy_m: int | None
    outcome: Outcome | None
    measured: Measured
    note: str
    made_at: Time | None
    written_at: Time | None
    photos_allowed: bool
    photos: tuple[UUID, ...]


class BedLabel(Wire):
    """What stands on the label at a bed: a code, and an address for phones that read the square."""

    bed_id: str
    code: str
    url: str


class OwnPosition(PhonePosition):
    """Where I am, and when that was true."""

    measured_at: AwareDatetime


class PositionTaken(Wire):
    """Whether the position was kept, and why not: `off_duty`, `no_consent` or `older`."""

    kept: bool
    why: Literal["", "off_duty", "no_consent", "older"]


class MayCall(Wire):
    """Whether relatives may see my number while I am on the way to them."""

    allowed: bool
