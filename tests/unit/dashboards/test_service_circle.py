"""The dashboard's JSON: what is in the repository is what the code builds, and it leaves nothing to Grafana's guess."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from carecircle.db.queries import Queries
from carecircle_dashboards.build import DASHBOARDS, render
from carecircle_dashboards.command import dashboards

GRAFANA = Path(__file__).parents[3] / "dashboards/grafana"
DRAWN_OVER_TIME = {"timeseries"}


@pytest.fixture(scope="module", params=sorted(DASHBOARDS))
def dashboard(request: pytest.FixtureRequest) -> dict[str, Any]:
    built: dict[str, Any] = json.loads(render(DASHBOARDS[request.param]()))
    return built


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    provisioned = yaml.safe_load((GRAFANA / "provisioning/datasources/carecircle.yaml").read_text())
    found: dict[str, Any] = provisioned["datasources"][0]
    return found


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_the_file_in_the_repository_is_what_the_code_builds(name: str) -> None:
    path = GRAFANA / f"dashboards/{name}.json"
    assert path.read_text() == render(DASHBOARDS[name]()), "run `carecircle dashboards build`"


def test_every_file_has_its_code() -> None:
    assert {path.stem for path in (GRAFANA / "dashboards").iterdir()} == set(DASHBOARDS)


def test_building_twice_changes_nothing(tmp_path: Path) -> None:
    first = CliRunner().invoke(dashboards, ["build", "--into", str(tmp_path)])
    assert first.exit_code == 0
    assert "service_circle.json" in first.output
    again = CliRunner().invoke(dashboards, ["build", "--into", str(tmp_path)])
    assert again.output == "nothing has changed\n"


def test_ids_are_unique_and_the_address_is_short_enough(dashboard: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    assert all(ids)
    assert re.fullmatch(r"[a-z0-9-]{8,40}", dashboard["uid"])


def test_every_panel_says_what_it_shows_in_chinese(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        for text in (panel["title"], panel["description"]):
            assert re.search(r"[\u4e00-\u9fff]", text), panel["title"]
        assert len(panel["description"]) >= 30, panel["title"]
        assert panel["description"] != panel["title"]


def test_every_panel_has_unit_thresholds_and_a_word_for_nothing(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"], panel["title"]
        assert defaults["noValue"], panel["title"]
        steps = defaults["thresholds"]["steps"]
        assert steps[0]["value"] is None, panel["title"]
        values = [step["value"] for step in steps[1:]]
        assert values == sorted(values), panel["title"]


def test_charts_over_time_have_a_legend(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        if panel["type"] in DRAWN_OVER_TIME:
            assert panel["options"]["legend"]["showLegend"] is True, panel["title"]


def test_every_query_and_variable_asks_the_provisioned_source(
    dashboard: dict[str, Any], source: dict[str, Any]
) -> None:
    expected = {"type": source["type"], "uid": source["uid"]}
    for panel in dashboard["panels"]:
        assert panel["datasource"] == expected, panel["title"]
        assert panel["targets"]
        for target in panel["targets"]:
            assert target["datasource"] == expected, panel["title"]
            kind = "time_series" if panel["type"] in DRAWN_OVER_TIME else "table"
            assert target["format"] == kind, panel["title"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            assert variable["datasource"] == expected, variable["name"]


def test_variables_are_written_quoted_and_declared_before_use(dashboard: dict[str, Any]) -> None:
    declared: set[str] = set()
    for variable in dashboard["templating"]["list"]:
        used = _variables(variable["query"])
        assert used <= {(name, "sqlstring") for name in declared}, variable["name"]
        declared.add(variable["name"])
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            assert _variables(target["rawSql"]) <= {(name, "sqlstring") for name in declared}, panel["title"]


def test_a_variable_without_a_format_would_be_found() -> None:
    assert _variables("in ($county) or ${circle} or ${city:csv} and $__timeFilter(x) and ${__from}") == {
        ("county", ""),
        ("circle", ""),
        ("city", "csv"),
    }


def test_only_the_read_schema_is_asked(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            tables = re.findall(r"\b(?:from|join)\s+([a-z_.]+)", target["rawSql"])
            assert tables, panel["title"]
            assert all(table.startswith("read.") for table in tables), panel["title"]


def test_panels_do_not_overlap_and_leave_no_gap_in_a_row(dashboard: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len(taken) == 24 * (1 + max(y for _, y in taken))


def test_no_statement_lies_unused(dashboard: dict[str, Any]) -> None:
    shown = {target["rawSql"] for panel in dashboard["panels"] for target in panel["targets"]}
    shown |= {str(variable["query"]) for variable in dashboard["templating"]["list"]}
    queries = Queries("carecircle_dashboards")
    for name in queries.names():
        statement = queries[name].decode().partition("\n")[2].strip().removesuffix(";")
        assert statement in shown, name


def test_provisioning_lets_nobody_change_it_in_the_browser(source: dict[str, Any]) -> None:
    assert source["editable"] is False
    assert source["user"] == "carecircle_grafana"
    assert re.fullmatch(r"\$__file\{/run/secrets/\w+\}", source["secureJsonData"]["password"])
    assert source["jsonData"]["timescaledb"] is True
    provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/carecircle.yaml").read_text())["providers"][0]
    assert provider["allowUiUpdates"] is False


def _variables(text: str) -> set[tuple[str, str]]:
    """Name and format of every variable; macros and Grafana's own variables are left out."""
    found = re.findall(r"\$(?:\{(\w+)(?::(\w+))?\}|(\w+))", text)
    named = {(braced or bare, form) for braced, form, bare in found}
    return {(name, form) for name, form in named if not name.startswith("__")}
