"""Leadership: of several processes one reads the broker; when it dies the next one takes over (I/O).

The lock belongs to a connection of its own, so that it is free as soon as its holder is gone, and nobody has to guess
how long to wait. A holder that has lost its connection unawares is shut out by the epoch, which every commit checks.
A holder that lives and does nothing, such as a frozen process, says nothing on that connection: the standby has the
database end it, and the transaction that it may have left open, and takes over.
"""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

import psycopg
import structlog

from carecircle_alerts.store import QUERIES

_LOCK = 0x0CA2ECA1
_TRY_EVERY_S = 0.5
BEAT_EVERY_S = 1.0
"""How often a leader says on its lock's connection that it still works."""
FROZEN_AFTER_S = 10.0
"""A leader that said nothing for so long is replaced; far above what a loaded machine makes of a second."""

_log = structlog.get_logger()


class Leadership:
    """Used as `async with Leadership(url) as leadership: epoch = await leadership.won(stop)`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._epoch = 0

    async def __aenter__(self) -> Self:
        """Nothing is taken yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the place to the next."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                await self._connection.close()

    async def won(self, stop: asyncio.Event) -> int | None:
        """Wait until nobody else leads; returns the new epoch, or None when `stop` is set first."""
        is_told = False
        while not stop.is_set():
            try:
                if await self._try():
                    return await self._begin()
                await self._end_frozen()
            except psycopg.OperationalError:
                self._connection = None
            if not is_told:
                _log.info("standing_by")
                is_told = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TRY_EVERY_S):
                    await stop.wait()
        return None

    async def beat(self) -> bool:
        """Say that this leader works; False where another has taken its place. To be called by the work itself.

        A database that was away has let the lock go: it is taken again, unless somebody else was faster.
        """
        for _attempt in range(2):
            try:
                if self._connection is None or self._connection.closed:
                    await self._try()
                assert self._connection is not None
                cursor = await self._connection.execute(QUERIES["epoch"])
                row = await cursor.fetchone()
            except psycopg.OperationalError:
                self._connection = None
                continue
            return row is not None and row[0] == self._epoch
        return True  # nobody can say while the database is away, and nobody can commit

    async def _end_frozen(self) -> None:
        assert self._connection is not None
        cursor = await self._connection.execute(
            QUERIES["end_frozen_leader"], {"lock": _LOCK, "silent_s": FROZEN_AFTER_S}
        )
        ended = await cursor.fetchall()
        if ended:
            _log.warning("frozen_leader_ended", connections=len(ended))

    async def _try(self) -> bool:
        if self._connection is None or self._connection.closed:
            # Keep-alives free the lock of a holder whose machine is gone without a word.
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                connect_timeout=5,
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
            )
        cursor = await self._connection.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        row = await cursor.fetchone()
        return row is not None and bool(row[0])

    async def _begin(self) -> int:
        assert self._connection is not None
        cursor = await self._connection.execute(QUERIES["lead"])
        row = await cursor.fetchone()
        assert row is not None
        self._epoch = int(str(row[0]))
        return self._epoch
