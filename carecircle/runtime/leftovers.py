"""Leftovers: recognises processes of an earlier run by id and start time, and ends them and nothing else (I/O)."""

import os
import signal
import time
from pathlib import Path

_START_TIME_FIELD = 19  # counted after the command's closing bracket in /proc/PID/stat; field 22 of proc(5)
_POLL_S = 0.02


def start_time(pid: int) -> str | None:
    """When a process started, in kernel ticks since boot; None where there is none (or only its unburied remains).

    Ids are used again, ids with their start time are not.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else fields[_START_TIME_FIELD]


def all_processes() -> list[int]:
    """The ids of all processes of this machine that can be seen from here."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def works_in(pid: int, folder: Path) -> bool:
    """Whether a process has `folder` as its working folder, as every PostgreSQL process has its data."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def end_process(pid: int, started: str, stop_signal: signal.Signals, timeout_s: float) -> bool:
    """End the process with this id and start time; False where it was gone already.

    Killed where it does not follow in time.
    """
    if start_time(pid) != started:
        return False
    for number, patience_s in ((stop_signal, timeout_s), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if _is_gone(pid, started, patience_s):
            break
    return True


def _is_gone(pid: int, started: str, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if start_time(pid) != started:
            return True
        time.sleep(_POLL_S)
    return False
