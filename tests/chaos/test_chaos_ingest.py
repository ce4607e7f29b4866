"""A small chaos run on every test run: ingest, broker and database die, and every message is stored once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecircle.runtime.install import Runtime
from tests.chaos.faults import plan_faults
from tests.chaos.run import Chaos, Plan


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path / "postgres")


def test_nothing_is_lost_or_doubled_whatever_dies(runtime: Runtime, folder: Path) -> None:
    plan = Plan(messages=3000, kills=6, seed=4, rate_s=500.0, homes=4, longest_stop_s=1.5)
    outcome = Chaos(plan, runtime, folder, lambda _line: None).run()
    assert outcome.verdict.others == []
    assert (outcome.verdict.missing, outcome.verdict.doubled) == ([], 0)
    assert (outcome.verdict.sent, outcome.verdict.stored) == (3000, 3000)
    assert (outcome.kills, outcome.stops) == (6, 2)
    assert outcome.marks_checked > 0


def test_ingest_loses_nothing_by_itself_while_the_broker_lives(runtime: Runtime, folder: Path) -> None:
    """Here nobody repeats: what ingest acknowledged without having stored it would be gone."""
    plan = Plan(1200, kills=4, seed=5, rate_s=400.0, homes=2, longest_stop_s=0.8, keeps=False, spares_broker=True)
    outcome = Chaos(plan, runtime, folder, lambda _line: None).run()
    assert outcome.verdict.others == []
    assert (outcome.verdict.missing, outcome.verdict.doubled) == ([], 0)
    assert (outcome.verdict.stored, outcome.kills) == (1200, 4)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_seed_gives_the_order_of_the_faults(seed: int) -> None:
    plan = plan_faults(seed, 50, 100_000, 6.0)
    assert plan == plan_faults(seed, 50, 100_000, 6.0)
    assert plan != plan_faults(seed + 2, 50, 100_000, 6.0)
    assert sum(one.fault.is_kill for one in plan) == 50
