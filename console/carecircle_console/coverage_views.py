"""Views: the JSON of coverage; what each figure means stands in carecircle_alerts/coverage/figures.py (pure)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from carecircle_console.jobs import Job
from carecircle_console.wire import Time, Wire

CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?$"
Circle = Literal["urban", "rural", "herding"]
State = Literal["covered", "uncertain", "not_covered", "estimated", "unlocated"]
Share = Annotated[float, Field(ge=0, le=1)] | None


class CoverageRun(Wire):
    """A computation of coverage for the 24 hours of a local day, and what its travel times rest on.

    `limits` are seconds by kind of circle; `bands` names, for each hour, which hours roads are equally fast in. With
    `is_estimate` the times are straight lines: they are shown as such, and no share is told.
    """

    id: int
    day: str
    finished_at: Time
    age_s: Annotated[int, Field(ge=0)]
    basis: str
    version: str
    is_estimate: bool
    limits: dict[str, int]
    bands: tuple[str, ...]
    beds: int
    posts: int


class CoverageFigures(Wire):
    """Beds by state; shares are of those counted, null where the times are estimates."""

    beds: int
    counted: int
    covered: int
    uncertain: int
    not_covered: int
    estimated: int
    unlocated: int
    backed_up: int
    share: Share
    uncertain_share: Share
    backed_up_share: Share


class AreaCoverage(Wire):
    """The figures of one division: all its beds, and by kind of circle."""

    area_code: str
    area_name: str | None
    total: CoverageFigures
    circles: dict[str, CoverageFigures]


class HourCoverage(Wire):
    """The figures of one hour of the local day."""

    hour: Annotated[int, Field(ge=0, le=23)]
    total: CoverageFigures


class CoverageSummary(Wire):
    """The latest figures of a division in one hour, those of the divisions right below it, and its 24 hours.

    `run` is null until coverage has been computed for the first time.
    """

    run: CoverageRun | None
    hour: int
    area: AreaCoverage | None
    below: tuple[AreaCoverage, ...]
    hours: tuple[HourCoverage, ...]


class UncoveredBed(Wire):
    """A bed that nobody surely reaches in time, from one hour of the day up to another, and whose people are nearest.

    `misses_by_s` is its 90th percentile less the limit; times are null where no way is known.
    """

    bed_id: str
    division_code: str
    area_name: str | None
    circle: Circle
    lat: float | None
    lon: float | None
    state: State
    from_hour: int
    until_hour: int
    p50_s: int | None
    p90_s: int | None
    limit_s: int
    misses_by_s: int | None
    provider_id: str | None
    provider_name: str | None


class UncoveredBeds(Wire):
    """Beds in the order of their ids; ask again with `after` for those behind the last. `next` is null at the end."""

    run: CoverageRun | None
    hour: int
    beds: tuple[UncoveredBed, ...]
    next: str | None


class ToSite(Wire):
    """Where the next stations of an area would help most: how many, at which hour, how their people would travel."""

    area: Annotated[str, Field(pattern=CODE)] = ""
    stations: Annotated[int, Field(ge=1, le=30)] = 3
    hour: Annotated[int | None, Field(ge=0, le=23)] = None
    mode: Literal["walk", "e_bike", "car"] | None = None
    by_frailty: bool = False
    candidates: Annotated[int, Field(ge=1, le=600)] = 300
    time_limit_s: Annotated[float, Field(gt=0, le=300)] = 60


class SitingTrial(Job):
    """A search for sites.

    `report` has the stations in the order of what each adds, how far from the best they can be at most (`gap`), beds
    beyond the reach of every candidate, and under `drag` what a page needs to follow a hand.
    """

    stations: int


class GeoFeature(Wire):
    """A feature of RFC 7946; properties say minutes, direction, mode, quantile, basis, version and a Chinese label."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: dict[str, Any]
    bbox: tuple[float, float, float, float] | None = None


class Isochrones(Wire):
    """A feature collection of RFC 7946: the widest outline first, the place itself last."""

    type: Literal["FeatureCollection"]
    features: tuple[GeoFeature, ...]


class LeftUncovered(Wire):
    """A bed whose only cover goes, and who would be next."""

    bed_id: str
    division_code: str
    circle: str
    limit_s: int
    state_after: State
    next_responder_id: str | None
    next_p50_s: int | None
    next_p90_s: int | None


class SendingLeaves(Wire):
    """What sending a responder now leaves; at most 200 beds are named, the numbers are of all of them.

    `why_not` says why somebody covers nothing now: `off_duty`, `busy`, `no_position`. `share_change` is that of the
    area, null where the times are estimates.
    """

    responder_id: str
    area: str
    at: Time
    basis: str
    version: str
    is_estimate: bool
    why_not: str | None
    beds_in_area: int
    beds_in_reach: int
    covered_in_reach: int | None
    uncovered_beds: int
    uncovered: tuple[LeftUncovered, ...]
    without_backup_beds: int
    without_backup: tuple[str, ...]
    share_change: float | None
