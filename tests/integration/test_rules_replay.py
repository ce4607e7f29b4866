"""Replay: stored history through the rules of today and through changed ones, by the command as people run it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scene import Scene
from tests.servers import Database

_MEASURED = """
insert into vitals (measured_at, received_at, bed, device, boot, seq, quality, heart_rate, spo2, in_bed)
select at, at + interval '1 second', %s, 'mat', 1, extract(epoch from at), 0.9,
    case when extract(hour from at) = %s then 134 else 60 + extract(minute from at)::int %% 7 end,
    90 + extract(minute from at)::int %% 3, true
from generate_series(%s, %s, interval '1 minute') at
"""


@pytest.fixture
def scene(database: Database) -> Scene:
    scene = Scene(database)
    now = datetime.now(UTC)
    for bed in ("bed-1", "bed-2"):
        scene.bed(bed)
        scene.run(_MEASURED, bed, (now - timedelta(hours=6)).hour, now - timedelta(days=2), now - timedelta(minutes=2))
    scene.run(
        "insert into device_status (measured_at, received_at, bed, device, boot, seq, online, battery) "
        "values (now() - interval '3 hours', now() - interval '3 hours', 'bed-1', 'button', 1, 1, true, 7)"
    )
    return scene


def _run(scene: Scene, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CARECIRCLE_DATABASE_URL": scene.database.url("carecircle_alerts")}
    program = "from carecircle.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "rules", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_would_have_been_raised_and_what_a_change_makes_of_it(scene: Scene, tmp_path: Path) -> None:
    change = tmp_path / "change.toml"
    change.write_text(
        '[[change]]\nrule = "heart_rate"\nscope = "bed-2"\nsettings = { high = 150 }\n'
        '[[change]]\nrule = "low_battery"\nsettings = { low = 5 }\n'
    )
    ended = _run(scene, "replay", "--days", "1", "--change", str(change), "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["beds"] == 2
    assert (found["rules"]["heart_rate"]["today"], found["rules"]["heart_rate"]["changed"]) == (2, 1)
    assert (found["rules"]["low_battery"]["today"], found["rules"]["low_battery"]["changed"]) == (1, 0)
    assert {(one["bed"], one["rule"]) for one in found["differences"]} >= {
        ("bed-2", "heart_rate"),
        ("bed-1", "low_battery"),
    }
    assert scene.value("select count(*) from alarm") == 0
    people = _run(scene, "replay", "--days", "1", "--bed", "bed-1")
    assert "1 张床位" in people.stdout
    assert "heart_rate" in people.stdout


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[change]]\nrule = "heart_rat"\nsettings = { high = 150 }', "no rule 'heart_rat'"),
        ('[[change]]\nrule = "heart_rate"\nsettings = { hihg = 150 }', "heart_rate.hihg"),
        ('[[change]]\nrule = "heart_rate"\nsettings = { high = "x" }', "heart_rate.high"),
        ("[[change", "change.toml"),
        ("", "change.toml: change"),
    ],
)
def test_a_change_that_cannot_be_is_explained(scene: Scene, tmp_path: Path, text: str, why: str) -> None:
    change = tmp_path / "change.toml"
    change.write_text(text)
    ended = _run(scene, "replay", "--change", str(change))
    assert ended.returncode != 0
    assert why in ended.stderr


def test_the_rules_of_a_bed_show_what_is_other_than_the_default(scene: Scene) -> None:
    scene.run(
        "insert into rule_setting (scope, rule, settings, reason, by_name, at) values "
        "('6301', 'spo2', '{\"fixed\": 88}', 'x', 'x', now()), ('bed-1', 'spo2', '{\"fixed\": 86}', 'x', 'x', now())"
    )
    assert "fixed = 86.0  *" in _run(scene, "show", "--bed", "bed-1").stdout
    assert "fixed = 88.0  *" in _run(scene, "show", "--bed", "bed-2").stdout
    assert "fixed = None\n" in _run(scene, "show").stdout
    assert "no bed bed-9" in _run(scene, "show", "--bed", "bed-9").stderr
