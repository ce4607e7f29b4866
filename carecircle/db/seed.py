"""Seeding the database: writes planned rows, and leaves alone what people have changed since (I/O)."""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from carecircle.errors import Unavailable
from carecircle.seeding import Cell, NumberOf, SeedTable


def plant(owner_url: str, tables: Sequence[SeedTable]) -> dict[str, int]:
    """Insert what is missing, all in one transaction; returns the number of rows written or refreshed by table.

    `owner_url` is a role that may write every table named. Doing it again changes nothing but the columns to refresh,
    and those only where they differ. Raises `Unavailable` when the database does not answer.
    """
    try:
        connection = psycopg.connect(owner_url)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
    written: dict[str, int] = {}
    with connection, connection.cursor() as cursor:
        for table in tables:
            if table.rows:
                cursor.executemany(_insert(table), [_plain(row) for row in table.rows])
                written[table.table] = written.get(table.table, 0) + cursor.rowcount
    return written


def _plain(row: Mapping[str, Cell]) -> dict[str, object]:
    return {name: cell.value if isinstance(cell, NumberOf) else cell for name, cell in row.items()}


def _value(column: str, cell: Cell) -> sql.Composable:
    if not isinstance(cell, NumberOf):
        return sql.Placeholder(column)
    return sql.SQL("(select id::text from {} where {} = {})").format(
        sql.Identifier(cell.table), sql.Identifier(cell.column), sql.Placeholder(column)
    )


def _insert(table: SeedTable) -> sql.Composed:
    """The statement for all rows of a table: they look alike, also in which cells are numbers of other rows."""
    columns = list(table.rows[0])
    target = sql.Identifier(table.table)
    if table.is_ledger:
        return sql.SQL("insert into {table} ({columns}) select {values} where not exists ({there})").format(
            table=target,
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=sql.SQL(", ").join(_value(column, table.rows[0][column]) for column in columns),
            there=sql.SQL("select from {} where {}").format(
                target,
                sql.SQL(" and ").join(
                    sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in table.key
                ),
            ),
        )
    statement = sql.SQL("insert into {table} ({columns}) values ({values}) on conflict ({key}) do ").format(
        table=target,
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(_value(column, table.rows[0][column]) for column in columns),
        key=sql.SQL(", ").join(map(sql.Identifier, table.key)),
    )
    if not table.refresh:
        return statement + sql.SQL("nothing")
    names = [sql.Identifier(column) for column in table.refresh]
    return statement + sql.SQL("update set {assignments} where ({old}) is distinct from ({new})").format(
        assignments=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(name) for name in names),
        old=sql.SQL(", ").join(sql.SQL("{}.{}").format(target, name) for name in names),
        new=sql.SQL(", ").join(sql.SQL("excluded.{}").format(name) for name in names),
    )
