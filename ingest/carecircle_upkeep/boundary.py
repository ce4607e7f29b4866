"""The boundary: up to when history is rolled up, and how it is moved past writers without missing one (I/O)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import TupleRow

from carecircle.db.queries import Queries
from carecircle_upkeep.resolutions import HOUR, MINUTE

QUERIES = Queries("carecircle_upkeep")
Connection = psycopg.Connection[TupleRow]
SETTLE = timedelta(minutes=2)
"""How long a minute may still get readings in the ordinary way before it is rolled up; what comes later is late."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Readings from before `rolled_until` note their hour when they come; rollups are made up to `done_until`."""

    rolled_until: datetime
    done_until: datetime

    @property
    def is_behind(self) -> bool:
        """Whether somebody moved the boundary and then died, or is about to roll up."""
        return self.done_until < self.rolled_until


def read_boundary(connection: Connection, now: datetime) -> Boundary:
    """The boundary; at the very first start it is set to where history begins."""
    found = _read(connection)
    if found is not None:
        return found
    with connection.transaction():
        connection.execute(QUERIES["wait_for_writers"])
        ((oldest,),) = connection.execute(QUERIES["oldest"])
        start = settled(now) if oldest is None else HOUR.floor(min(oldest, settled(now)))
        connection.execute(QUERIES["start"], {"at": start})
    return Boundary(start, start)


def _read(connection: Connection) -> Boundary | None:
    ((rolled_until, done_until),) = connection.execute(QUERIES["boundary"])
    if done_until is None:
        return None
    return Boundary(rolled_until, done_until)


def settled(now: datetime) -> datetime:
    """Up to which minute readings have had their time to come."""
    return MINUTE.floor(now - SETTLE)


def move_boundary(connection: Connection, until: datetime) -> None:
    """Move it, in a transaction that writers wait for, hence a short one.

    Whoever committed before is seen by every later statement; whoever commits after has seen the new boundary and notes
    the hours of what it writes from before it. So nothing is missed, and nothing has to be held while rolling up.
    """
    with connection.transaction():
        connection.execute(QUERIES["wait_for_writers"])
        connection.execute(QUERIES["move"], {"at": until})
