"""The map file: tiles of all zooms in one PMTiles archive, written beside its place and moved there (I/O)."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import shapely
from mapbox_vector_tile.encoder import on_invalid_geometry_make_valid
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.tiles.cutting import EXTENT, TileContent, cut
from carecircle_alerts.travel.tiles.feature import Feature
from carecircle_alerts.travel.tiles.kinds import LEAST_ZOOM, MOST_ZOOM, Layer
from carecircle_alerts.travel.whole_file import whole_file

Progress = Callable[[str], None]
_E7 = 10_000_000
_OUTLYING = 0.5  # percent of all shapes left aside for the first view: one far road must not make the town a dot
_FIRST_ZOOM = 12


def write_tiles(features: Sequence[Feature], path: Path, about: Mapping[str, object], progress: Progress) -> int:
    """Cut, encode and write; returns the number of tiles. Raises `Misconfigured` where there is nothing or no room."""
    if not features:
        raise Misconfigured("there is nothing in the extract that a map shows")
    count = 0
    with whole_file(path) as handle:
        writer = Writer(handle)
        for zoom in range(LEAST_ZOOM, MOST_ZOOM + 1):
            tiles = cut(features, zoom)
            numbered = sorted((zxy_to_tileid(zoom, *place), content) for place, content in tiles.items())
            for number, content in numbered:
                writer.write_tile(number, gzip.compress(encode(content), mtime=0))
            count += len(numbered)
            progress(f"zoom {zoom}: {len(numbered):,} tiles")
        writer.finalize(_header(features), _metadata(about))
    return count


def encode(content: TileContent) -> bytes:
    """A tile as Mapbox Vector Tile 2, not yet packed."""
    layers: dict[Layer, list[dict[str, object]]] = {}
    for layer, said, shape in content.joined():
        layers.setdefault(layer, []).append({"geometry": shape, "properties": dict(said)})
    encoded: bytes = mapbox_vector_tile.encode(
        [{"name": layer.value, "features": found} for layer, found in layers.items()],
        default_options={
            "extents": EXTENT,
            "y_coord_down": True,
            "on_invalid_geometry": on_invalid_geometry_make_valid,
        },
    )
    return encoded


def _header(features: Sequence[Feature]) -> dict[str, object]:
    bounds = shapely.bounds(np.array([one.shape for one in features], dtype=object))
    bounds = bounds[~np.isnan(bounds[:, 0])]
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    west_most, south_most = np.percentile(bounds[:, :2], _OUTLYING, axis=0)
    east_most, north_most = np.percentile(bounds[:, 2:], 100 - _OUTLYING, axis=0)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": int(west * _E7),
        "min_lat_e7": int(south * _E7),
        "max_lon_e7": int(east * _E7),
        "max_lat_e7": int(north * _E7),
        "center_zoom": _FIRST_ZOOM,
        "center_lon_e7": int((west_most + east_most) / 2 * _E7),
        "center_lat_e7": int((south_most + north_most) / 2 * _E7),
    }


def _metadata(about: Mapping[str, object]) -> dict[str, object]:
    fields = {"kind": "String", "name": "String", "name_bo": "String", "name_en": "String", "rank": "Number"}
    layers = [{"id": layer.value, "fields": fields, "minzoom": LEAST_ZOOM, "maxzoom": MOST_ZOOM} for layer in Layer]
    return {**about, "type": "baselayer", "format": "pbf", "vector_layers": layers}
