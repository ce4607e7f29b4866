"""The service circle: who was reached inside 15 minutes, where not, and can the data be believed (pure)."""

from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import (
    GraphDrawStyle,
    GraphThresholdsStyleMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import Dashboard, DashboardCursorSync, GridPos

from carecircle_dashboards import definitions, words
from carecircle_dashboards.definitions import Colour, Figure
from carecircle_dashboards.panels import column, over_time, rows, single_figure
from carecircle_dashboards.postgres import PanelQueries
from carecircle_dashboards.variables import area_variables

UID = "carecircle-service-circle"
# Accepted by Grafana 11 to 13; newer ones migrate it when they load it.
_SCHEMA_VERSION = 39
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (definitions.ARRIVALS_WITHIN, "arrivals_within"),
    (definitions.ARRIVAL_P50, "arrival_p50"),
    (definitions.ARRIVAL_P95, "arrival_p95"),
    (definitions.CALLS, "counted_calls"),
    (definitions.OPEN_INCIDENTS, "open_incidents"),
    (definitions.SILENT_BEDS, "silent_beds"),
)
_FIXED_COLOUR = "fixed"


def service_circle() -> Dashboard:
    """Key figures, then the trend, then counties with the worst first, then calls, then the data's own health."""
    queries = PanelQueries()
    builder = (
        dashboard_builder.Dashboard("十五分钟服务圈")
        .uid(UID)
        .description("求助后 15 分钟内有没有人到达，哪里没有做到，以及数据是否可信。数字的定义见各面板标题旁的说明。")
        .tags(["carecircle"])
        .timezone("Asia/Shanghai")
        .week_start("monday")
        .time("now-7d", "now")
        .refresh("1m")
        .readonly()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .variables(area_variables(queries))
        .annotations([])
    )
    width = 24 // len(_KEY_FIGURES)
    for number, (figure, query) in enumerate(_KEY_FIGURES):
        place = GridPos(x=number * width, y=0, w=width, h=4)
        builder.with_panel(single_figure(number + 1, figure, queries.table(query), place))
    builder.with_panel(_share_by_day(queries)).with_panel(_stages_by_day(queries))
    builder.with_panel(_county_ranking(queries)).with_panel(_recent_incidents(queries))
    builder.with_panel(_telemetry_rate(queries)).with_panel(_quarantine(queries))
    built = builder.build()
    built.schema_version = _SCHEMA_VERSION
    return built


def _share_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(7, definitions.SHARE_BY_DAY, queries.series("share_by_day"), GridPos(x=0, y=4, w=12, h=9))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(7)
    column(panel, "share", "15 分钟内到达率", max=1, color={"mode": _FIXED_COLOUR, "fixedColor": "blue"})
    column(
        panel,
        "calls",
        "计入的求助",
        unit="short",
        decimals=0,
        color={"mode": _FIXED_COLOUR, "fixedColor": "gray"},
        custom__drawStyle=GraphDrawStyle.BARS,
        custom__fillOpacity=35,
        custom__lineWidth=0,
        custom__axisPlacement="right",
        custom__axisLabel="求助数",
    )
    return panel


def _stages_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(8, definitions.STAGES_BY_DAY, queries.series("stages_by_day"), GridPos(x=12, y=4, w=12, h=9))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(7)
    panel.thresholds_style(GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED))
    for name, shown, colour in (
        ("accepted_p50", "接单 · 中位数", "purple"),
        ("arrived_p50", "到达 · 中位数", "blue"),
        ("arrived_p95", "到达 · 95 分位", "orange"),
    ):
        column(panel, name, shown, color={"mode": _FIXED_COLOUR, "fixedColor": colour})
    return panel


