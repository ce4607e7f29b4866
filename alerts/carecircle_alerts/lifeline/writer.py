"""Writer: the journal's only pen, in a thread of its own, so that a slow disk holds nobody up (I/O)."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from carecircle_alerts.lifeline.journal import Journal
from carecircle_alerts.lifeline.records import Entry

_AGAIN_S = 1.0

_log = structlog.get_logger()


class Writer:
    """Writes in the order in which it is asked; what the disk refuses is tried until it takes it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._turn = asyncio.Lock()
        self.failure: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_well(self) -> bool:
        """Whether the disk takes what is to be written."""
        return self.failure is None

    def write(self, entries: Sequence[Entry]) -> "asyncio.Task[None]":
        """Begin to write; done once it is on the disk."""
        task = asyncio.create_task(self._write(entries))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def tidy(self, entries: Iterable[Entry]) -> None:
        """Write the journal anew where it is long, with these records alone."""
        if self._journal.is_long and not self._turn.locked():
            async with self._turn:
                kept = list(entries)
                try:
                    await asyncio.get_running_loop().run_in_executor(self._thread, self._journal.rewrite, kept)
                except OSError as error:
                    _log.error("journal_not_rewritten", error=error.strerror)

    async def close(self) -> None:
        """Finish what is being written."""
        for task in list(self._tasks):
            task.cancel()
        self._thread.shutdown(wait=True)

    async def _write(self, entries: Sequence[Entry]) -> None:
        async with self._turn:
            while True:
                try:
                    await asyncio.get_running_loop().run_in_executor(self._thread, self._journal.append, entries)
                except OSError as error:
                    if self.failure is None:
                        _log.error("journal_not_written", error=error.strerror)
                    self.failure = error.strerror or type(error).__name__
                    await asyncio.sleep(_AGAIN_S)
                else:
                    self.failure = None
                    return
