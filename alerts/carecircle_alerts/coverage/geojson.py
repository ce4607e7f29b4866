"""GeoJSON (RFC 7946): WGS-84, longitude first, outer rings anticlockwise, holes clockwise, no `crs` (pure)."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from carecircle_alerts.travel import Place

if TYPE_CHECKING:  # who only writes points starts without numpy
    from carecircle_alerts.coverage.contour import Polygon

Feature = dict[str, object]


def feature(polygons: "Iterable[Polygon]", properties: Mapping[str, object]) -> Feature:
    """One feature; an area with nothing in it has an empty geometry collection, which every reader takes."""
    found = list(polygons)
    geometry: dict[str, object] = {"type": "GeometryCollection", "geometries": []}
    if len(found) == 1:
        geometry = {"type": "Polygon", "coordinates": found[0]}
    elif found:
        geometry = {"type": "MultiPolygon", "coordinates": found}
    made: Feature = {"type": "Feature", "geometry": geometry, "properties": dict(properties)}
    if found:
        points = [point for polygon in found for point in polygon[0]]
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        made["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    return made


def point_feature(place: Place, properties: Mapping[str, object]) -> Feature:
    """One place."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]},
        "properties": dict(properties),
    }


def collection(features: Iterable[Feature]) -> dict[str, object]:
    """All of them in one document."""
    return {"type": "FeatureCollection", "features": list(features)}
