from click.testing import CliRunner

from carecircle_alerts.plans_command import command
from tests.scene import Scene
from tests.servers import Database


def test_a_bed_shows_its_plan_and_from_where_each_setting_is(database: Database) -> None:
    scene = Scene(database)
    scene.bed("bed-1", circle="herding")
    scene.run("update resident set frailty = 'severely_disabled'")
    scene.run(
        "insert into plan_setting (kind, area, settings, reason, by_name, at) "
        "values ('help', '6301', '{\"nudge_s\": 45}', '冬季', '李主任', now()), "
        "('fall', '', '{\"by_drone\": true}', '试验', '李主任', now())"
    )
    environment = {"CARECIRCLE_DATABASE_URL": database.url("carecircle_alerts")}
    shown = CliRunner().invoke(command, ["show", "--bed", "bed-1", "--kind", "fall"], env=environment)
    assert shown.exit_code == 0, shown.output
    assert "nudge_s = 45  *  v1 冬季" in shown.output
    assert "helpers = 2  *  v0" in shown.output
    assert "track local_people: neighbour, volunteer, 5 every 30 s" in shown.output
    assert "version 2 makes no plan" in shown.output


def test_without_a_bed_the_defaults_are_shown() -> None:
    shown = CliRunner().invoke(command, ["show"], catch_exceptions=False)
    assert [line for line in shown.output.splitlines() if not line.startswith(" ")] == ["urban", "rural", "herding"]
