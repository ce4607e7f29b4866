"""A known history, and the two roles that look at it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.integration.dashboards.known_history import fill, grant_scope
from tests.servers import Database


@pytest.fixture
def now() -> datetime:
    """The test's now; the views compare with the server's clock, which is this machine's."""
    return datetime.now(UTC)


@pytest.fixture
def filled(database: Database, now: datetime) -> Database:
    fill(database.admin_url, now)
    grant_scope(database.admin_url, "carecircle_grafana", "63")
    return database


@pytest.fixture
def grafana(filled: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(filled.url("carecircle_grafana"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def neighbour(filled: Database) -> Iterator[psycopg.Connection]:
    """The role of another institution, whose area is a county of another province."""
    role = f"test_grafana_{uuid4().hex[:12]}"
    with psycopg.connect(filled.admin_url, autocommit=True) as admin:
        made = sql.SQL("create role {} login password {} in role carecircle_grafana")
        admin.execute(made.format(sql.Identifier(role), sql.Literal(role)))
        grant_scope(filled.admin_url, role, "620102")
        try:
            with psycopg.connect(filled.server.url(role, role, filled.name), autocommit=True) as connection:
                yield connection
        finally:
            # A session that has just been closed may still be clearing its temporary objects away.
            admin.execute(sql.SQL("drop owned by {} cascade").format(sql.Identifier(role)))
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))
