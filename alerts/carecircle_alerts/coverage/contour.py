"""Contour: the outline of what lies below a limit on a grid of values (marching squares; pure)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Point = tuple[float, float]
Ring = list[Point]
Polygon = list[Ring]
_Edge = tuple[int, int, int]

# Of each kind of cell (bits: lower left 1, lower right 2, upper right 4, upper left 8) the pieces of outline across it,
# as (from side, to side) with what is inside on the left: so outer rings turn anticlockwise and holes clockwise, which
# is the right-hand rule of RFC 7946. Where two opposite corners are inside they are kept apart.
_BOTTOM, _RIGHT, _TOP, _LEFT = range(4)
_PIECES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_BOTTOM, _LEFT),),
    2: ((_RIGHT, _BOTTOM),),
    3: ((_RIGHT, _LEFT),),
    4: ((_TOP, _RIGHT),),
    5: ((_BOTTOM, _LEFT), (_TOP, _RIGHT)),
    6: ((_TOP, _BOTTOM),),
    7: ((_TOP, _LEFT),),
    8: ((_LEFT, _TOP),),
    9: ((_BOTTOM, _TOP),),
    10: ((_RIGHT, _BOTTOM), (_LEFT, _TOP)),
    11: ((_RIGHT, _TOP),),
    12: ((_LEFT, _RIGHT),),
    13: ((_BOTTOM, _RIGHT),),
    14: ((_LEFT, _BOTTOM),),
}
_LEAST_CORNERS = 3
_APART, _MOST_OF_A_STEP = 2e-6, 0.25  # degrees; a share of a grid that is finer than that


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of points: `west` and `south` are its first column and row, degrees; steps are degrees too."""

    west: float
    south: float
    step_lon: float
    step_lat: float


def polygons_below(values: Values, limit: float, grid: Grid) -> list[Polygon]:
    """The polygons of all that is at most `limit`: each an outer ring and its holes, closed, as (lon, lat).

    `values` has a row for each latitude, from south to north. Infinite values are far outside. What reaches the border
    of the grid ends there. Largest first.
    """
    field = np.pad(np.minimum(values, 2 * limit + 1), 1, constant_values=2 * limit + 1)
    rings = [_ring(edges, field, limit, grid) for edges in _chains(_links(field, limit))]
    rings = [ring for ring in rings if len(ring) > _LEAST_CORNERS]
    outer = sorted((ring for ring in rings if area_of(ring) > 0), key=area_of)
    polygons: list[Polygon] = [[ring] for ring in outer]
    for hole in (ring for ring in rings if area_of(ring) < 0):
        # The smallest outer ring around it; outer rings are sorted by size.
        around = next((one for one in polygons if contains(one[0], hole[0]) and area_of(one[0]) > -area_of(hole)), None)
        if around is not None:
            around.append(hole)
    return polygons[::-1]


def area_of(ring: Ring) -> float:
    """Signed area in square degrees: positive where the ring turns anticlockwise."""
    xs, ys = np.array(ring).T
    return float(((xs - xs[0])[:-1] * (ys - ys[0])[1:] - (xs - xs[0])[1:] * (ys - ys[0])[:-1]).sum() / 2)


def contains(ring: Ring, point: Point) -> bool:
    """Whether a point lies within a ring (even-odd rule)."""
    xs, ys = np.array(ring).T
    crosses = (ys[:-1] > point[1]) != (ys[1:] > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = xs[:-1] + (point[1] - ys[:-1]) * (xs[1:] - xs[:-1]) / (ys[1:] - ys[:-1])
    return bool((crosses & (point[0] < at)).sum() % 2)


def _links(field: Values, limit: float) -> dict[_Edge, _Edge]:
    """From each crossed edge of the grid to the next along the outline."""
    inside = field <= limit
    kind = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    links: dict[_Edge, _Edge] = {}
    for row, column in zip(*np.nonzero((kind > 0) & (kind < 15)), strict=True):  # noqa: PLR2004
        for begin, end in _PIECES[int(kind[row, column])]:
            links[_edge(int(row), int(column), begin)] = _edge(int(row), int(column), end)
    return links


def _edge(row: int, column: int, side: int) -> _Edge:
    """The name of a cell's side: 0 for edges along a row, 1 for those along a column, at their first point."""
    match side:
        case 0:
            return 0, row, column
        case 1:
            return 1, row, column + 1
        case 2:
            return 0, row + 1, column
        case _:
            return 1, row, column


def _chains(links: dict[_Edge, _Edge]) -> list[list[_Edge]]:
    """The closed chains of edges; the border of the field is outside, so none is open."""
    chains: list[list[_Edge]] = []
    left = dict(links)
    while left:
        start, following = left.popitem()
        chain = [start]
        while following != start:
            chain.append(following)
            following = left.pop(following)
        chains.append(chain)
    return chains


def _ring(edges: list[_Edge], field: Values, limit: float, grid: Grid) -> Ring:
    """The points where the outline crosses these edges, without those that lie on a straight line."""
    points: Ring = []
    for along_column, row, column in edges:
        other = (row + 1, column) if along_column else (row, column + 1)
        low, high = field[row, column], field[other]
        part = float((limit - low) / (high - low)) if high != low else 0.5
        # So far from the points of the grid that rounding does not make one point of the outline of two.
        least = min(_MOST_OF_A_STEP, _APART / (grid.step_lat if along_column else grid.step_lon))
        part = min(max(part, least), 1 - least)
        # The field is padded by one point on each side.
        x = grid.west + (column - 1 + (0 if along_column else part)) * grid.step_lon
        y = grid.south + (row - 1 + (part if along_column else 0)) * grid.step_lat
        point = (round(x, 6), round(y, 6))
        if not points or point != points[-1]:
            points.append(point)
    if points and points[0] == points[-1]:
        points.pop()
    corners = [point for place, point in enumerate(points) if not _is_straight(points, place)]
    return [*corners, corners[0]] if corners else []


def _is_straight(points: Ring, place: int) -> bool:
    (x0, y0), (x1, y1), (x2, y2) = points[place - 1], points[place], points[(place + 1) % len(points)]
    return abs((x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1)) < 1e-14  # noqa: PLR2004 - rounding of 1e-6 degrees
