"""Console: how soon an alarm is painted, what the page does under load, what it weighs and who can use it.

In headless Chromium against the real stack on this machine: database, broker, alert engine and console, each a process
of its own. The last line of standard output is one JSON object; parts that were not asked for are null in it. What the
lines before it have besides: medians, the longest task, updates that were really made, memory of one client.
"""

import argparse
import json
from collections.abc import Callable, Mapping

from bench.console_parts import judged, links, painting
from bench.console_parts.stack import Stack, stack

PARTS: dict[str, Callable[[Stack], Mapping[str, object]]] = {
    "paint": painting.paint,
    "burst": painting.burst,
    "frames": painting.frames,
    "key": painting.key,
    "loss": links.loss,
    "reconnects": links.reconnects,
    "sizes": judged.sizes,
    "axe": judged.axe,
    "lighthouse": judged.lighthouse,
    "clients": links.clients,
}
# Goals: 250 ms, 1 s, 50 fps, 100 ms, 15 s, none lost, 80 KB for phones and 150 KB for the desk, none, 100 and 90.
KEYS = (
    "paint_ms_p95", "burst_ms", "fps", "key_ms", "link_loss_s", "reconnect_lost", "sse_clients", "sse_ms_p95", "js_kb",
    "axe_violations", "lighthouse",
)  # fmt: skip


def main() -> None:
    """Run the parts that are asked for, on one stack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help="comma separated: " + ", ".join(PARTS))
    parser.add_argument("--beds", type=int, default=1000, help="beds on the page, at least 500")
    given = parser.parse_args()
    wanted = given.parts.split(",")
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    if given.beds < 500:  # noqa: PLR2004 - what the parts press and open
        parser.error("at least 500 beds")
    found: dict[str, object] = {}
    # Frames and keys need alarms to move among; changes need an incident that they are about.
    order = [part for part in PARTS if part in wanted or (part == "burst" and {"frames", "key"} & set(wanted))]
    if {"burst", "reconnects", "clients"} & set(order) and "paint" not in order:
        order.insert(0, "paint")  # a plan to copy comes with the first real incident
    with stack(given.beds) as running:
        for part in order:
            figures = PARTS[part](running)
            found |= figures
            print(f"{part}: {json.dumps(figures)}", flush=True)
    print(json.dumps({key: found.get(key) for key in KEYS}))


if __name__ == "__main__":
    main()
