"""OSRM over HTTP: its table service, many people to one bed, one server a mode (I/O)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import httpx

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.calibration import Calibration
from carecircle_alerts.travel.outcome import FASTEST_M_PER_S, Asked, Leg
from carecircle_alerts.travel.source import SourceDown

_AT_ONCE = 99  # osrm-routed's default --max-table-size is 100 places, the bed among them


class Osrm:
    """`urls` are addresses up to the profile, by mode: `http://osrm-car:5000/table/v1/driving`.

    OSRM says what is wrong in the body's `code`, whatever the status of the answer.
    """

    name = "osrm"
    basis = "routing_server"
    is_remote = True

    def __init__(self, client: httpx.AsyncClient, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls
        self.calibration = Calibration()

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:  # noqa: ARG002 - the same everywhere
        """No vehicle is faster."""
        return FASTEST_M_PER_S[mode] / self.calibration.least_factor(self.basis, mode)

    async def answer(
        self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> Sequence[TravelTime | None]:
        """Times of those whose mode there is a server for; raises `SourceDown`."""
        answers: list[TravelTime | None] = [None] * len(origins)
        pieces: list[tuple[str, list[int]]] = []
        for mode in self._urls:
            rows = [index for index, origin in enumerate(origins) if origin.mode == mode]
            pieces += [(mode, rows[begin : begin + _AT_ONCE]) for begin in range(0, len(rows), _AT_ONCE)]
        found = await asyncio.gather(
            *(self._table(mode, [origins[row] for row in rows], bed, terrain, at) for mode, rows in pieces)
        )
        for (_, rows), times in zip(pieces, found, strict=True):
            for row, time in zip(rows, times, strict=True):
                answers[row] = time
        return answers

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
        try:
            response = await self._client.get(url, params=parameters)
            body = response.json()
        except httpx.HTTPError as error:
            raise SourceDown(type(error).__name__) from error
        except ValueError as error:
            raise SourceDown("unreadable") from error
        if not isinstance(body, dict):
            raise SourceDown("unreadable")
        if body.get("code") == "NoSegment":
            return None  # one of the places, and OSRM does not say which, has no road near
        if body.get("code") != "Ok":
            raise SourceDown(str(body.get("code") or f"http_{response.status_code}"))
        if response.status_code != HTTPStatus.OK:
            raise SourceDown(f"http_{response.status_code}")
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
