"""The processes file: which processes a run has started, so that the next run ends what a killed one left (I/O)."""

import json
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from carecircle.runtime.broker_accounts import write_private
from carecircle.runtime.leftovers import end_process

_PATIENCE_S = 8.0


@dataclass(frozen=True, slots=True)
class Running:
    """A process by id and start time (kernel ticks); both together never name a stranger."""

    name: str
    pid: int
    started: str
    stop_signal: int


class ProcessesFile:
    """The list of one state folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, running: Sequence[Running]) -> None:
        """Replace the list, in the order of start."""
        write_private(self._path, json.dumps([asdict(entry) for entry in running], indent=1) + "\n")

    def remove(self) -> None:
        """Everything ended in order."""
        self._path.unlink(missing_ok=True)

    def end_leftovers(self) -> list[str]:
        """End what is still running of an earlier run, last started first; returns the names."""
        ended = [
            entry.name
            for entry in reversed(self._read())
            if end_process(entry.pid, entry.started, signal.Signals(entry.stop_signal), _PATIENCE_S)
        ]
        self.remove()
        return ended

    def _read(self) -> list[Running]:
        try:
            return [Running(**entry) for entry in json.loads(self._path.read_text())]
        except (OSError, ValueError, TypeError):  # no earlier run, or one that was killed before anything started
            return []
