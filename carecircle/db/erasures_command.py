"""`carecircle erasures`: who was erased, kept apart from backups; erased again after one is restored (I/O)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg
from psycopg.rows import TupleRow
from pydantic import Field, SecretStr

from carecircle.errors import Misconfigured, Unavailable
from carecircle.settings import ProcessSettings, load_settings

_KINDS = frozenset({"resident", "family_member", "responder"})
_ERASED = """
select p.kind, p.person_id, e.finished_at from erasure e join erasure_person p on p.erasure_id = e.id
where e.begun_at is not null order by e.id, p.kind, p.person_id
"""


class ErasuresSettings(ProcessSettings):
    """What the command is told."""

    admin_database_url: SecretStr = Field(
        description="postgresql:// URL of a superuser; used to read the ledger of erasures and apply it after a restore"
    )


@click.group("erasures")
def erasures() -> None:
    """The ledger of erased persons, for backups: print it, and apply it again after a restore."""


@erasures.command()
def ledger() -> None:
    """Print one line for everybody who is erased: kind and number, nothing else that names them."""
    with _connected() as connection:
        for kind, person, finished_at in connection.execute(_ERASED).fetchall():
            at = None if finished_at is None else finished_at.astimezone(UTC).isoformat()
            click.echo(json.dumps({"kind": kind, "id": person, "erased_at": at}))


@erasures.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def reapply(file: Path) -> None:
    """Erase again, at once, everybody in a ledger; run it after a restore and before the services start."""
    persons = list(_persons(file))
    with _connected() as connection, connection.transaction():
        said = [
            connection.execute("select reapply_erasure(%s, %s, %s)", [kind, person, datetime.now(UTC)]).fetchone()
            for kind, person in persons
        ]
    words = [str(row[0]) for row in said if row is not None]
    for word in ("will_be_erased", "erased_already", "unknown"):
        click.echo(f"{word}: {words.count(word)}")


def _persons(file: Path) -> Iterator[tuple[str, str]]:
    """Raises `Misconfigured` with the number of a line that cannot be read; nothing is applied then."""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        try:
            read = json.loads(line)
            kind, person = str(read["kind"]), str(read["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise Misconfigured(f"line {number} of {file} is not a line of the ledger") from error
        if kind not in _KINDS:
            raise Misconfigured(f"line {number} of {file} is about nobody: {kind}")
        yield kind, person


def _connected() -> psycopg.Connection[TupleRow]:
    url = load_settings(ErasuresSettings).admin_database_url.get_secret_value()
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error
