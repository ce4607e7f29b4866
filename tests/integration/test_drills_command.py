"""`carecircle drills` with the rights of the processes whose settings it finds: starts a test, shows what is known."""

import json

import pytest
from click.testing import CliRunner

from carecircle_alerts.drills.command import command
from tests.scene import Scene
from tests.servers import Database


@pytest.mark.parametrize("role", ["carecircle_alerts", "carecircle_desk"])
def test_a_drill_is_started_on_record_and_shown(database: Database, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARECIRCLE_DATABASE_URL", database.url(role))
    scene = Scene(database)
    scene.responder("r1")
    said = CliRunner().invoke(command, ["run", "--responder", "r1", "--by", "王调度", "--reason", "换了手机"])
    assert said.exit_code == 0, said.output
    assert "已安排r1的通信演练" in said.output
    assert scene.rows("select change, by_name, reason from people_change") == [("drill_started", "王调度", "换了手机")]
    shown = CliRunner().invoke(command, ["show"])
    assert "未测试（没有有效的演练结果）" in shown.output
    assert "待发送" in shown.output
    (person,) = json.loads(CliRunner().invoke(command, ["show", "--json"]).output)
    assert (person["id"], person["state"], person["contacts"][0]["state"]) == ("r1", "untested", "WAITING")
