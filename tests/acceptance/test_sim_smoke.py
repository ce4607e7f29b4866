"""The story that `make smoke` tells: everything started, pressed by mosquitto_pub, seen from outside."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from carecircle.runtime.install import Runtime
from carecircle.up.installation import Trial
from carecircle.up.smoke import smoke


@pytest.fixture(autouse=True)
def own_temporary_folder(runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_two_presses_go_all_the_way(tmp_path: Path) -> None:
    result = CliRunner().invoke(smoke, ["--presses", "2"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    figures = json.loads(result.output.splitlines()[-1])
    assert figures["presses"] == 2
    assert figures["all_accepted"]
    assert figures["all_family_told"]
    assert 0 < figures["incident_ms_p50"] <= figures["offer_ms_p50"]
    assert list(tmp_path.iterdir()) == [], "the folder is thrown away"


def test_a_missing_stage_fails_the_run_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_accepts = Trial(
        homes=5,
        homes_arguments=("--rate", "10", "--presses-per-hour", "0"),
        world_arguments=("--accept-probability", "0"),
    )
    monkeypatch.setattr("carecircle.up.smoke._TRIAL", nobody_accepts)
    monkeypatch.setattr("carecircle.up.smoke._PATIENCE_S", 5.0)
    result = CliRunner().invoke(smoke, ["--presses", "1"])
    assert result.exit_code == 1
    assert "missing for" in result.output
    assert "a responder accepted" in result.output
    assert "data and logs are in" in result.output
    assert not json.loads(result.output.splitlines()[-1])["all_accepted"]
