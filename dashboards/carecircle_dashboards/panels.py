"""Panels: the few kinds of panel in use, with everything set that Grafana would otherwise guess (pure)."""

from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    FieldColorModeId,
    GridPos,
    MatcherConfig,
    Threshold,
    ThresholdsMode,
)

from carecircle_dashboards.definitions import Figure
from carecircle_dashboards.postgres import DATA_SOURCE, PostgresQuery

NOTHING_YET = "暂无"


def thresholds(figure: Figure) -> dashboard_builder.ThresholdsConfig:
    """The figure's steps as Grafana wants them."""
    steps = [Threshold(value=value, color=colour.value) for value, colour in figure.steps]
    return dashboard_builder.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def single_figure(panel_id: int, figure: Figure, query: PostgresQuery, place: GridPos) -> stat.Panel:
    """One large number, coloured by its thresholds."""
    panel = (
        stat.Panel()
        .id(panel_id)
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .grid_pos(place)
        .unit(figure.unit)
        .thresholds(thresholds(figure))
        .color_scheme(dashboard_builder.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .no_value(NOTHING_YET)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .text_mode(BigValueTextMode.VALUE)
        .reduce_options(common_builder.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False))
    )
    return panel if figure.decimals is None else panel.decimals(figure.decimals)


def over_time(panel_id: int, figure: Figure, query: PostgresQuery, place: GridPos) -> timeseries.Panel:
    """A chart over time with a legend below and every series in the tooltip."""
    panel = (
        timeseries.Panel()
        .id(panel_id)
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .grid_pos(place)
        .unit(figure.unit)
        .min(0)
        .thresholds(thresholds(figure))
        .no_value(NOTHING_YET)
        .legend(
            common_builder.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs([])
        )
        .tooltip(common_builder.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.NONE))
    )
    return panel if figure.decimals is None else panel.decimals(figure.decimals)


def rows(panel_id: int, figure: Figure, query: PostgresQuery, place: GridPos) -> table.Panel:
    """A table; its columns are set with `column`."""
    return (
        table.Panel()
        .id(panel_id)
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .grid_pos(place)
        .unit(figure.unit)
        .thresholds(thresholds(figure))
        .no_value("—")
        .show_header(True)
    )


def column(panel: table.Panel | timeseries.Panel, name: str, shown: str, **properties: object) -> None:
    """Set a column's or series' shown name, and properties by their Grafana id with `__` for a dot."""
    values = [DynamicConfigValue("displayName", shown)]
    values += [DynamicConfigValue(key.replace("__", "."), value) for key, value in properties.items()]
    panel.with_override(MatcherConfig("byName", name), values)
