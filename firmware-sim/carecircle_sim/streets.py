"""Made-up streets for the synthetic town: the same for the same town, so that the demo's times go along roads (pure).

No street in it exists, and each is named so that nobody takes it for one. A river divides the city and has few bridges,
some streets are one-way and some are missing, so that the nearest by air is often not the nearest by road; villages
hang on one winding road each. It is written as OpenStreetMap XML, and goes the same way into a roads file and a map as
a real extract does.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random

from carecircle_sim.ground import add_borders, add_buildings, add_places, add_river
from carecircle_sim.places import Position, distance_m
from carecircle_sim.street_map import StreetMap
from carecircle_sim.street_names import avenue_or_street, country_road, village_road
from carecircle_sim.town import Provider, Town

SEED = 810001
_BLOCK_M = 220.0
_CITY_REACH_M = 2100.0  # homes of a station lie within 1.6 km of it
_JITTER_M = 25.0
_AVENUE_EVERY = 4
_BRIDGE_EVERY = 5
_MISSING, _ONE_WAY = 0.10, 0.10
# The river runs from the north-west to the east of the city, as the Huangshui does, about.
_RIVER = (Position(36.662, 101.690), Position(36.610, 101.860))
# How far a road swings out, as a share of the way by air: valleys follow a slope, mountain roads a switchback.
_BENDS = {"city": 0.15, "valley": 0.4, "mountain": 0.7}
_BEND_EVERY_M = 400.0
_LANE_M = 300.0


def build_streets(town: Town, seed: int = SEED) -> StreetMap:
    """Streets on which everybody in the town can reach everybody else."""
    rng = Random(seed)  # noqa: S311 - reproducible streets, nothing secret
    streets = StreetMap()
    urban = [one for one in town.providers if one.township.is_urban]
    rural = [one for one in town.providers if not one.township.is_urban]
    grid = _city(streets, urban, rng)
    crossings = list(grid.values())
    centres = [_village(streets, town, provider, rng) for provider in rural]
    _country_roads(streets, crossings, list(zip(centres, rural, strict=True)), rng)
    # What lies beside the streets comes last, so that they are the same without it.
    spots = {place: streets.nodes[node] for place, node in grid.items()}
    add_river(streets, *_RIVER)
    add_buildings(streets, spots, _is_north_of_river, Random(seed))  # noqa: S311 - as above
    add_borders(streets, spots, [station.township for station in urban])
    add_places(streets)
    return streets


def _city(streets: StreetMap, stations: Sequence[Provider], rng: Random) -> Mapping[tuple[int, int], int]:
    """A grid of streets around the stations, cut by the river; returns its crossings by row and column."""
    corner = Position(min(s.position.lat for s in stations), min(s.position.lon for s in stations))
    corner = corner.moved(-_CITY_REACH_M, -_CITY_REACH_M)
    far = Position(max(s.position.lat for s in stations), max(s.position.lon for s in stations))
    rows = math.ceil((distance_m(corner, Position(far.lat, corner.lon)) + _CITY_REACH_M) / _BLOCK_M)
    columns = math.ceil((distance_m(corner, Position(corner.lat, far.lon)) + _CITY_REACH_M) / _BLOCK_M)
    grid: dict[tuple[int, int], int] = {}
    for row in range(rows + 1):
        for column in range(columns + 1):
            north, east = (_BLOCK_M * n + rng.uniform(-_JITTER_M, _JITTER_M) for n in (row, column))
            spot = corner.moved(north, east)
            if min(distance_m(spot, station.position) for station in stations) <= _CITY_REACH_M:
                grid[row, column] = streets.node(spot)
    for (row, column), node in grid.items():
        for next_row, next_column in ((row + 1, column), (row, column + 1)):
            other = grid.get((next_row, next_column))
            if other is not None:
                name = avenue_or_street(column if next_row != row else row, is_northward=next_row != row)
                _street(streets, node, other, (_rank(row, column, next_row), name), rng, column)
    return grid


def _rank(row: int, column: int, next_row: int) -> str:
    line = column if next_row != row else row
    return "secondary" if line % _AVENUE_EVERY == 0 else "residential"


def _street(
    streets: StreetMap, node: int, other: int, called: tuple[str, Mapping[str, str]], rng: Random, column: int
) -> None:
    kind, name = called
    one, two = streets.nodes[node], streets.nodes[other]
    is_missing, is_one_way = rng.random() < _MISSING, rng.random() < _ONE_WAY
    if _is_north_of_river(one) != _is_north_of_river(two):
        if column % _BRIDGE_EVERY == 0:
            streets.way([node, other], highway="primary", bridge="yes", **name)
        return
    if kind == "secondary":
        streets.way([node, other], highway=kind, **name)
    elif not is_missing:
        streets.way([node, other], highway=kind, **name, **({"oneway": "yes"} if is_one_way else {}))


def _is_north_of_river(spot: Position) -> bool:
    west, east = _RIVER
    share = (spot.lon - west.lon) / (east.lon - west.lon)
    return spot.lat > west.lat + share * (east.lat - west.lat)


def _village(streets: StreetMap, town: Town, provider: Provider, rng: Random) -> int:
    """A winding road past every door that belongs to a mutual-aid home; returns the node at the home itself."""
    doors = [provider.position]
    doors += [home.position for home in town.homes if home.provider.id == provider.id]
    doors += [one.position for one in town.responders if one.provider.id == provider.id]
    numbers = [streets.node(door) for door in doors]
    for one, other in _spanning_tree(doors):
        kind = "unclassified" if distance_m(doors[one], doors[other]) > _LANE_M else "service"
        name = village_road(provider.township.name) if kind == "unclassified" else {}
        _winding(streets, (numbers[one], numbers[other]), {"highway": kind, **name}, provider.township.terrain, rng)
    return numbers[0]


def _country_roads(
    streets: StreetMap, crossings: Sequence[int], villages: Sequence[tuple[int, Provider]], rng: Random
) -> None:
    """The shortest roads that join all villages with the city."""
    joined: list[tuple[int, str]] = [(node, "city") for node in crossings]
    waiting = [(node, provider.township.terrain) for node, provider in villages]
    while waiting:
        _, index, end = min(
            (distance_m(streets.nodes[node], streets.nodes[other]), index, other)
            for index, (node, _) in enumerate(waiting)
            for other, _ in joined
        )
        node, terrain = waiting.pop(index)
        tags = {"highway": "tertiary", **country_road(len(villages) - len(waiting))}
        _winding(streets, (end, node), tags, terrain, rng)
        joined.append((node, terrain))


def _winding(streets: StreetMap, ends: tuple[int, int], tags: Mapping[str, str], terrain: str, rng: Random) -> None:
    """A road between two nodes that swings from side to side."""
    begin, end = ends
    one, other = streets.nodes[begin], streets.nodes[end]
    length_m = distance_m(one, other)
    bends = max(1, round(length_m / _BEND_EVERY_M))
    bearing = math.atan2(
        (other.lon - one.lon) * math.cos(math.radians(one.lat)), other.lat - one.lat
    )  # fmt: skip
    nodes = [begin]
    for bend in range(bends):
        along_m = length_m * (bend + 0.5) / bends
        aside_m = length_m / bends * _BENDS[terrain] * rng.uniform(0.6, 1.4) * (-1) ** bend
        north = along_m * math.cos(bearing) - aside_m * math.sin(bearing)
        east = along_m * math.sin(bearing) + aside_m * math.cos(bearing)
        nodes.append(streets.node(one.moved(north, east)))
    streets.way([*nodes, end], **tags)


def _spanning_tree(spots: Sequence[Position]) -> Iterator[tuple[int, int]]:
    """Pairs that join all spots with the least length (Prim)."""
    nearest = {index: (distance_m(spots[0], spots[index]), 0) for index in range(1, len(spots))}
    while nearest:
        index = min(nearest, key=lambda one: (nearest[one], one))
        yield nearest.pop(index)[1], index
        for other, (best_m, _) in nearest.items():
            nearest[other] = min((best_m, nearest[other][1]), (distance_m(spots[index], spots[other]), index))


def length_km(streets: StreetMap) -> float:
    """How long all streets are together."""
    ways = (pair for nodes, tags in streets.ways if "highway" in tags for pair in pairwise(nodes))
    return sum(distance_m(streets.nodes[one], streets.nodes[other]) for one, other in ways) / 1000
