"""A hand-drawn street map for tests, written as OpenStreetMap XML: nodes in metres, ways by the names of nodes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from carecircle_alerts.travel import Place

_METRES_PER_DEGREE = 111_195.0
_CORNER = Place(36.6, 101.75)
_NARROWING = 0.80281738  # the cosine of 36.6 degrees

Tags = Mapping[str, str]


def at(east_m: float, north_m: float) -> Place:
    """A place so many metres from the map's corner."""
    return Place(
        _CORNER.lat + north_m / _METRES_PER_DEGREE,
        _CORNER.lon + east_m / (_METRES_PER_DEGREE * _NARROWING),
    )


def write_map(
    path: Path,
    nodes: Mapping[str, tuple[float, float]],
    ways: Sequence[tuple[str, Tags]],
    barriers: Mapping[str, Tags] | None = None,
) -> Path:
    """Write the map; a way names its nodes with spaces between them. Returns the path."""
    number = {name: index for index, name in enumerate(nodes, 1)}
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="tests">']
    for name, (east, north) in nodes.items():
        place = at(east, north)
        lines.append(f'<node id="{number[name]}" lat="{place.lat:.7f}" lon="{place.lon:.7f}">')
        lines += [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in (barriers or {}).get(name, {}).items()]
        lines.append("</node>")
    for index, (names, tags) in enumerate(ways, 1):
        lines.append(f'<way id="{index}">')
        lines += [f'<nd ref="{number[name]}"/>' for name in names.split()]
        lines += [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]
        lines.append("</way>")
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def street_grid(path: Path, side: int = 6, block_m: float = 250.0) -> Path:
    """A town of `side` by `side` crossings, residential streets both ways."""
    nodes = {f"n{x}_{y}": (x * block_m, y * block_m) for x in range(side) for y in range(side)}
    street = {"highway": "residential"}
    ways = [(" ".join(f"n{x}_{y}" for x in range(side)), street) for y in range(side)]
    ways += [(" ".join(f"n{x}_{y}" for y in range(side)), street) for x in range(side)]
    return write_map(path, nodes, ways)
