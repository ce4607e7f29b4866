"""Starting: a process reads no numerical library, and none of a channel, before it has work for it."""

import subprocess
import sys

import pytest

_HEAVY = ("numpy", "scipy", "pyroutingkit", "osmium", "apprise", "webpush", "cryptography")


@pytest.mark.parametrize(
    "module",
    [
        "carecircle.cli",
        "carecircle_alerts.service",
        "carecircle_alerts.lifeline.service",
        "carecircle_alerts.rules_command",
        "carecircle_alerts.plans_command",
        "carecircle_console.service",
        "carecircle_ingest.service",
        "carecircle_upkeep.service",
    ],
)
def test_a_start_reads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*({{*{_HEAVY!r}}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
