"""Partitions: which counties this process reads, that nobody else reads them, and that somebody reads the others (I/O).

A claim is a set of advisory locks of the process's own database session, so it ends with the process, however that
dies, and a restart is never kept waiting by what is left behind. A second reader of a county would do no harm, every
message counts once; but it would cost twice, and the county that it was meant to read might have no reader at all.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import psycopg
import structlog
from pydantic import BeforeValidator, StringConstraints
from pydantic_settings import NoDecode

from carecircle.db.queries import Queries
from carecircle.errors import Conflict
from carecircle.mqtt import Session
from carecircle.topics import EVERYTHING, ROOT
from carecircle_ingest.copying import Connection

PATIENCE_S = 30.0  # longer than the database needs to notice that a holder's machine is gone (`watch_closely`)
_TRY_EVERY_S = 0.5
_LOOK_EVERY_S = 60.0
_LOOK_AGAIN_S = 2.0  # while something is under way
_UNSUBSCRIBE_S = 5.0


def _split(value: object) -> object:
    return (
        tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        if isinstance(value, str)
        else value
    )


_Code = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{5}$")]
CountyCodes = Annotated[tuple[_Code, ...], NoDecode, BeforeValidator(_split)]
"""A setting: division codes, comma-separated."""

QUERIES = Queries("carecircle_ingest", "partition.sql")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class County:
    """A county that has beds, the partition that has claimed it, if any, and whether the broker delivers to that."""

    code: str
    beds: int
    reader: str | None
    is_read: bool


def coverage(connection: Connection) -> list[County]:
    """Every county that has beds, by division code."""
    return [County(*row) for row in connection.execute(QUERIES["coverage"]).fetchall()]


class Partition:
    """This process's part: `counties` are division codes of 6 digits, none means all; `name` is its session's name."""

    def __init__(self, name: str, counties: Sequence[str]) -> None:
        self.name = name
        self.topics = [f"{ROOT}/{county}/#" for county in counties] or [EVERYTHING]
        self.uncovered: list[str] = []
        self._counties = list(counties)
        self._retired: list[str] = []
        self._is_reading = False
        self._due_at = 0.0

    def wait_for_claim(self, connect: Callable[[], Connection], stop: threading.Event) -> None:
        """Connect and claim, as long as the database is away, before the broker hears of us."""
        while not stop.is_set():
            try:
                connect()
            except psycopg.OperationalError as error:
                _log.warning("database_away", error=type(error).__name__, waiting=0)
                stop.wait(_TRY_EVERY_S)
            else:
                return

    def claim(self, connection: Connection) -> None:
        """Claim the counties for this session of the database, on every new one.

        Raises `Conflict` with the other reader's name when a county is still taken after 30 s: the locks of a process
        that died are gone at once, and when its machine vanished after 25 s. Closes the connection when it fails.
        """
        try:
            connection.execute(QUERIES["watch_closely"])
            self._claim_patiently(connection)
        except (psycopg.Error, Conflict):
            connection.close()
            raise
        self._due_at = 0.0

    def _claim_patiently(self, connection: Connection) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._try_claim(connection):
            if time.monotonic() >= deadline:
                raise Conflict(self._why_not(connection))
            time.sleep(_TRY_EVERY_S)

    def _try_claim(self, connection: Connection) -> bool:
        wanted = {"name": self.name, "counties": self._counties}
        row = connection.execute(QUERIES["claim"], wanted).fetchone()
        if row != (True, True):
            connection.execute(QUERIES["release"])
            return False
        claim = {"topics": self.topics, "reading": self._is_reading, "since": datetime.now(UTC)}
        row = connection.execute(QUERIES["register"], wanted | claim).fetchone()
        assert row is not None
        self._retired = sorted(set(row[0]) - set(self.topics))
        return True

    def _why_not(self, connection: Connection) -> str:
        wanted = {"name": self.name, "counties": self._counties}
        others = connection.execute(QUERIES["holders"], wanted).fetchall()
        if not others:
            return f"an ingest named {self.name} is running already; CARECIRCLE_MQTT_CLIENT_ID names each process"
        taken = "; ".join(
            f"{name} reads {', '.join(counties) or 'all counties'} since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            for name, counties, since in others
        )
        return f"CARECIRCLE_INGEST_COUNTIES: a county has one reader, and {taken}"

    def is_due(self, now: float) -> bool:
        """Whether `look_after` is to be called; `now` is monotonic, in seconds."""
        return now >= self._due_at

    def look_after(self, connection: Connection, session: Session, now: float) -> None:
        """Say that we read, look for counties that nobody reads, and let go of what an earlier claim subscribed to."""
        if session.is_subscribed and not self._is_reading:
            connection.execute(QUERIES["reads"], {"name": self.name})
            self._is_reading = True
        counties = coverage(connection)
        self._note_uncovered([one.code for one in counties if one.reader is None])
        if self._retired and self._is_reading:
            self._let_go(connection, session, [one.code for one in counties if not one.is_read])
        under_way = self._retired or not self._is_reading
        self._due_at = now + (_LOOK_AGAIN_S if under_way else _LOOK_EVERY_S)

    def _note_uncovered(self, uncovered: list[str]) -> None:
        if uncovered:
            _log.warning("counties_uncovered", count=len(uncovered), counties=uncovered[:20])
        elif self.uncovered:
            _log.info("counties_covered")
        self.uncovered = uncovered

    def _let_go(self, connection: Connection, session: Session, unread: list[str]) -> None:
        """The broker goes on delivering what this session once subscribed to, until others read all of it."""
        still_ours = [topic for topic in self._retired if topic == EVERYTHING or topic.split("/")[2] in unread]
        if unread and still_ours:
            _log.warning("partition_reads_on", topics=still_ours, because_nobody_reads=unread[:20])
            return
        if session.unsubscribe(self._retired, _UNSUBSCRIBE_S):
            connection.execute(QUERIES["forget_topics"], {"name": self.name, "topics": self.topics})
            _log.info("partition_let_go", topics=self._retired)
            self._retired = []
