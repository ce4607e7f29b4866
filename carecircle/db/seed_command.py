"""`carecircle seed-demo`: fills an installation with the people of a demo, once (I/O)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import entry_points

import click
from pydantic import Field, SecretStr

from carecircle.db.seed import plant
from carecircle.errors import Misconfigured
from carecircle.passwords import hash_password
from carecircle.seeding import SeedPlanner, SeedRequest
from carecircle.settings import ProcessSettings, load_settings

_GROUP = "carecircle.seeds"


class SeedSettings(ProcessSettings):
    """What seeding is told."""

    admin_database_url: SecretStr = Field(description="postgresql:// URL of a superuser; used for seeding only")
    demo_password: SecretStr = Field(min_length=8, description="password of every demo account of this installation")
    demo_webhook_url: str = Field(description="where messages to demo people are sent, the simulated world's receiver")


def _planners() -> Iterator[SeedPlanner]:
    """The planners that installed packages announce, in the order of their names.

    Raises `Misconfigured` when there is none: the demo's people are part of the simulator.
    """
    points = sorted(entry_points(group=_GROUP), key=lambda point: point.name)
    if not points:
        raise Misconfigured("no package announces demo people; install carecircle[demo]")
    for point in points:
        planner: SeedPlanner = point.load()
        yield planner


@click.command("seed-demo")
def seed_demo() -> None:
    """Fill the database with synthetic people, beds and demo accounts; doing it again changes nothing."""
    settings = load_settings(SeedSettings)
    request = SeedRequest(
        now=datetime.now(UTC),
        webhook_url=settings.demo_webhook_url,
        # One hash for all demo accounts: they share the password anyway, and each hash costs tens of milliseconds.
        password_hash=hash_password(settings.demo_password.get_secret_value()),
    )
    for planner in _planners():
        written = plant(settings.admin_database_url.get_secret_value(), planner(request))
        click.echo("written: " + ", ".join(f"{table} {count}" for table, count in written.items()))
