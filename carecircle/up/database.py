"""The installation's database before the services start: made, migrated, filled with the demo's people (I/O)."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from carecircle.errors import Unavailable
from carecircle.identity import home_password
from carecircle.pairing import home_user
from carecircle.runtime.broker_accounts import Home
from carecircle.up.installation import carecircle_program


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in at the console."""

    login: str
    name: str
    role: str


def create_database(server_url: str, name: str) -> None:
    """Make the database where it is missing; `server_url` is a superuser's."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def run_command(*arguments: str, environment: Mapping[str, str]) -> None:
    """Run one of our own commands to its end; raises `Unavailable` with its last line where it fails."""
    done = subprocess.run(
        [carecircle_program(), *arguments],
        env=child_environment(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"carecircle {arguments[0]} failed: {lines[-1] if lines else done.returncode}")


_HOMES = """
select b.county, b.id, coalesce(h.generation, 0), h.next_generation
from bed b left join home_account h on h.bed_id = b.id
where h.revoked_at is null order by b.id
"""


def known_homes(admin_url: str, home_secret: str) -> list[Home]:
    """The accounts of every bed's home: two while one is being rotated, none where it was revoked."""
    with psycopg.connect(admin_url) as connection:
        rows = connection.execute(_HOMES).fetchall()
    return [
        Home(county, bed, home_password(home_secret, bed, generation), home_user(bed, generation))
        for county, bed, present, to_come in rows
        for generation in (present, to_come)
        if generation is not None
    ]


def demo_accounts(admin_url: str) -> list[Account]:
    """Everybody who may sign in, in the order in which they were made."""
    with psycopg.connect(admin_url) as connection:
        rows = connection.execute("select login, name, role from account where disabled_at is null order by id")
        return [Account(*row) for row in rows.fetchall()]


def child_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Our environment without any setting of ours but the given ones: a process gets what it needs and no more."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CARECIRCLE_")}
    log_format = {"CARECIRCLE_LOG_FORMAT": os.environ.get("CARECIRCLE_LOG_FORMAT", "console")}
    return {**ours, "PYTHONUNBUFFERED": "1", **log_format, **given}
