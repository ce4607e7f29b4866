"""Maps: institutions as markers over their circles, without anything from elsewhere (pure).

Marker size is in pixels, so circles are polygons of a GeoJSON file that Grafana itself serves; `carecircle dashboards
circles` writes it.
"""

from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders import geomap
from grafana_foundation_sdk.models.common import FrameGeometrySourceMode
from grafana_foundation_sdk.models.dashboard import FieldColorModeId
from grafana_foundation_sdk.models.geomap import TooltipMode

from carecircle_dashboards.figures.figure import Figure
from carecircle_dashboards.panels import NOTHING_YET, column, thresholds
from carecircle_dashboards.postgres import DATA_SOURCE, PostgresQuery

CIRCLES_FILE = "public/carecircle/circles.geojson"
"""Below Grafana's own address, so that the page asks nobody else (docker-compose.yml mounts it there)."""
# A plain ground of our own: tiles of others would tell them which streets a bureau looks at, and Grafana takes such
# tiles where no address is given. The part after the question mark keeps each tile apart in the browser's cache.
TILES = "public/carecircle/tile.png?{z}-{x}-{y}"
_XINING = (36.62, 101.78)


def stations_map(figure: Figure, query: PostgresQuery) -> geomap.Panel:
    """Institutions coloured by `share`, over the circles within which they can be at the door."""
    panel = (
        geomap.Panel()
        .title(figure.title)
        .description(figure.definition)
        .datasource(DATA_SOURCE)
        .with_target(query)
        .unit(figure.unit)
        .thresholds(thresholds(figure))
        .color_scheme(dashboard_builder.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .no_value(NOTHING_YET)
        .view(_view())
        .controls(
            geomap.ControlsOptions().show_zoom(True).mouse_wheel_zoom(False).show_attribution(True).show_scale(True)
        )
        .basemap(common_builder.MapLayerOptions().type("xyz").name("底图").config({"url": TILES, "attribution": ""}))
        .layers([_circles(), _markers()])
        .tooltip(geomap.TooltipOptions().mode(TooltipMode.DETAILS))
    )
    column(panel, "provider_name", "机构")
    column(panel, "calls", "有结论的求助", unit="short", decimals=0)
    column(panel, "share", figure.title)
    return panel if figure.decimals is None else panel.decimals(figure.decimals)


def _view() -> geomap.MapViewConfig:
    lat, lon = _XINING
    # The published types say whole numbers; degrees are none (a fault of theirs).
    return geomap.MapViewConfig().id("fit").all_layers(True).lat(lat).lon(lon).zoom(9)  # type: ignore[arg-type]


def _circles() -> common_builder.MapLayerOptions:
    # What Grafana's GeoJSON layer is told for all; each polygon's own colour stands in the file.
    style = {"color": {"fixed": "blue"}, "opacity": 0.12, "size": {"fixed": 1, "min": 1, "max": 1}}
    return (
        common_builder.MapLayerOptions()
        .type("geojson")
        .name("15 分钟范围")
        .config({"src": CIRCLES_FILE, "style": style, "rules": []})
        .tooltip(False)
    )


def _markers() -> common_builder.MapLayerOptions:
    style = {
        "color": {"field": "share", "fixed": "gray"},
        "opacity": 0.9,
        "size": {"fixed": 9, "min": 6, "max": 14},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
        "text": {"fixed": "", "mode": "fixed"},
    }
    return (
        common_builder.MapLayerOptions()
        .type("markers")
        .name("机构")
        .config({"showLegend": True, "style": style})
        .location(
            common_builder.FrameGeometrySource().mode(FrameGeometrySourceMode.COORDS).latitude("lat").longitude("lon")
        )
        .tooltip(True)
    )
