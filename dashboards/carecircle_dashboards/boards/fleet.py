"""The fleet: which beds are protected now, which devices have fallen silent, and which models do that (pure)."""

from grafana_foundation_sdk.builders.barchart import Panel as BarPanel
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import fleet as figures
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

UID = "carecircle-fleet"
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (figures.PROTECTED, "protected_share"),
    (figures.SILENT_BEDS, "silent_beds"),
    (figures.DEAD_DEVICES, "dead_devices"),
    (figures.LOW_BATTERY, "low_battery"),
    (figures.UNTESTED, "untested_beds"),
    (figures.DEVICES, "devices"),
)


def fleet() -> Dashboard:
    """Key figures, the trend, places with the worst first, models, batteries, silent beds."""
    queries = PanelQueries("fleet.sql")
    board = Board(UID, "设备与防护", "床位现在受不受防护，哪些设备静默了，是哪种型号、哪个固件。", "now-30d")
    board.variables([*area_variables(), circle_variable(), level_variable()])
    board.row(4, *((4, single_figure(figure, queries.table(query))) for figure, query in _KEY_FIGURES))
    board.row(8, (12, _protected_by_day(queries)), (12, _devices_by_day(queries)))
    board.row(9, (24, _area_ranking(queries)))
    board.row(9, (14, _models(queries)), (10, _batteries(queries)))
    board.row(9, (24, _silent_longest(queries)))
    return board.build()


def _protected_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.PROTECTED_BY_DAY, queries.series("protected_by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(6)
    for name, shown, colour in (
        ("protected", "完整防护", "green"),
        ("partly", "部分防护", "orange"),
        ("silent", "静默", "red"),
    ):
        column(panel, name, shown, max=1, color={"mode": "fixed", "fixedColor": colour})
    return panel


def _devices_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.DEVICES_BY_DAY, queries.series("devices_by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(6)
    column(panel, "dead", "没有存活证据", color={"mode": "fixed", "fixedColor": "red"})
    column(panel, "low_battery", "低电量", color={"mode": "fixed", "fixedColor": "orange"})
    return panel


def _area_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.FLEET_RANKING, queries.table("area_ranking"))
    place_columns(panel, UID)
    column(panel, "beds", "床位", custom__width=90)
    column(panel, "share", figures.PROTECTED.title, custom__minWidth=200, **gauged(figures.PROTECTED.steps))
    column(panel, "silent", "静默床位", custom__width=110)
    column(panel, "devices", "设备", custom__width=90)
    column(panel, "dead", "无存活证据", custom__width=110)
    column(panel, "low", "低电量", custom__width=90)
    return panel


def _models(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.MODELS, queries.table("models"))
    column(panel, "model", "型号", custom__minWidth=130)
    column(panel, "firmware", "固件", mappings=[words.mapping({"unknown": "未知"})], custom__width=110)
    column(panel, "devices", "设备", custom__width=90)
    column(panel, "alive", "有存活证据", custom__width=200, **gauged(figures.PROTECTED_STEPS))
    column(panel, "battery", "电量中位数", unit="percent", decimals=0, custom__width=120)
    return panel


def _batteries(queries: PanelQueries) -> BarPanel:
    panel = by_class(figures.BATTERIES, queries.table("batteries"), "battery")
    column(panel, "battery", "电量 %")
    column(panel, "devices", "设备", color={"mode": "fixed", "fixedColor": "blue"})
    return panel


def _silent_longest(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.SILENT_LONGEST, queries.table("silent_longest"))
    bed_column(panel)
    column(panel, "county_name", "区县", custom__minWidth=140)
    column(panel, "circle", "服务圈", mappings=[words.mapping(words.CIRCLES)], custom__width=150)
    column(panel, "last_seen_at", "最后一次消息", unit="time:YYYY-MM-DD HH:mm:ss", custom__width=180)
    column(panel, "silent_s", "已静默", unit="s", decimals=0, custom__width=140, **coloured(figures.SILENT_BEDS.steps))
    return panel
