"""Writer: one batch of deliveries is one transaction; what is stored twice counts once (I/O).

The common case is a straight binary COPY into the tables. Only when a duplicate key shows up does the same batch go
through a staging table, whose rows are inserted unless they are there already.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from carecircle.db.queries import Queries
from carecircle.mqtt import Delivery
from carecircle.rejected import Reason, Rejected
from carecircle_ingest.clocks import Clocks
from carecircle_ingest.decode import TELEMETRY, Decoded, Table, decode

QUERIES = Queries("carecircle_ingest")
_KEPT_BYTES = 64 * 1024
_HOUR_US = 3600 * 1_000_000
_HISTORIES = frozenset(TELEMETRY.values())

Connection = psycopg.Connection[TupleRow]
Outcome = tuple[Delivery, Decoded | Rejected]
"""A delivery and what became of it when it was read."""
Values = tuple[object, ...]
"""What one row says, in the order of its table's columns."""
Copy = Callable[[Connection, Table, list[Values]], int]

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


def write_outcomes(connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks) -> Written:
    """Commit what was read; see `write_batch`."""
    if not outcomes:
        return Written()  # nothing but our own commands
    try:
        return _commit(connection, outcomes, clocks, _copy)
    except psycopg.errors.UniqueViolation:
        return _commit_carefully(connection, outcomes, clocks)
    except (psycopg.DataError, psycopg.IntegrityError):
        return _commit_each(connection, outcomes, clocks)


def _commit_carefully(connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks) -> Written:
    try:
        return _commit(connection, outcomes, clocks, _copy_unless_known)
    except (psycopg.DataError, psycopg.IntegrityError):
        return _commit_each(connection, outcomes, clocks)


def _commit_each(connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks) -> Written:
    written = Written()
    understood, refused, duplicates = written.understood, written.refused, 0
    for delivery, outcome in outcomes:
        try:
            one = _commit(connection, [(delivery, outcome)], clocks, _copy_unless_known)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            _log.warning("row_refused", error=type(error).__name__)
            why = Rejected(Reason.NOT_STORABLE, f"the database refuses it: {type(error).__name__}")
            one = _commit(connection, [(delivery, why)], clocks, _copy_unless_known)
        understood += one.understood
        refused.update(one.refused)
        duplicates += one.duplicates
    return Written(understood, duplicates, refused)


def _commit(connection: Connection, outcomes: Sequence[Outcome], clocks: Clocks, copy: Copy) -> Written:
    by_table: dict[Table, list[Values]] = defaultdict(list)
    understood: list[Decoded] = []
    unread: list[tuple[Delivery, Rejected]] = []
    for delivery, outcome in outcomes:
        if isinstance(outcome, Rejected):
            unread.append((delivery, outcome))
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
        for table, rows in by_table.items():
            duplicates += copy(connection, table, rows)
        if unread:
            connection.cursor().executemany(
                QUERIES["quarantine"], [_quarantined(delivery, why) for delivery, why in unread]
            )
    clocks.saved(corrections)
    return Written(understood, duplicates, Counter(why.reason for _delivery, why in unread))


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


def _quarantined(delivery: Delivery, why: Rejected) -> dict[str, object]:
    return {
        "received_at": delivery.received_at,
        "topic": delivery.topic,
        "payload": delivery.payload[:_KEPT_BYTES],
        "payload_bytes": len(delivery.payload),
        "reason": why.reason.value,
        "detail": why.detail,
    }


def _copy(connection: Connection, table: Table, rows: list[Values]) -> int:
    _copy_into(connection, table.name, table, rows)
    return 0


def _copy_into(connection: Connection, name: str, table: Table, rows: list[Values]) -> None:
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    has_documents = "jsonb" in table.types
    with connection.cursor().copy(statement) as copy:
        copy.set_types(table.types)
        for values in rows:
            copy.write_row(
                [Jsonb(one) if isinstance(one, dict) else one for one in values] if has_documents else values
            )


def _copy_unless_known(connection: Connection, table: Table, rows: list[Values]) -> int:
    """Insert the rows that are not there yet; how many were."""
    stage, target = sql.Identifier(f"stage_{table.name}"), sql.Identifier(table.name)
    make = sql.SQL("create temp table if not exists {} (like {}) on commit delete rows")
    connection.execute(make.format(stage, target))
    _copy_into(connection, f"stage_{table.name}", table, rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    insert = sql.SQL("insert into {} ({}) select {} from {} on conflict do nothing")
    return len(rows) - connection.execute(insert.format(target, columns, columns, stage)).rowcount
