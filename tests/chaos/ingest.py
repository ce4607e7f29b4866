"""`make chaos-ingest`: proves that ingest loses and doubles nothing, whatever dies (I/O).

Last line of standard output: one JSON object; exit code 1 where anything was lost or doubled or is not as it was sent.
Before it the same is done to homes that forget what the broker has taken: once with a broker that is spared, when
nothing may be lost either, and once with one that dies too, to show what the broker alone loses.
"""

import json
import logging
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click
import structlog

from carecircle.runtime.install import Runtime, ensure_runtime
from tests.chaos.run import Chaos, Outcome, Plan

_SHOWN = 20


@click.command()
@click.option("--messages", default=100_000, show_default=True, help="telemetry and events in all")
@click.option("--kills", default=50, show_default=True, help="kill -9; beside them a SIGSTOP for each third")
@click.option("--seed", default=1, show_default=True, help="gives the order and the places of the faults")
@click.option("--rate", default=400.0, show_default=True, help="messages a second")
@click.option("--forgetful-share", default=0.5, show_default=True, help="size of the run without receipt; 0 leaves it")
def main(messages: int, kills: int, seed: int, rate: float, forgetful_share: float) -> None:
    """Kill everything again and again while numbered messages flow, and count what is stored."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    runtime = ensure_runtime()
    whole = Plan(messages, kills, seed, rate)
    is_clean = True
    if forgetful_share > 0:
        part = replace(
            whole, messages=int(messages * forgetful_share), kills=round(kills * forgetful_share), keeps=False
        )
        spared = replace(part, messages=part.messages // 4, kills=part.kills // 4, spares_broker=True)
        is_clean = _run(spared, runtime, "without receipt, broker spared").verdict.is_clean
        _run(part, runtime, "without receipt")
    outcome = _run(whole, runtime, "with receipt")
    click.echo(json.dumps(_figures(outcome)))
    sys.exit(0 if is_clean and outcome.verdict.is_clean else 1)


def _run(plan: Plan, runtime: Runtime, title: str) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="carecircle-chaos-"))
    click.echo(f"{title}: {plan.messages} messages, {plan.kills} kills, seed {plan.seed}")
    outcome = Chaos(plan, runtime, folder, click.echo).run()
    click.echo(
        f"{title}: {outcome.kills} kills, {outcome.stops} stops, {outcome.repeated} repeats without a mark, "
        f"{outcome.messages_sent} messages on the wire, {outcome.marks_checked} marks checked, {outcome.seconds:.0f} s"
    )
    click.echo(f"{title}: {json.dumps(_figures(outcome))}")
    if outcome.verdict.is_clean or not (plan.keeps or plan.spares_broker):
        shutil.rmtree(folder)
        return outcome
    lost = [f"lost: {bed}/{device} {seq}" for bed, device, seq in outcome.verdict.missing]
    for sentence in (outcome.verdict.others + lost)[:_SHOWN]:
        click.echo(sentence)
    click.echo(f"logs and data: {folder}")
    return outcome


def _figures(outcome: Outcome) -> dict[str, int]:
    verdict = outcome.verdict
    return {
        "sent": verdict.sent,
        "stored": verdict.stored,
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "kills": outcome.kills,
    }


if __name__ == "__main__":
    main()
