"""Witnesses of a smoke run: the committed row, the dispatcher's stream, the receiver outside; none of them is asked to
help (I/O, one thread each).

Every time is this machine's wall clock, Unix seconds, taken when the witness has it in hand.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import httpx
import psycopg

from carecircle.errors import Unavailable

_POLL_S = 0.02
_HEADERS = {"X-CareCircle": "1"}


class Witness(threading.Thread):
    """Runs beside the presses; an error that it meets is raised where its result is asked for."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.first: dict[str, float] = {}
        self.is_ready = threading.Event()
        self.is_over = threading.Event()
        self._error: BaseException | None = None

    def run(self) -> None:
        """Watch until told to stop."""
        try:
            self.watch()
        except Exception as error:  # noqa: BLE001 - handed to the main thread by `check`
            if not self.is_over.is_set():
                self._error = error
                self.is_ready.set()

    def watch(self) -> None:
        """What this witness does."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise what went wrong here, if anything did."""
        if self._error:
            raise Unavailable(f"{self.name} ended: {type(self._error).__name__}: {self._error}") from self._error

    def wait_ready(self) -> None:
        """Wait until it sees."""
        if not self.is_ready.wait(20):
            raise Unavailable(f"{self.name} was not ready within 20 s")
        self.check()

    def note(self, key: str) -> None:
        """Remember when something was seen first."""
        self.first.setdefault(key, time.time())
