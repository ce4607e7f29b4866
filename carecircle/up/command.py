"""`carecircle up`: everything on one machine with one command, until Ctrl-C (I/O)."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import click

from carecircle.log import configure_logging
from carecircle.runtime.cache import cache_folder
from carecircle.up.demo_map import DemoMap
from carecircle.up.installation import Trial
from carecircle.up.screen import Started, folder_size, welcome
from carecircle.up.stack import USUAL_PORTS, Stack
from carecircle.up.state import default_state

_STARTED_AT = "CARECIRCLE_UP_SINCE"  # set by the bootstrap, so that the first start's time counts from its beginning


class Steps:
    """Prints the steps of a start: a line each, and on a terminal a line that is rewritten for progress within one."""

    def __init__(self, started_at: float) -> None:
        self._started_at = started_at
        self._is_terminal = sys.stdout.isatty()
        self._open = False
        self._last = ""

    def say(self, step: str) -> None:
        """One step or one report of progress."""
        is_progress = step.startswith(("downloading", "unpacking"))
        kind = step.split(maxsplit=1)[0]
        if is_progress and not self._is_terminal and kind == self._last:
            return
        self._last = kind
        start = "\r\x1b[K" if self._open else ""
        self._open = is_progress and self._is_terminal
        click.echo(f"{start}[{self.elapsed_s():5.1f} s] {step}", nl=not self._open)

    def elapsed_s(self) -> float:
        """Seconds since the command was given."""
        return time.monotonic() - self._started_at


_FOLLOW_S = 2.0


@click.command()
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for data, secrets and logs. [default: .state of the checkout, else the user's state folder]",
)
@click.option("--homes", type=click.IntRange(1, 240), default=240, show_default=True, help="How many simulated homes.")
@click.option(
    "--console-port", type=click.IntRange(1, 65535), help="Port of the console. [default: 8080, or a free one]"
)
def up(state: Path | None, homes: int, console_port: int | None) -> None:
    """Start everything on this machine: database, broker, services, console and simulated homes; Ctrl-C stops it."""
    if sys.stdout.isatty() is False and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    configure_logging("console", "up")
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    steps = Steps(float(os.environ.get(_STARTED_AT, time.monotonic())))
    stack = Stack(
        state or default_state(),
        trial=Trial(homes=homes),
        ports=USUAL_PORTS,
        fixed_ports={"console": console_port} if console_port else {},
        say=steps.say,
    )
    demo_map = DemoMap(stack.installation.demo_map, stack.state)
    try:
        stack.start()
        demo_map.begin()
        click.echo(_screen(stack, steps.elapsed_s(), homes))
        while not stop.wait(_FOLLOW_S):
            stack.follow_accounts()
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        click.echo("\nstopping: homes, services, broker, database …")
        demo_map.end()
        killed = stack.stop()
        click.echo(
            "stopped" + (f"; had to be killed: {', '.join(killed)}" if killed else "; everything ended in order")
        )


def _screen(stack: Stack, seconds: float, homes: int) -> str:
    sizes = {
        "Python": folder_size(Path(sys.prefix)),
        "database and broker": folder_size(cache_folder()),
        "data": folder_size(stack.state),
    }
    home = next(iter(stack.homes), None)
    started = Started(seconds, sizes)
    return welcome(stack.installation, stack.accounts, home, started, stack.program("mosquitto_pub"), homes)
