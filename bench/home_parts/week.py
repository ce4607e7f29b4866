"""A simulated week of faults as its own process, which may mount small disks: lost, doubled, late (I/O)."""

import json
import subprocess
import sys


def live_a_week(options: list[str]) -> dict[str, object]:
    """Its progress goes to our standard output; its last line has the figures."""
    command = [sys.executable, "-m", "tests.chaos.week", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        last = ""
        for line in run.stdout:
            last = line
            if not line.startswith("{"):
                print(line, end="", flush=True)
    found = json.loads(last)
    return {
        **{key: found[key] for key in ("lost", "doubled", "late")},
        "week_said": found["said"],
        "week_troubles": found["troubles"],
        "week_others": found["others"],
    }
