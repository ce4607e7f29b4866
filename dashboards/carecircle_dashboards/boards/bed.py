"""One bed: is it protected, what did it measure, how were the nights, what happened (pure)."""

from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig
from grafana_foundation_sdk.builders.stat import Panel as StatPanel
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle, GraphThresholdsStyleMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import bed as figures
from carecircle_dashboards.figures.figure import Figure
from carecircle_dashboards.figures.fleet import BATTERY_STEPS
from carecircle_dashboards.panels import any_field, coloured, column, over_time, rows, single_figure
from carecircle_dashboards.postgres import DATA_SOURCE, PanelQueries
from carecircle_dashboards.variables import area_variables, bed_variable, circle_variable

UID = "carecircle-bed"
_TEXT = {"type": "color-text"}


def bed() -> Dashboard:
    """State now, vital signs with bands, nights, devices, the record; incidents as marks in every chart."""
    queries = PanelQueries("bed.sql")
    board = Board(UID, "一个床位", "这个床位受不受防护，测到了什么，夜里怎么样，发生过什么。", "now-2d")
    board.variables([*area_variables(), circle_variable(), bed_variable(queries)])
    board.annotate(_marks(queries))
    board.row(
        4,
        (4, _protection(queries)),
        (5, single_figure(figures.LAST_WORD, queries.table("last_word"))),
        (5, single_figure(figures.HEARD, queries.table("heard_hours"))),
        (5, single_figure(figures.OPEN_INCIDENTS, queries.table("open_incidents"))),
        (5, single_figure(figures.INCIDENTS, queries.table("incidents"))),
    )
    board.row(8, (12, _heart_rate(queries)), (12, _plain(queries, figures.BREATH, "respiratory_rate", "呼吸")))
    board.row(8, (12, _spo2(queries)), (12, _in_bed(queries)))
    board.row(8, (12, _nights(queries)), (12, _devices(queries)))
    board.row(9, (24, _record(queries)))
    return board.build()


def _marks(queries: PanelQueries) -> dashboard_builder.AnnotationQuery:
    return (
        dashboard_builder.AnnotationQuery()
        .name("事件")
        .datasource(DATA_SOURCE)
        .enable(True)
        .icon_color("red")
        .target(queries.table("marks"))
    )


def _protection(queries: PanelQueries) -> StatPanel:
    panel = single_figure(figures.PROTECTION, queries.table("protection"))
    panel.mappings([words.mapping(words.PROTECTION)]).unit("string")
    panel.reduce_options(any_field())
    return panel


def _banded(figure: Figure, queries: PanelQueries, query: str) -> SeriesPanel:
    panel = over_time(figure, queries.series(query))
    panel.line_width(1).show_points(VisibilityMode.NEVER).span_nulls(False)
    panel.thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.AREA))
    return panel


def _heart_rate(queries: PanelQueries) -> SeriesPanel:
    panel = _banded(figures.HEART_RATE, queries, "heart_rate")
    column(panel, "heart_rate", "心率", color={"mode": "fixed", "fixedColor": "blue"})
    pale = {"mode": "fixed", "fixedColor": "gray"}
    column(panel, "heart_rate_min", "最小", color=pale, custom__lineWidth=0)
    column(panel, "heart_rate_max", "最大", color=pale, custom__lineWidth=0, custom__fillBelowTo="heart_rate_min")
    return panel


def _plain(queries: PanelQueries, figure: Figure, query: str, shown: str) -> SeriesPanel:
    panel = _banded(figure, queries, query)
    column(panel, query, shown, color={"mode": "fixed", "fixedColor": "blue"})
    return panel


def _spo2(queries: PanelQueries) -> SeriesPanel:
    panel = _banded(figures.SPO2, queries, "spo2")
    panel.min(70).max(100)
    column(panel, "spo2", "平均", color={"mode": "fixed", "fixedColor": "blue"})
    column(panel, "spo2_min", "最小", color={"mode": "fixed", "fixedColor": "purple"})
    return panel


def _in_bed(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.IN_BED, queries.series("in_bed"))
    panel.line_width(1).fill_opacity(30).show_points(VisibilityMode.NEVER).max(1)
    column(panel, "in_bed", "在床", color={"mode": "fixed", "fixedColor": "blue"})
    return panel


def _nights(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.NIGHTS, queries.series("nights"))
    # A night is one bar, however short the time shown is.
    panel.time_from("30d").draw_style(GraphDrawStyle.BARS).fill_opacity(60).line_width(0)
    column(panel, "in_bed_h", "在床小时", color={"mode": "fixed", "fixedColor": "blue"})
    column(panel, "heard_h", "有读数的小时", color={"mode": "fixed", "fixedColor": "gray"})
    movement = {"mode": "fixed", "fixedColor": "orange"}
    column(
        panel,
        "movement",
        "体动",
        unit="short",
        decimals=2,
        color=movement,
        custom__drawStyle=GraphDrawStyle.LINE,
        custom__lineWidth=2,
        custom__axisPlacement="right",
    )
    return panel


def _devices(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.DEVICES, queries.table("devices"))
    column(panel, "device", "设备", custom__width=100)
    column(panel, "model", "型号", custom__minWidth=110)
    column(panel, "battery", "电量", unit="percent", decimals=0, custom__width=80, **coloured(BATTERY_STEPS))
    column(panel, "heard_at", "最后存活证据", unit="time:MM-DD HH:mm:ss", custom__width=150)
    column(panel, "is_alive", "有效", unit="bool_yes_no", custom__width=70)
    words_of = [words.mapping(words.DEVICE_WORDS)]
    column(panel, "word", "说明", mappings=words_of, custom__cellOptions=_TEXT, custom__width=120)
    return panel


def _record(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.RECORD, queries.table("record"))
    column(panel, "opened_at", "开始", unit="time:YYYY-MM-DD HH:mm:ss", custom__width=170)
    column(panel, "kind", "类别", mappings=[words.mapping(words.KINDS)], custom__minWidth=130)
    column(panel, "family", "类型", mappings=[words.mapping(words.FAMILIES)], custom__width=100)
    column(panel, "priority", "优先级", custom__width=90)
    states = [words.mapping(words.STATES)]
    column(panel, "state", "状态", mappings=states, custom__cellOptions=_TEXT, custom__width=130)
    column(panel, "closed_at", "结束", unit="time:YYYY-MM-DD HH:mm:ss", custom__width=170)
    column(panel, "outcome_code", "结果", mappings=[words.mapping(words.OUTCOMES)], custom__width=130)
    return panel
