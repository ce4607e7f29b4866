"""`carecircle sim streets`: writes the synthetic town's made-up streets, for `carecircle roads build` (I/O)."""

from pathlib import Path

import click

from carecircle_sim.streets import build_streets, length_km
from carecircle_sim.town import build_town


@click.command("streets")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="OpenStreetMap XML, .osm")
def streets_command(out: Path) -> None:
    """Write made-up streets around the synthetic homes; build them with `carecircle roads build --synthetic`."""
    streets = build_streets(build_town())
    out.write_text("\n".join(streets.xml()), encoding="utf-8")
    roads = sum("highway" in tags for _, tags in streets.ways)
    click.echo(f"{out}: {roads:,} made-up streets, {length_km(streets):,.0f} km")
