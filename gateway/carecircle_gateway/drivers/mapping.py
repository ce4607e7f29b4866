"""The mapping file of the driver `mapped`: which field of a stranger's JSON is what (reads one file)."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from carecircle.errors import Misconfigured
from carecircle.quantities import QUANTITIES
from carecircle_gateway.sightings import Alarm

Scalar = str | int | float | bool
_Field = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(_Strict):
    """A quantity: `field` x `factor` + `offset`, in the quantity's own unit. `invalid` values say that there is none.

    A statement such as `in_bed` is true for the values in `true`.
    """

    field: _Field
    factor: float = 1.0
    offset: float = 0.0
    invalid: tuple[Scalar, ...] = ()
    true: tuple[Scalar, ...] = (True, 1, "1", "true", "on", "ON")


class AlarmField(_Strict):
    """An alarm: on for the values in `on`. `is_momentary`: a press, and not a state that goes off again."""

    alarm: Alarm
    field: _Field
    on: Annotated[tuple[Scalar, ...], Field(min_length=1)]
    is_momentary: bool = False

    @model_validator(mode="after")
    def _only_presses_are_momentary(self) -> "AlarmField":
        if self.is_momentary and self.alarm is not Alarm.SOS:
            raise ValueError(f"is_momentary is for sos; {self.alarm} is a state")
        return self


class DeviceMapping(_Strict):
    """The messages of one topic filter. `name_level` says which level of the topic names the device, from 0."""

    topic: Annotated[str, Field(min_length=1, pattern=r"^[^#]+(/#)?$|^#$")]
    name: str | None = None
    name_level: Annotated[int, Field(ge=0, le=30)] | None = None
    battery: _Field | None = None
    time: _Field | None = None
    time_unit: Literal["ms", "s", "iso"] = "ms"
    readings: dict[str, Reading] = {}
    alarms: tuple[AlarmField, ...] = ()

    @field_validator("readings")
    @classmethod
    def _are_known(cls, readings: dict[str, Reading]) -> dict[str, Reading]:
        unknown = sorted(readings.keys() - QUANTITIES.keys())
        if unknown:
            raise ValueError(f"no quantity {', '.join(unknown)}; known are {', '.join(QUANTITIES)}")
        return readings

    @model_validator(mode="after")
    def _is_named(self) -> "DeviceMapping":
        if (self.name is None) == (self.name_level is None):
            raise ValueError("give one of name and name_level")
        if not self.readings and not self.alarms:
            raise ValueError("neither readings nor alarms: nothing would come of these messages")
        return self


class Mapping(_Strict):
    """The file: what to do with which topics, the first that matches."""

    device: Annotated[tuple[DeviceMapping, ...], Field(min_length=1)]


def load_mapping(path: Path) -> Mapping:
    """Read the file; raises `Misconfigured` that names every mistake with its place."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise Misconfigured(f"mapping file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"mapping file {path}: {error}") from error
    except ValidationError as error:
        mistakes = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False)]
        raise Misconfigured("\n".join([f"mapping file {path}:", *mistakes])) from error
