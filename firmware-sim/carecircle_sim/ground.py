"""What lies beside the made-up streets: a river, buildings, borders half a block off them, and place names (pure).

Places are real ones, of places.json (GeoNames, CC BY 4.0, and by hand); all the rest is invented.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random

from carecircle_sim.places import Position, Township, distance_m, load_places
from carecircle_sim.street_map import StreetMap

Grid = Mapping[tuple[int, int], Position]
_CITY = Position(36.617, 101.778)
_RIVER_HALF_WIDTH_M, _RIVER_SWING_M = 42.0, 28.0
_RIVER_BEYOND = 0.9  # how far it goes on at both ends, as a share of its length in the city
_RIVER_STEPS = 60
_PARK_SHARE = 0.07
_STREET_M = 16.0  # from the middle of a street to the houses
_BLOCK_M = 220.0
_COUNTY, _TOWNSHIP = "6", "8"


def add_river(streets: StreetMap, west: Position, east: Position) -> None:
    """The river as water and as a named line, on beyond the city at both ends."""
    length_m = distance_m(west, east)
    bearing = math.atan2((east.lon - west.lon) * math.cos(math.radians(west.lat)), east.lat - west.lat)
    middle = list[Position]()
    banks: tuple[list[Position], list[Position]] = ([], [])
    for step in range(_RIVER_STEPS + 1):
        share = step / _RIVER_STEPS * (1 + 2 * _RIVER_BEYOND) - _RIVER_BEYOND
        aside_m = _RIVER_SWING_M * math.sin(share * 9)
        middle.append(_beside(west, bearing, share * length_m, aside_m))
        for bank, width_m in zip(banks, (_RIVER_HALF_WIDTH_M, -_RIVER_HALF_WIDTH_M), strict=True):
            bank.append(_beside(west, bearing, share * length_m, aside_m + width_m))
    streets.area([*banks[0], *reversed(banks[1])], natural="water", water="river")
    numbers = [streets.node(spot) for spot in middle]
    streets.way(numbers, waterway="river", name="演示河", **{"name:en": "Demo River"})


def add_buildings(streets: StreetMap, grid: Grid, is_north: Callable[[Position], bool], rng: Random) -> None:
    """Rows of houses in each block, now and then a park instead; nothing where the river runs."""
    for (row, column), corner in grid.items():
        others = [grid.get((row + north, column + east)) for north, east in ((0, 1), (1, 1), (1, 0))]
        corners = [corner, *(other for other in others if other is not None)]
        if len(corners) < len(others) + 1 or len({is_north(one) for one in corners}) > 1:
            continue
        if rng.random() < _PARK_SHARE:
            streets.area([_towards(one, corners, _STREET_M) for one in corners], leisure="park")
            continue
        south_west = Position(max(corners[0].lat, corners[1].lat), max(corners[0].lon, corners[3].lon))
        north_east = Position(min(corners[2].lat, corners[3].lat), min(corners[1].lon, corners[2].lon))
        _houses(streets, south_west, north_east, rng)


def add_borders(streets: StreetMap, grid: Grid, townships: Sequence[Township]) -> None:
    """Borders between the townships of the city, half a block off the streets."""
    nearest = {
        place: min(townships, key=lambda one: (distance_m(spot, one.centre), one.code)) for place, spot in grid.items()
    }
    for (row, column), one in nearest.items():
        for next_place, begin, end in (
            ((row, column + 1), (-0.5, 0.5), (0.5, 0.5)),
            ((row + 1, column), (0.5, -0.5), (0.5, 0.5)),
        ):
            other = nearest.get(next_place)
            if other is None or other.code == one.code:
                continue
            spot = grid[row, column]
            ends = [spot.moved(north * _BLOCK_M, east * _BLOCK_M) for north, east in (begin, end)]
            level = _TOWNSHIP if other.county == one.county else _COUNTY
            streets.way([streets.node(each) for each in ends], boundary="administrative", admin_level=level)


def add_places(streets: StreetMap) -> None:
    """The city and its townships by name."""
    streets.label(_CITY, place="city", name="西宁市", **{"name:bo": "ཟི་ལིང་།", "name:en": "Xining"})
    for township in load_places().townships:
        streets.label(township.centre, place="suburb" if township.is_urban else "town", name=township.name)


def _beside(begin: Position, bearing: float, along_m: float, aside_m: float) -> Position:
    north = along_m * math.cos(bearing) - aside_m * math.sin(bearing)
    east = along_m * math.sin(bearing) + aside_m * math.cos(bearing)
    return begin.moved(north, east)


def _towards(corner: Position, corners: Sequence[Position], inset_m: float) -> Position:
    """A corner moved so far towards the middle of its block, north and east each."""
    lat = sum(one.lat for one in corners) / len(corners)
    lon = sum(one.lon for one in corners) / len(corners)
    return corner.moved(math.copysign(inset_m, lat - corner.lat), math.copysign(inset_m, lon - corner.lon))


def _houses(streets: StreetMap, south_west: Position, north_east: Position, rng: Random) -> None:
    """Two to three rows of long houses, as estates have them."""
    height_m = distance_m(south_west, Position(north_east.lat, south_west.lon)) - 2 * _STREET_M
    width_m = distance_m(south_west, Position(south_west.lat, north_east.lon)) - 2 * _STREET_M
    rows, columns = rng.choice((2, 3, 3)), rng.choice((1, 2, 2))
    for row in range(rows):
        for column in range(columns):
            if rng.random() < 0.12:  # noqa: PLR2004 - a yard or a car park now and then
                continue
            deep_m, wide_m = height_m / rows * rng.uniform(0.4, 0.7), width_m / columns * rng.uniform(0.6, 0.9)
            north_m = _STREET_M + height_m / rows * row + rng.uniform(0, height_m / rows - deep_m)
            east_m = _STREET_M + width_m / columns * column + rng.uniform(0, width_m / columns - wide_m)
            corners = ((0.0, 0.0), (0.0, wide_m), (deep_m, wide_m), (deep_m, 0.0))
            streets.area([south_west.moved(north_m + north, east_m + east) for north, east in corners], building="yes")
