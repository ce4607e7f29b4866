"""In steps: reads a large library module by module with pauses between them, so that others have their turns (I/O).

A library that is read in one go holds the interpreter's lock nearly all of the time: while scipy was read, whoever
needs the lock a few dozen times for an answer waited 90 ms at the 99th percentile and 168 ms at worst. With pauses
reading takes a few seconds, and that answer waits 11 ms and 75 ms (0.6 ms when nothing is read). What remains at
worst are single modules (large tables of code, shared objects being bound), which cannot be taken apart; a shorter
switch interval of the interpreter changes nothing about them (medians on two loaded cores,
`bench/import_in_steps.py`).
"""

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TypeVar

_PAUSE_S = 0.005
_Read = TypeVar("_Read")


class Steps:
    """Pauses before each module that its own thread reads, until somebody is in a hurry."""

    def __init__(self, pause_s: float = _PAUSE_S) -> None:
        self._pause_s = pause_s
        self._in_a_hurry = threading.Event()
        self._thread: int | None = None

    def hurry(self) -> None:
        """From now on without pauses: somebody waits for what is being read."""
        self._in_a_hurry.set()

    def read(self, what: Callable[[], _Read]) -> _Read:
        """Import in this thread; `what` holds the import statement."""
        self._thread = threading.get_ident()
        sys.meta_path.insert(0, self)
        try:
            return what()
        finally:
            sys.meta_path.remove(self)

    def find_spec(
        self, _name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Finds nothing: whoever asks goes on to the finders that do, a moment later."""
        if threading.get_ident() == self._thread:
            self._in_a_hurry.wait(self._pause_s)
        return None
