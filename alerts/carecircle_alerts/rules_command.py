"""`carecircle rules`: show the rules of a bed, and replay history under today's settings and under others (I/O)."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from carecircle.errors import NotFound
from carecircle_alerts.command_connection import connect_for_command
from carecircle_alerts.incident import Kind
from carecircle_alerts.reading import read_beds, read_overrides
from carecircle_alerts.replay.beds import replay_beds
from carecircle_alerts.replay.change import read_change
from carecircle_alerts.replay.report import Report
from carecircle_alerts.rules.rule import Settings
from carecircle_alerts.rules.settings import DEFAULTS, Override, overrides_for, rule_set_of
from carecircle_alerts.texts import KIND_NAMES


@click.group("rules")
def command() -> None:
    """Show the rules of a bed, and try a change of their settings on stored history."""


@command.command()
@click.option("--bed", help="with the settings of its area and its own; without it the defaults")
def show(bed: str | None) -> None:
    """Print every rule with its settings."""
    settings = asyncio.run(_settings_of(bed)) if bed is not None else DEFAULTS
    for name, one in settings.items():
        click.echo(f"{name}  {KIND_NAMES[Kind(name)]}{'' if one.enabled else '  (关闭)'}")
        for key, value in one.model_dump().items():
            is_other = value != getattr(DEFAULTS[name], key)
            click.echo(f"    {key} = {value}{'  *' if is_other else ''}")


@command.command()
@click.option("--days", default=30.0, show_default=True, type=click.FloatRange(0.01, 400))
@click.option("--area", default="", help="division code; without it all beds")
@click.option("--bed", help="only this bed")
@click.option("--change", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML or JSON file")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
@click.option("--for-program", is_flag=True, help="low priority, and progress as lines `done/all` on standard error")
def replay(days: float, area: str, bed: str | None, change: Path | None, *, as_json: bool, for_program: bool) -> None:
    """Run the rules over stored history: what they would have raised, and what a change would make of it."""
    if for_program:
        os.nice(10)  # the live path on the same machine goes first
    overrides = read_change(change) if change is not None else []
    report = asyncio.run(_replay(days, area, bed, overrides, _progress_line if for_program else _progress))
    if report.beds == 0:
        raise NotFound("no such bed" if bed else "no beds in this area")
    click.echo(json.dumps(report.document(), ensure_ascii=False) if as_json else "\n".join(report.lines()))


async def _replay(
    days: float, area: str, bed: str | None, change: list[Override], on_bed: Callable[[int, int], None]
) -> Report:
    async with await connect_for_command() as connection:
        return await replay_beds(
            connection, area=area, bed=bed, days=days, until=datetime.now(UTC), change=change, on_bed=on_bed
        )


async def _settings_of(bed: str) -> dict[str, Settings]:
    async with await connect_for_command() as connection:
        beds = await read_beds(connection)
        if bed not in beds:
            raise NotFound(f"no bed {bed}")
        _version, overrides = await read_overrides(connection)
    return dict(rule_set_of(overrides_for(beds[bed].division_code, bed, overrides)).settings)


def _progress(done: int, beds: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done}/{beds}", nl=done == beds, err=True)


def _progress_line(done: int, beds: int) -> None:
    click.echo(f"{done}/{beds}", err=True)
