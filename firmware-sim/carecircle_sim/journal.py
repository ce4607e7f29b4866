"""The simulated homes' memory: presses that the platform has not confirmed survive a kill of the simulator (I/O).

One file of JSON lines for the whole fleet. A press is on disk before it is sent; that it was received need not be, for
repeating it once more does no harm.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from carecircle.errors import Misconfigured

Key = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Press:
    """An event that must arrive: `at_ms` is Unix time of the press; (device, boot, seq) stay the same when repeated."""

    bed: str
    device: str
    boot: int
    seq: int
    at_ms: int
    event: str = "sos"
    code: int | None = 101  # Contact ID: personal emergency

    @property
    def key(self) -> Key:
        """Under which the platform counts it once."""
        return self.bed, self.device, self.boot, self.seq


class Journal:
    """Opening it counts as a start of all devices: `boot` is one more than ever before."""

    def __init__(self, path: Path) -> None:
        """Open, or create, the journal.

        Raises `Misconfigured` when another simulator works with it: two would give different presses the same number.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_name(f"{path.name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Misconfigured(f"another simulator works with {path}; give this one its own --journal") from None
        last_boot, self._pending = _read(path)
        self.boot = last_boot + 1
        self._file = _rewrite(path, self.boot, self._pending)

    @property
    def pending(self) -> tuple[Press, ...]:
        """The presses without a receipt, oldest first."""
        return tuple(self._pending.values())

    def find(self, key: Key) -> Press | None:
        """A press without a receipt."""
        return self._pending.get(key)

    def write(self, press: Press) -> None:
        """Keep a press; once this returns, it is on disk."""
        self._pending[press.key] = press
        self._file.write(json.dumps({"press": asdict(press)}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def settle(self, key: Key) -> Press | None:
        """The platform has it: forget the press, and return it where it was still waiting."""
        press = self._pending.pop(key, None)
        if press:
            self._file.write(json.dumps({"received": key}) + "\n")
            self._file.flush()
        return press

    def close(self) -> None:
        """Let the next simulator have it."""
        self._file.close()
        self._lock.close()


def _read(path: Path) -> tuple[int, dict[Key, Press]]:
    boot, pending = 0, dict[Key, Press]()
    if not path.exists():
        return boot, pending
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # the last line of a killed simulator; its press was never sent
            continue
        if "boot" in entry:
            boot = entry["boot"]
        elif "press" in entry:
            press = Press(**entry["press"])
            pending[press.key] = press
        elif "received" in entry:
            bed, device, of_boot, seq = entry["received"]
            pending.pop((bed, device, of_boot, seq), None)
    return boot, pending


def _rewrite(path: Path, boot: int, pending: dict[Key, Press]) -> TextIO:
    """Replace the file by what still matters, so that it does not grow for ever."""
    work = path.with_name(f"{path.name}.new")
    with work.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"boot": boot}) + "\n")
        file.writelines(json.dumps({"press": asdict(press)}) + "\n" for press in pending.values())
        file.flush()
        os.fsync(file.fileno())
    work.replace(path)
    return path.open("a", encoding="utf-8")
