"""Made-up streets for the synthetic town: the same for the same town, so that the demo's times go along roads (pure).

No street in it exists. A river divides the city and has few bridges, some streets are one-way and some are missing, so
that the nearest by air is often not the nearest by road; villages hang on one winding road each. It is written as
OpenStreetMap XML, and goes the same way into a roads file as a real extract does.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from carecircle_sim.places import Position, distance_m
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


@dataclass(slots=True)
class StreetMap:
    """Nodes, and ways as numbers of nodes with what OpenStreetMap calls them."""

    nodes: list[Position] = field(default_factory=list)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, position: Position) -> int:
        """Add a node; returns its number."""
        self.nodes.append(position)
        return len(self.nodes) - 1

    def way(self, nodes: list[int], **tags: str) -> None:
        """Add a way."""
        self.ways.append((nodes, tags))

    def xml(self) -> Iterator[str]:
        """The lines of an OpenStreetMap file."""
        yield "<?xml version='1.0' encoding='UTF-8'?>"
        yield '<osm version="0.6" generator="carecircle sim streets: made up, no OpenStreetMap data">'
        for number, node in enumerate(self.nodes, 1):
            yield f'<node id="{number}" version="1" lat="{node.lat:.7f}" lon="{node.lon:.7f}"/>'
        for number, (nodes, tags) in enumerate(self.ways, 1):
            yield f'<way id="{number}" version="1">'
            yield from (f'<nd ref="{node + 1}"/>' for node in nodes)
            yield from (f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
            yield "</way>"
        yield "</osm>"


def build_streets(town: Town, seed: int = SEED) -> StreetMap:
    """Streets on which everybody in the town can reach everybody else."""
    rng = Random(seed)  # noqa: S311 - reproducible streets, nothing secret
    streets = StreetMap()
    urban = [one for one in town.providers if one.township.is_urban]
    rural = [one for one in town.providers if not one.township.is_urban]
    crossings = _city(streets, urban, rng)
    centres = [_village(streets, town, provider, rng) for provider in rural]
    _country_roads(streets, crossings, list(zip(centres, rural, strict=True)), rng)
    return streets


def _city(streets: StreetMap, stations: Sequence[Provider], rng: Random) -> list[int]:
    """A grid of streets around the stations, cut by the river; returns its crossings."""
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
                _street(streets, node, other, _rank(row, column, next_row), rng, column)
    return list(grid.values())


def _rank(row: int, column: int, next_row: int) -> str:
    line = column if next_row != row else row
    return "secondary" if line % _AVENUE_EVERY == 0 else "residential"


def _street(streets: StreetMap, node: int, other: int, kind: str, rng: Random, column: int) -> None:
    one, two = streets.nodes[node], streets.nodes[other]
    is_missing, is_one_way = rng.random() < _MISSING, rng.random() < _ONE_WAY
    if _is_north_of_river(one) != _is_north_of_river(two):
        if column % _BRIDGE_EVERY == 0:
            streets.way([node, other], highway="primary", bridge="yes")
        return
    if kind == "secondary":
        streets.way([node, other], highway=kind)
    elif not is_missing:
        streets.way([node, other], highway=kind, **({"oneway": "yes"} if is_one_way else {}))


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
        _winding(streets, numbers[one], numbers[other], kind, provider.township.terrain, rng)
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
        _winding(streets, end, node, "tertiary", terrain, rng)
        joined.append((node, terrain))


def _winding(streets: StreetMap, begin: int, end: int, kind: str, terrain: str, rng: Random) -> None:
    """A road between two nodes that swings from side to side."""
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
    streets.way([*nodes, end], highway=kind)


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
    ways = (pair for nodes, _ in streets.ways for pair in pairwise(nodes))
    return sum(distance_m(streets.nodes[one], streets.nodes[other]) for one, other in ways) / 1000
