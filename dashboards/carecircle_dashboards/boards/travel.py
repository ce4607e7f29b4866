"""Travel: on what expected ways rest, whether they come true, and whether those who are asked answer (pure)."""

from grafana_foundation_sdk.builders.common import StackingConfig
from grafana_foundation_sdk.builders.table import Panel as TablePanel
from grafana_foundation_sdk.builders.timeseries import Panel as SeriesPanel
from grafana_foundation_sdk.models.common import GraphDrawStyle, StackingMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards import words
from carecircle_dashboards.board import Board
from carecircle_dashboards.figures import travel as figures
from carecircle_dashboards.figures.figure import Colour, Figure, Steps
from carecircle_dashboards.panels import coloured, column, gauged, over_time, place_columns, rows, single_figure
from carecircle_dashboards.postgres import PanelQueries
from carecircle_dashboards.variables import area_variables, circle_variable, level_variable

UID = "carecircle-travel"
_KEY_FIGURES: tuple[tuple[Figure, str], ...] = (
    (figures.ANSWERS, "answers"),
    (figures.STRAIGHT_SHARE, "straight_share"),
    (figures.HIT_P50, "hit_p50"),
    (figures.HIT_P90, "hit_p90"),
    (figures.CALIBRATION_AGE, "calibration_age"),
    (figures.BUDGET_LEFT, "budget_left"),
)
_SLOWER: Steps = ((None, Colour.WATCH), (0.8, Colour.GOOD), (1.25, Colour.WATCH), (1.6, Colour.BAD))
# A search has 600 ms for all of its sources.
_TOOK: Steps = ((None, Colour.GOOD), (200.0, Colour.WATCH), (600.0, Colour.BAD))


def travel() -> Dashboard:
    """Key figures, bases by day and what came of them, modes and corrections, places, sources."""
    queries = PanelQueries("travel.sql")
    board = Board(UID, "路程与到达", "预计的路程凭什么、准不准，问得到的来源答不答。", "now-30d")
    board.variables([*area_variables(), circle_variable(), level_variable()])
    board.row(4, *((4, single_figure(figure, queries.table(query))) for figure, query in _KEY_FIGURES))
    board.row(8, (12, _by_day(queries)), (12, _by_basis(queries)))
    board.row(8, (12, _by_mode(queries)), (12, _sources(queries)))
    board.row(9, (14, _area_ranking(queries)), (10, _corrections(queries)))
    return board.build()


def _by_day(queries: PanelQueries) -> SeriesPanel:
    panel = over_time(figures.BY_DAY, queries.series("by_day"))
    panel.draw_style(GraphDrawStyle.BARS).fill_opacity(60).line_width(0).max(1)
    panel.stacking(StackingConfig().mode(StackingMode.NORMAL).group("A"))
    for basis, (shown, colour) in words.BASES.items():
        column(panel, basis, shown, color={"mode": "fixed", "fixedColor": colour})
    return panel


def _hits(panel: TablePanel) -> None:
    column(panel, "arrivals", "到达", custom__width=70)
    column(panel, "hit_p50", "中位命中", custom__minWidth=110, **gauged(figures.HIT_P50_STEPS))
    column(panel, "hit_p90", "九成命中", custom__minWidth=110, **gauged(figures.HIT_P90_STEPS))


def _by_basis(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.BY_BASIS, queries.table("by_basis"))
    column(panel, "basis", "依据", mappings=[words.mapping(_basis_words())], custom__minWidth=110)
    column(panel, "offers", "派单", custom__width=80)
    column(panel, "share", "占比", unit="percentunit", decimals=1, custom__width=80)
    _hits(panel)
    return panel


def _by_mode(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.BY_MODE, queries.table("by_mode"))
    column(panel, "travel_mode", "方式", mappings=[words.mapping(words.MODES)], custom__width=90)
    column(panel, "hour_band", "时段", mappings=[words.mapping(words.HOUR_BANDS)], custom__width=80)
    _hits(panel)
    column(panel, "slower", "实际 ÷ 预计", decimals=2, custom__width=110, **coloured(_SLOWER))
    return panel


def _corrections(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.CORRECTIONS, queries.table("corrections"))
    column(panel, "version", "版本", custom__width=60)
    column(panel, "made_at", "做于", unit="time:MM-DD HH:mm", custom__width=100)
    column(panel, "basis", "依据", mappings=[words.mapping(_basis_words())], custom__minWidth=90)
    column(panel, "mode", "方式", mappings=[words.mapping(words.MODES)], custom__width=80)
    column(panel, "terrain", "地形", mappings=[words.mapping({"": "全部", **words.TERRAINS})], custom__width=70)
    column(panel, "hour_band", "时段", mappings=[words.mapping({"": "全部", **words.HOUR_BANDS})], custom__width=70)
    column(panel, "factor", "乘以", decimals=2, custom__width=70, **coloured(_SLOWER))
    column(panel, "spread", "九成 ÷ 中位", decimals=2, custom__width=100)
    column(panel, "arrivals", "到达", custom__width=60)
    return panel


def _sources(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.SOURCES, queries.table("sources"))
    column(panel, "source", "来源", mappings=[words.mapping(words.SOURCES)], custom__minWidth=100)
    state = {"0": ("在问", Colour.GOOD), "1": ("暂时不问", Colour.BAD)}
    column(panel, "left_alone", "状态", mappings=[words.mapping(state)], custom__width=90)
    column(panel, "answered", "答出", custom__width=80)
    column(panel, "unknown", "不知", custom__width=70)
    column(panel, "failed", "失败", custom__width=70)
    column(panel, "p50_ms", "中位", unit="ms", decimals=1, custom__width=80, **coloured(_TOOK))
    column(panel, "p95_ms", "95 分位", unit="ms", decimals=1, custom__width=90, **coloured(_TOOK))
    column(panel, "budget_left", "今日余额", custom__width=90)
    return panel


def _area_ranking(queries: PanelQueries) -> TablePanel:
    panel = rows(figures.AREA_RANKING, queries.table("area_ranking"))
    place_columns(panel, UID)
    column(panel, "offers", "派单", custom__width=80)
    _hits(panel)
    column(
        panel, "straight", "直线", unit="percentunit", decimals=1, custom__width=90, **coloured(figures.STRAIGHT_STEPS)
    )
    return panel


def _basis_words() -> dict[str, str]:
    return {basis: shown for basis, (shown, _colour) in words.BASES.items()}
