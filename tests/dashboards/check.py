"""`make dashboards-check`: a month of 2,000 simulated beds, every panel as every role, against the truth (I/O).

Last line of standard output: one JSON object. `slowest_ms` is the slowest panel over 30 days for the widest role, each
at the best of its looks: what the database needs when nobody else takes the machine. All other figures but the first
two have to be 0.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from carecircle.runtime.install import ensure_runtime
from tests.dashboards.filling import fill
from tests.dashboards.judge import HOSTILE, SCOPES, Verdict, attack, judge, logins, measure, prepare
from tests.servers import new_own_database

_LIMIT_MS = 300.0


def main() -> None:
    """Run and print; ends with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beds", type=int, default=2000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="leave out the levels that are not the usual one")
    told = parser.parse_args()
    verdict = Verdict()
    with tempfile.TemporaryDirectory(dir=os.environ.get("CARECIRCLE_BENCH_FOLDER")) as folder:
        database = new_own_database(ensure_runtime(), Path(folder))
        try:
            began = time.monotonic()
            world = prepare(told.beds, told.days, datetime.now(UTC), told.seed)
            fill(database.admin_url, world)
            _say(f"{told.beds} beds, {len(world.month.calls)} calls, {len(world.month.alarms)} alarms", began)
            with logins(database, SCOPES) as opened:
                judge(database.admin_url, world, opened, verdict, SCOPES, levels=not told.quick)
                _say("held against the truth", began)
                measure(opened, world, verdict, 6)
                _say("measured", began)
                attack(world, opened, verdict, HOSTILE)
                _say("attacked", began)
        finally:
            database.stop()
    _report(verdict)
    line = verdict.line()
    click.echo(json.dumps(line))
    wrong = sum(line[name] for name in ("errors", "empty", "mismatches", "leaks"))
    sys.exit(1 if wrong or line["slowest_ms"] > _LIMIT_MS else 0)


def _report(verdict: Verdict) -> None:
    for title, texts in (
        ("error", verdict.errors), ("empty", verdict.empty), ("mismatch", verdict.mismatches), ("leak", verdict.leaks)
    ):  # fmt: skip
        for text in texts[:20]:
            click.echo(f"{title}: {text}")
    slowest = sorted(verdict.took_ms.items(), key=lambda one: -min(one[1]))[:8]
    for (board, panel), took in slowest:
        click.echo(f"{min(took):8.1f} ms  {board} · {panel}")


def _say(what: str, began: float) -> None:
    click.echo(f"[{time.monotonic() - began:6.1f} s] {what}")


if __name__ == "__main__":
    logging.disable(logging.INFO)
    main()
