"""Database: a short visit to a server that may be dead, slow or stopped (I/O)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

_CONNECT_S = 2
_VISIT_S = 30.0


@asynccontextmanager
async def connected(url: str, visit_s: float = _VISIT_S) -> AsyncIterator[AsyncConnection[DictRow]]:
    """A connection of its own, given up after `visit_s`; raises psycopg's errors and `TimeoutError`.

    A pool would wait longer and longer between its tries; whoever shouts wants to know at once when it is back.
    """
    async with asyncio.timeout(visit_s):
        connection = await AsyncConnection.connect(
            url, autocommit=True, row_factory=dict_row, connect_timeout=_CONNECT_S, application_name="lifeline"
        )
        async with connection:
            yield connection
