"""`carecircle quarantine`: look into what could not be read, and replay it after a fix (I/O)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import psycopg

from carecircle.errors import NotFound, Unavailable
from carecircle.rejected import Reason
from carecircle.settings import DatabaseSettings, load_settings
from carecircle_ingest.copying import Connection
from carecircle_ingest.replay import replay as replay_batches
from carecircle_ingest.writer import QUERIES

_REASONS = click.Choice([reason.value for reason in Reason])


@contextmanager
def _connected() -> Iterator[Connection]:
    settings = load_settings(DatabaseSettings)
    try:
        with psycopg.connect(
            settings.database_url.get_secret_value(), autocommit=True, connect_timeout=5
        ) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; is it running, and is the address right?") from error


@click.group()
def quarantine() -> None:
    """Look into messages that could not be read, and replay them after a fix."""


@quarantine.command("list")
@click.option("--reason", type=_REASONS, help="only of this reason")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="how many of the newest")
def list_messages(reason: str | None, limit: int) -> None:
    """Count by reason and list the newest."""
    with _connected() as connection:
        for name, count, last in connection.execute(QUERIES["quarantine_reasons"]).fetchall():
            click.echo(f"{count:>9} {name:<14} last {_time(last)}")
        rows = connection.execute(QUERIES["quarantine_newest"], {"reason": reason, "limit": limit}).fetchall()
    if not rows:
        click.echo("nothing waits in quarantine")
    for number, received_at, why, topic, size, detail in rows:
        click.echo(f"{number:>9} {_time(received_at)} {why:<14} {size:>7} B  {topic!r}: {detail}")


@quarantine.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Show one message with its bytes; it may hold somebody's readings."""
    with _connected() as connection:
        row = connection.execute(QUERIES["quarantine_payload"], {"id": number}).fetchone()
    if row is None:
        raise NotFound(f"there is no message {number} in quarantine")
    _number, received_at, why, topic, size, detail, payload = row
    click.echo(f"received  {_time(received_at)}\nreason    {why}: {detail}\ntopic     {topic!r}\nbytes     {size}")
    if size > len(payload):
        click.echo(f"kept      the first {len(payload)} bytes")
    try:
        text = payload.decode()
        click.echo(text if text.isprintable() else repr(text))
    except UnicodeDecodeError:
        click.echo(payload.hex(" "))


@quarantine.command()
@click.option("--reason", type=_REASONS, help="only of this reason")
@click.option("--id", "ids", type=int, multiple=True, help="only this message; may be given again")
@click.option("--dry-run", is_flag=True, help="say what would happen and change nothing")
def replay(reason: str | None, ids: tuple[int, ...], dry_run: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Read again with today's rules and beds; what can be read goes to history, the rest stays. Raises no alarms."""
    stored = events = 0
    refused = Counter[Reason]()
    with _connected() as connection:
        for batch in replay_batches(connection, reason=reason, ids=ids or None, store=not dry_run):
            stored += batch.stored
            events += batch.events
            refused.update(batch.refused)
            click.echo(f"{stored} stored, {refused.total()} still refused", err=True)
    click.echo(
        f"{'would go' if dry_run else 'went'} to history: {stored}, of which {events} events (no alarm is raised)"
    )
    for why, count in refused.most_common():
        click.echo(f"stays: {count} {why.value}")


@quarantine.command()
@click.option("--reason", type=_REASONS, required=True, help="of this reason")
@click.option("--before", type=click.DateTime(), required=True, help="that came before this moment, UTC")
@click.confirmation_option(prompt="These messages will be gone for good. Go on?")
def drop(reason: str, before: datetime) -> None:
    """Give up messages for good."""
    with _connected() as connection:
        wanted = {"reason": reason, "before": before.replace(tzinfo=UTC)}
        dropped = connection.execute(QUERIES["quarantine_drop"], wanted).rowcount
    click.echo(f"gave up {dropped} messages")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
