"""Seeding the database: writes planned rows, and leaves alone what people have changed since (I/O)."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from carecircle.errors import Unavailable
from carecircle.seeding import SeedTable


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
                cursor.executemany(_insert(table), table.rows)
                written[table.table] = cursor.rowcount
    return written


def _insert(table: SeedTable) -> sql.Composed:
    columns = list(table.rows[0])
    target = sql.Identifier(table.table)
    statement = sql.SQL("insert into {table} ({columns}) values ({values}) on conflict ({key}) do ").format(
        table=target,
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(map(sql.Placeholder, columns)),
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
