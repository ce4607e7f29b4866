"""The supervisor: keeps a set of processes running, in order, and starts again what ends without being told to (I/O).

One thread starts and watches everything. The kernel ends a child when the thread that started it ends, so whatever
kills us kills them too.
"""

import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from carecircle.errors import NotFound, Unavailable
from carecircle.runtime.leftovers import start_time
from carecircle.runtime.process import last_lines, start_child, stop_child
from carecircle.up.processes_file import ProcessesFile, Running

_WATCH_S = 0.05
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0  # short: an engine that is killed again and again must live most of the time in between
_HEALTHY_AFTER_S = 20.0  # a process that lived that long starts again at once the next time
_LOG_LIMIT_BYTES = 5_000_000
_LONGEST_CALL_S = 90.0

_log = structlog.get_logger()
_T = TypeVar("_T")


class Startable(Protocol):
    """What can be supervised: the database, the broker, or a service's command."""

    @property
    def stop_signal(self) -> signal.Signals:
        """The signal by which it ends in order."""

    def prepare(self) -> None:
        """Make everything ready that a start needs; called before every start."""

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it, without waiting."""

    def is_ready(self) -> bool:
        """Whether it does its work."""


@dataclass(frozen=True, slots=True)
class Service:
    """One of our own commands with its environment; ready as `probe` says."""

    command: Sequence[str]
    environment: Mapping[str, str]
    probe: Callable[[], bool] = lambda: True
    stop_signal: signal.Signals = signal.SIGTERM

    def prepare(self) -> None:
        """Nothing to make ready."""

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the command."""
        return start_child(self.command, log=log, environment=self.environment, end_signal=self.stop_signal)

    def is_ready(self) -> bool:
        """As its probe says."""
        return self.probe()


@dataclass(slots=True)
class _Kept:
    """One process under supervision."""

    subject: Startable
    log: Path
    process: subprocess.Popen[bytes]
    started_at: float
    pause_s: float = _FIRST_PAUSE_S
    again_at: float | None = None
    restarts: int = 0


class Supervisor:
    """Starts, watches, restarts and stops processes by name; every method may be called from any thread."""

    def __init__(self, log_folder: Path, processes_file: Path) -> None:
        self._log_folder = log_folder
        self._file = ProcessesFile(processes_file)
        self._kept: dict[str, _Kept] = {}
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def start(self, name: str, subject: Startable) -> None:
        """Start a process and keep it running from now on; does not wait until it is ready."""
        self._in_thread(lambda: self._start(name, subject))

    def wait_ready(self, name: str, timeout_s: float = 60.0) -> None:
        """Wait until a process does its work; raises `Unavailable` with the end of its log where it does not."""
        deadline = time.monotonic() + timeout_s
        kept = self._get(name)
        while not (kept.process.poll() is None and kept.subject.is_ready()):
            if time.monotonic() > deadline or kept.restarts > 2:  # noqa: PLR2004 - it had its chances
                raise Unavailable(f"{name} did not start: {last_lines(kept.log)} (all of it in {kept.log})")
            time.sleep(0.02)

    def stop(self, name: str, timeout_s: float = 15.0) -> bool:
        """End a process for good; False where it had to be killed."""
        return self._in_thread(lambda: self._stop(name, timeout_s))

    def stop_all(self) -> list[str]:
        """End everything, last started first, and the supervisor itself; returns the names that had to be killed."""
        killed = [name for name in reversed(self.names()) if not self.stop(name)]
        self._calls.put(None)
        self._thread.join(5.0)
        self._file.remove()
        return killed

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process; with SIGKILL it is started again like after any other death."""
        kept = self._get(name)
        kept.process.send_signal(number)

    def names(self) -> list[str]:
        """The supervised processes in the order of their start."""
        return list(self._kept)

    def pid(self, name: str) -> int | None:
        """The process's id, None while it is down."""
        process = self._get(name).process
        return process.pid if process.poll() is None else None

    def restarts(self, name: str) -> int:
        """How often it was started again."""
        return self._get(name).restarts

    def log(self, name: str) -> Path:
        """Where its output goes."""
        return self._get(name).log

    def _get(self, name: str) -> _Kept:
        try:
            return self._kept[name]
        except KeyError:
            raise NotFound(f"there is no process {name}; there are {', '.join(self._kept)}") from None

    def _in_thread(self, work: Callable[[], _T]) -> _T:
        result: Future[_T] = Future()

        def call() -> None:
            try:
                result.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
                result.set_exception(error)

        self._calls.put(call)
        return result.result(_LONGEST_CALL_S)

    def _watch(self) -> None:
        while True:
            try:
                call = self._calls.get(timeout=_WATCH_S)
            except queue.Empty:
                self._restart_ended()
                continue
            if call is None:
                return
            call()

    def _start(self, name: str, subject: Startable) -> None:
        log = self._log_folder / f"{name}.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        subject.prepare()
        self._kept[name] = _Kept(subject, log, subject.start(log), time.monotonic())
        self._remember()

    def _stop(self, name: str, timeout_s: float) -> bool:
        kept = self._kept.pop(name)
        ended = stop_child(kept.process, kept.subject.stop_signal, timeout_s)
        self._remember()
        return ended

    def _restart_ended(self) -> None:
        now = time.monotonic()
        for name, kept in self._kept.items():
            if kept.process.poll() is None:
                continue
            if kept.again_at is None:
                lived_s = now - kept.started_at
                kept.pause_s = _FIRST_PAUSE_S if lived_s > _HEALTHY_AFTER_S else kept.pause_s
                kept.again_at = now + kept.pause_s
                _log.warning("process_ended", process=name, code=kept.process.returncode, again_in_s=kept.pause_s)
            elif now >= kept.again_at:
                self._start_again(name, kept)

    def _start_again(self, name: str, kept: _Kept) -> None:
        kept.pause_s = min(kept.pause_s * 2, _LONGEST_PAUSE_S)
        kept.again_at = None
        kept.restarts += 1
        try:
            kept.subject.prepare()
            kept.process = kept.subject.start(kept.log)
        except Exception as error:  # noqa: BLE001 - the supervisor outlives every failure; it tries again
            _log.error("process_not_started", process=name, error=f"{type(error).__name__}: {error}")
            kept.again_at = time.monotonic() + kept.pause_s
            return
        kept.started_at = time.monotonic()
        self._remember()
        _log.info("process_started_again", process=name, restarts=kept.restarts)

    def _remember(self) -> None:
        running = []
        for name, kept in self._kept.items():
            started = start_time(kept.process.pid)
            if started is not None:
                running.append(Running(name, kept.process.pid, started, int(kept.subject.stop_signal)))
        self._file.write(running)
