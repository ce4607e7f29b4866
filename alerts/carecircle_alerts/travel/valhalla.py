"""Valhalla over HTTP: its matrix service, many people to one bed, and isochrones towards a bed (I/O)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.asked_over_http import ANSWER_BYTES, RoutingServer, ask_in_pieces, body_of
from carecircle_alerts.travel.outcome import Asked, Leg
from carecircle_alerts.travel.roads.speeds import E_BIKE_KMH, WALK_KMH
from carecircle_alerts.travel.source import SourceDown

_AT_ONCE = 50  # below `service_limits.*.max_matrix_location_pairs` and the max_locations of older servers
_METRES = 1000.0
_JSON = {"Content-Type": "application/json"}
_COSTING: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "walk": ("pedestrian", {"walking_speed": WALK_KMH}),
    "e_bike": ("bicycle", {"bicycle_type": "city", "cycling_speed": E_BIKE_KMH}),
    "car": ("auto", {}),
}


class Valhalla(RoutingServer):
    """One server for all modes.

    Times are not asked for by the hour: Valhalla refuses that where sources outnumber targets. Calibration knows it.
    """

    name = "valhalla"

    def __init__(self, client: HttpClient, url: str) -> None:
        super().__init__(client)
        self._url = url.rstrip("/")

    async def answer(
        self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> Sequence[TravelTime | None]:
        """Times of everybody; raises `SourceDown`."""

        async def ask(mode: str, some: Sequence[Origin]) -> list[TravelTime | None]:
            return await self._matrix(mode, some, bed, terrain, at)

        return await ask_in_pieces(origins, _COSTING, _AT_ONCE, ask)

    async def isochrone(self, bed: Place, mode: str, minutes: Sequence[int]) -> dict[str, Any]:
        """GeoJSON of all that reaches a bed within so many minutes on the way; raises `SourceDown`."""
        body = self._costing(mode) | {
            "locations": [_point(bed)], "contours": [{"time": minute} for minute in minutes], "polygons": True,
            "reverse": True,
        }  # fmt: skip
        return await self._post("isochrone", body)

    async def _matrix(
        self, mode: str, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> list[TravelTime | None]:
        body = self._costing(mode) | {
            "sources": [_point(origin.place) for origin in origins], "targets": [_point(bed)], "units": "kilometers",
        }  # fmt: skip
        answer = await self._post("sources_to_targets", body)
        asked = Asked(self.basis, "valhalla", terrain, at, self.calibration)
        try:
            return asked.times(origins, [_leg(row[0]) for row in answer["sources_to_targets"]])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise SourceDown("unreadable") from error

    @staticmethod
    def _costing(mode: str) -> dict[str, Any]:
        costing, options = _COSTING[mode]
        return {"costing": costing, "costing_options": {costing: options}}

    async def _post(self, action: str, body: Mapping[str, Any]) -> dict[str, Any]:
        content, url = json.dumps(body).encode(), f"{self._url}/{action}"
        status, answer = await body_of(self._client.post(url, content, _JSON, most_bytes=ANSWER_BYTES))
        if "error_code" in answer:
            raise SourceDown(f"valhalla_{answer['error_code']}")
        if status != HTTPStatus.OK:
            raise SourceDown(f"http_{status}")
        return answer


def _point(place: Place) -> dict[str, float]:
    return {"lat": round(place.lat, 6), "lon": round(place.lon, 6)}


def _leg(cell: Mapping[str, Any]) -> Leg | None:
    """Seconds and kilometres; null where there is no way."""
    if cell.get("time") is None or cell.get("distance") is None:
        return None
    return Leg(float(cell["time"]), float(cell["distance"]) * _METRES)
