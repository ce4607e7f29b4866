"""`make chaos`: kill -9 over every process, the broker and the database while thousands press; one JSON object (I/O).

Exit code 1 where a press was lost, an incident was left without timer or owner, somebody was told twice, or another
promise broke.
"""

import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path

import click
import structlog

from tests.chaos.presses.plan import Plan
from tests.chaos.presses.run import run
from tests.chaos.presses.verdict import describe

_SHOWN = 20


@click.command()
@click.option("--presses", default=10_000, show_default=True)
@click.option("--kills", default=200, show_default=True, help="kill -9, spread over the run")
@click.option("--homes", default=240, show_default=True)
@click.option("--rate", default=25.0, show_default=True, help="presses a second")
@click.option("--seed", default=1, show_default=True, help="gives who dies when, and which bed calls")
def main(presses: int, kills: int, homes: int, rate: float, seed: int) -> None:
    """Press, kill, count."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    plan = Plan(presses, kills, homes, rate, seed)
    folder = Path(tempfile.mkdtemp(prefix="carecircle-presses-"))
    click.echo(describe(plan, folder))
    outcome = run(plan, folder, click.echo)
    verdict = outcome.verdict
    for key in verdict.lost[:_SHOWN]:
        click.echo(f"lost: {key}")
    for sentence in (*verdict.unattended[:_SHOWN], *verdict.others):
        click.echo(sentence)
    click.echo(f"restarts {outcome.restarts}, {outcome.closed} closed, {outcome.seconds:.0f} s")
    if verdict.is_clean:
        shutil.rmtree(folder, ignore_errors=True)
    figures = {
        "presses": outcome.pressed,
        "kills": outcome.kills,
        "lost": len(verdict.lost),
        "unattended": len(verdict.unattended),
        "doubled": verdict.doubled,
        "others": len(verdict.others),
    }
    click.echo(json.dumps(figures))
    sys.exit(0 if verdict.is_clean else 1)


if __name__ == "__main__":
    main()
