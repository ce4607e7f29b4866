"""Reading what the map shows out of an OpenStreetMap extract, and division borders out of GeoJSON (I/O)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.geom import WKBFactory
from shapely.errors import ShapelyError

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.extract import check_extract
from carecircle_alerts.travel.tiles.feature import Feature, feature
from carecircle_alerts.travel.tiles.kinds import Layer, area_of, border_of, line_of, names_of, point_of

Progress = Callable[[str], None]
_TELL_EVERY = 100_000
_LEAST_LINE = 2
_LINES = ("highway", "waterway", "boundary")
_AREAS = ("building", "landuse", "leisure", "natural", "waterway", "amenity", "boundary")
_POINTS = ("place", "amenity")
_LEVELS = {2: "4", 4: "5", 6: "6", 9: "8", 12: "9"}
"""OpenStreetMap's level by the number of digits of a division's code."""


def read_features(path: Path, progress: Progress = lambda _step: None) -> list[Feature]:
    """Everything of an extract that is drawn; raises `Misconfigured` with what to do where it is no extract."""
    check_extract(path)
    features = list[Feature]()
    try:
        for one in _read(path):
            features.append(one)
            if len(features) % _TELL_EVERY == 0:
                progress(f"{len(features):,} things for the map read")
    except (RuntimeError, ValueError) as error:
        raise Misconfigured(
            f"{path} is no OpenStreetMap extract that can be read, or it is cut off: {error}"
        ) from error
    progress(f"{len(features):,} things for the map read")
    return features


def read_divisions(path: Path) -> list[Feature]:
    """The borders of divisions from GeoJSON whose features have a `code`; raises `Misconfigured`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return list(_divisions(document["features"]))
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, ShapelyError) as error:
        raise Misconfigured(
            f"{path}: expected GeoJSON with areas whose properties have the division's `code`: {error}"
        ) from error


def _divisions(features: list[dict[str, object]]) -> Iterator[Feature]:
    for one in features:
        properties = one["properties"]
        if not isinstance(properties, dict):
            raise TypeError("a feature without properties")
        shape = shapely.from_geojson(json.dumps(one["geometry"]))
        drawn = border_of({"boundary": "administrative", "admin_level": _LEVELS.get(len(str(properties["code"])), "")})
        if drawn is None:
            raise ValueError(f"{properties['code']} is no code of a division")
        yield feature(drawn, {}, shape.boundary)


def _read(path: Path) -> Iterator[Feature]:
    factory = WKBFactory()
    things = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_areas(KeyFilter(*_AREAS))
        .with_filter(KeyFilter(*{*_LINES, *_AREAS, *_POINTS}))
    )
    for thing in things:
        tags = dict(thing.tags)
        if isinstance(thing, osmium.osm.Node):
            drawn = point_of(tags)
            if drawn is not None:
                yield feature(drawn, names_of(tags), shapely.Point(thing.lon, thing.lat))
        elif isinstance(thing, osmium.osm.Way):
            yield from _line(tags, thing)
        elif isinstance(thing, osmium.osm.Area):
            yield from _area(tags, thing, factory)


def _line(tags: dict[str, str], way: osmium.osm.Way) -> Iterator[Feature]:
    drawn = line_of(tags)
    if drawn is None:
        return
    names = {} if drawn.layer is Layer.BOUNDARY else names_of(tags)
    more: dict[str, bool] = {}
    if drawn.layer is Layer.ROAD:
        more = {key: True for key in ("bridge", "tunnel") if tags.get(key, "no") != "no"}
        if tags.get("oneway") == "yes":
            more["oneway"] = True
    for spots in _unbroken(way):
        yield feature(drawn, names, shapely.LineString(spots), **more)


def _unbroken(way: osmium.osm.Way) -> Iterator[list[tuple[float, float]]]:
    """The parts of a way whose nodes are in the extract."""
    spots = list[tuple[float, float]]()
    for node in way.nodes:
        if node.location.valid():
            spots.append((node.lon, node.lat))
            continue
        if len(spots) >= _LEAST_LINE:
            yield spots
        spots = []
    if len(spots) >= _LEAST_LINE:
        yield spots


def _area(tags: dict[str, str], area: osmium.osm.Area, factory: WKBFactory) -> Iterator[Feature]:
    drawn, border = area_of(tags), border_of(tags)
    point = point_of(tags)
    if drawn is None and border is None and point is None:
        return
    try:
        shape = shapely.from_wkb(factory.create_multipolygon(area))
    except RuntimeError:  # an outline that crosses itself so badly that nothing is left of it
        return
    if border is not None and not area.from_way():
        yield feature(border, {}, shape.boundary)
    if drawn is not None:
        yield feature(drawn, names_of(tags) if drawn.layer is Layer.WATER else {}, shape)
    if point is not None and point.layer is Layer.SPOT:
        yield feature(point, names_of(tags), shape.representative_point())
