"""The state folder: where an installation on one machine keeps its data, secrets, ports and logs (I/O)."""

import errno
import fcntl
import json
import os
from pathlib import Path
from typing import TextIO

import carecircle
from carecircle.errors import Conflict, Misconfigured


def default_state() -> Path:
    """`.state` of the checkout where this is one, else `carecircle` in the user's state folder."""
    checkout = Path(carecircle.__file__).parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".state"
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "carecircle"


class StateFolder:
    """One installation's folder, locked for one run at a time."""

    def __init__(self, path: Path) -> None:
        """Make the folder and take its lock.

        Raises `Conflict` with the console's address where a run has it, `Misconfigured` where it cannot be written.
        """
        self.path = path.expanduser().absolute()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.log, self.sim):
                part.mkdir(exist_ok=True)
            self._lock = _lock(self.path / "running.json")
        except OSError as error:
            raise Misconfigured(
                f"the state folder {self.path} cannot be written ({error.strerror}): choose another with --state, "
                "or make room"
            ) from error

    @property
    def log(self) -> Path:
        """One log a process."""
        return self.path / "log"

    @property
    def sim(self) -> Path:
        """What the simulated homes remember."""
        return self.path / "sim"

    @property
    def processes(self) -> Path:
        """What is running."""
        return self.path / "processes.json"

    def announce(self, console_url: str) -> None:
        """Write down where this run can be found, for whoever tries to start another."""
        self._lock.seek(0)
        self._lock.truncate()
        json.dump({"pid": os.getpid(), "console": console_url}, self._lock)
        self._lock.flush()

    def release(self) -> None:
        """Let the next run have it."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.close()


def _lock(path: Path) -> TextIO:
    handle = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = handle.read()
        handle.close()
        raise Conflict(_already_running(path.parent, text)) from None
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:  # a network folder without locks
            handle.close()
            raise
    return handle


def _already_running(folder: Path, text: str) -> str:
    try:
        run = json.loads(text)
        return (
            f"CareCircle is already running in {folder} (process {run['pid']}): its console is at {run['console']}; "
            "stop it with Ctrl-C there, or start another with --state another-folder"
        )
    except (ValueError, KeyError, TypeError):
        return f"CareCircle is just starting in {folder}: wait for it, or start another with --state another-folder"
