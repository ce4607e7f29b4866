"""Panels: the few kinds of panel in use, with everything set that Grafana would otherwise guess (pure)."""

from grafana_foundation_sdk.builders import barchart, geomap, stat, table, text, timeseries
from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DynamicConfigValue,
    FieldColorModeId,
    MatcherConfig,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.text import TextMode

from carecircle_dashboards.figures.figure import Figure, Steps
from carecircle_dashboards.postgres import DATA_SOURCE, PostgresQuery

NOTHING_YET = "暂无"
# What a link takes along.
_KEPT = "${circle:queryparam}&${__url_time_range}"


def thresholds(figure: Figure) -> dashboard_builder.ThresholdsConfig:
    """The figure's steps as Grafana wants them."""
    steps = [Threshold(value=value, color=colour.value) for value, colour in figure.steps]
    return dashboard_builder.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def single_figure(figure: Figure, query: PostgresQuery) -> stat.Panel:
    """One large number, coloured by its thresholds."""
    panel = (
        stat.Panel()
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
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


def any_field() -> common_builder.ReduceDataOptions:
    """For a figure that is a word: by itself Grafana looks for numbers alone."""
    return common_builder.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False)


def over_time(figure: Figure, query: PostgresQuery) -> timeseries.Panel:
    """A chart over time with a legend below and every series in the tooltip."""
    panel = (
        timeseries.Panel()
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .unit(figure.unit)
        .min(0)
        .thresholds(thresholds(figure))
        .no_value(NOTHING_YET)
        .legend(_legend())
        .tooltip(common_builder.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.NONE))
    )
    return panel if figure.decimals is None else panel.decimals(figure.decimals)


def by_class(figure: Figure, query: PostgresQuery, x: str) -> barchart.Panel:
    """Bars over what is no time: hours of the day, months, classes. `x` is the column below them."""
    panel = (
        barchart.Panel()
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .unit(figure.unit)
        .min(0)
        .thresholds(thresholds(figure))
        .no_value(NOTHING_YET)
        .x_field(x)
        .orientation(VizOrientation.AUTO)
        .show_value(VisibilityMode.AUTO)
        .bar_width(0.8)
        .legend(_legend())
        .tooltip(common_builder.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.NONE))
    )
    return panel if figure.decimals is None else panel.decimals(figure.decimals)


def rows(figure: Figure, query: PostgresQuery) -> table.Panel:
    """A table; its columns are set with `column`."""
    return (
        table.Panel()
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .unit(figure.unit)
        .thresholds(thresholds(figure))
        .no_value("—")
        .show_header(True)
    )


def prose(figure: Figure, markdown: str) -> text.Panel:
    """Words on the page itself, for what is printed."""
    return text.Panel().title(figure.title).description(figure.definition).mode(TextMode.MARKDOWN).content(markdown)


def column(
    panel: table.Panel | timeseries.Panel | barchart.Panel | geomap.Panel, name: str, shown: str, **properties: object
) -> None:
    """Set a column's or series' shown name, and properties by their Grafana id with `__` for a dot."""
    values = [DynamicConfigValue("displayName", shown)]
    values += [DynamicConfigValue(key.replace("__", "."), value) for key, value in properties.items()]
    panel.with_override(MatcherConfig("byName", name), values)


def hidden(panel: table.Panel, *names: str) -> None:
    """Columns that only links use; Grafana 12 and older and newer ones name this differently."""
    for name in names:
        values = [DynamicConfigValue("custom.hidden", True), DynamicConfigValue("custom.hideFrom.viz", True)]
        panel.with_override(MatcherConfig("byName", name), values)


def coloured(steps: Steps, cell: str = "color-text") -> dict[str, object]:
    """Properties of a column that is coloured by its own thresholds."""
    shown = [{"value": value, "color": colour.value} for value, colour in steps]
    return {"thresholds": {"mode": "absolute", "steps": shown}, "custom__cellOptions": {"type": cell}}


def gauged(steps: Steps) -> dict[str, object]:
    """The same, for a share that is also drawn as a bar from 0 to 1."""
    cell = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
    return coloured(steps) | {"custom__cellOptions": cell, "unit": "percentunit", "decimals": 1, "min": 0, "max": 1}


def place_columns(panel: table.Panel, uid: str) -> None:
    """The columns of a place: its name leads to the level below it, with everything else chosen as it is."""
    choice = "&".join(
        f"var-{name}=${{__data.fields.{name}}}" for name in ("province", "city", "county", "street", "community")
    )
    link = {
        "title": "进入${__data.fields.place_name}的下一级",
        "url": f"/d/{uid}?{choice}&var-level=${{__data.fields.next_level}}&{_KEPT}",
        "targetBlank": False,
    }
    column(panel, "place", "代码", custom__width=130)
    column(panel, "place_name", "区划", links=[link], custom__minWidth=160)
    hidden(panel, "province", "city", "county", "street", "community", "next_level")


def bed_column(panel: table.Panel) -> None:
    """A bed's number, which leads to its own page."""
    link = {
        "title": "看这一个床位",
        "url": "/d/carecircle-bed?var-bed=${__data.fields.bed_id}&${__url_time_range}",
        "targetBlank": False,
    }
    column(panel, "bed_id", "床位编号", links=[link], custom__width=150)


def _legend() -> common_builder.VizLegendOptions:
    return (
        common_builder.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs([])
    )
