"""Kinds: what an OpenStreetMap object is on the dispatcher's map, from which zoom on, and under which names (pure).

The map answers "where is it, and how does one get there": roads with names, water, green, buildings, borders, places
and the few institutions that a dispatcher names on the telephone. From which zoom on a kind is drawn is a matter of
taste and of bytes: an engineering proposal throughout.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAST_ZOOM, MOST_ZOOM = 5, 14


class Layer(StrEnum):
    """The layers of a tile, in the order in which they are drawn."""

    LAND = "land"
    WATER = "water"
    BUILDING = "building"
    BOUNDARY = "boundary"
    ROAD = "road"
    SPOT = "spot"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A layer, the kind in it, the zoom from which on it is in the tiles, and its order among labels (low first)."""

    layer: Layer
    kind: str
    zoom: int
    rank: int = 0


# Link roads are drawn as the road that they lead to, one zoom later.
_ROADS: Mapping[str, Drawn] = {
    name: Drawn(Layer.ROAD, kind, zoom, rank)
    for kind, zoom, rank, names in (
        ("motorway", 5, 1, ("motorway",)),
        ("trunk", 6, 2, ("trunk",)),
        ("primary", 7, 3, ("primary",)),
        ("secondary", 9, 4, ("secondary",)),
        ("motorway", 10, 6, ("motorway_link",)),
        ("trunk", 10, 6, ("trunk_link",)),
        ("tertiary", 10, 5, ("tertiary",)),
        ("primary", 11, 6, ("primary_link",)),
        ("secondary", 12, 6, ("secondary_link",)),
        ("minor", 12, 7, ("unclassified", "residential", "road", "living_street", "tertiary_link")),
        ("service", 13, 8, ("service", "pedestrian", "track")),
        ("path", 14, 9, ("footway", "cycleway", "path", "bridleway", "steps")),
    )
    for name in names
}
_PLACES: Mapping[str, Drawn] = {
    name: Drawn(Layer.PLACE, name, zoom, rank)
    for name, zoom, rank in (
        ("state", 5, 0), ("city", 5, 1), ("county", 7, 2), ("district", 8, 3), ("town", 8, 4), ("suburb", 10, 5),
        ("village", 11, 6), ("quarter", 12, 7), ("neighbourhood", 13, 8), ("hamlet", 13, 8), ("locality", 14, 9),
    )
}  # fmt: skip
_SPOTS: Mapping[str, Drawn] = {
    name: Drawn(Layer.SPOT, kind, zoom, rank)
    for name, kind, zoom, rank in (
        ("hospital", "hospital", 12, 1), ("clinic", "clinic", 14, 3), ("fire_station", "fire", 13, 2),
        ("police", "police", 13, 2), ("nursing_home", "care", 13, 2), ("social_facility", "care", 14, 3),
        ("community_centre", "community", 14, 4), ("townhall", "townhall", 13, 3),
    )
}  # fmt: skip
_GREEN = frozenset({
    "forest", "grass", "meadow", "recreation_ground", "village_green", "cemetery", "orchard", "park", "garden", "wood",
    "scrub", "grassland", "pitch", "golf_course", "nature_reserve",
})  # fmt: skip
_BUILT = frozenset({"residential", "commercial", "retail", "industrial", "construction"})
_INSTITUTION = frozenset({"school", "university", "college", "hospital", "kindergarten"})
_ADMIN_ZOOM: Mapping[str, tuple[str, int]] = {
    "2": ("country", 5), "4": ("province", 5), "5": ("prefecture", 7), "6": ("county", 8), "7": ("county", 9),
    "8": ("township", 11), "9": ("township", 12),
}  # fmt: skip


def road_of(tags: Mapping[str, str]) -> Drawn | None:
    """A way that is a road; None for squares and for roads that are not there yet or not any more."""
    return None if tags.get("area") == "yes" else _ROADS.get(tags.get("highway", ""))


def line_of(tags: Mapping[str, str]) -> Drawn | None:
    """A way that is drawn as a line: a road, running water, or a border."""
    road = road_of(tags)
    if road is not None:
        return road
    match tags.get("waterway"):
        case "river":
            return Drawn(Layer.WATER, "river", 8)
        case "canal" | "stream" as kind:
            return Drawn(Layer.WATER, kind, 12)
        case _:
            return border_of(tags)


def border_of(tags: Mapping[str, str]) -> Drawn | None:
    """A border of divisions, by OpenStreetMap's level in China (4 province, 5 prefecture, 6 county, 8 township)."""
    found = _ADMIN_ZOOM.get(tags.get("admin_level", "")) if tags.get("boundary") == "administrative" else None
    return None if found is None else Drawn(Layer.BOUNDARY, found[0], found[1], int(tags["admin_level"]))


def area_of(tags: Mapping[str, str]) -> Drawn | None:
    """A closed outline that is filled; buildings come last, so that a park's pavilion stays a building."""
    if tags.get("building", "no") != "no":
        return Drawn(Layer.BUILDING, "building", 14)
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") == "reservoir":
        return Drawn(Layer.WATER, "water", 8)
    uses = {tags.get(key, "") for key in ("landuse", "leisure", "natural")}
    if uses & _GREEN:
        return Drawn(Layer.LAND, "green", 10)
    if tags.get("amenity") in _INSTITUTION:
        return Drawn(Layer.LAND, "institution", 12)
    return Drawn(Layer.LAND, "built", 10) if uses & _BUILT else None


def point_of(tags: Mapping[str, str]) -> Drawn | None:
    """A label: a place, or an institution; nothing without a name."""
    if not names_of(tags):
        return None
    place = _PLACES.get(tags.get("place", ""))
    return place or _SPOTS.get(tags.get("amenity", ""))


def names_of(tags: Mapping[str, str]) -> dict[str, str]:
    """`name` (Chinese where there is one), `name_bo` and `name_en` where there are such."""
    name = tags.get("name:zh-Hans") or tags.get("name:zh") or tags.get("name")
    found = {"name": name, "name_bo": tags.get("name:bo"), "name_en": tags.get("name:en")}
    return {key: value for key, value in found.items() if value}
