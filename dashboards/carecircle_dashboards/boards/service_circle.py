"""The service circle: who was reached inside 15 minutes, where not, at what hour, and by whom (pure)."""

from grafana_foundation_sdk.builders.barchart import Panel as BarPanel
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle, GraphThresholdsStyleMode, VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import circle
from carecircle_dashboards.figures.figure import Figure
from carecircle_dashboards.maps import stations_map
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
from carecircle_dashboards.variables import area_variables, circle_variable, level_variable, provider_variable

UID = "carecircle-service-circle"
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (circle.ARRIVALS_WITHIN, "arrivals_within"),
    (circle.ARRIVAL_P50, "arrival_p50"),
    (circle.ARRIVAL_P95, "arrival_p95"),
    (circle.CALLS, "counted_calls"),
    (circle.OPEN_INCIDENTS, "open_calls"),
    (circle.NOBODY_CAME, "nobody_came"),
)
_FIXED = "fixed"


def service_circle() -> Dashboard:
    """Key figures, the trend, where and when it fails, institutions, the map, single calls."""
    queries = PanelQueries("service_circle.sql")
    board = Board(UID, "十五分钟服务圈", "求助后 15 分钟内有没有人到达，哪里、几点、哪一段没有做到。", "now-30d")
    board.variables([*area_variables(), circle_variable(), provider_variable(queries), level_variable()])
    board.row(4, *((4, single_figure(figure, queries.table(query))) for figure, query in _KEY_FIGURES))
    board.row(9, (12, _share_by_day(queries)), (12, _stages_by_day(queries)))
    board.row(10, (24, _area_ranking(queries)))
    board.row(8, (12, _by_hour(queries)), (12, _stages(queries)))
    board.row(12, (12, stations_map(circle.STATIONS_MAP, queries.table("stations"))), (12, _providers(queries)))
    board.row(
        8,
        (4, single_figure(circle.COVERED, queries.table("covered_now"))),
        (4, single_figure(circle.BACKED_UP, queries.table("backed_up_now"))),
        (16, _coverage_by_hour(queries)),
    )
    board.row(8, (12, _not_reached(queries)), (12, _by_circle(queries)))
    board.row(11, (24, _recent_calls(queries)))
    return board.build()


