"""The roads file: one file with everything that road times need, read in seconds (I/O)."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.graph import Array, Origin, RoadGraph
from carecircle_alerts.travel.roads.speeds import MODES, SPEEDS_VERSION, TIMES
from carecircle_alerts.travel.whole_file import whole_file

FORMAT = 1
_BUILD = "build it with `carecircle roads build EXTRACT.osm.pbf --out FILE`"


def check_place(path: Path) -> None:
    """Raise `Misconfigured` where a file cannot be written: better before the work than after it."""
    if not path.absolute().parent.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise Misconfigured(f"{path}: its folder does not exist or cannot be written")


def save_roads(graph: RoadGraph, path: Path) -> None:
    """Write the file beside its place and move it there, so that a reader finds the old one or the new one."""
    about = {
        "format": FORMAT, "version": graph.version, "speeds": SPEEDS_VERSION, "basis": graph.origin.basis,
        "extract": graph.origin.extract, "extract_date": graph.origin.extract_date,
        "attribution": graph.origin.attribution,
    }  # fmt: skip
    arrays: dict[str, Array] = {
        "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
        "lat_e7": graph.lat_e7, "lon_e7": graph.lon_e7, "tail": graph.tail, "head": graph.head,
        "length_mm": graph.length_mm, "order": graph.order,
        **{f"time_{metric}": graph.times[metric] for metric in TIMES},
        **{f"member_{mode}": np.packbits(graph.member[mode]) for mode in MODES},
    }  # fmt: skip
    with whole_file(path) as handle:
        np.savez(handle, allow_pickle=False, **arrays)


def load_roads(path: Path) -> RoadGraph:
    """Read the file; raises `Misconfigured` where it is missing, damaged or of another format."""
    try:
        with path.open("rb") as handle, np.load(handle, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            if about["format"] != FORMAT:
                raise Misconfigured(f"{path} is of format {about['format']}, expected {FORMAT}: {_BUILD}")
            count = len(stored["lat_e7"])
            return RoadGraph(
                Origin(about["basis"], about["extract"], about["extract_date"], about["attribution"]),
                stored["lat_e7"], stored["lon_e7"], stored["tail"], stored["head"], stored["length_mm"],
                {metric: stored[f"time_{metric}"] for metric in TIMES},
                {mode: np.unpackbits(stored[f"member_{mode}"], count=count).astype(np.bool_) for mode in MODES},
                stored["order"], about["version"],
            )  # fmt: skip
    except FileNotFoundError as error:
        raise Misconfigured(f"{path}: there is no such roads file; {_BUILD}") from error
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Misconfigured(f"{path} is no roads file, or a damaged one; {_BUILD}") from error
