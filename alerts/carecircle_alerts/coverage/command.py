"""`carecircle coverage`: compute the coverage of the circle, show it, and ask it questions (I/O)."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
import psycopg
from psycopg.rows import dict_row

from carecircle.clock import SystemClock
from carecircle.errors import Misconfigured, NotFound, Unavailable
from carecircle.log import configure_logging
from carecircle.settings import load_settings
from carecircle_alerts.coverage.day import CHINA
from carecircle_alerts.coverage.isochrone import MINUTES, Direction, IsochroneQuestion, Quantile, isochrones
from carecircle_alerts.coverage.matrix import Ground
from carecircle_alerts.coverage.run import be_the_only_one, compute
from carecircle_alerts.coverage.sending import what_sending_leaves
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.coverage.shown import lines_of, lines_of_leaving, lines_of_sites, summary_of
from carecircle_alerts.coverage.sites import SitesWanted, find_sites
from carecircle_alerts.coverage.source import matrix_source
from carecircle_alerts.coverage.store import Connection, fetch
from carecircle_alerts.coverage.watch import watch_until_stopped
from carecircle_alerts.travel import Place

_AREA = click.option("--area", default="", help="division code; without it everything")
_JSON = click.option("--json", "as_json", is_flag=True, help="print one JSON object")
_FOR_PROGRAM = click.option(
    "--for-program", is_flag=True, help="low priority, and progress as lines `done/all` on standard error"
)
_HOUR = click.option("--hour", type=click.IntRange(0, 23), help="hour of the local day; without it this hour")
_MODE = click.option("--mode", type=click.Choice(["walk", "e_bike", "car"]), help="how people travel")


@click.group("coverage")
def command() -> None:
    """Coverage of the service circle: who is reached in time, and where the next stations would help most."""


@command.command()
@_JSON
@_FOR_PROGRAM
def run(*, as_json: bool, for_program: bool) -> None:
    """Compute the 24 hours of today for every bed, now."""
    settings = _quietly()
    with _connect(settings) as connection:
        be_the_only_one(connection)
        compute(
            connection,
            matrix_source(settings.roads_file),
            day=datetime.now(CHINA).date(),
            clock=SystemClock(),
            part=settings.coverage_part,
            keep_days=settings.keep_coverage_days,
            on_part=_progress(for_program=for_program),
        )
        summary = summary_of(connection, "", datetime.now(CHINA).hour)
    _say(summary, lines_of(summary), as_json=as_json)


@command.command()
@_AREA
@_HOUR
@_JSON
@click.option("--most", default=20, show_default=True, help="beds listed that nobody surely reaches")
def show(area: str, hour: int | None, most: int, *, as_json: bool) -> None:
    """Print the latest figures of an area, and the beds that nobody surely reaches."""
    with _connect(load_settings(CoverageSettings)) as connection:
        summary = summary_of(connection, area, datetime.now(CHINA).hour if hour is None else hour, most)
    _say(summary, lines_of(summary), as_json=as_json)


@command.command()
@_AREA
@_HOUR
@_MODE
@_JSON
@_FOR_PROGRAM
@click.option("--stations", default=3, show_default=True, type=click.IntRange(1, 100), help="how many new ones")
@click.option("--candidates", default=300, show_default=True, type=click.IntRange(1, 2000), help="sites looked at")
@click.option("--time-limit", default=60.0, show_default=True, help="seconds for the proof")
@click.option("--by-frailty", is_flag=True, help="frailer residents count more")
@click.option("--drag", is_flag=True, help="with what a page needs to follow a hand")
def sites(
    area: str,
    hour: int | None,
    mode: str | None,
    stations: int,
    candidates: int,
    time_limit: float,
    *,
    as_json: bool,
    for_program: bool,
    by_frailty: bool,
    drag: bool,
) -> None:
    """Find where the next stations would bring most beds inside their circle."""
    settings, now = _quietly(calmly=for_program), datetime.now(UTC)
    wanted = SitesWanted(area, stations, _at(hour, now), mode, candidates, time_limit, by_frailty, drag)
    with _connect(settings) as connection:
        found = find_sites(
            connection, matrix_source(settings.roads_file), wanted, now, _progress(for_program=for_program)
        )
    _say(found, lines_of_sites(found), as_json=as_json)


@command.command()
@click.argument("responder")
@_AREA
@_JSON
@_FOR_PROGRAM
def without(responder: str, area: str, *, as_json: bool, for_program: bool) -> None:
    """Tell which beds are left without cover, or without backup, when RESPONDER is sent now."""
    settings = _quietly(calmly=for_program)
    with _connect(settings) as connection:
        found = what_sending_leaves(connection, matrix_source(settings.roads_file), responder, area, datetime.now(UTC))
    _say(found, lines_of_leaving(found), as_json=as_json)


@command.command()
@click.option("--bed", help="from where this bed is reached")
@click.option("--provider", help="what is reached from this provider")
@click.option("--minutes", default=",".join(map(str, MINUTES)), show_default=True)
@click.option(
    "--quantile", default=Quantile.P90.value, show_default=True, type=click.Choice([one.value for one in Quantile])
)
@_AREA
@_HOUR
@_MODE
@_FOR_PROGRAM
def isochrone(
    bed: str | None,
    provider: str | None,
    minutes: str,
    quantile: str,
    area: str,
    hour: int | None,
    mode: str | None,
    *,
    for_program: bool,
) -> None:
    """Print as GeoJSON how far people get from a provider, or from where they get to a bed."""
    if (bed is None) == (provider is None):
        raise Misconfigured("one of --bed and --provider")
    settings, at = _quietly(calmly=for_program), _at(hour, datetime.now(UTC))
    with _connect(settings) as connection:
        rows = fetch(connection, "bed_place", bed=bed, area=area) if bed else []
        rows += fetch(connection, "provider_place", provider=provider, area=area) if provider else []
    if not rows or rows[0]["lat"] is None or rows[0]["lon"] is None:
        raise NotFound("没有这个地点，或没有坐标")
    question = IsochroneQuestion(
        Ground(Place(rows[0]["lat"], rows[0]["lon"]), rows[0]["terrain"]),
        mode or ("e_bike" if rows[0]["terrain"] == "city" else "car"),
        Direction.TO if bed else Direction.FROM,
        at,
        _minutes(minutes),
        Quantile(quantile),
    )
    named: dict[str, object] = {"bed_id": bed} if bed else {"provider_id": provider}
    click.echo(json.dumps(isochrones(question, matrix_source(settings.roads_file), named), ensure_ascii=False))


@command.command()
def watch() -> None:
    """Compute coverage at the first start, each night, and when travel times have another basis; run for ever."""
    settings = _quietly()
    configure_logging(settings.log_format, "coverage")
    watch_until_stopped(settings, SystemClock())


def _quietly(*, calmly: bool = True) -> CoverageSettings:
    """The settings, and low priority: the live path on the same machine goes first."""
    if calmly:
        os.nice(10)
    return load_settings(CoverageSettings)


def _connect(settings: CoverageSettings) -> Connection:
    try:
        return psycopg.connect(settings.database_url.get_secret_value(), autocommit=True, row_factory=dict_row)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error


def _at(hour: int | None, now: datetime) -> datetime:
    if hour is None:
        return now
    there = now.astimezone(CHINA).replace(hour=hour, minute=0, second=0, microsecond=0)
    return (there + timedelta(minutes=30)).astimezone(UTC)


def _minutes(text: str) -> tuple[int, ...]:
    try:
        found = tuple(sorted({int(one) for one in text.split(",")}))
    except ValueError:
        raise Misconfigured("--minutes takes whole numbers, such as 5,10,15") from None
    if not found or not all(1 <= one <= 60 for one in found):  # noqa: PLR2004 - an hour is no service circle any more
        raise Misconfigured("--minutes takes 1 to 60")
    return found


def _progress(*, for_program: bool) -> Callable[[int, int], None]:
    def line(done: int, everything: int) -> None:
        click.echo(f"{done}/{everything}", err=True)

    def bar(done: int, everything: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done}/{everything}", nl=done == everything, err=True)

    return line if for_program else bar


def _say(document: dict[str, object], lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
