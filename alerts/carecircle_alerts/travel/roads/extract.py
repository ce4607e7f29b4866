"""Reading an OpenStreetMap extract: ways that people move on, and the barriers on them (I/O)."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import osmium
from osmium.filter import KeyFilter
from osmium.osm import NODE, WAY

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.building import Streets
from carecircle_alerts.travel.roads.ways import Way, blocks_cars, read_way

Progress = Callable[[str], None]
_TELL_EVERY = 100_000
_FORMATS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


def read_streets(path: Path, progress: Progress = lambda _step: None) -> Streets:
    """Every road of an extract, with its nodes; raises `Misconfigured` with what to do where it is none."""
    check_extract(path)
    try:
        return _read(path, progress)
    except (RuntimeError, ValueError) as error:
        raise Misconfigured(
            f"{path} is no OpenStreetMap extract that can be read, or it is cut off: {error}"
        ) from error


def check_extract(path: Path) -> None:
    """Raise `Misconfigured` with what to do where a file cannot be an extract."""
    if not path.is_file():
        raise Misconfigured(f"{path}: there is no such file")
    if not path.name.endswith(_FORMATS):
        raise Misconfigured(f"{path}: expected an OpenStreetMap extract, its name ends with {', '.join(_FORMATS)}")


def extract_date(path: Path) -> str:
    """The day of the extract's data, ISO 8601; the file's own day where the extract does not tell."""
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        told = reader.header().get("osmosis_replication_timestamp") or reader.header().get("timestamp")
    return told[:10] if told else datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date().isoformat()


def _read(path: Path, progress: Progress) -> Streets:
    streets, numbers, kinds = Streets(), dict[int, int](), dict[Way, int]()
    barriers = set[int]()
    seen = 0
    reader = osmium.FileProcessor(str(path), NODE | WAY).with_locations().with_filter(KeyFilter("highway", "barrier"))
    for thing in reader:
        if isinstance(thing, osmium.osm.Node):
            if blocks_cars(dict(thing.tags)):
                barriers.add(thing.id)
            continue
        if not isinstance(thing, osmium.osm.Way):
            continue
        way = read_way(dict(thing.tags))
        if way is None:
            continue
        seen += 1
        if seen % _TELL_EVERY == 0:
            progress(f"{seen:,} roads read")
        _add(streets, numbers, kinds.setdefault(way, len(kinds)), thing)
    streets.ways = list(kinds)
    streets.no_cars = {numbers[ref] for ref in barriers if ref in numbers}
    progress(f"{seen:,} roads with {len(streets.lat):,} nodes read")
    return streets


def _add(streets: Streets, numbers: dict[int, int], way: int, thing: osmium.osm.Way) -> None:
    before: int | None = None
    for node in thing.nodes:
        if not node.location.valid():  # beyond the border of the extract
            before = None
            continue
        number = numbers.get(node.ref)
        if number is None:
            number = numbers[node.ref] = len(streets.lat)
            streets.lat.append(node.lat)
            streets.lon.append(node.lon)
        if before is not None:
            streets.tail.append(before)
            streets.head.append(number)
            streets.way.append(way)
        before = number
