"""A run: presses flow into the whole platform while its processes, its broker and its database are killed (I/O)."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from carecircle.errors import NotFound, Unavailable
from carecircle.up.installation import Trial
from carecircle.up.stack import Stack
from carecircle_sim.control import ask
from carecircle_sim.town import build_town
from tests.chaos.presses.closer import Closer
from tests.chaos.presses.plan import Plan
from tests.chaos.presses.verdict import UNATTENDED, Key, Verdict, judge, missing, rows

Say = Callable[[str], None]

_PATIENCE_S = 300.0
_LONGEST_S = 3600.0
# A committed incident has its timer from the same commit on: what is seen without one twice is no accident of looking.
_LOOK_EVERY_S = 1.0
_SAY_EVERY = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done and found; `restarts` is how often each process was started again."""

    pressed: int
    kills: int
    closed: int
    restarts: dict[str, int]
    seconds: float
    verdict: Verdict


def run(plan: Plan, folder: Path, say: Say) -> Outcome:
    """Press, kill, wait until all has come to rest, and judge."""
    begun = time.monotonic()
    with Stack(folder, trial=_trial(plan), say=say) as stack:
        with Closer(stack.installation.console_url, stack.installation.secrets.demo_password) as closer:
            pressed, kills, unattended = _press_and_kill(stack, plan, say)
            say(f"{len(pressed)} presses, {kills} kills, {closer.closed} incidents closed; waiting for the last ones")
            _come_to_rest(stack, pressed)
        verdict = judge(stack.installation.admin_url, stack.installation.world_url, pressed, unattended)
        restarts = {name: stack.restarts(name) for name in stack.names()}
    return Outcome(len(pressed), kills, closer.closed, restarts, time.monotonic() - begun, verdict)


def _trial(plan: Plan) -> Trial:
    return Trial(
        homes=plan.homes,
        homes_arguments=("--presses-per-hour", "0", "--rate", "20", "--repeat-after", "2"),
        world_arguments=(
            "--accept-probability", "0.8", "--accept-after", "0.3", "--time-scale", "600", "--play-demo-responder",
        ),
    )  # fmt: skip


def _press_and_kill(stack: Stack, plan: Plan, say: Say) -> tuple[set[Key], int, set[str]]:
    deaths = plan.deaths(stack.names())
    beds = plan.beds([home.bed_id for home in build_town().homes[: plan.homes]])
    pressed: set[Key] = set()
    kills, looked_at, suspects, unattended = 0, 0.0, set[str](), set[str]()
    next_at = time.monotonic()
    for number, bed in enumerate(beds):
        if number in deaths:
            kills += _kill(stack, deaths[number])
        pressed.add(_press(stack.installation.control_socket, bed))
        if time.monotonic() - looked_at > _LOOK_EVERY_S:
            looked_at = time.monotonic()
            found = _unattended(stack)
            unattended |= found & suspects
            suspects = found
        if number % _SAY_EVERY == 0:
            say(f"{number} of {plan.presses} pressed, {kills} kills")
        next_at = max(next_at + 1 / plan.per_s, time.monotonic() - 1.0)
        time.sleep(max(0.0, next_at - time.monotonic()))
    return pressed, kills, unattended


def _kill(stack: Stack, name: str) -> int:
    """Kill -9; a process that is down already is waited for, so that every kill is one."""
    deadline = time.monotonic() + _PATIENCE_S
    while stack.pid(name) is None:
        assert time.monotonic() < deadline, f"{name} did not come back"
        time.sleep(0.02)
    with contextlib.suppress(NotFound, Unavailable):
        stack.kill(name)
        return 1
    return 0


def _press(control: Path, bed: str) -> Key:
    """Press until the home's own journal has it; a fleet that is being restarted cannot be pressed."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        with contextlib.suppress(Unavailable):
            press = ask(control, f"press {bed}")
            return bed, str(press["device"]), int(str(press["boot"])), int(str(press["seq"]))
        assert time.monotonic() < deadline, "the fleet did not come back"
        time.sleep(0.05)


def _unattended(stack: Stack) -> set[str]:
    with contextlib.suppress(psycopg.Error):
        return {str(one) for (one,) in rows(stack.installation.admin_url, UNATTENDED)}
    return set()


def _come_to_rest(stack: Stack, pressed: set[Key]) -> None:
    """Wait until every press is known and nothing waits to be sent; then judge what is.

    Patience lasts as long as presses come in: a machine that others use as well is slow, and slow is not lost.
    """
    waiting = (
        "select count(*) from message where state in ('PENDING', 'LEASED', 'FAILED_TEMP')"
        " and audience in ('family', 'offer')"
    )
    begun = progressed_at = time.monotonic()
    fewest = len(pressed)
    while time.monotonic() < min(progressed_at + _PATIENCE_S, begun + _LONGEST_S):
        with contextlib.suppress(psycopg.Error):
            url = stack.installation.admin_url
            left = len(missing(url, pressed))
            if left < fewest:
                fewest, progressed_at = left, time.monotonic()
            if not left and rows(url, waiting) == [(0,)]:
                return
        time.sleep(1.0)
