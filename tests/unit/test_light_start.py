"""Starting: a process reads no other service, no numerical library and none of a channel before it has work for it."""

import subprocess
import sys
from functools import cache

import pytest

_HEAVY = ("numpy", "scipy", "pyroutingkit", "osmium", "apprise", "webpush", "cryptography")


@cache
def packages_read_by(module: str) -> frozenset[str]:
    """What a fresh process has read once it has this module; asked once, as a start costs a second or two."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    read = frozenset(done.stdout.split())
    assert module.partition(".")[0] in read
    return read


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
    assert packages_read_by(module) & {*_HEAVY} == set()


def test_the_list_of_commands_runs_none_of_them() -> None:
    program = """
import sys
from carecircle.cli import carecircle
carecircle(["--help"], standalone_mode=False)
heavy = {"pydantic", "structlog", "psycopg", "fastapi", "numpy"}
print(*sorted(name for name in sys.modules if name.startswith("carecircle") or name in heavy))
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    listing, _line, last = done.stdout.rstrip("\n").rpartition("\n")
    assert "  gateway " in listing
    assert last.split() == ["carecircle", "carecircle.announced", "carecircle.cli", "carecircle.errors"]


@pytest.mark.parametrize(
    ("module", "parts"),
    [
        ("carecircle_gateway.service", {"carecircle_gateway"}),
        ("carecircle_ingest.service", {"carecircle_ingest"}),
        ("carecircle_upkeep.service", {"carecircle_upkeep"}),
        ("carecircle_alerts.service", {"carecircle_alerts"}),
        ("carecircle_alerts.lifeline.service", {"carecircle_alerts"}),
        ("carecircle_console.service", {"carecircle_console", "carecircle_alerts"}),
        ("carecircle_sim.command", {"carecircle_sim"}),
        ("carecircle.up.command", set()),
    ],
)
def test_a_service_reads_itself_and_no_other(module: str, parts: set[str]) -> None:
    read = packages_read_by(module)
    assert {name for name in read if name.startswith("carecircle_")} == parts
    if "carecircle_console" not in parts:
        assert not read & {"fastapi", "uvicorn"}
    if "carecircle_gateway" in parts:
        assert not read & {"psycopg", "httpx", "aiohttp", "msgspec", "google"}
