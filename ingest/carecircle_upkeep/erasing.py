"""Erasing: takes erasures of persons that are due forward, one short transaction after the other (I/O).

What is erased, and how, is the database's own (`erase_next`, migration 0060): this role may ask for the next step and
may touch nothing of it itself. Every step is whole or not at all, so this may be killed anywhere.
"""

import threading
import time
from datetime import datetime

import psycopg
import structlog

from carecircle_upkeep.boundary import QUERIES, Connection
from carecircle_upkeep.metrics import UpkeepMetrics

_log = structlog.get_logger()


def erase_due(
    connection: Connection, now: datetime, most: int, metrics: UpkeepMetrics, stop: threading.Event, until: float
) -> bool:
    """Do steps of at most `most` rows until nothing is due or the time is up; whether more of them wait.

    `until` is of `time.monotonic`; one step is done however late it is. Who holds a lock that is needed goes first: the
    step is left for the next round. A step that is refused keeps neither rollups nor other erasures waiting; it is
    said, counted, and tried again later.
    """
    while not stop.is_set():
        try:
            row = connection.execute(QUERIES["erase_next"], {"now": now, "most": most}).fetchone()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            _log.info("erasure_waits_for_others")
            return False
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            _log.exception("erasure_step_failed", error=type(error).__name__)
            metrics.erasure_failed()
            return False
        if row is None:
            return False
        erasure, step, target, rows = row
        if step == "failed":
            # Written down by the database, where administrators see it; the others go on.
            _log.error("erasure_step_failed", erasure=erasure, table=target)
            metrics.erasure_failed()
            continue
        metrics.erased(int(rows))
        if step in {"begun", "erased"}:
            _log.info("person_erasure", erasure=erasure, step=step)
        else:
            _log.debug("erasure_step", erasure=erasure, step=step, table=target, rows=rows)
        if time.monotonic() > until:
            return True
    return False
