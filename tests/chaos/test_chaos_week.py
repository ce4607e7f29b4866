"""A day of a week's troubles on every test run: homes lose nothing and tell nothing twice, whatever dies."""

import json
import os
import subprocess
import sys
from itertools import pairwise

from tests.chaos.week.plan import Trouble, Week, plan_week


def test_a_day_of_troubles_loses_and_doubles_nothing() -> None:
    """As its own process: full disks need mounts that end with it."""
    options = ["--homes", "2", "--hours", "24", "--hour-s", "0.5", "--seed", "3"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.chaos.week", *options], capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert (found["lost"], found["doubled"], found["others"]) == (0, 0, 0)
    assert found["said"] > 1000
    assert found["late"] > 0
    wanted = set(Trouble) if os.geteuid() == 0 else set(Trouble) - {Trouble.DISK_FULL}
    assert found["troubles"].keys() >= wanted


def test_the_seed_gives_the_week() -> None:
    week = Week(homes=2, seed=5)
    assert plan_week(week) == plan_week(week)
    assert plan_week(week) != plan_week(Week(homes=2, seed=6))
    for one in plan_week(week):
        assert 0 <= one.at_h < one.until_h < week.hours
        assert (one.home is not None) == one.trouble.is_at_home


def test_a_home_has_no_trouble_twice_at_once() -> None:
    for home in range(3):
        for trouble in Trouble:
            times = [one for one in plan_week(Week(seed=9)) if (one.home, one.trouble) == (home, trouble)]
            assert all(one.until_h <= other.at_h for one, other in pairwise(times))
