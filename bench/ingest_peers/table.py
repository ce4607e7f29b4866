"""Table: the table that the Node peers write, as near to ours as one table can be (I/O).

One row a message, every quantity a column, a TimescaleDB hypertable with the same unique key as our history: the peers
do the same work as we do, and not more.
"""

from psycopg import sql

from bench.ingest_peers.peer import Connection
from carecircle.quantities import QUANTITIES

READINGS = tuple(QUANTITIES)
STATEMENTS = tuple(one.name for one in QUANTITIES.values() if one.is_statement)


def make_table(connection: Connection, schema: str) -> None:
    """Make `schema`.telemetry anew."""
    name = sql.Identifier(schema)
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(name))
    connection.execute(sql.SQL("create schema {}").format(name))
    readings = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(one.name), sql.SQL("boolean" if one.is_statement else "real"))
        for one in QUANTITIES.values()
    )
    connection.execute(
        sql.SQL(
            "create table {}.telemetry (measured_at timestamptz not null, received_at timestamptz not null, "
            "bed text not null, device text not null, boot integer not null, seq bigint not null, quality real, "
            "{}, unique (bed, measured_at, device, boot, seq))"
        ).format(name, readings)
    )
    connection.execute("select create_hypertable(%s::regclass, 'measured_at')", [f"{schema}.telemetry"])


def count_table(connection: Connection, schema: str) -> tuple[int, int]:
    """Rows of it, and different messages among them, which its unique key makes as many: a message has one time.

    So nothing is sorted, and counting while a fast peer writes takes it little processor time.
    """
    row = connection.execute(sql.SQL("select count(*) from {}.telemetry").format(sql.Identifier(schema))).fetchone()
    assert row is not None
    (rows,) = row
    assert isinstance(rows, int)
    return rows, rows
