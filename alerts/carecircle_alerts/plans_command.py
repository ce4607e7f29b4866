"""`carecircle plans`: show the plan that a bed would get for a kind of alarm, and why (I/O)."""

import asyncio

import click

from carecircle_alerts.command_connection import connect_for_command
from carecircle_alerts.incident import Kind
from carecircle_alerts.plan import GROUND, Plan
from carecircle_alerts.plans.layers import Layer
from carecircle_alerts.plans.reading import BedPlan, plan_of_bed
from carecircle_alerts.texts import KIND_NAMES


@click.group("plans")
def command() -> None:
    """Show plans: who is asked how fast, and what happens when nobody answers."""


@command.command()
@click.option("--bed", help="the plan of this bed; without it the defaults of each circle")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default=Kind.SOS.value, show_default=True)
def show(bed: str | None, kind: str) -> None:
    """Print plans with all their settings; `*` marks what differs from the circle's default, and says since when."""
    if bed is None:
        for name, plan in GROUND.items():
            click.echo(name)
            _print(plan, {})
        return
    found = asyncio.run(_of_bed(bed, Kind(kind)))
    click.echo(f"{bed}  {KIND_NAMES[found.subject.kind]}  {found.subject.circle}  {found.subject.frailty}")
    _print(found.resolved.plan, dict(found.resolved.origins))
    for layer in found.resolved.left_out:
        click.echo(f"    version {layer.version} makes no plan and is left out")


def _print(plan: Plan, origins: dict[str, Layer]) -> None:
    for key, value in plan.model_dump(mode="json").items():
        if key == "tracks":
            continue
        layer = origins.get(key)
        click.echo(f"    {key} = {value}" + (f"  *  v{layer.version} {layer.reason}" if layer else ""))
    for track in plan.ways():
        skills = f" ({', '.join(track.skills)})" if track.skills else ""
        begins = f", {track.after_s} s later" if track.after_s else ""
        roles = ", ".join(track.roles)
        click.echo(f"    track {track.name}: {roles}{skills}, {track.at_once} every {track.every_s} s{begins}")


async def _of_bed(bed: str, kind: Kind) -> BedPlan:
    async with await connect_for_command() as connection:
        return await plan_of_bed(connection, bed, kind)
