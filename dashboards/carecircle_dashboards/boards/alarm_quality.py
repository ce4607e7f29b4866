"""Alarm quality: what a desk is asked to bear, and what of it was worth it (pure)."""

from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig, StackingConfig
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import (
    GraphDrawStyle,
    GraphThresholdsStyleMode,
    StackingMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import alarms
from carecircle_dashboards.figures.figure import Figure
from carecircle_dashboards.panels import (
    bed_column,
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

UID = "carecircle-alarm-quality"
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (alarms.RATE, "rate"),
    (alarms.FLOOD_TIME, "flood_time"),
    (alarms.FALSE_SHARE, "false_share"),
    (alarms.STALE, "stale"),
    (alarms.CHATTERING, "chattering"),
    (alarms.HELD_BACK, "held_back"),
)
_COLOURS = {"P1": "red", "P2": "orange", "P3": "blue"}


def alarm_quality() -> Dashboard:
    """Key figures, load over time, the mix, what was worth it, where, and the worst offenders."""
    queries = PanelQueries("alarm_quality.sql")
    board = Board(UID, "告警质量", "坐席承受多少告警，其中多少是值得的，该去调哪一类、哪一台。", "now-30d")
    board.variables([*area_variables(), circle_variable(), level_variable()])
    board.row(4, *((4, single_figure(figure, queries.table(query))) for figure, query in _KEY_FIGURES))
    board.row(8, (14, _by_hour(queries)), (10, _worst_ten(queries)))
    board.row(8, (8, _priorities(queries)), (16, _by_kind(queries)))
    board.row(9, (14, _area_ranking(queries)), (10, _by_model(queries)))
    board.row(9, (12, _chatter_list(queries)), (12, _stale_list(queries)))
    return board.build()


def _by_hour(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(alarms.BY_HOUR, queries.series("by_hour"))
    panel.draw_style(GraphDrawStyle.BARS).fill_opacity(70).line_width(0)
    panel.stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))
    for name, colour in _COLOURS.items():
        column(panel, name, name, color={"mode": "fixed", "fixedColor": colour})
    return panel


def _worst_ten(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(alarms.WORST_TEN, queries.series("worst_ten"))
    panel.draw_style(GraphDrawStyle.LINE).line_width(2).show_points(VisibilityMode.ALWAYS).point_size(6)
    panel.thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    column(panel, "alarms", "最忙的 10 分钟", color={"mode": "fixed", "fixedColor": "purple"})
    return panel


def _priorities(queries: PanelQueries) -> TablePanel:
    panel = rows(alarms.PRIORITIES, queries.table("priorities"))
    column(panel, "priority", "优先级", unit="string", custom__width=90)
    column(panel, "alarms", "告警", unit="short", decimals=0, custom__width=100)
    column(panel, "share", "占比", unit="percentunit", decimals=1, custom__minWidth=110)
    column(panel, "reference", "参考", unit="percentunit", decimals=0, custom__width=90)
    return panel


def _by_kind(queries: PanelQueries) -> TablePanel:
    panel = rows(alarms.BY_KIND, queries.table("by_kind"))
    column(panel, "kind", "类别", mappings=[words.mapping(words.KINDS)], custom__minWidth=140)
    column(panel, "alarms", "告警", custom__width=90)
    column(panel, "judged", "已结案", custom__width=90)
    column(panel, "false_share", "误报占比", custom__width=200, **gauged(alarms.FALSE_STEPS))
    column(panel, "taken_p50", "接手 · 中位数", unit="s", decimals=0, custom__width=130)
    return panel


def _area_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(alarms.AREA_RANKING, queries.table("area_ranking"))
    place_columns(panel, UID)
    column(panel, "beds", "床位", custom__width=80)
    column(panel, "alarms", "告警", custom__width=90)
    column(panel, "a_day", "每百床每天", unit="short", decimals=2, custom__width=120)
    column(panel, "false_share", "误报占比", custom__width=160, **gauged(alarms.FALSE_STEPS))
    return panel


def _by_model(queries: PanelQueries) -> TablePanel:
    panel = rows(alarms.BY_MODEL, queries.table("by_model"))
    column(panel, "model", "型号", mappings=[words.mapping({"unknown": "未知"})], custom__minWidth=120)
    column(panel, "alarms", "告警", custom__width=90)
    column(panel, "judged", "已结案", custom__width=90)
    column(panel, "false_share", "误报占比", custom__width=160, **gauged(alarms.FALSE_STEPS))
    return panel


def _chatter_list(queries: PanelQueries) -> TablePanel:
    panel = rows(alarms.CHATTER_LIST, queries.table("chatter_list"))
    bed_column(panel)
    column(panel, "device", "设备", custom__width=90)
    column(panel, "model", "型号", custom__minWidth=100)
    column(panel, "kind", "类别", mappings=[words.mapping(words.KINDS)], custom__width=110)
    column(panel, "times", "抖动次数", custom__width=90)
    column(panel, "alarms", "出现次数", custom__width=90)
    return panel


def _stale_list(queries: PanelQueries) -> TablePanel:
    panel = rows(alarms.STALE_LIST, queries.table("stale_list"))
    bed_column(panel)
    column(panel, "county_name", "区县", custom__minWidth=100)
    column(panel, "kind", "类别", mappings=[words.mapping(words.KINDS)], custom__width=110)
    column(panel, "device", "设备", custom__width=80)
    column(panel, "priority", "优先级", custom__width=80)
    column(panel, "raised_at", "出现时间", unit="time:YYYY-MM-DD HH:mm", custom__width=150)
    column(panel, "stands_s", "已持续", unit="s", decimals=0, custom__width=110, **coloured(alarms.STALE.steps))
    return panel
