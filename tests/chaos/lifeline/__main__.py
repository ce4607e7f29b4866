"""`make lifeline`: what is stuck above it, and whether people are told in time, once, of exactly one incident (I/O).

Last line of standard output: one JSON object; exit code 1 where a promise was not kept. `told_s` is the longest time
from a press to the first helper told, `incidents` the most that one press made, `told_twice` how often anybody saw the
same thing again.
"""

import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path

import click
import structlog

from carecircle.runtime.install import ensure_runtime
from tests.chaos.lifeline.stage import Platform
from tests.chaos.lifeline.variants import VARIANTS, Outcome, play

_TOLD_WITHIN_S = 5.0


@click.command()
@click.option("--rounds", default=1, show_default=True, help="how often every variant is played")
def main(rounds: int) -> None:
    """Stop what stands above the lifeline, press, and count what arrives."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    runtime = ensure_runtime()
    outcomes: list[Outcome] = []
    for number in range(1, rounds + 1):
        folder = Path(tempfile.mkdtemp(prefix="carecircle-lifeline-"))
        platform = Platform(runtime, folder)
        try:
            outcomes += play(platform, VARIANTS, lambda one, number=number: click.echo(_line(number, one)))  # type: ignore[misc]
        finally:
            platform.stop()
        shutil.rmtree(folder)
    figures = {
        "told_s": max(one.told_s for one in outcomes),
        "incidents": max(one.incidents for one in outcomes),
        "told_twice": max(one.told_twice for one in outcomes),
    }
    click.echo(json.dumps(figures))
    is_kept = figures["told_s"] <= _TOLD_WITHIN_S and figures["incidents"] == 1 and figures["told_twice"] == 0
    sys.exit(0 if is_kept and min(one.incidents for one in outcomes) == 1 else 1)


def _line(number: int, one: Outcome) -> str:
    return (
        f"round {number}  {one.name}: told after {one.told_s} s, {one.incidents} incident(s), "
        f"{one.told_twice} told twice, {one.repeats} repeats under known keys so far"
    )


if __name__ == "__main__":
    main()
