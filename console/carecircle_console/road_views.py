"""Views: the JSON of closed and slow roads (pure)."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from carecircle_alerts.travel.roads.speeds import MODES, Mode
from carecircle_console.wire import Time, Wire

_CODE = r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$"

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Corner = tuple[Longitude, Latitude]


class ToClose(Wire):
    """Roads to close, or to call `slow_factor` times slower: within `radius_m` of one corner, or in a polygon.

    Corners are [longitude, latitude], WGS-84, as in GeoJSON; a polygon needs not repeat its first one.
    """

    area_code: Annotated[str, Field(pattern=_CODE)]
    corners: Annotated[tuple[Corner, ...], Field(min_length=1, max_length=200)]
    radius_m: float | None = None
    slow_factor: float | None = None
    modes: Annotated[tuple[Mode, ...], Field(min_length=1)] = MODES
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    begins_at: AwareDatetime | None = None
    until: AwareDatetime | None = None


class RoadClosure(Wire):
    """Roads that are closed (`slow_factor` null) or slow, until when, by whom, and who opened them again."""

    id: int
    area_code: str
    area_name: str
    corners: tuple[Corner, ...]
    radius_m: float | None
    slow_factor: float | None
    modes: tuple[Mode, ...]
    reason: str
    begins_at: Time
    until: Time | None
    added_at: Time
    by_name: str
    ended_at: Time | None
    ended_by_name: str | None
