"""The JSON held against Grafana's types as the builder library publishes them: nothing unknown, nothing mistyped."""

import json
import types
import typing
from enum import Enum
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import barchart, geomap, stat, table, text, timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.build import render

OPTIONS: dict[str, Any] = {
    "barchart": barchart.Options,
    "geomap": geomap.Options,
    "stat": stat.Options,
    "table": table.Options,
    "text": text.Options,
    "timeseries": timeseries.Options,
}
CUSTOM: dict[str, Any] = {
    "barchart": barchart.FieldConfig,
    "table": table.FieldConfig,
    "timeseries": timeseries.FieldConfig,
}
# Faults of the published types: degrees are no whole numbers, opacity neither; and these two may be anything.
LOOSE = {"lat", "lon", "opacity", "options", "value"}


def again(kind: Any, document: dict[str, Any]) -> dict[str, Any]:
    """Read with the library's types and written again: what these do not know is gone."""
    written: dict[str, Any] = json.loads(json.dumps(kind.from_json(document), cls=JSONEncoder))
    return written


def unknown(before: Any, after: Any, path: str = "") -> list[str]:
    """Where something was lost."""
    if isinstance(before, dict) and isinstance(after, dict):
        lost = [f"{path}.{key}" for key in before.keys() - after.keys()]
        return lost + [
            found for key in before.keys() & after.keys() for found in unknown(before[key], after[key], f"{path}.{key}")
        ]
    if isinstance(before, list) and isinstance(after, list):
        return [
            found
            for number, pair in enumerate(zip(before, after, strict=True))
            for found in unknown(*pair, f"{path}[{number}]")
        ]
    return [] if before == after else [f"{path}: {before!r} became {after!r}"]


def mistyped(value: object, wanted: Any, path: str) -> list[str]:  # noqa: PLR0911 - one answer for each kind of type
    """Where a value read is not what its type says."""
    origin, parts = typing.get_origin(wanted), typing.get_args(wanted)
    if wanted is typing.Any or wanted is object or path.rpartition(".")[2] in LOOSE:
        return []
    if origin in {typing.Union, types.UnionType}:
        tries = [mistyped(value, part, path) for part in parts]
        return min(tries, key=len)
    if origin is typing.Literal:
        return [] if value in parts else [f"{path} is {value!r}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [found for number, item in enumerate(value) for found in mistyped(item, parts[0], f"{path}[{number}]")]
    if origin is dict:
        return [] if isinstance(value, dict) else [f"{path} is no object"]
    if not isinstance(wanted, type) or not hasattr(wanted, "from_json"):
        fits = isinstance(value, (int, float)) if wanted is float else _is_of(value, wanted)
        return [] if fits else [f"{path} is {value!r}, not {wanted}"]
    if not isinstance(value, wanted):
        return [f"{path} is {type(value).__name__}, not {wanted.__name__}"]
    hints = typing.get_type_hints(wanted)
    return [found for name, hint in hints.items() for found in mistyped(getattr(value, name), hint, f"{path}.{name}")]


def _is_of(value: object, wanted: Any) -> bool:
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return value in [member.value for member in wanted]
    return isinstance(value, wanted) if isinstance(wanted, type) else True


@pytest.fixture(params=sorted(BOARDS))
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    built: dict[str, Any] = json.loads(render(BOARDS[request.param]()))
    return built


def test_nothing_stands_in_it_that_grafana_does_not_know(document: dict[str, Any]) -> None:
    assert unknown(document, again(Dashboard, document)) == []
    for panel in document["panels"]:
        assert unknown(panel["options"], again(OPTIONS[panel["type"]], panel["options"])) == [], panel["title"]
        custom = panel.get("fieldConfig", {}).get("defaults", {}).get("custom")
        if custom is not None and panel["type"] in CUSTOM:
            assert unknown(custom, again(CUSTOM[panel["type"]], custom)) == [], panel["title"]


def test_everything_is_of_the_type_that_grafana_wants(document: dict[str, Any]) -> None:
    assert mistyped(Dashboard.from_json(document), Dashboard, "") == []
    for panel in document["panels"]:
        kind = OPTIONS[panel["type"]]
        assert mistyped(kind.from_json(panel["options"]), kind, panel["title"]) == []


def test_the_checks_find_what_is_wrong(document: dict[str, Any]) -> None:
    assert unknown({**document, "colour": 1}, again(Dashboard, {**document, "colour": 1})) == [".colour"]
    wrong = {**document, "title": 7}
    assert mistyped(Dashboard.from_json(wrong), Dashboard, "") == [".title is 7, not <class 'str'>"]


def test_it_is_the_classic_schema_that_eleven_to_thirteen_read(document: dict[str, Any]) -> None:
    assert document["schemaVersion"] == 39
    assert "elements" not in document
    assert all(panel["type"] in OPTIONS for panel in document["panels"])
