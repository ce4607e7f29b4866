"""`carecircle coverage`: compute the coverage of the circle, show it, and ask it questions (I/O)."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click
from pydantic import ValidationError

from carecircle.clock import SystemClock
from carecircle.errors import Misconfigured
from carecircle.log import configure_logging
from carecircle.settings import load_settings
from carecircle_alerts.coverage.answering import answer, answer_lines, connect, in_hour
from carecircle_alerts.coverage.figures import CHINA
from carecircle_alerts.coverage.questions import MINUTES, IsochroneAsked, Quantile, WithoutAsked
from carecircle_alerts.coverage.run import be_the_only_one, compute
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.coverage.shown import lines_of, lines_of_leaving, lines_of_sites, summary_of
from carecircle_alerts.coverage.sites import SitesWanted, find_sites
from carecircle_alerts.coverage.source import Roads
from carecircle_alerts.coverage.watch import watch_until_stopped

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
    with connect(settings) as connection:
        be_the_only_one(connection)
        compute(
            connection,
            Roads(settings).at(datetime.now(UTC)),
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
    with connect(load_settings(CoverageSettings)) as connection:
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
    wanted = SitesWanted(area, stations, in_hour(hour, now), mode, candidates, time_limit, by_frailty, drag)
    with connect(settings) as connection:
        found = find_sites(connection, Roads(settings).at(now), wanted, now, _progress(for_program=for_program))
    _say(found, lines_of_sites(found), as_json=as_json)


@command.command()
@click.argument("responder")
@_AREA
@_JSON
def without(responder: str, area: str, *, as_json: bool) -> None:
    """Tell which beds are left without cover, or without backup, when RESPONDER is sent now."""
    found = _answer(WithoutAsked(responder=responder, area=area))
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
def isochrone(minutes: str, **asked: object) -> None:
    """Print as GeoJSON how far people get from a provider, or from where they get to a bed."""
    if (asked["bed"] is None) == (asked["provider"] is None):
        raise Misconfigured("one of --bed and --provider")
    try:
        question = IsochroneAsked.model_validate({**asked, "minutes": tuple(minutes.split(","))})
    except ValidationError:
        raise Misconfigured("--minutes takes whole numbers from 1 to 60, such as 5,10,15") from None
    click.echo(json.dumps(_answer(question), ensure_ascii=False))


@command.command(hidden=True)
def answer_questions() -> None:
    """Answer questions that come line by line on standard input, for other programs."""
    settings = _quietly()
    answer_lines(settings, sys.stdin, click.echo, lambda: datetime.now(UTC))


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


def _answer(question: IsochroneAsked | WithoutAsked) -> dict[str, object]:
    settings = load_settings(CoverageSettings)
    with connect(settings) as connection:
        now = datetime.now(UTC)
        return answer(question, connection, Roads(settings).at(now), now)


def _progress(*, for_program: bool) -> Callable[[int, int], None]:
    def line(done: int, everything: int) -> None:
        click.echo(f"{done}/{everything}", err=True)

    def bar(done: int, everything: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done}/{everything}", nl=done == everything, err=True)

    return line if for_program else bar


def _say(document: dict[str, object], lines: list[str], *, as_json: bool) -> None:
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else "\n".join(lines))
