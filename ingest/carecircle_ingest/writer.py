"""Writer: one batch of deliveries is one transaction; what is stored twice counts once (I/O).

The common case is a straight binary COPY into the tables. Only when a duplicate key shows up does the same batch go
through a staging table, whose rows are inserted unless they are there already.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psycopg
import structlog
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from carecircle.db.queries import Queries
from carecircle.mqtt import Delivery
from carecircle.rejected import Reason, Rejected
from carecircle_ingest.decode import Row, Table, decode

QUERIES = Queries("carecircle_ingest")
_KEPT_BYTES = 64 * 1024

Connection = psycopg.Connection[TupleRow]
Decoded = tuple[Delivery, list[Row] | Rejected]

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: messages stored, now or before, and messages in quarantine."""

    stored: int
    quarantined: int


def write_batch(connection: Connection, deliveries: Sequence[Delivery], counties: Mapping[str, str]) -> Written:
    """Commit a batch. Raises psycopg's `OperationalError` when the database is away; nothing is stored then.

    A message that the database refuses although it could be read goes to quarantine alone and takes no other with it.
    """
    decoded: list[Decoded] = [(delivery, decode(delivery, counties)) for delivery in deliveries]
    try:
        return _commit(connection, decoded, _copy)
    except psycopg.errors.UniqueViolation:
        return _commit_carefully(connection, decoded)
    except (psycopg.DataError, psycopg.IntegrityError):
        return _commit_each(connection, decoded)


def _commit_carefully(connection: Connection, decoded: Sequence[Decoded]) -> Written:
    try:
        return _commit(connection, decoded, _copy_unless_known)
    except (psycopg.DataError, psycopg.IntegrityError):
        return _commit_each(connection, decoded)


def _commit_each(connection: Connection, decoded: Sequence[Decoded]) -> Written:
    stored = quarantined = 0
    for delivery, rows in decoded:
        try:
            written = _commit(connection, [(delivery, rows)], _copy_unless_known)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            _log.warning("row_refused", error=type(error).__name__)
            refused = Rejected(Reason.NOT_STORABLE, f"the database refuses it: {type(error).__name__}")
            written = _commit(connection, [(delivery, refused)], _copy_unless_known)
        stored += written.stored
        quarantined += written.quarantined
    return Written(stored, quarantined)


def _commit(
    connection: Connection, decoded: Sequence[Decoded], copy: Callable[[Connection, Table, list[Row]], None]
) -> Written:
    by_table: dict[Table, list[Row]] = defaultdict(list)
    unread: list[tuple[Delivery, Rejected]] = []
    for delivery, rows in decoded:
        if isinstance(rows, Rejected):
            unread.append((delivery, rows))
        else:
            for row in rows:
                by_table[row.table].append(row)
    with connection.transaction():
        for table, rows in by_table.items():
            copy(connection, table, rows)
        if unread:
            connection.cursor().executemany(
                QUERIES["quarantine"], [_quarantined(delivery, why) for delivery, why in unread]
            )
    return Written(len(decoded) - len(unread), len(unread))


def _quarantined(delivery: Delivery, why: Rejected) -> dict[str, object]:
    return {
        "received_at": delivery.received_at,
        "topic": delivery.topic,
        "payload": delivery.payload[:_KEPT_BYTES],
        "payload_bytes": len(delivery.payload),
        "reason": why.reason.value,
        "detail": why.detail,
    }


def _copy(connection: Connection, table: Table, rows: list[Row]) -> None:
    _copy_into(connection, table.name, table, rows)


def _copy_into(connection: Connection, name: str, table: Table, rows: list[Row]) -> None:
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.cursor().copy(statement) as copy:
        copy.set_types(table.types)
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row.values])


def _copy_unless_known(connection: Connection, table: Table, rows: list[Row]) -> None:
    stage, target = sql.Identifier(f"stage_{table.name}"), sql.Identifier(table.name)
    make = sql.SQL("create temp table if not exists {} (like {}) on commit delete rows")
    connection.execute(make.format(stage, target))
    _copy_into(connection, f"stage_{table.name}", table, rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    insert = sql.SQL("insert into {} ({}) select {} from {} on conflict do nothing")
    connection.execute(insert.format(target, columns, columns, stage))
