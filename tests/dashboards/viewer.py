"""A viewer: runs a board's panels as Grafana would, logged in as a role of the database."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.build import render
from tests.dashboards.macros import Asked, Chosen, expand, resample

Row = tuple[Any, ...]
AREAS = ("province", "city", "county", "street", "community")
_SPANS = {"30m": timedelta(minutes=30), "24h": timedelta(hours=24), "30d": timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody has chosen at the top of a board; an area or institution that is not named is "all"."""

    areas: Mapping[str, Sequence[str]] = field(default_factory=dict)
    circles: Sequence[str] = ("urban", "rural", "herding")
    providers: Sequence[str] | None = None
    level: str = "6"
    bed: str = ""
    days: float = 30

    def variables(self) -> dict[str, Chosen]:
        """As the page has them."""
        found = {name: _several(self.areas.get(name)) for name in AREAS}
        found["provider"] = _several(self.providers)
        found["circle"] = Chosen(self.circles)
        found["level"] = Chosen([self.level], is_multi=False)
        found["bed"] = Chosen([self.bed], is_multi=False)
        return found


@dataclass(frozen=True, slots=True)
class Panel:
    """One statement of a board."""

    board: str
    title: str
    kind: str
    statement: str
    is_series: bool
    span: timedelta | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a panel got: `asked_at` is the database's own time just before."""

    columns: list[str]
    rows: list[Row]
    asked_at: datetime
    took_ms: float


def panels(board: str) -> Iterator[Panel]:
    """Every statement of the board, its marks included."""
    built = json.loads(render(BOARDS[board]()))
    for panel in built["panels"]:
        for target in panel.get("targets", ()):
            span = _SPANS[panel["timeFrom"]] if "timeFrom" in panel else None
            is_series = target["format"] == "time_series"
            yield Panel(board, panel["title"], panel["type"], target["rawSql"], is_series, span)
    for mark in built["annotations"]["list"]:
        yield Panel(board, f"标注：{mark['name']}", "annotation", mark["target"]["rawSql"], is_series=False, span=None)


def variables(board: str) -> dict[str, str]:
    """The statements of the board's variables, by name, in order."""
    built = json.loads(render(BOARDS[board]()))
    return {one["name"]: one["query"] for one in built["templating"]["list"] if one["type"] == "query"}


class Viewer:
    """Looks at panels through one login."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def look(self, panel: Panel, choice: Choice, now: datetime) -> Shown:
        """Run a panel for the time that ends at `now`."""
        span = panel.span or timedelta(days=choice.days)
        asked = Asked(now - span, now, variables=choice.variables())
        expanded = expand(panel.statement, asked)
        asked_at = self._connection.execute("select clock_timestamp()").fetchall()[0][0]
        began = time.perf_counter()
        cursor = self._connection.execute(expanded.sql.encode())
        rows: list[Row] = list(cursor.fetchall())
        took_ms = (time.perf_counter() - began) * 1000
        names = [column.name for column in cursor.description or ()]
        if panel.is_series:
            assert names[0] == "time", f"{panel.title} has no time"
            assert [row[0] for row in rows] == sorted(row[0] for row in rows), f"{panel.title} is not in order of time"
        if expanded.fill is not None:
            rows = list(resample([(row[0], row[1], row[2]) for row in rows], expanded.fill, asked.start, asked.end))
        return Shown(names, rows, asked_at, took_ms)

    def options(self, statement: str, choice: Choice) -> list[Row]:
        """What a variable offers."""
        moment = datetime.now().astimezone()
        return self._connection.execute(
            expand(statement, Asked(moment, moment, variables=choice.variables())).sql.encode()
        ).fetchall()


def narrowed(choice: Choice, **areas: str) -> Choice:
    """The choice with one place on some levels."""
    return replace(choice, areas={**choice.areas, **{name: [code] for name, code in areas.items()}})


def _several(values: Sequence[str] | None) -> Chosen:
    return Chosen([], raw_all="''") if values is None else Chosen(values)
