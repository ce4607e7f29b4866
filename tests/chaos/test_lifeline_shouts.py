"""A short `make lifeline`: people are told while the database is dead, and of one incident once it lives."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecircle.runtime.install import Runtime
from tests.chaos.lifeline.stage import Platform
from tests.chaos.lifeline.variants import Variant, database_killed, engine_killed, lifeline_killed_after_sending, play

_WITHIN_S = 15.0  # how fast it is says `make lifeline`; here the machine may be busy


@pytest.fixture
def platform(runtime: Runtime, tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(runtime, tmp_path)
    yield platform
    platform.stop()
    shutil.rmtree(tmp_path / "postgres")


@pytest.mark.parametrize("variants", [(database_killed, engine_killed), (lifeline_killed_after_sending,)])
def test_people_are_told_without_the_way_above_once_and_of_one_incident(
    platform: Platform, variants: tuple[Variant, ...]
) -> None:
    for outcome in play(platform, variants, lambda _outcome: None):
        assert outcome.told_s < _WITHIN_S, outcome
        assert (outcome.incidents, outcome.told_twice) == (1, 0), outcome
