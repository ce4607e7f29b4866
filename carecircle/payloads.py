"""Payloads: the JSON contract between homes and the platform, as published in docs/contract/ (pure).

Wire models ignore fields that they do not know, so that newer firmware cannot lose a help call; what they do know is
read strictly (a number is not a string), so that a slip in a driver is found in quarantine and not in a chart.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from carecircle.rejected import Reason, Rejected
from carecircle.topics import Kind

MAX_PAYLOAD_BYTES = 64 * 1024

# The database keeps boot and seq as integer and bigint.
Boot = Annotated[int, Field(ge=0, le=2**31 - 1, description="counts up with every start of the device")]
Seq = Annotated[int, Field(ge=0, le=2**63 - 1, description="counts up with every message of one boot")]
At = Annotated[int, Field(ge=-(2**53), le=2**53, description="Unix time in ms on the device's own clock")]
_OLDEST = (
    "the lowest seq of this boot that the sender still keeps and will repeat; what is missing below it never comes. "
    "Whoever says so is told with `stored` up to which seq it may forget"
)
_SINCE = (
    "the lowest seq for which this message stands: those from there up to its own were thinned out, for want of room, "
    "and never come"
)
_CLOCK_OFF = "how far its own clock is behind the platform's time, which it uses instead; absent while it is right"
Measured = Annotated[float, Field(allow_inf_nan=False)]


class WireModel(BaseModel):
    """What every payload has in common: frozen, strict, and tolerant of fields that it does not know."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Readings(WireModel):
    """The measured values of one message; `carecircle.quantities` has their units, a test keeps the two equal."""

    heart_rate: Measured | None = None
    respiratory_rate: Measured | None = None
    spo2: Measured | None = None
    movement: Measured | None = None
    in_bed: StrictBool | None = None
    presence: StrictBool | None = None
    room_temperature: Measured | None = None
    humidity: Measured | None = None
    co2: Measured | None = None
    carbon_monoxide: Measured | None = None
    illuminance: Measured | None = None
    door_open: StrictBool | None = None
    body_temperature: Measured | None = None
    systolic_pressure: Measured | None = None
    diastolic_pressure: Measured | None = None
    blood_glucose: Measured | None = None
    body_weight: Measured | None = None

    def present(self) -> dict[str, float | bool]:
        """The readings that are there, by quantity name."""
        values: dict[str, float | bool] = self.model_dump(exclude_none=True)
        return values


class Stamped(WireModel):
    """A message that names itself: (device, boot, seq) is the key under which it counts once."""

    boot: Boot
    seq: Seq
    at: At
    oldest: Annotated[Seq | None, Field(description=_OLDEST)] = None


class Telemetry(Stamped):
    """Readings taken at one moment."""

    readings: Readings
    quality: Annotated[float, Field(ge=0, le=1)] | None = None
    since: Annotated[Seq | None, Field(description=_SINCE)] = None


class Event(Stamped):
    """Something that happened, such as a press of the call button. `code` is the Contact ID code where there is one."""

    event: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]
    code: Annotated[int, Field(ge=0, le=999)] | None = None
    detail: dict[str, object] = {}


class Status(Stamped):
    """What a device says of itself; retained, and as last will with `online` false."""

    online: StrictBool
    battery: Annotated[float, Field(ge=0, le=100, description="percent")] | None = None
    rssi: Annotated[float, Field(allow_inf_nan=False, description="dBm")] | None = None
    link_quality: Annotated[float, Field(ge=0, le=100, description="percent of the best, smoothed")] | None = None
    firmware: Annotated[str, Field(max_length=64)] | None = None
    power: Annotated[str, Field(max_length=16)] | None = None
    clock_off_ms: Annotated[int | None, Field(description=_CLOCK_OFF)] = None


class Received(WireModel):
    """The platform's receipt: this event is committed, the home need not repeat it."""

    event: tuple[Boot, Seq]


class Reassure(WireModel):
    """What the home may tell the resident: `stage` is received, accepted or arriving."""

    incident: str
    event: tuple[Boot, Seq] | None = None
    stage: Annotated[str, Field(pattern=r"^(received|accepted|arriving)$")]


class PressTestOrder(WireModel):
    """The home box marks the first press of each button with the number of this test, until then and not longer."""

    test: Annotated[str, Field(min_length=1, max_length=64)]
    until: Annotated[At, Field(description="end of the window, Unix time in ms; later it does nothing")]


class Command(WireModel):
    """What the platform tells a device; exactly one of the parts is there."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
    reassure: Reassure | None = None
    received: Received | None = None
    stored: tuple[Boot, Seq] | None = None
    press_test: PressTestOrder | None = None
    at: Annotated[At | None, Field(description="the platform's time, for a home that has none of its own")] = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(part is not None for part in (self.reassure, self.received, self.stored, self.press_test)) != 1:
            raise ValueError("a command carries exactly one of reassure, received, stored, press_test")
        return self


class Reply(Stamped):
    """A device's answer to a command."""

    to: Annotated[str, Field(min_length=1, max_length=64)]
    done: StrictBool


Payload = Telemetry | Event | Status | Command | Reply

_MODELS: dict[Kind, type[Payload]] = {
    Kind.TELEMETRY: Telemetry,
    Kind.EVENT: Event,
    Kind.STATUS: Status,
    Kind.COMMAND: Command,
    Kind.REPLY: Reply,
}

SCHEMAS: dict[str, type[WireModel]] = {model.__name__.lower(): model for model in _MODELS.values()}


def parse_payload(kind: Kind, body: bytes) -> Payload | Rejected:
    """Read a payload of this kind; never raises on any bytes.

    A `Rejected` names the first thing that is wrong, with the place in the document and without the value, because a
    value may be somebody's heart rate and reasons end up in logs.
    """
    if len(body) > MAX_PAYLOAD_BYTES:
        return Rejected(Reason.TOO_LARGE, f"{len(body)} bytes, at most {MAX_PAYLOAD_BYTES} are read")
    if b"\\u0000" in body:
        # PostgreSQL keeps no NUL in text; found here, it cannot stop a batch there.
        return Rejected(Reason.NOT_STORABLE, "the text holds a NUL character")
    try:
        return _MODELS[kind].model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = Reason.NOT_JSON if first["type"] == "json_invalid" else Reason.WRONG_SHAPE
        place = ".".join(str(step) for step in first["loc"]) or "payload"
        return Rejected(reason, f"{place}: {first['msg']}")


def encode_payload(payload: Payload) -> bytes:
    """Write a payload as the wire has it: compact UTF-8 JSON without absent fields."""
    return payload.model_dump_json(exclude_none=True).encode()
