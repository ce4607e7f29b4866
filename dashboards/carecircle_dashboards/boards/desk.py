"""The desk: is every call answered, soon enough, by month as it is judged; load and drills (pure)."""

from grafana_foundation_sdk.builders.barchart import Panel as BarPanel
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import GraphThresholdsStyleMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import desk as figures
from carecircle_dashboards.figures.figure import Figure
from carecircle_dashboards.panels import (
    bed_column,
    by_class,
    coloured,
    column,
    gauged,
    over_time,
    place_columns,
    rows,
    single_figure,
)
from carecircle_dashboards.postgres import PanelQueries
from carecircle_dashboards.variables import area_variables, circle_variable, level_variable

UID = "carecircle-desk"
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (figures.IN_60, "in_60"),
    (figures.IN_180, "in_180"),
    (figures.UNANSWERED, "unanswered"),
    (figures.ANSWER_P95, "answer_p95"),
    (figures.OPERATORS, "operators"),
    (figures.DRILLS, "drills"),
)


def desk() -> Dashboard:
    """Key figures, by month beside what is wanted, by day, load, places, operators, drills."""
    queries = PanelQueries("desk.sql")
    board = Board(UID, "坐席与应答", "每次求助有没有人接、多快接，几点最忙，有没有演练。", "now-30d")
    board.variables([*area_variables(), circle_variable(), level_variable()])
    board.row(4, *((4, single_figure(figure, queries.table(query))) for figure, query in _KEY_FIGURES))
    board.row(8, (12, _by_month(queries)), (12, _by_day(queries)))
    board.row(9, (14, _area_ranking(queries)), (10, _by_operator(queries)))
    board.row(8, (12, _load_by_hour(queries)), (12, _drill_list(queries)))
    return board.build()


def _by_month(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.BY_MONTH, queries.table("by_month"))
    column(panel, "month", "月份", unit="string", custom__width=100)
    column(panel, "calls", "求助", unit="short", decimals=0, custom__width=90)
    column(panel, "in_60", "60 秒内", custom__minWidth=120, **gauged(figures.IN_60_STEPS))
    column(panel, "in_180", "180 秒内", custom__minWidth=120, **gauged(figures.IN_180_STEPS))
    column(panel, "wanted_60", "要求 60 秒", unit="percentunit", decimals=1, custom__width=100)
    column(panel, "wanted_180", "要求 180 秒", unit="percentunit", decimals=1, custom__width=100)
    return panel


def _by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.BY_DAY, queries.series("by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(6)
    panel.thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    column(panel, "p50", "中位数", color={"mode": "fixed", "fixedColor": "blue"})
    column(panel, "p95", "95 分位", color={"mode": "fixed", "fixedColor": "orange"})
    return panel


def _area_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.AREA_RANKING, queries.table("area_ranking"))
    place_columns(panel, UID)
    column(panel, "calls", "求助", custom__width=80)
    column(panel, "in_60", "60 秒内", custom__width=140, **gauged(figures.IN_60_STEPS))
    column(panel, "in_180", "180 秒内", custom__width=140, **gauged(figures.IN_180_STEPS))
    column(panel, "p95", "95 分位", unit="s", decimals=0, custom__width=100, **coloured(figures.ANSWER_P95.steps))
    return panel


def _by_operator(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.BY_OPERATOR, queries.table("by_operator"))
    column(panel, "operator", "坐席编号", unit="string", custom__width=100)
    column(panel, "calls", "接手", custom__width=80)
    column(panel, "in_60", "60 秒内", custom__minWidth=140, **gauged(figures.IN_60_STEPS))
    column(panel, "p50", "中位数", unit="s", decimals=0, custom__width=100)
    return panel


def _load_by_hour(queries: PanelQueries) -> BarPanel:
    panel = by_class(figures.LOAD_BY_HOUR, queries.table("load_by_hour"), "hour")
    column(panel, "hour", "时刻")
    column(panel, "calls", "求助 / 天", color={"mode": "fixed", "fixedColor": "red"})
    column(panel, "alarms", "告警 / 天", color={"mode": "fixed", "fixedColor": "blue"})
    return panel


def _drill_list(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.DRILL_LIST, queries.table("drill_list"))
    column(panel, "opened_at", "时间", unit="time:YYYY-MM-DD HH:mm", custom__width=150)
    column(panel, "county_name", "区县", custom__minWidth=110)
    bed_column(panel)
    column(panel, "kind", "类型", mappings=[words.mapping(words.KINDS)], custom__width=90)
    for name, shown in (
        ("opened_to_acknowledged_s", "应答"),
        ("press_to_accepted_s", "接单"),
        ("press_to_arrived_s", "到达"),
    ):
        column(panel, name, shown, unit="s", decimals=0, custom__width=80)
    return panel
