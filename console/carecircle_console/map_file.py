"""The map file: what it holds and under which name it is served; another file means another name (I/O)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from pmtiles.reader import MmapSource, Reader

_E7 = 10_000_000
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map that can be served. `version` changes with the file, so that browsers may keep parts of it for good.

    `bounds` are west, south, east, north and `center` longitude and latitude, in degrees, WGS-84.
    """

    path: Path
    version: str
    attribution: str
    is_synthetic: bool
    extract_date: str
    bounds: tuple[float, float, float, float]
    center: tuple[float, float]


def find_map(path: Path | None) -> MapFile | None:
    """The map as it is now; None where there is none yet, or where the file is no map, which is told once."""
    try:
        stat = path.stat() if path is not None else None
    except OSError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size) if path is not None and stat is not None else None


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> MapFile | None:
    try:
        with path.open("rb") as handle:
            reader = Reader(MmapSource(handle))
            header, about = reader.header(), reader.metadata()
        return MapFile(
            path,
            f"{changed_ns:x}-{size:x}",
            str(about.get("attribution", "")),
            bool(about.get("is_synthetic", False)),
            str(about.get("extract_date", "")),
            (_at(header, "min_lon"), _at(header, "min_lat"), _at(header, "max_lon"), _at(header, "max_lat")),
            (_at(header, "center_lon"), _at(header, "center_lat")),
        )
    except Exception as error:  # noqa: BLE001 - the library raises whatever a damaged file leads it to; there is no map then
        _log.error("map_file_unusable", error=type(error).__name__)
        return None


def _at(header: Mapping[str, Any], name: str) -> float:
    return round(int(header[f"{name}_e7"]) / _E7, 6)
