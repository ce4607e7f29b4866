"""Surge: 2 to 50 calls at once among 60 people on a real road network; joint assignment against taking turns.

`make surge ARGS="--extract andorra.osm.pbf"`, or the extract in CARECIRCLE_ROADS_EXTRACT; without one it says so and
measures nothing. For each number of calls many scenes: first with everybody accepting at once (`greedy`, `joint`, and
what hindsight could do), then in waves of offers over a minute with people who may not accept (`waves_…`). Minutes from
press to door; `late_vs_optimum` is the late share of the joint assignment over that of hindsight, all scenes together.
The worst wait is the mean over scenes of each scene's longest. Last line: one JSON object.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.surge_parts.at_once import at_once
from bench.surge_parts.country import EXTRACT, Country, Scene, extract_given
from bench.surge_parts.in_waves import in_waves
from carecircle_alerts.plan import URBAN

_CALLS = (2, 5, 10, 15, 20, 30, 40, 50)
_PEOPLE = 60
_LIMIT_S = URBAN.arrive_within_s
_CAP_S = 2 * 3600.0  # nobody has come: counted as two hours, so that means exist


def measure(extract: Path, scenes: int, wave_scenes: int) -> dict[str, object]:
    """All rows, and the gap to hindsight."""
    country = Country.of(extract)
    rows, late, best_late = [], 0, 0
    for calls in _CALLS:
        drawn = [country.scene(calls, _PEOPLE, seed) for seed in range(scenes)]
        waits = [at_once(scene) for scene in drawn]
        row: dict[str, float] = {"incidents": calls}
        row |= _figures("greedy", [one.greedy_s for one in waits]) | _figures("joint", [one.joint_s for one in waits])
        row["best_in15"] = round(float(np.mean([one.best_in_time / calls for one in waits])), 4)
        row |= _played(drawn[:wave_scenes])
        rows.append(row)
        late += sum(_late(one.joint_s) for one in waits)
        best_late += sum(calls - one.best_in_time for one in waits)
        print(json.dumps(row))
    return {"rows": rows, "late_vs_optimum": round(late / best_late, 4) if best_late else None}


def _played(scenes: list[Scene]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, jointly in (("greedy", False), ("joint", True)):
        waits = [in_waves(scene, seed, jointly=jointly) for seed, scene in enumerate(scenes)]
        found |= _figures(f"waves_{name}", waits)
    return found


def _figures(name: str, waits: list[list[float]]) -> dict[str, float]:
    def mean(of: Callable[[list[float]], float]) -> float:
        return float(np.mean([of([min(one, _CAP_S) for one in scene]) for scene in waits]))

    return {
        f"{name}_in15": round(1 - mean(lambda scene: _late(scene) / len(scene)), 4),
        f"{name}_mean_min": round(mean(np.mean) / 60, 2),
        f"{name}_p95_min": round(mean(lambda scene: float(np.percentile(scene, 95))) / 60, 2),
        f"{name}_worst_min": round(mean(max) / 60, 2),
    }


def _late(waits: list[float]) -> int:
    return sum(1 for one in waits if one > _LIMIT_S)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extract", type=Path)
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--wave-scenes", type=int, default=20)
    given = parser.parse_args()
    extract = extract_given(given.extract)
    if extract is None:
        print(f"surge: skipped, no OpenStreetMap extract: name one with --extract or {EXTRACT}")
        print(json.dumps({"rows": [], "late_vs_optimum": None}))
        return
    print(json.dumps(measure(extract, given.scenes, given.wave_scenes)))


if __name__ == "__main__":
    main()
