"""Dispatch: one decision, offers at their channel, timers, roads, coverage, and whether somebody accepts in time.

`python -m bench.dispatch --parts decision,flow,roads,coverage,acceptance --extract extract.osm.pbf`. Figures are of
this machine in this run. Last line: one JSON object.
"""

import argparse
import asyncio
import json
import logging
from pathlib import Path

import structlog

from bench.dispatch_parts import acceptance, coverage, decision, flow, roads

PARTS = ("decision", "flow", "roads", "coverage", "acceptance")


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="comma separated: " + ", ".join(PARTS))
    parser.add_argument("--extract", type=Path, help="OpenStreetMap extract, also CARECIRCLE_ROADS_EXTRACT")
    parser.add_argument("--per-s", type=float, default=200.0, help="incidents a second of the flow")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long they come")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found: dict[str, object] = {}
    for part in given.parts.split(","):
        found |= _run(part, given)
        print(f"{part}: {json.dumps(found)}")
    print(json.dumps(found))


def _run(part: str, given: argparse.Namespace) -> dict[str, object]:
    match part:
        case "decision":
            return {"decision_ms": {name: asyncio.run(decision.measure(town)) for name, town in decision.TOWNS.items()}}
        case "flow":
            return _flow(given.per_s, given.seconds)
        case "roads":
            return {"roads": roads.run(given.extract)}
        case "coverage":
            return {"coverage": coverage.measure()}
        case "acceptance":
            return {"accepted_within_120s": acceptance.measure()}
        case _:
            raise SystemExit(f"there is no part {part}")


def _flow(per_s: float, seconds: float) -> dict[str, object]:
    few, many = flow.offers_at(20, seconds), flow.offers_at(per_s, seconds)
    calm, failover = flow.timers(150, 10, kill=False), flow.timers(60, 6, kill=True)
    print(f"offers: 20 a second {few}, {per_s:g} a second {many}; timers: {calm}, an engine killed {failover}")
    return {
        "offer_ms_p99_at_20": few["p99"],
        f"offer_ms_p99_at_{per_s:g}": many["p99"],
        "timer_lateness_ms_p99": calm["p99"],
        "timer_lateness_ms_worst_through_failover": failover["worst"],
    }


if __name__ == "__main__":
    main()
