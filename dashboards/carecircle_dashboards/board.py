"""A board: one question, its variables, and panels laid out row by row (pure)."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import barchart, geomap, stat, table, text, timeseries
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    AnnotationQuery,
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    GridPos,
    VariableModel,
)

_WIDTH = 24
# Accepted by Grafana 11 to 13; newer ones migrate it when they load it.
SCHEMA_VERSION = 39
TAG = "carecircle"


PanelBuilder = barchart.Panel | geomap.Panel | stat.Panel | table.Panel | text.Panel | timeseries.Panel


class Board:
    """Numbers panels from 1 and sets them side by side; a row's panels share its height and have to fill its width."""

    def __init__(self, uid: str, title: str, question: str, since: str, until: str = "now") -> None:
        self._builder = (
            dashboard_builder.Dashboard(title)
            .uid(uid)
            .description(f"{question}数字的定义见各面板标题旁的说明。")
            .tags([TAG])
            .timezone("Asia/Shanghai")
            .week_start("monday")
            .time(since, until)
            .refresh("1m")
            .readonly()
            .tooltip(DashboardCursorSync.CROSSHAIR)
            .annotations([])
            .link(_other_boards())
        )
        self._next_id = 1
        self._y = 0

    def variables(self, variables: Sequence[Builder[VariableModel]]) -> None:
        """What is chosen at the top, in this order."""
        self._builder.variables(list(variables))

    def annotate(self, annotation: Builder[AnnotationQuery]) -> None:
        """Mark moments in every chart."""
        self._builder.annotation(annotation)

    def row(self, height: int, *panels: tuple[int, PanelBuilder]) -> None:
        """(width, panel) from left to right; raises `ValueError` where the widths do not make 24."""
        if sum(width for width, _ in panels) != _WIDTH:
            raise ValueError(f"the row at {self._y} is not {_WIDTH} wide")
        x = 0
        for width, panel in panels:
            panel.id(self._next_id).grid_pos(GridPos(x=x, y=self._y, w=width, h=height))
            self._builder.with_panel(panel)
            self._next_id += 1
            x += width
        self._y += height

    def build(self) -> Dashboard:
        """The dashboard."""
        built = self._builder.build()
        built.schema_version = SCHEMA_VERSION
        return built


def _other_boards() -> dashboard_builder.DashboardLink:
    return (
        dashboard_builder.DashboardLink("其他页面")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )
