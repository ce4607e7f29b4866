"""`python -m tests.chaos.week`: runs one week and prints what was lost, doubled and late as one JSON object (I/O)."""

import json
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

import click
import structlog

from carecircle.runtime.install import ensure_runtime
from tests.chaos.week.disk import can_mount
from tests.chaos.week.plan import Week
from tests.chaos.week.run import run_week

_SHOWN = 20
_OWN_MOUNTS = "CARECIRCLE_WEEK_HAS_OWN_MOUNTS"


@click.command()
@click.option("--homes", default=3, show_default=True)
@click.option("--hours", default=168.0, show_default=True, help="of the week")
@click.option("--hour-s", default=1.0, show_default=True, help="seconds that an hour takes")
@click.option("--readings-per-hour", default=40.0, show_default=True, help="of each home")
@click.option("--presses-per-day", default=6.0, show_default=True, help="of each home")
@click.option("--seed", default=1, show_default=True)
def main(homes: int, hours: float, hour_s: float, readings_per_hour: float, presses_per_day: float, seed: int) -> None:
    """Let homes live through troubles and count what arrived; exit code 1 where it is not exactly what was said."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    fills_disk = can_mount()
    if fills_disk and _OWN_MOUNTS not in os.environ:
        # What is mounted in a namespace of our own goes with us, however we end.
        again = ["unshare", "--mount", sys.executable, "-m", "tests.chaos.week", *sys.argv[1:]]
        os.execvpe(again[0], again, {**os.environ, _OWN_MOUNTS: "1"})
    if not fills_disk:
        click.echo("full disks are left out: mounting a small disk needs root")
    folder = Path(tempfile.mkdtemp(prefix="carecircle-week-"))
    week = Week(homes, hours, hour_s, readings_per_hour, presses_per_day, fills_disk, seed)
    outcome = run_week(week, ensure_runtime(), folder, click.echo)
    verdict = outcome.verdict
    for sentence in (verdict.lost + verdict.doubled)[:_SHOWN] + verdict.others[:_SHOWN]:
        click.echo(sentence)
    if verdict.is_clean:
        shutil.rmtree(folder)
    else:
        click.echo(f"logs and data: {folder}")
    figures = {
        "said": verdict.sent,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "late": verdict.late,
        "others": len(verdict.others),
        "troubles": outcome.troubles,
        "seconds": round(outcome.seconds, 1),
        "catch_up_s": round(outcome.catch_up_s, 1),
    }
    click.echo(json.dumps(figures))
    sys.exit(0 if verdict.is_clean else 1)


if __name__ == "__main__":
    main()
