"""`carecircle roads`: makes a roads file from an OpenStreetMap extract, and tells what is in one (I/O)."""

import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.building import build_graph
from carecircle_alerts.travel.roads.dijkstra import Dijkstra
from carecircle_alerts.travel.roads.extract import extract_date, read_streets
from carecircle_alerts.travel.roads.file import check_place, load_roads, save_roads
from carecircle_alerts.travel.roads.graph import Origin, RoadGraph
from carecircle_alerts.travel.roads.hierarchy import contraction_order, is_available, new_router
from carecircle_alerts.travel.roads.speeds import MODES, TIMES, mode_of

ROAD_NETWORK, SYNTHETIC_NETWORK = "road_network", "synthetic_network"
_ODBL = "© OpenStreetMap contributors, Open Database License (ODbL) 1.0, openstreetmap.org/copyright"
_MADE_UP = "made-up streets of a demonstration; no OpenStreetMap data"
_CHECKED = 20


@click.group()
def command() -> None:
    """Road networks for travel times."""


@command.command()
@click.argument("extract", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="the roads file to write")
@click.option("--synthetic", is_flag=True, help="made-up streets: every travel time from them says so")
def build(extract: Path, out: Path, synthetic: bool) -> None:  # noqa: FBT001 - click calls it
    """Make a roads file from EXTRACT (.osm.pbf): one travel time network for walking, e-bikes and cars."""
    graph = build_roads(extract, out, is_synthetic=synthetic, progress=_Clocked())
    click.echo(describe(graph))
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB. Set CARECIRCLE_ROADS_FILE={out.absolute()}")


@command.command()
@click.argument("extract", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="the map file to write, .pmtiles")
@click.option("--divisions", type=click.Path(path_type=Path), help="GeoJSON of divisions by `code`, for borders")
@click.option("--synthetic", is_flag=True, help="made-up streets: the map says so")
def tiles(extract: Path, out: Path, divisions: Path | None, synthetic: bool) -> None:  # noqa: FBT001 - click calls it
    """Make the console's map from EXTRACT (.osm.pbf): vector tiles of roads, water, borders and names in one file."""
    from carecircle_alerts.travel.tiles.building import build_tiles  # shapely takes a second that no other step needs

    count = build_tiles(extract, out, divisions, _MADE_UP if synthetic else _ODBL, _Clocked(), is_synthetic=synthetic)
    click.echo(f"{out}: {count:,} tiles, {out.stat().st_size / 1e6:.1f} MB. Set CARECIRCLE_MAP_FILE={out.absolute()}")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Tell what a roads file holds and where it is from."""
    click.echo(describe(load_roads(file)))


class _Clocked:
    """Progress with the time since the start, for work that may take minutes."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, step: str) -> None:
        click.echo(f"[{time.monotonic() - self._began:6.1f} s] {step}")


def build_roads(extract: Path, out: Path, *, is_synthetic: bool = False, progress: _Clocked | None = None) -> RoadGraph:
    """Read, build, contract, check and write; raises `Misconfigured` with what to do."""
    tell = progress or (lambda _step: None)
    check_place(out)
    tell(f"reading {extract}")
    streets = read_streets(extract, tell)
    origin = Origin(
        SYNTHETIC_NETWORK if is_synthetic else ROAD_NETWORK,
        extract.name,
        extract_date(extract),
        _MADE_UP if is_synthetic else _ODBL,
    )
    graph = build_graph(streets, origin)
    tell(f"{graph.node_count:,} nodes and {graph.arc_count:,} arcs; ordering them, the longest step")
    graph = replace(graph, order=contraction_order(graph))
    tell("ordered; comparing answers with Dijkstra's" if is_available() else "no pyroutingkit here: left unordered")
    check(graph)
    save_roads(graph, out)
    return graph


def check(graph: RoadGraph, pairs: int = _CHECKED) -> None:
    """Compare some ways of every metric with Dijkstra's; raises `Misconfigured` where one differs."""
    router, slow, rng = new_router(graph), Dijkstra(graph), np.random.default_rng(0)
    for metric in TIMES:
        nodes = np.flatnonzero(graph.member[mode_of(metric)]).astype(np.uint32)
        if not len(nodes):
            continue
        sources, target = rng.choice(nodes, pairs), rng.choice(nodes, 1)
        for one in (router, slow):
            one.customise(metric, graph.weights(metric))
        if (router.many_to_many(metric, sources, target) != slow.many_to_many(metric, sources, target)).any():
            raise Misconfigured(
                f"the hierarchy's {metric} times differ from Dijkstra's; uninstall pyroutingkit, scipy answers then"
            )


def describe(graph: RoadGraph) -> str:
    """What a graph holds, in lines for people."""
    reach = ", ".join(f"{mode} {int(graph.member[mode].sum()):,}" for mode in MODES)
    metres = graph.length_mm.sum(dtype=np.float64) / 2e6
    return (
        f"{graph.origin.basis} {graph.version}, from {graph.origin.extract} of {graph.origin.extract_date}\n"
        f"{graph.origin.attribution}\n"
        f"{graph.node_count:,} nodes, {graph.arc_count:,} arcs, about {metres:,.0f} km; nodes within reach: {reach}"
    )
