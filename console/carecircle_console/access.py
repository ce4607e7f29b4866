"""Access log: every read of a resident's health data on record, before it is shown where somebody asked for it (I/O).

What is pushed or polled (the stream, the bed board, a relative's page) is one record per person and resident in five
minutes: the record says that the screen was open, which is what was read. Single reads are recorded each time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from carecircle.clock import Clock
from carecircle_console.store import Store

_ONE_RECORD_FOR = timedelta(minutes=5)
_MOST_REMEMBERED = 200_000


class Purpose(StrEnum):
    """Why health data was read."""

    INCIDENT = "incident"
    STREAM = "stream"
    BED = "bed"
    BED_BOARD = "bed_board"
    FAMILY = "family"
    ON_THE_WAY = "on_the_way"
    HISTORY = "history"
    EXPORT = "export"
    HANDOVER = "handover"
    VISIT = "visit"


_CONTINUOUS = frozenset({Purpose.STREAM, Purpose.BED_BOARD, Purpose.FAMILY, Purpose.ON_THE_WAY})


class AccessLog:
    """Writes health_access. Remembers in this process what was recorded a moment ago; another process records again."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._recorded: dict[tuple[int, str, Purpose], datetime] = {}

    async def record(
        self, reads: Iterable[tuple[int, str]], purpose: Purpose, period: tuple[datetime, datetime] | None = None
    ) -> None:
        """Put reads (account, resident) on record; raises psycopg's errors, and then nothing must be shown.

        `period` is the time whose history was read.
        """
        now = self._clock.now()
        new = sorted({read for read in reads if self._is_due(read, purpose, now)})
        if not new:
            return
        accounts, residents = [account for account, _ in new], [resident for _, resident in new]
        start, until = period or (None, None)
        await self._store.fetch(
            "record_access",
            now=now,
            accounts=accounts,
            residents=residents,
            purpose=purpose.value,
            start=start,
            until=until,
        )
        if purpose in _CONTINUOUS:
            if len(self._recorded) > _MOST_REMEMBERED:
                self._recorded.clear()
            self._recorded.update({(*read, purpose): now for read in new})

    def _is_due(self, read: tuple[int, str], purpose: Purpose, now: datetime) -> bool:
        before = self._recorded.get((*read, purpose))
        return before is None or now - before >= _ONE_RECORD_FOR
