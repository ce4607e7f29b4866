"""Outlines by Valhalla: from where a bed is reached, as the installation's own routing server says (I/O).

Valhalla counts the time on the way alone and knows no spread: its outlines are medians without setting out, and say
so.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from carecircle_alerts.coverage.geojson import collection, point_feature
from carecircle_alerts.coverage.questions import IsochroneAsked, Quantile
from carecircle_alerts.http_client import http_client
from carecircle_alerts.travel import Place
from carecircle_alerts.travel.source import SourceDown
from carecircle_alerts.travel.valhalla import Valhalla

_PATIENCE_S = 6.0
_AT_ONCE = 4  # `service_limits.isochrone.max_contours` as Valhalla is delivered
_MODE_NAMES = {"walk": "步行", "e_bike": "电动车", "car": "汽车"}


class ValhallaOutlines:
    """Asks the server once for every question; nothing is kept."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def around(self, asked: IsochroneAsked, place: Place, mode: str, at: datetime) -> dict[str, object]:
        """The outlines of a bed, the widest first, and the place itself; raises `SourceDown`."""
        minutes = sorted(set(asked.minutes), reverse=True)
        async with http_client(_PATIENCE_S) as client:
            server = Valhalla(client, self._url)
            answers = [await server.isochrone(place, mode, some) for some in _batches(minutes)]
        properties = {
            "bed_id": asked.bed,
            "direction": "to",
            "mode": mode,
            "quantile": Quantile.P50.value,
            "at": at.isoformat().replace("+00:00", "Z"),
            "basis": server.basis,
            "version": server.name,
            "is_estimate": False,
            "excludes_setting_out": True,
        }
        outlines = sorted(
            (_outline(one, properties) for answer in answers for one in _features(answer)),
            key=lambda one: -one["properties"]["minutes"],
        )
        if {one["properties"]["minutes"] for one in outlines} != set(minutes):
            raise SourceDown("unreadable")
        return collection([*outlines, point_feature(place, {"bed_id": asked.bed, "minutes": 0})])


def _batches(minutes: Sequence[int]) -> Iterable[list[int]]:
    return (list(minutes[begin : begin + _AT_ONCE]) for begin in range(0, len(minutes), _AT_ONCE))


def _features(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = answer.get("features")
    if not isinstance(found, list):
        raise SourceDown("unreadable")
    return found


def _outline(one: Mapping[str, Any], properties: Mapping[str, object]) -> dict[str, Any]:
    try:
        minutes = round(float(one["properties"]["contour"]))
        geometry = one["geometry"]
    except (KeyError, TypeError, ValueError) as error:
        raise SourceDown("unreadable") from error
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise SourceDown("unreadable")
    mode = str(properties["mode"])
    label = f"{_MODE_NAMES.get(mode, mode)}路上{minutes}分钟内可到达此处（路线规划，不含出发准备）"
    return {"type": "Feature", "geometry": geometry, "properties": {**properties, "minutes": minutes, "label": label}}
