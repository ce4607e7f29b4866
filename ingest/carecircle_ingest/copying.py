"""Copying: rows go into a table as one binary COPY, with or without looking for those that are there already (I/O)."""

from collections.abc import Callable, Sequence
from functools import cache

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from carecircle_ingest.decode import Table

Connection = psycopg.Connection[TupleRow]
Values = tuple[object, ...]
"""What one row says, in the order of its table's columns."""
Copy = Callable[[Connection, Table, Sequence[Values]], int]
"""Copies rows into a table and returns how many were there already."""


def copy_all(connection: Connection, table: Table, rows: Sequence[Values]) -> int:
    """Copy rows of which none is there; raises `UniqueViolation` when one is."""
    _copy(connection, table.name, table, rows)
    return 0


def copy_unless_known(connection: Connection, table: Table, rows: Sequence[Values]) -> int:
    """Copy the rows that are not there yet, by way of a temporary table: about twice the work for the database."""
    stage, target = sql.Identifier(f"stage_{table.name}"), sql.Identifier(table.name)
    make = sql.SQL("create temp table if not exists {} (like {}) on commit delete rows")
    connection.execute(make.format(stage, target))
    _copy(connection, f"stage_{table.name}", table, rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    insert = sql.SQL("insert into {} ({}) select {} from {} on conflict do nothing")
    return len(rows) - connection.execute(insert.format(target, columns, columns, stage)).rowcount


def _copy(connection: Connection, name: str, table: Table, rows: Sequence[Values]) -> None:
    has_documents = "jsonb" in table.types
    with connection.cursor().copy(_copy_statement(name, table)) as copy:
        copy.set_types(table.types)
        write_row = copy.write_row
        for values in rows:
            write_row([Jsonb(one) if isinstance(one, dict) else one for one in values] if has_documents else values)


@cache
def _copy_statement(name: str, table: Table) -> bytes:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(name), columns).as_bytes()
