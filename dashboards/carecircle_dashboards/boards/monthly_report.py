"""The monthly report: a bureau's figures on paper, each with its definition (pure)."""

from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle, VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import circle, report
from carecircle_dashboards.panels import column, gauged, hidden, over_time, place_columns, prose, rows
from carecircle_dashboards.postgres import PanelQueries
from carecircle_dashboards.variables import area_variables, circle_variable, level_variable

UID = "carecircle-monthly-report"
_INTRODUCTION = (
    "# 家庭养老床位 · 服务月报\n\n"
    "时段：${__from:date:YYYY-MM-DD} 至 ${__to:date:YYYY-MM-DD}（北京时间）　"
    "省：${province:text}　市州：${city:text}　区县：${county:text}　街道乡镇：${street:text}　"
    "村社区：${community:text}"
)


def monthly_report() -> Dashboard:
    """For the last full month, so that the same page printed twice says the same."""
    queries = PanelQueries("monthly_report.sql")
    board = Board(UID, "服务月报", "一个月的服务做得怎么样，可以打印。", "now-1M/M", "now-1M/M")
    board.variables([*area_variables(), circle_variable(), level_variable()])
    board.row(4, (24, prose(report.INTRODUCTION, _INTRODUCTION)))
    board.row(12, (24, _figures(queries)))
    board.row(9, (24, _share_by_day(queries)))
    board.row(11, (24, _by_area(queries)))
    board.row(20, (24, prose(report.DEFINITIONS, _definitions())))
    return board.build()


def _figures(queries: PanelQueries) -> TablePanel:
    panel = rows(report.TABLE, queries.table("figures"))
    names = words.mapping({code: figure.title for code, figure in report.ROWS.items()})
    column(panel, "figure", "数字", mappings=[names], custom__minWidth=260)
    column(panel, "now", "本期", unit="string", custom__align="right", custom__width=200)
    column(panel, "before", "前一期", unit="string", custom__align="right", custom__width=200)
    hidden(panel, "now_value", "before_value")
    return panel


def _share_by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(circle.SHARE_BY_DAY, queries.series("share_by_day"))
    panel.line_width(2).show_points(VisibilityMode.ALWAYS).point_size(7)
    column(panel, "share", "15 分钟内到达率", max=1, color={"mode": "fixed", "fixedColor": "blue"})
    column(
        panel,
        "calls",
        "计入的求助",
        unit="short",
        decimals=0,
        color={"mode": "fixed", "fixedColor": "gray"},
        custom__drawStyle=GraphDrawStyle.BARS,
        custom__fillOpacity=35,
        custom__lineWidth=0,
        custom__axisPlacement="right",
        custom__axisLabel="求助数",
    )
    return panel


def _by_area(queries: PanelQueries) -> TablePanel:
    panel = rows(report.BY_AREA, queries.table("by_area"))
    place_columns(panel, UID)
    column(panel, "calls", "计入的求助", custom__width=120)
    column(panel, "share", circle.ARRIVALS_WITHIN.title, custom__minWidth=200, **gauged(circle.ARRIVALS_WITHIN.steps))
    column(panel, "arrived_p50", "到达 · 中位数", unit="s", decimals=0, custom__width=140)
    column(panel, "arrived_p95", "到达 · 95 分位", unit="s", decimals=0, custom__width=140)
    column(panel, "nobody_came", "没有人上门", custom__width=110)
    return panel


def _definitions() -> str:
    return "\n".join(f"- **{figure.title}**：{figure.definition}" for figure in report.ROWS.values())
