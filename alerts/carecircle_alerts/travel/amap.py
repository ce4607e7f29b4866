"""AMap (高德) over HTTP: its distance service, with a daily budget; places leave as GCJ-02 without names (I/O).

Where people are is sensitive (PIPL art. 28) and leaves the platform here: only where a key is set, rounded to about ten
metres, for the few who are nearest by air, and with nothing that tells whose places they are. AMap answers HTTP 200
whatever happened; `status` and `infocode` in the body tell. It has no e-bikes there: they take the driving distance at
their own speed.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from carecircle_alerts.http_client import HttpClient
from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.asked_over_http import ANSWER_BYTES, body_of
from carecircle_alerts.travel.calibration import Calibration
from carecircle_alerts.travel.gcj02 import to_gcj02
from carecircle_alerts.travel.outcome import FASTEST_M_PER_S, Asked, Leg
from carecircle_alerts.travel.roads.speeds import E_BIKE_KMH, Mode
from carecircle_alerts.travel.source import SourceDown
from carecircle_alerts.travel.straight_line import air_distance_m

ADDRESS = "https://restapi.amap.com"
_MOST_ASKED = 20  # the true nearest was among the 12 nearest by air for 98.9 % of beds (domain facts)
_DRIVING, _WALKING = "1", "3"
_OK = "10000"
# Quota and frequency of the key or the account, by AMap's table of infocodes: ask no more for a while.
_WORN_OUT = frozenset({"10003", "10004", "10014", "10019", "10020", "10021", "10029", "10044", "10045"})

Spend = Callable[[int], Awaitable[bool]]


class Amap:
    """`spend` takes so many questions out of today's budget, or says that it is used up."""

    name = "amap"
    basis = "map_service"
    is_remote = True

    def __init__(self, client: HttpClient, key: str, spend: Spend, address: str = ADDRESS) -> None:
        self._client = client
        self._key = key
        self._spend = spend
        self._url = f"{address.rstrip('/')}/v3/distance"
        self.calibration = Calibration()

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:  # noqa: ARG002 - the same everywhere
        """No vehicle is faster."""
        return FASTEST_M_PER_S[mode] / self.calibration.least_factor(self.basis, mode)

    async def answer(
        self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> Sequence[TravelTime | None]:
        """Times of the nearest by air; raises `SourceDown`, also where the budget is used up."""
        near = sorted(range(len(origins)), key=lambda index: air_distance_m(origins[index].place, bed))[:_MOST_ASKED]
        answers: list[TravelTime | None] = [None] * len(origins)
        asked = Asked(self.basis, "amap", terrain, at, self.calibration)
        for kind in (_DRIVING, _WALKING):
            rows = [index for index in near if (origins[index].mode == Mode.WALK) == (kind == _WALKING)]
            if not rows:
                continue
            people = [origins[row] for row in rows]
            for row, time in zip(rows, asked.times(people, await self._legs(people, bed, kind)), strict=True):
                answers[row] = time
        return answers

    async def _legs(self, origins: Sequence[Origin], bed: Place, kind: str) -> list[Leg | None]:
        if not await self._spend(1):
            raise SourceDown("budget_used_up")
        parameters = {
            "key": self._key,
            "origins": "|".join(_written(origin.place) for origin in origins),
            "destination": _written(bed),
            "type": kind,
            "output": "json",
        }
        body = await self._get(parameters)
        legs: list[Leg | None] = [None] * len(origins)
        try:
            for result in body["results"]:
                row = int(result["origin_id"]) - 1
                legs[row] = _leg(result, origins[row].mode)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise SourceDown("unreadable") from error
        return legs

    async def _get(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        status, body = await body_of(self._client.get(f"{self._url}?{urlencode(parameters)}", most_bytes=ANSWER_BYTES))
        if status != HTTPStatus.OK:
            raise SourceDown(f"http_{status}")
        code = str(body.get("infocode"))
        if body.get("status") != "1" or code != _OK:
            raise SourceDown(f"quota_{code}" if code in _WORN_OUT else f"amap_{code}")
        return body


def _written(place: Place) -> str:
    there = to_gcj02(place)
    return f"{there.lon:.4f},{there.lat:.4f}"


def _leg(result: Mapping[str, Any], mode: str) -> Leg | None:
    """A result that failed carries `info` and `code` instead of a distance and a duration."""
    if "code" in result or not result.get("duration") or not result.get("distance"):
        return None
    metres = float(result["distance"])
    seconds = metres / (E_BIKE_KMH / 3.6) if mode == Mode.E_BIKE else float(result["duration"])
    return Leg(seconds, metres)
