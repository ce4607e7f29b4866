"""Heart: the beat of the stream, and the end of streams whose session has ended (I/O)."""

import asyncio

import psycopg
import structlog
from psycopg.rows import DictRow
from psycopg_pool import PoolTimeout

from carecircle.clock import Clock
from carecircle_console.auth import FAILURE_WINDOW
from carecircle_console.scope import Role, Scope, scope_of
from carecircle_console.store import Connection, Store, fetch
from carecircle_console.stream import Hub
from carecircle_console.watch import count_quarantined_today, read_never_silent

_BEAT_S = 5.0
_SWEEP_EVERY = 120  # beats: ten minutes
_DATABASE_AWAY = (psycopg.OperationalError, PoolTimeout)

_log = structlog.get_logger()


class Heart:
    """Beats every five seconds: the figures for everybody, the end for streams whose session has ended."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._quarantined = 0

    async def run(self) -> None:
        """Beat until cancelled."""
        beats = 0
        while True:
            await self.beat()
            if beats % _SWEEP_EVERY == 0:
                await self._sweep()
            beats += 1
            await asyncio.sleep(_BEAT_S)

    async def beat(self) -> None:
        """One beat; without a database it says so."""
        now = self._clock.now()
        try:
            async with self._store.pool.connection() as connection:
                light = await read_never_silent(connection, now)
                self._quarantined = await count_quarantined_today(connection, now)
                await self._end_sessions(connection)
        except _DATABASE_AWAY as error:
            _log.warning("beat_without_database", error=type(error).__name__)
            light = None
        self._hub.beat(light, self._quarantined)

    async def _end_sessions(self, connection: Connection) -> None:
        clients = self._hub.clients()
        tokens = list({client.token for client in clients})
        if not tokens:
            return
        rows = await fetch(connection, "live_sessions", tokens=tokens, now=self._clock.now())
        alive = {bytes(row["token_sha256"]): _scope(row) for row in rows}
        for client in clients:
            if alive.get(client.token) != client.scope:
                client.leave()

    async def _sweep(self) -> None:
        now = self._clock.now()
        try:
            await self._store.fetch("sweep_sessions", now=now)
            await self._store.fetch("sweep_login_failures", now=now, window_s=FAILURE_WINDOW.total_seconds())
        except _DATABASE_AWAY as error:
            _log.warning("sweep_put_off", error=type(error).__name__)


def _scope(row: DictRow) -> Scope:
    return scope_of(Role(row["role"]), row["area_code"], row["responder_id"], row["family_member_id"])
