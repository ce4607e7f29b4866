"""Institutions: a database role of its own for each, and what it answers for (I/O)."""

import re
import secrets
from dataclasses import dataclass

import psycopg
from psycopg import sql

from carecircle.errors import Misconfigured, NotFound, Unavailable

_ROLE = re.compile(r"grafana_[a-z0-9_]{1,50}")
_GROUP = "carecircle_grafana"
_AREA = re.compile(r"[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a role answers for. Raises `Misconfigured` for a name that could be another role's, or an empty scope."""

    role: str
    areas: frozenset[str]
    providers: frozenset[str]
    health: bool

    def __post_init__(self) -> None:
        """A role of another service must not be changed by a slip of the keyboard."""
        if not _ROLE.fullmatch(self.role):
            raise Misconfigured("an institution's role is called grafana_…, in small letters, digits and underscores")
        if not self.areas and not self.providers:
            raise Misconfigured("an institution answers for an area or a provider; without one it would see nothing")
        for area in self.areas:
            if not _AREA.fullmatch(area):
                raise Misconfigured(f"{area} is no division code of 2, 4, 6, 9 or 12 digits")


def new_password() -> str:
    """A password that nobody has to remember."""
    return secrets.token_urlsafe(32)


def plan_grant(admin_url: str, scope: Scope) -> list[str]:
    """What `grant` would do, in lines for people; raises `NotFound` for an area or provider that is not there."""
    with _connect(admin_url) as connection:
        _must_exist(connection, scope)
        known = connection.execute("select 1 from pg_roles where rolname = %s", [scope.role]).fetchone()
        lines = [f"{'keep  ' if known else 'create'}  role {scope.role}"]
        before, after = _held(connection, scope.role), _wanted(scope)
        lines += [
            f"grant   {what} {name}{' with health' if health else ''}" for what, name, health in sorted(after - before)
        ]
        lines += [
            f"revoke  {what} {name}{' with health' if health else ''}" for what, name, health in sorted(before - after)
        ]
    return lines


def grant(admin_url: str, scope: Scope, password: str) -> None:
    """Make the role, set its password and its scope, all in one transaction; what it held before is replaced."""
    with _connect(admin_url) as connection, connection.transaction():
        _must_exist(connection, scope)
        role = sql.Identifier(scope.role)
        if connection.execute("select 1 from pg_roles where rolname = %s", [scope.role]).fetchone() is None:
            connection.execute(sql.SQL("create role {} login").format(role))
        connection.execute(sql.SQL("alter role {} login password {}").format(role, sql.Literal(password)))
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(_GROUP), role))
        # A clumsy query of one institution is not to hold up another's.
        connection.execute(sql.SQL("alter role {} set statement_timeout = '30s'").format(role))
        connection.execute("delete from grafana_scope where role_name = %s", [scope.role])
        connection.execute("delete from grafana_institution where role_name = %s", [scope.role])
        for area in sorted(scope.areas):
            connection.execute(
                "insert into grafana_scope (role_name, area_prefix, health) values (%s, %s, %s)",
                [scope.role, area, scope.health],
            )
        for provider in sorted(scope.providers):
            connection.execute(
                "insert into grafana_institution (role_name, provider_id, health) values (%s, %s, %s)",
                [scope.role, provider, scope.health],
            )


def _connect(admin_url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(admin_url, autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error


def _must_exist(connection: psycopg.Connection, scope: Scope) -> None:
    for area in scope.areas:
        if connection.execute("select 1 from area where code = %s", [area]).fetchone() is None:
            raise NotFound(f"there is no division {area}")
    for provider in scope.providers:
        if connection.execute("select 1 from provider where id = %s", [provider]).fetchone() is None:
            raise NotFound(f"there is no provider {provider}")


def _held(connection: psycopg.Connection, role: str) -> set[tuple[str, str, bool]]:
    rows = connection.execute(
        "select 'area', area_prefix, health from grafana_scope where role_name = %(role)s"
        " union all select 'provider', provider_id, health from grafana_institution where role_name = %(role)s",
        {"role": role},
    ).fetchall()
    return {(what, name, health) for what, name, health in rows}


def _wanted(scope: Scope) -> set[tuple[str, str, bool]]:
    return {("area", area, scope.health) for area in scope.areas} | {
        ("provider", provider, scope.health) for provider in scope.providers
    }