def _county_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(9, definitions.COUNTY_RANKING, queries.table("county_ranking"), GridPos(x=0, y=13, w=24, h=8))
    link = {
        "title": "只看${__data.fields.county_name}",
        "url": f"/d/{UID}?var-county=${{__data.fields.county}}&${{__url_time_range}}",
        "targetBlank": False,
    }
    column(panel, "county", "代码", custom__width=90)
    column(panel, "county_name", "区县", links=[link], custom__minWidth=160)
    column(panel, "calls", "计入的求助", custom__width=110)
    share = definitions.ARRIVALS_WITHIN
    column(
        panel,
        "share",
        share.title,
        unit=share.unit,
        decimals=1,
        min=0,
        max=1,
        thresholds=_steps(share),
        custom__cellOptions={"type": "gauge", "mode": "basic", "valueDisplayMode": "text"},
        custom__minWidth=220,
    )
    column(panel, "acknowledged_p50", "应答 · 中位数", unit="s", decimals=0, custom__width=130)
    column(panel, "accepted_p50", "接单 · 中位数", unit="s", decimals=0, custom__width=130)
    for name, shown, figure in (
        ("arrived_p50", "到达 · 中位数", definitions.ARRIVAL_P50),
        ("arrived_p95", "到达 · 95 分位", definitions.ARRIVAL_P95),
    ):
        column(
            panel,
            name,
            shown,
            unit="s",
            decimals=0,
            thresholds=_steps(figure),
            custom__cellOptions={"type": "color-text"},
            custom__width=140,
        )
    column(panel, "without_arrival", "没有人到达", custom__width=110)
    return panel


def _recent_incidents(queries: PanelQueries) -> TablePanel:
    panel = rows(10, definitions.RECENT_INCIDENTS, queries.table("recent_incidents"), GridPos(x=0, y=21, w=24, h=11))
    column(panel, "pressed_at", "按下时间", unit="time:YYYY-MM-DD HH:mm:ss", custom__width=170)
    column(panel, "county_name", "区县", custom__minWidth=140)
    column(panel, "bed_id", "床位编号", custom__width=130)
    column(panel, "circle", "服务圈", mappings=[words.mapping(words.CIRCLES)], custom__width=140)
    column(panel, "kind", "类型", mappings=[words.mapping(words.KINDS)], custom__width=120)
    coloured = {"type": "color-text"}
    state = [words.mapping(words.STATES)]
    column(panel, "state", "状态", mappings=state, custom__cellOptions=coloured, custom__width=120)
    for name, shown in (
        ("press_to_acknowledged_s", "应答"),
        ("press_to_accepted_s", "接单"),
        ("press_to_arrived_s", "到达"),
    ):
        column(panel, name, shown, unit="s", decimals=0, custom__width=100)
    verdict = [words.mapping(words.VERDICTS)]
    column(panel, "verdict", "15 分钟", mappings=verdict, custom__cellOptions=coloured, custom__width=110)
    column(panel, "outcome_code", "结果", mappings=[words.mapping(words.OUTCOMES)], custom__width=120)
    return panel


def _telemetry_rate(queries: PanelQueries) -> SeriesPanel:
    place = GridPos(x=0, y=32, w=12, h=7)
    panel = over_time(11, definitions.TELEMETRY_RATE, queries.series("telemetry_by_minute"), place)
    # One hour whatever the dashboard shows: without rollups a week of single readings would be counted row by row.
    panel.time_from("1h").line_width(1).fill_opacity(15).show_points(VisibilityMode.NEVER)
    column(panel, "messages", "每分钟消息", color={"mode": _FIXED_COLOUR, "fixedColor": "blue"})
    return panel


def _quarantine(queries: PanelQueries) -> SeriesPanel:
    place = GridPos(x=12, y=32, w=12, h=7)
    panel = over_time(12, definitions.QUARANTINE, queries.series("quarantine_by_hour"), place)
    return panel.draw_style(GraphDrawStyle.BARS).fill_opacity(60).line_width(0)


def _steps(figure: Figure) -> dict[str, object]:
    return {
        "mode": "absolute",
        "steps": [{"value": value, "color": Colour(colour).value} for value, colour in figure.steps],
    }
