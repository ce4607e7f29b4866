"""Migrations: forward-only SQL files, applied once each, under a lock that only one process holds (I/O)."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from carecircle.errors import Misconfigured, Unavailable

ROLES: tuple[LiteralString, ...] = (
    "carecircle_owner",
    "carecircle_ingest",
    "carecircle_upkeep",
    "carecircle_alerts",
    "carecircle_lifeline",
    "carecircle_desk",
    "carecircle_console",
    "carecircle_grafana",
)
_LOCK = 0x0CA2EC12
_LEDGER = """
create table if not exists schema_migration (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
)
"""


def migration_files() -> Iterator[tuple[str, str]]:
    """Name and text of every migration, in order."""
    folder = files("carecircle.db").joinpath("migrations")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".sql"):
            yield entry.name, entry.read_text(encoding="utf-8")


def migrate(
    admin_url: str, passwords: Mapping[str, str], *, on_applied: Callable[[str], None] = lambda _name: None
) -> list[str]:
    """Bring the database up to date and set the services' passwords; returns the names of what was applied.

    `admin_url` is a superuser's. Raises `Misconfigured` when an applied file has been changed since, `Unavailable` when
    the database does not answer.
    """
    try:
        connection = psycopg.connect(admin_url, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
    with connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        connection.execute("set lock_timeout = '5s'")
        _create_roles(connection)
        connection.execute(_LEDGER)
        applied = _apply_missing(connection, on_applied)
        for role, password in passwords.items():
            _set_password(connection, role, password)
    return applied


def _create_roles(connection: psycopg.Connection[TupleRow]) -> None:
    for role in ROLES:
        if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
            continue
        try:
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        except psycopg.errors.UniqueViolation:  # another database of the same server is being migrated right now
            continue


def _apply_missing(connection: psycopg.Connection[TupleRow], on_applied: Callable[[str], None]) -> list[str]:
    done: dict[str, str] = dict(connection.execute("select name, sha256 from schema_migration").fetchall())
    applied = []
    for name, text in migration_files():
        digest = hashlib.sha256(text.encode()).hexdigest()
        if name in done:
            if done[name] != digest:
                raise Misconfigured(f"migration {name} was changed after it had been applied; add a new one instead")
            continue
        with connection.transaction():
            connection.execute(text.encode())
            connection.execute("insert into schema_migration (name, sha256) values (%s, %s)", [name, digest])
        applied.append(name)
        on_applied(name)
    return applied


def _set_password(connection: psycopg.Connection[TupleRow], role: str, password: str) -> None:
    if role not in ROLES:
        raise Misconfigured(f"there is no database role {role}")
    connection.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password)))
