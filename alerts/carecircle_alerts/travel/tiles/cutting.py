"""Cutting: features into the tiles of one zoom, simplified for it, joined where they belong together (pure).

Tiles are those of the web: Mercator, 2^zoom on a side, counted from the north-west. A shape reaches over a tile's edge
by a margin, so that lines and labels go on without a seam.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from carecircle_alerts.travel.tiles.feature import Feature
from carecircle_alerts.travel.tiles.kinds import MOST_ZOOM, Layer

EXTENT = 4096
"""Steps along a tile's side: at the last zoom 0.6 m at the equator, less farther from it."""
_MARGIN = 64
# Steps that a simplified line may be off, below the last zoom: a twelfth of a pixel's width at most on a screen of 512
# points a tile. An engineering proposal, as is the smallest outline that is kept there.
_TOLERANCE = 6.0
_LEAST_AREA = 256.0
_MOST_LATITUDE = 85.0511

TileNumber = tuple[int, int]
Said = tuple[tuple[str, str | int | bool], ...]


@dataclass(slots=True)
class TileContent:
    """The shapes of a tile in its own steps (x east, y south), by layer and by what is written beside them."""

    layers: dict[Layer, dict[Said, list[BaseGeometry]]] = field(default_factory=dict)

    def add(self, layer: Layer, said: Said, shape: BaseGeometry) -> None:
        """Put a shape into a layer."""
        self.layers.setdefault(layer, {}).setdefault(said, []).append(shape)

    def joined(self) -> Iterator[tuple[Layer, Said, BaseGeometry]]:
        """Layers in the order of drawing; lines with the same properties are made one, so that names find room."""
        for layer in Layer:
            for said, shapes in self.layers.get(layer, {}).items():
                if layer not in {Layer.ROAD, Layer.BOUNDARY}:
                    yield from ((layer, said, shape) for shape in shapes)
                elif lines := _lines(shapes):
                    yield layer, said, shapely.line_merge(shapely.MultiLineString(lines))


def cut(features: Sequence[Feature], zoom: int) -> Mapping[TileNumber, TileContent]:
    """The tiles of a zoom that hold anything, by column and row."""
    wanted = [one for one in features if one.drawn.zoom <= zoom]
    tiles: dict[TileNumber, TileContent] = {}
    if not wanted:
        return tiles
    shapes = _on_plane([one.shape for one in wanted], zoom)
    bounds = shapely.bounds(shapes)
    side = 2**zoom
    low = np.clip((bounds[:, :2] - _MARGIN) // EXTENT, 0, side - 1)
    high = np.clip((bounds[:, 2:] + _MARGIN) // EXTENT, 0, side - 1)
    for one, shape, (west, north), (east, south) in zip(wanted, shapes, low, high, strict=True):
        if shape.is_empty or np.isnan(west):
            continue
        said: Said = tuple(one.properties.items())
        for column in range(int(west), int(east) + 1):
            for row in range(int(north), int(south) + 1):
                part = _in_tile(shape, column, row, is_whole=west == east and north == south)
                if part is not None:
                    tiles.setdefault((column, row), TileContent()).add(one.drawn.layer, said, part)
    return tiles


def plane(degrees: NDArray[np.float64], zoom: int) -> NDArray[np.float64]:
    """Longitude and latitude onto the zoom's plane, in steps from the north-west corner of the world."""
    size = EXTENT * 2.0**zoom
    latitude = np.radians(np.clip(degrees[:, 1], -_MOST_LATITUDE, _MOST_LATITUDE))
    x = (degrees[:, 0] + 180) / 360 * size
    y = (1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * size
    return np.column_stack((x, y))


def degrees(on_plane: NDArray[np.float64], zoom: int) -> NDArray[np.float64]:
    """The way back from the plane to longitude and latitude."""
    size = EXTENT * 2.0**zoom
    longitude = on_plane[:, 0] / size * 360 - 180
    latitude = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * on_plane[:, 1] / size))))
    return np.column_stack((longitude, latitude))


def _on_plane(shapes: Sequence[BaseGeometry], zoom: int) -> NDArray[np.object_]:
    projected: NDArray[np.object_] = shapely.transform(np.array(shapes, dtype=object), lambda spots: plane(spots, zoom))
    if zoom < MOST_ZOOM:
        projected = shapely.simplify(projected, _TOLERANCE, preserve_topology=False)
        is_area = shapely.get_dimensions(projected) == 2  # noqa: PLR2004 - points 0, lines 1, areas 2
        too_small = is_area & (shapely.area(projected) < _LEAST_AREA)
        projected = np.where(too_small, shapely.Point(), projected)
    return projected


def _in_tile(shape: BaseGeometry, column: int, row: int, *, is_whole: bool) -> BaseGeometry | None:
    """The part of a shape in a tile and its margin, from the tile's corner; None where nothing is left."""
    x, y = column * EXTENT, row * EXTENT
    part = shape
    if not is_whole:
        part = shapely.clip_by_rect(shape, x - _MARGIN, y - _MARGIN, x + EXTENT + _MARGIN, y + EXTENT + _MARGIN)
    if part.is_empty:
        return None
    # Whole steps, as the tile has them: two ends that meet still meet.
    moved: BaseGeometry = shapely.transform(part, lambda spots: np.rint(spots - (x, y)))
    return moved


def _lines(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    parts = shapely.get_parts(np.array(shapes, dtype=object))
    return [part for part in parts if part.geom_type == "LineString" and part.length > 0]
