"""OSRM over HTTP: its table service, many people to one bed, one server a mode (I/O)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.asked_over_http import ANSWER_BYTES, RoutingServer, ask_in_pieces, body_of
from carecircle_alerts.travel.outcome import Asked, Leg
from carecircle_alerts.travel.source import SourceDown

_AT_ONCE = 99  # osrm-routed's default --max-table-size is 100 places, the bed among them


class Osrm(RoutingServer):
    """`urls` are addresses up to the profile, by mode: `http://osrm-car:5000/table/v1/driving`.

    OSRM says what is wrong in the body's `code`, whatever the status of the answer.
    """

    name = "osrm"

    def __init__(self, client: HttpClient, urls: Mapping[str, str]) -> None:
        super().__init__(client)
        self._urls = urls

    async def answer(
        self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> Sequence[TravelTime | None]:
        """Times of those whose mode there is a server for; raises `SourceDown`."""

        async def ask(mode: str, some: Sequence[Origin]) -> list[TravelTime | None]:
            return await self._table(mode, some, bed, terrain, at)

        return await ask_in_pieces(origins, self._urls, _AT_ONCE, ask)

    async def _table(
        self, mode: str, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> list[TravelTime | None]:
        places = [*(origin.place for origin in origins), bed]
        where = ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in places)
        parameters = {
            "sources": ";".join(map(str, range(len(origins)))),
            "destinations": str(len(origins)),
            "annotations": "duration,distance",
            "generate_hints": "false",
        }
        body = await self._get(f"{self._urls[mode].rstrip('/')}/{where}", parameters)
        if body is None:
            return [None] * len(origins)
        asked = Asked(self.basis, f"osrm-{body.get('data_version') or 'undated'}", terrain, at, self.calibration)
        try:
            return asked.times(origins, _legs(body))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise SourceDown("unreadable") from error

    async def _get(self, url: str, parameters: Mapping[str, str]) -> dict[str, Any] | None:
        status, body = await body_of(self._client.get(f"{url}?{urlencode(parameters)}", most_bytes=ANSWER_BYTES))
        if body.get("code") == "NoSegment":
            return None  # one of the places, and OSRM does not say which, has no road near
        if body.get("code") != "Ok":
            raise SourceDown(str(body.get("code") or f"http_{status}"))
        if status != HTTPStatus.OK:
            raise SourceDown(f"http_{status}")
        return body


def _legs(body: Mapping[str, Any]) -> list[Leg | None]:
    """Rows of one column each; a duration of null is a way that there is not."""
    bed_m = body["destinations"][0].get("distance", 0.0)
    legs: list[Leg | None] = []
    for duration, distance, snapped in zip(body["durations"], body["distances"], body["sources"], strict=True):
        if duration[0] is None or distance[0] is None:
            legs.append(None)
        else:
            legs.append(Leg(float(duration[0]), float(distance[0]), float(snapped.get("distance", 0.0)) + float(bed_m)))
    return legs
