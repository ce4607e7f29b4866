"""The pipeline: does what homes say arrive, soon enough and readable, and does anything wait (pure)."""

from grafana_foundation_sdk.builders.common import StackingConfig
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle, StackingMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import pipeline as figures
from carecircle_dashboards.figures.figure import Colour, Figure, Steps
from carecircle_dashboards.panels import coloured, column, over_time, place_columns, rows, single_figure
from carecircle_dashboards.postgres import PanelQueries
from carecircle_dashboards.variables import area_variables, circle_variable, level_variable

UID = "carecircle-pipeline"
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (figures.HEARD_NOW, "beds_now"),
    (figures.LAG_P95, "lag_p95"),
    (figures.QUARANTINE_SHARE, "quarantine_share"),
    (figures.DUE_LATE, "due_late"),
    (figures.WAITING, "waiting"),
    (figures.ROLLUP_BEHIND, "rollup_behind"),
)
# A minute: the engine goes round every few seconds (proposal).
_PULSE: Steps = ((None, Colour.GOOD), (20.0, Colour.WATCH), (60.0, Colour.BAD))
_SERIES = (("vitals", "blue"), ("environment", "green"), ("spot_check", "purple"))


def pipeline() -> Dashboard:
    """Key figures, rates, lag, what could not be read, places with the latest first, queues, services, storage."""
    queries = PanelQueries("pipeline.sql")
    board = Board(UID, "数据通路", "家里说的话有没有到、及不及时、读不读得懂，有没有积压。", "now-30d")
    board.variables([*area_variables(), circle_variable(), level_variable()])
    board.row(4, *((4, single_figure(figure, queries.table(query))) for figure, query in _KEY_FIGURES))
    board.row(8, (12, _beds_by_minute(queries)), (12, _messages_by_hour(queries)))
    board.row(8, (12, _lag_by_day(queries)), (12, _quarantine(queries)))
    board.row(9, (24, _area_ranking(queries)))
    board.row(8, (8, _queues(queries)), (6, _services(queries)), (10, _chunks(queries)))
    return board.build()


def _beds_by_minute(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.BEDS_BY_MINUTE, queries.series("beds_by_minute"))
    panel.time_from("30m").line_width(1).fill_opacity(10).show_points(VisibilityMode.NEVER)
    _name_histories(panel)
    return panel


def _messages_by_hour(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.MESSAGES_BY_HOUR, queries.series("messages_by_hour"))
    panel.time_from("24h").draw_style(GraphDrawStyle.BARS).fill_opacity(60).line_width(0)
    panel.stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))
    _name_histories(panel)
    return panel


def _lag_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.LAG_BY_DAY, queries.series("lag_by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(6)
    for name, shown, colour in (
        ("p50", "中位数", "blue"),
        ("p95", "95 分位", "orange"),
        ("p99", "99 分位", "red"),
    ):
        column(panel, name, shown, color={"mode": "fixed", "fixedColor": colour})
    return panel


def _quarantine(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.QUARANTINE, queries.series("quarantine"))
    panel.draw_style(GraphDrawStyle.BARS).fill_opacity(60).line_width(0)
    return panel.stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))


def _area_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.SLOWEST, queries.table("area_ranking"))
    place_columns(panel, UID)
    column(panel, "messages", "读数条数", custom__width=130)
    column(panel, "lag_p95", "迟到 · 95 分位", unit="s", decimals=0, custom__width=150, **coloured(figures.LAG_STEPS))
    column(panel, "late_share", "超过 1 分钟", unit="percentunit", decimals=2, custom__width=130)
    return panel


def _queues(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.QUEUES, queries.table("queues"))
    column(panel, "channel", "通道", custom__minWidth=90)
    column(panel, "state", "状态", custom__width=110)
    column(panel, "messages", "条数", custom__width=70)
    column(panel, "oldest_s", "最久", unit="s", decimals=0, custom__width=90, **coloured(_PULSE))
    column(panel, "attempts", "次数", custom__width=70)
    return panel


def _services(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.SERVICES, queries.table("services"))
    column(panel, "service", "部分", custom__minWidth=90)
    column(panel, "at", "时间", unit="time:HH:mm:ss", custom__width=90)
    column(panel, "age_s", "多久以前", unit="s", decimals=0, custom__width=100, **coloured(_PULSE))
    return panel


def _chunks(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.CHUNKS, queries.table("chunks"))
    column(panel, "history", "历史", mappings=[words.mapping(words.HISTORIES)], custom__minWidth=120)
    column(panel, "chunks", "分块", custom__width=70)
    column(panel, "bytes", "占用", unit="bytes", decimals=1, custom__width=90)
    column(panel, "largest", "最大一块", unit="bytes", decimals=1, custom__width=90)
    column(panel, "since", "始于", unit="time:YYYY-MM-DD", custom__width=110)
    column(panel, "compressed", "已压缩", custom__width=80)
    return panel


def _name_histories(panel: SeriesPanel) -> None:
    for name, colour in _SERIES:
        column(panel, name, words.HISTORIES[name], color={"mode": "fixed", "fixedColor": colour})