def _share_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(circle.SHARE_BY_DAY, queries.series("share_by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(7)
    column(panel, "share", "15 分钟内到达率", max=1, color={"mode": _FIXED, "fixedColor": "blue"})
    column(
        panel,
        "calls",
        "计入的求助",
        unit="short",
        decimals=0,
        color={"mode": _FIXED, "fixedColor": "gray"},
        custom__drawStyle=GraphDrawStyle.BARS,
        custom__fillOpacity=35,
        custom__lineWidth=0,
        custom__axisPlacement="right",
        custom__axisLabel="求助数",
    )
    return panel


def _stages_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(circle.STAGES_BY_DAY, queries.series("stages_by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(7)
    panel.thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    for name, shown, colour in (
        ("accepted_p50", "接单 · 中位数", "purple"),
        ("arrived_p50", "到达 · 中位数", "blue"),
        ("arrived_p95", "到达 · 95 分位", "orange"),
    ):
        column(panel, name, shown, color={"mode": _FIXED, "fixedColor": colour})
    return panel


def _area_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(circle.AREA_RANKING, queries.table("area_ranking"))
    place_columns(panel, UID)
    column(panel, "calls", "计入的求助", custom__width=110)
    column(panel, "share", circle.ARRIVALS_WITHIN.title, custom__minWidth=200, **gauged(circle.ARRIVALS_WITHIN.steps))
    column(panel, "acknowledged_p50", "应答 · 中位数", unit="s", decimals=0, custom__width=130)
    column(panel, "accepted_p50", "接单 · 中位数", unit="s", decimals=0, custom__width=130)
    _arrival_columns(panel)
    column(panel, "without_arrival", "没有人到达", custom__width=110)
    return panel


def _by_hour(queries: PanelQueries) -> BarPanel:
    panel = by_class(circle.BY_HOUR, queries.table("by_hour"), "hour")
    column(panel, "hour", "时刻")
    column(panel, "share", "15 分钟内到达率", max=1, color={"mode": "thresholds"})
    return panel


def _stages(queries: PanelQueries) -> TablePanel:
    panel = rows(circle.STAGES, queries.table("stages"))
    column(panel, "stage", "阶段", mappings=[words.mapping(words.STAGES)], custom__minWidth=150)
    column(panel, "calls", "求助数", unit="short", custom__width=100)
    column(panel, "p50", "中位数", unit="s", decimals=0, custom__width=120)
    column(panel, "p95", "95 分位", unit="s", decimals=0, custom__width=120)
    return panel


def _providers(queries: PanelQueries) -> TablePanel:
    panel = rows(circle.PROVIDERS, queries.table("providers"))
    link = {
        "title": "只看${__data.fields.provider_name}",
        "url": f"/d/{UID}?var-provider=${{__data.fields.provider_id}}&${{__url_time_range}}",
        "targetBlank": False,
    }
    column(panel, "provider_id", "编号", custom__width=150)
    column(panel, "provider_name", "机构", links=[link], custom__minWidth=170)
    column(panel, "calls", "求助数", custom__width=80)
    column(panel, "share", "到达率", custom__width=150, **gauged(circle.ARRIVALS_WITHIN.steps))
    for name, shown in (("expected", "期望"), ("difference", "差值"), ("low", "区间下限"), ("high", "区间上限")):
        column(panel, name, shown, unit="percentunit", decimals=1, custom__width=95)
    return panel


def _coverage_by_hour(queries: PanelQueries) -> BarPanel:
    panel = by_class(circle.COVERAGE_BY_HOUR, queries.table("coverage_by_hour"), "hour")
    panel.max(1)
    column(panel, "hour", "时刻")
    column(panel, "covered", "圈内", color={"mode": _FIXED, "fixedColor": "blue"})
    column(panel, "backed_up", "有后备", color={"mode": _FIXED, "fixedColor": "green"})
    return panel


def _not_reached(queries: PanelQueries) -> TablePanel:
    panel = rows(circle.NOT_REACHED, queries.table("not_reached"))
    bed_column(panel)
    column(panel, "county_name", "区县", custom__minWidth=100)
    column(panel, "circle", "服务圈", mappings=[words.mapping(words.CIRCLES)], custom__width=130)
    states = [words.mapping(words.COVERAGE)]
    column(panel, "state", "状态", mappings=states, custom__cellOptions={"type": "color-text"}, custom__width=90)
    for name, shown in (("p50_s", "通常"), ("p90_s", "差时"), ("misses_by_s", "差")):
        column(panel, name, shown, unit="s", decimals=0, custom__width=80)
    return panel


def _by_circle(queries: PanelQueries) -> TablePanel:
    panel = rows(circle.BY_CIRCLE, queries.table("by_circle"))
    column(panel, "circle", "服务圈", mappings=[words.mapping(words.CIRCLES)], custom__minWidth=160)
    column(panel, "calls", "计入的求助", custom__width=120)
    column(panel, "share", circle.ARRIVALS_WITHIN.title, custom__minWidth=220, **gauged(circle.ARRIVALS_WITHIN.steps))
    _arrival_columns(panel)
    return panel


def _recent_calls(queries: PanelQueries) -> TablePanel:
    panel = rows(circle.RECENT_CALLS, queries.table("recent_calls"))
    column(panel, "pressed_at", "按下时间", unit="time:YYYY-MM-DD HH:mm:ss", custom__width=170)
    column(panel, "county_name", "区县", custom__minWidth=140)
    bed_column(panel)
    column(panel, "circle", "服务圈", mappings=[words.mapping(words.CIRCLES)], custom__width=140)
    column(panel, "kind", "类型", mappings=[words.mapping(words.KINDS)], custom__width=120)
    by_text = {"type": "color-text"}
    states = [words.mapping(words.STATES)]
    column(panel, "state", "状态", mappings=states, custom__cellOptions=by_text, custom__width=120)
    for name, shown in (
        ("press_to_acknowledged_s", "应答"),
        ("press_to_accepted_s", "接单"),
        ("press_to_arrived_s", "到达"),
    ):
        column(panel, name, shown, unit="s", decimals=0, custom__width=100)
    verdicts = [words.mapping(words.VERDICTS)]
    column(panel, "verdict", "15 分钟", mappings=verdicts, custom__cellOptions=by_text, custom__width=110)
    column(panel, "outcome_code", "结果", mappings=[words.mapping(words.OUTCOMES)], custom__width=120)
    return panel


def _arrival_columns(panel: TablePanel) -> None:
    for name, shown, figure in (
        ("arrived_p50", "到达 · 中位数", circle.ARRIVAL_P50),
        ("arrived_p95", "到达 · 95 分位", circle.ARRIVAL_P95),
    ):
        column(panel, name, shown, unit="s", decimals=0, custom__width=140, **coloured(figure.steps))
