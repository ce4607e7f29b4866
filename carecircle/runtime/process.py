"""Child processes: starts programs so that they never outlive us, and ends them by id (I/O).

The kernel signals a child when the thread that started it ends. So start children from a thread that lives as long as
they shall.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from carecircle.errors import Unavailable

_LAUNCHER = Path(__file__).with_name("launch.py")


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    owned_folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    end_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`; it gets `end_signal` when we die.

    With `owned_folder` it never runs as root (see launch.py). In a session of its own it does not get the Ctrl-C that
    is meant for us, so that we can end things in order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            _launched(command, owned_folder, end_signal),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if environment is None else environment),
            start_new_session=True,
        )


def run_once(command: Sequence[str], *, owned_folder: Path, failure: str) -> None:
    """Run a program to its end like a server; raises `Unavailable` with `failure` and its own reason where it fails."""
    done = subprocess.run(_launched(command, owned_folder, signal.SIGTERM), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
        reason = next((line for line in lines if "error:" in line or "FATAL" in line), lines[-1])
        raise Unavailable(f"{failure}: {reason}")


def stop_child(process: subprocess.Popen[bytes], stop_signal: signal.Signals, timeout_s: float) -> bool:
    """Ask a child to end and wait; True where it did so in time, else it is killed."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def last_lines(log: Path, count: int = 3) -> str:
    """The end of a log, for the sentence that says why something did not start."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return " | ".join(line.strip() for line in lines[-count:])


def _launched(command: Sequence[str], owned_folder: Path | None, end_signal: signal.Signals) -> list[str]:
    owned = "" if owned_folder is None else str(owned_folder)
    return [
        sys.executable,
        "-I",
        "-S",
        str(_LAUNCHER),
        str(os.getpid()),
        str(int(end_signal)),
        owned,
        "--",
        *command,
    ]
