"""Questions: what may be asked about coverage, as whoever asks writes it down (pure)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MINUTES = (5, 10, 15)


class Quantile(StrEnum):
    """Whether the outline holds half of the journeys within the time, or nine of ten."""

    P50 = "p50"
    P90 = "p90"


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    area: str = Field("", description="a division code: nothing outside of it is told")


class IsochroneAsked(_Asked):
    """Outlines around a bed, or around a provider, in an hour of today."""

    ask: Literal["isochrone"] = "isochrone"
    bed: str | None = None
    provider: str | None = None
    minutes: Annotated[tuple[Annotated[int, Field(ge=1, le=60)], ...], Field(min_length=1, max_length=6)] = MINUTES
    mode: Literal["walk", "e_bike", "car"] | None = None
    quantile: Quantile = Quantile.P90
    hour: Annotated[int | None, Field(ge=0, le=23)] = None


class WithoutAsked(_Asked):
    """What sending a responder now leaves."""

    ask: Literal["without"] = "without"
    responder: str
