"""Circles for the maps: how far an institution's people get in 15 minutes, as polygons (I/O: reads schema `read`).

By the straight-line model: an e-bike's 16 km/h over the air distance times 1.4, after two minutes to turn out (the
field's figures; roads bend a circle, so that the map is a picture and no proof).
"""

import json
import math
from pathlib import Path

import psycopg

from carecircle.errors import Unavailable

_LIMIT_S, _TURN_OUT_S = 900.0, 120.0
_SPEED_M_S, _BEND = 16 / 3.6, 1.4
RADIUS_M = (_LIMIT_S - _TURN_OUT_S) * _SPEED_M_S / _BEND
_CORNERS = 48
_METRES_A_DEGREE = 111_195.0


def circle(lat: float, lon: float, radius_m: float) -> list[list[float]]:
    """A closed ring of (longitude, latitude), counter-clockwise as GeoJSON wants it (RFC 7946)."""
    ring = []
    for corner in range(_CORNERS):
        angle = 2 * math.pi * corner / _CORNERS
        north, east = radius_m * math.sin(angle), radius_m * math.cos(angle)
        ring.append(
            [
                round(lon + east / (_METRES_A_DEGREE * math.cos(math.radians(lat))), 6),
                round(lat + north / _METRES_A_DEGREE, 6),
            ]
        )
    return [*ring, ring[0]]


def write_circles(into: Path, database_url: str) -> int:
    """One polygon an institution that the role sees; returns how many. Raises `Unavailable` without a database."""
    try:
        with psycopg.connect(database_url) as connection:
            rows = connection.execute(
                "select provider_name, lat, lon from read.provider order by provider_id"
            ).fetchall()
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
    features = [
        {
            "type": "Feature",
            "properties": {
                "name": name,
                "fill": "#3274d9",
                "fill-opacity": 0.12,
                "stroke": "#3274d9",
                "stroke-width": 1,
            },
            "geometry": {"type": "Polygon", "coordinates": [circle(lat, lon, RADIUS_M)]},
        }
        for name, lat, lon in rows
    ]
    into.parent.mkdir(parents=True, exist_ok=True)
    document = {"type": "FeatureCollection", "features": features}
    into.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(features)
