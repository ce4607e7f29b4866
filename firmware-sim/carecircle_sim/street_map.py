"""A made-up map: nodes, ways and labels, written as OpenStreetMap XML, to go the way of a real extract (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from carecircle_sim.places import Position


@dataclass(slots=True)
class StreetMap:
    """Nodes, those of them that are labels, and ways as numbers of nodes, with what OpenStreetMap calls them."""

    nodes: list[Position] = field(default_factory=list)
    labels: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, position: Position) -> int:
        """Add a node; returns its number."""
        self.nodes.append(position)
        return len(self.nodes) - 1

    def way(self, nodes: list[int], **tags: str) -> None:
        """Add a way."""
        self.ways.append((nodes, tags))

    def label(self, position: Position, **tags: str) -> None:
        """Add a node with a name."""
        self.labels[self.node(position)] = tags

    def area(self, corners: Sequence[Position], **tags: str) -> None:
        """Add a closed outline; the corners are given once."""
        numbers = [self.node(corner) for corner in corners]
        self.way([*numbers, numbers[0]], **tags)

    def xml(self) -> Iterator[str]:
        """The lines of an OpenStreetMap file."""
        yield "<?xml version='1.0' encoding='UTF-8'?>"
        yield '<osm version="0.6" generator="carecircle sim streets: made up, no OpenStreetMap data">'
        for number, node in enumerate(self.nodes, 1):
            at = f'<node id="{number}" version="1" lat="{node.lat:.7f}" lon="{node.lon:.7f}"'
            tags = self.labels.get(number - 1)
            yield f"{at}/>" if tags is None else f"{at}>{_tags(tags)}</node>"
        for number, (nodes, tags) in enumerate(self.ways, 1):
            yield f'<way id="{number}" version="1">'
            yield from (f'<nd ref="{node + 1}"/>' for node in nodes)
            yield _tags(tags)
            yield "</way>"
        yield "</osm>"


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
