"""How safe, fast and small the home side is: a week of faults, the box, the drivers, the simulator and its load.

Last line of standard output: one JSON object with `KEYS`, null for what was not measured; the line before it has what
else was found. Parts may be chosen: `python -m bench.home --parts box,drivers`.
"""

import argparse
import json
import time
from typing import TYPE_CHECKING

from bench.home_parts.box import measure_box
from bench.home_parts.drivers import count_cases
from bench.home_parts.load import measure_load
from bench.home_parts.simulator import measure_simulator
from bench.home_parts.week import live_a_week
from carecircle.runtime.install import ensure_runtime

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = (
    "lost",
    "doubled",
    "late",
    "gateway_rss_mb",
    "press_ms_p99",
    "drain_24h_s",
    "driver_cases",
    "driver_failures",
    "bed_days_per_cpu_s",
)
PARTS = ("drivers", "simulator", "box", "load", "week")


def main() -> None:
    """Run the parts one after the other, for each other's sake never at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated")
    parser.add_argument("--week", default="", help="options of the week, such as '--hours 24 --seed 7'")
    options = parser.parse_args()
    runtime = ensure_runtime()
    parts: dict[str, Callable[[], dict[str, object]]] = {
        "drivers": count_cases,
        "simulator": measure_simulator,
        "box": lambda: dict(measure_box(runtime)),
        "load": lambda: measure_load(runtime),
        "week": lambda: live_a_week(options.week.split()),
    }
    figures: dict[str, object] = {}
    for name in options.parts.split(","):
        began = time.monotonic()
        print(f"{name} …", flush=True)
        figures |= parts[name]()
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print(json.dumps({"more": {key: value for key, value in figures.items() if key not in KEYS}}))
    print(json.dumps({key: figures.get(key) for key in KEYS}))


if __name__ == "__main__":
    main()
