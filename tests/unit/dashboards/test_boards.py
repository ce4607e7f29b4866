"""The dashboards' JSON: what is in the repository is what the code builds, and it leaves nothing to Grafana's guess."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from carecircle.db.queries import Queries
from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.build import render
from carecircle_dashboards.command import dashboards
from carecircle_dashboards.postgres import PanelQueries

GRAFANA = Path(__file__).parents[3] / "dashboards/grafana"
DRAWN_OVER_TIME = {"timeseries"}


@pytest.fixture(scope="module", params=sorted(BOARDS))
def dashboard(request: pytest.FixtureRequest) -> dict[str, Any]:
    built: dict[str, Any] = json.loads(render(BOARDS[request.param]()))
    return built


@pytest.fixture(scope="module")
def source() -> dict[str, Any]:
    provisioned = yaml.safe_load((GRAFANA / "provisioning/datasources/carecircle.yaml").read_text())
    found: dict[str, Any] = provisioned["datasources"][0]
    return found


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_the_file_in_the_repository_is_what_the_code_builds(name: str) -> None:
    path = GRAFANA / f"dashboards/{name}.json"
    assert path.read_text() == render(BOARDS[name]()), "run `carecircle dashboards build`"


def test_every_file_has_its_code() -> None:
    assert {path.stem for path in (GRAFANA / "dashboards").iterdir()} == set(BOARDS)


def test_building_twice_changes_nothing(tmp_path: Path) -> None:
    first = CliRunner().invoke(dashboards, ["build", "--into", str(tmp_path)])
    assert first.exit_code == 0
    assert "service_circle.json" in first.output
    again = CliRunner().invoke(dashboards, ["build", "--into", str(tmp_path)])
    assert again.output == "nothing has changed\n"


def test_the_eight_questions_have_a_page_each() -> None:
    titles = {json.loads(render(make()))["title"] for make in BOARDS.values()}
    assert titles == {
        "十五分钟服务圈",
        "设备与防护",
        "告警质量",
        "一个床位",
        "数据通路",
        "坐席与应答",
        "路程与到达",
        "服务月报",
    }
    uids = [json.loads(render(make()))["uid"] for make in BOARDS.values()]
    assert len(uids) == len(set(uids)), "one address, one page"


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
    for panel in _asking(dashboard):
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"], panel["title"]
        assert defaults["noValue"], panel["title"]
        steps = defaults["thresholds"]["steps"]
        assert steps[0]["value"] is None, panel["title"]
        values = [step["value"] for step in steps[1:]]
        assert values == sorted(values), panel["title"]


def test_charts_over_time_have_a_legend(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        if panel["type"] in {*DRAWN_OVER_TIME, "barchart"}:
            assert panel["options"]["legend"]["showLegend"] is True, panel["title"]


def test_every_query_and_variable_asks_the_provisioned_source(
    dashboard: dict[str, Any], source: dict[str, Any]
) -> None:
    expected = {"type": source["type"], "uid": source["uid"]}
    for panel in _asking(dashboard):
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
        assert _variables(variable["query"]) <= {(name, "sqlstring") for name in declared}, variable["name"]
        declared.add(variable["name"])
    for title, statement in _statements(dashboard):
        assert _variables(statement) <= {(name, "sqlstring") for name in declared}, title
    links = json.dumps([panel["fieldConfig"]["overrides"] for panel in _asking(dashboard)])
    assert not re.search(r":(csv|raw)\b", links + "".join(statement for _, statement in _statements(dashboard)))


def test_a_variable_without_a_format_would_be_found() -> None:
    assert _variables("in ($county) or ${circle} or ${city:csv} and $__timeFilter(x) and ${__from}") == {
        ("county", ""),
        ("circle", ""),
        ("city", "csv"),
    }


def test_the_five_levels_are_chained_and_all_of_a_level_is_the_empty_prefix(dashboard: dict[str, Any]) -> None:
    levels = ["province", "city", "county", "street", "community"]
    found = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert list(found)[:5] == levels
    for number, name in enumerate(levels):
        assert found[name]["allValue"] == "''"
        assert {used for used, _ in _variables(found[name]["query"])} == set(levels[:number])


def test_links_lead_to_pages_that_exist_and_choose_what_these_know(dashboard: dict[str, Any]) -> None:
    pages = {built["uid"]: built for make in BOARDS.values() for built in [json.loads(render(make()))]}
    links = [
        link["url"]
        for panel in _asking(dashboard)
        for override in panel["fieldConfig"]["overrides"]
        for prop in override["properties"]
        if prop["id"] == "links"
        for link in prop["value"]
    ]
    for url in links:
        uid = re.fullmatch(r"/d/([a-z-]+)\?.*", url)
        assert uid is not None
        assert uid.group(1) in pages, url
        known = {variable["name"] for variable in pages[uid.group(1)]["templating"]["list"]}
        assert set(re.findall(r"var-(\w+)=", url)) <= known, url


def test_nothing_is_asked_of_anybody_else(dashboard: dict[str, Any]) -> None:
    assert not re.search(r"https?://|//[a-z0-9-]+\.[a-z]", json.dumps(dashboard).replace("\\n", " "))


def test_only_the_read_schema_is_asked(dashboard: dict[str, Any]) -> None:
    for title, statement in _statements(dashboard):
        code = re.sub(r"extract\([a-z]+ from", "extract(", statement)
        own = set(re.findall(r"\b(\w+) as \(\n", code))
        tables = re.findall(r"\b(?:from|join)\s+([a-z_.]+)", code)
        assert tables, title
        inner = {"lateral", "generate_series", *own}
        assert all(table.startswith("read.") or table in inner for table in tables), (title, tables)


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


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_no_statement_lies_unused(name: str) -> None:
    built = json.loads(render(BOARDS[name]()))
    shown = {statement for _, statement in _statements(built)}
    shown |= {str(variable["query"]) for variable in built["templating"]["list"]}
    queries = PanelQueries(f"{name}.sql")
    names = Queries("carecircle_dashboards", f"statements/{name}.sql").names()
    assert [one for one in names if queries.text(one) not in shown] == []


def test_provisioning_lets_nobody_change_it_in_the_browser(source: dict[str, Any]) -> None:
    assert source["editable"] is False
    assert source["user"] == "carecircle_grafana"
    assert re.fullmatch(r"\$__file\{/run/secrets/\w+\}", source["secureJsonData"]["password"])
    assert source["jsonData"]["timescaledb"] is True
    provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/carecircle.yaml").read_text())["providers"][0]
    assert provider["allowUiUpdates"] is False


def _asking(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Panels that ask the database: all but prose."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "text"]


def _statements(dashboard: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(panel["title"], target["rawSql"]) for panel in _asking(dashboard) for target in panel["targets"]]
    return found + [(mark["name"], mark["target"]["rawSql"]) for mark in dashboard["annotations"]["list"]]


def _variables(text: str) -> set[tuple[str, str]]:
    """Name and format of every variable; macros and Grafana's own variables are left out."""
    found = re.findall(r"\$(?:\{(\w+)(?::(\w+))?\}|(\w+))", text)
    named = {(braced or bare, form) for braced, form, bare in found}
    return {(name, form) for name, form in named if not name.startswith("__")}
