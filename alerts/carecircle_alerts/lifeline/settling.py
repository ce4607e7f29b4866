"""Settling: brings what was told into the database as soon as it answers, call by call (I/O)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import structlog

from carecircle.clock import Clock
from carecircle.errors import CareCircleError
from carecircle_alerts.lifeline.database import connected
from carecircle_alerts.lifeline.ledger import Ledger, Open
from carecircle_alerts.lifeline.metrics import LifelineMetrics
from carecircle_alerts.lifeline.reconcile import reconcile
from carecircle_alerts.lifeline.records import Reconciled
from carecircle_alerts.lifeline.writer import Writer
from carecircle_alerts.travel import TravelTimes

# The first answers of the channels come along in the same transaction; nobody waits for the slow ones.
_GATHER = timedelta(seconds=2)
_IDLE_S = 0.25
_LONGEST_PAUSE_S = 2.0
_AGAIN_AFTER = timedelta(seconds=30)

_log = structlog.get_logger()


class Settling:
    """Works off the ledger until it is cancelled; `is_there` is called with whether the database answered."""

    def __init__(
        self,
        database_url: str,
        ledger: Ledger,
        writer: Writer,
        travel: TravelTimes,
        clock: Clock,
        metrics: LifelineMetrics,
        is_there: Callable[[bool], None],
    ) -> None:
        self._url = database_url
        self._ledger = ledger
        self._writer = writer
        self._travel = travel
        self._clock = clock
        self._metrics = metrics
        self._is_there = is_there
        self._not_before: dict[object, datetime] = {}

    async def run(self) -> None:
        """Look a few times a second; asks for the database only while there is something to bring."""
        pause_s = _IDLE_S
        while True:
            due = self._due()
            if due:
                pause_s = _IDLE_S if await self._bring(due) else min(pause_s * 2, _LONGEST_PAUSE_S)
            self._put_away()
            await self._writer.tidy(self._ledger.entries())
            await asyncio.sleep(pause_s if due else _IDLE_S)

    def _due(self) -> list[Open]:
        now = self._clock.now()
        return [
            call
            for call in self._ledger.open()
            if call.has_news()
            and (call.is_over(now) or now - call.begun.begun_at >= _GATHER or call.known_settled >= 0)
            and now >= self._not_before.get(call.begun.incident_id, now)
        ]

    async def _bring(self, due: list[Open]) -> bool:
        try:
            async with connected(self._url) as connection:
                for call in due:
                    settled = len(call.settled)
                    try:
                        async with connection.transaction():
                            incident_id = await reconcile(connection, call, self._travel, self._clock.now())
                    except (
                        psycopg.IntegrityError,
                        psycopg.DataError,
                        psycopg.ProgrammingError,
                        CareCircleError,
                    ) as error:
                        # One call that cannot be brought must not keep the others from it.
                        _log.exception(
                            "call_not_reconciled", call=str(call.begun.incident_id), error=type(error).__name__
                        )
                        self._not_before[call.begun.incident_id] = self._clock.now() + _AGAIN_AFTER
                        continue
                    call.known_settled = settled
                    self._metrics.reconciled.inc()
                    _log.info("call_reconciled", call=str(call.begun.incident_id), incident=str(incident_id))
        except (psycopg.Error, TimeoutError, OSError) as error:
            self._is_there(False)
            _log.warning("database_away", loop="settling", error=type(error).__name__, waiting=len(due))
            return False
        self._is_there(True)
        return True

    def _put_away(self) -> None:
        now = self._clock.now()
        for call in self._ledger.open():
            if call.known_settled >= 0 and not call.has_news() and call.is_over(now):
                done = Reconciled(call.begun.incident_id, now)
                self._not_before.pop(call.begun.incident_id, None)
                self._ledger.write(done)
                self._writer.write([done])
