"""Building the map file: an extract and, where there are any, division borders become tiles (I/O)."""

from collections.abc import Callable
from pathlib import Path

from carecircle_alerts.travel.roads.extract import extract_date
from carecircle_alerts.travel.roads.file import check_place
from carecircle_alerts.travel.tiles.extract import read_divisions, read_features
from carecircle_alerts.travel.tiles.file import write_tiles


def build_tiles(
    extract: Path,
    out: Path,
    divisions: Path | None,
    attribution: str,
    progress: Callable[[str], None],
    *,
    is_synthetic: bool = False,
) -> int:
    """Read, cut and write; returns the number of tiles. Raises `Misconfigured` with what to do."""
    check_place(out)
    borders = read_divisions(divisions) if divisions is not None else []
    progress(f"reading {extract}")
    features = [*read_features(extract, progress), *borders]
    about = {
        "name": extract.name,
        "attribution": attribution,
        "is_synthetic": is_synthetic,
        "extract_date": extract_date(extract),
    }
    return write_tiles(features, out, about, progress)
