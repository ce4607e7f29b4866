"""Writer: one batch of deliveries is one transaction; what is stored twice counts once (I/O).

The common case is a straight binary COPY into the tables. Only when a duplicate key shows up does the same batch go
through a staging table, whose rows are inserted unless they are there already.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog

from carecircle.db.queries import Queries
from carecircle.mqtt import Delivery
from carecircle.rejected import Reason, Rejected
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.copying import Connection, Copy, Values, copy_all, copy_unless_known
from carecircle_ingest.decode import QUARANTINE, TABLES, TELEMETRY, Decoded, Table, decode, written_time

QUERIES = Queries("carecircle_ingest")
_KEPT_BYTES = 64 * 1024
_HOUR_US = 3600 * 1_000_000
_HISTORIES = frozenset(TELEMETRY.values())

Outcome = tuple[Delivery, Decoded | Rejected]
"""A delivery and what became of it when it was read."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: messages understood, and of their rows those that were there before; messages refused."""

    understood: list[Decoded] = field(default_factory=list)
    duplicates: int = 0
    refused: Counter[Reason] = field(default_factory=Counter)

    @property
    def stored(self) -> int:
        """Messages in history, now or before."""
        return len(self.understood)

    @property
    def quarantined(self) -> int:
        """Messages in quarantine."""
        return self.refused.total()

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.understood + other.understood, self.duplicates + other.duplicates, self.refused + other.refused
        )


def read_batch(deliveries: Iterable[Delivery], counties: Mapping[str, str], clocks: Clocks) -> list[Outcome]:
    """Decode a batch; commands, which are ours, are left out."""
    outcomes: list[Outcome] = []
    received_at: datetime | None = None
    received_ms = 0
    for delivery in deliveries:
        if delivery.received_at is not received_at:  # what came in one read has one time
            received_at = delivery.received_at
            received_ms = int(received_at.timestamp() * 1000)
        outcome = decode(delivery, received_ms, counties, clocks)
        if outcome is not None:
            outcomes.append((delivery, outcome))
    return outcomes


def write_batch(
    connection: Connection, deliveries: Sequence[Delivery], counties: Mapping[str, str], clocks: Clocks
) -> Written:
    """Commit a batch. Raises psycopg's `OperationalError` when the database is away; nothing is stored then.

    A message that the database refuses although it could be read goes to quarantine alone and takes no other with it.
    """
    return write_outcomes(connection, read_batch(deliveries, counties, clocks), clocks)


def write_outcomes(
    connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks, *, duplicates_likely: bool = False
) -> Written:
    """Commit what was read; see `write_batch`.

    With `duplicates_likely` the batch goes through staging at once, instead of being copied once in vain.
    """
    if not outcomes:
        return Written()  # nothing but our own commands
    if duplicates_likely:
        return _commit_carefully(connection, outcomes, clocks)
    try:
        return _commit(connection, outcomes, clocks, copy_all)
    except (psycopg.errors.UniqueViolation, psycopg.DataError, psycopg.IntegrityError):
        return _commit_carefully(connection, outcomes, clocks)


def _commit_carefully(connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks) -> Written:
    """Commit what is not there yet; halve the batch around a row that the database refuses, until it stands alone."""
    try:
        return _commit(connection, outcomes, clocks, copy_unless_known)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        if len(outcomes) == 1:
            ((delivery, _outcome),) = outcomes
            _log.warning("row_refused", error=type(error).__name__)
            why = Rejected(Reason.NOT_STORABLE, f"the database refuses it: {type(error).__name__}")
            return _commit(connection, [(delivery, why)], clocks, copy_unless_known)
    middle = len(outcomes) // 2
    first = _commit_carefully(connection, outcomes[:middle], clocks)
    return first + _commit_carefully(connection, outcomes[middle:], clocks)


def _commit(connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks, copy: Copy) -> Written:
    by_table: dict[Table, list[Values]] = defaultdict(list)
    understood: list[Decoded] = []
    refused: list[Reason] = []
    unread: list[Values] = []
    for delivery, outcome in outcomes:
        if isinstance(outcome, Rejected):
            refused.append(outcome.reason)
            if outcome.reason is not Reason.ERASED_BED:
                unread.append(_quarantined(delivery, outcome))
        else:
            understood.append(outcome)
            for table, values in outcome.rows:
                by_table[table].append(values)
    corrections = list(clocks.unsaved)
    duplicates = 0
    with connection.transaction():
        if by_table:
            _touch(connection, by_table)
        if corrections:
            since = datetime.now(UTC)
            connection.cursor().executemany(
                QUERIES["add_clock"], [{**one._asdict(), "since": since} for one in corrections]
            )
        for (
            table
        ) in TABLES:  # all writers in one order: two that make chunks in different ones would wait for each other
            if rows := by_table.get(table):
                duplicates += copy(connection, table, rows)
        if unread:
            copy_all(connection, QUARANTINE, unread)
    clocks.saved(corrections)
    return Written(understood, duplicates, Counter(refused))


def _touch(connection: Connection, by_table: Mapping[Table, list[Values]]) -> None:
    """Have hours rolled up again that get readings after they were; see migration 0006 for the lock."""
    cursor = connection.execute(QUERIES["rolled_until"])
    cursor.nextset()
    found = cursor.fetchone()
    if found is None or found[0] is None:
        return
    (until,) = found
    hours = sorted(
        {
            (table.name, values[2], values[0] // _HOUR_US)  # type: ignore[operator]
            for table in by_table.keys() & _HISTORIES
            for values in by_table[table]
            if values[0] < until
        }
    )
    if hours:
        histories, beds, numbers = map(list, zip(*hours, strict=True))
        connection.execute(QUERIES["touch"], {"histories": histories, "beds": beds, "hours": numbers})


def _quarantined(delivery: Delivery, why: Rejected) -> Values:
    return (
        written_time(int(delivery.received_at.timestamp() * 1000)),
        delivery.topic,
        delivery.payload[:_KEPT_BYTES],
        len(delivery.payload),
        why.reason.value,
        why.detail,
    )
