"""Process: a peer's program as a child of the bench, with all that it starts in turn (I/O)."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from carecircle.errors import Unavailable
from carecircle.runtime.process import last_lines, start_child, stop_child

_POLL_S = 0.02
_PATIENCE_S = 60.0
_SESSION_FIELD = 3  # of /proc/PID/stat, counted after the name


class Program:
    """A running program in a session of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def pids(self) -> list[int]:
        """Every process of the program's session."""
        return [pid for pid in _all_pids() if _session(pid) == self._process.pid]

    def kill(self) -> None:
        """SIGKILL to all of them; returns when the first is gone."""
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """SIGTERM; what has not ended after 10 s is killed."""
        stop_child(self._process, signal.SIGTERM, 10.0)
        self.kill()


def start_program(command: Sequence[str], environment: Mapping[str, str], log: Path, ready: str) -> Program:
    """Start a program that writes `ready` to its output when it listens, and wait for that.

    Raises `Unavailable` with the end of its log where it ends first or takes longer than a minute.
    """
    seen = log.stat().st_size if log.exists() else 0
    process = start_child(command, log=log, environment={**os.environ, **environment})
    deadline = time.monotonic() + _PATIENCE_S
    while ready not in log.read_bytes()[seen:].decode(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            Program(process).kill()
            raise Unavailable(f"{Path(command[-1]).name} does not listen: {last_lines(log)} (log: {log})")
        time.sleep(_POLL_S)
    return Program(process)


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _session(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None  # it has just ended
    return int(text.rpartition(")")[2].split()[_SESSION_FIELD])
