"""`carecircle sim homes` and `carecircle sim press`: run the fleet, press one of its buttons (I/O)."""

import json
import signal
from pathlib import Path

import click
from pydantic import Field, SecretStr

from carecircle.log import configure_logging
from carecircle.mqtt import Broker
from carecircle.settings import BrokerSettings, load_settings
from carecircle_sim.control import Control, ask
from carecircle_sim.homes import Homes, Pace
from carecircle_sim.journal import Journal
from carecircle_sim.town import DEFAULT_SEED, build_town

_DEFAULT_JOURNAL = Path(".state/sim/homes.journal")
_CONTROL = click.Path(path_type=Path, dir_okay=False)


class HomesSettings(BrokerSettings):
    """What the fleet is told; the user and password of the broker's URL are not used, each home has its own."""

    home_secret: SecretStr = Field(description="the installation's secret from which homes' broker passwords derive")


@click.command("homes")
@click.option("--count", type=click.IntRange(1, 240), default=240, show_default=True, help="How many homes.")
@click.option("--rate", type=click.FloatRange(0), default=40.0, show_default=True, help="Readings a second, together.")
@click.option("--presses-per-hour", type=click.FloatRange(0), default=20.0, show_default=True, help="Random, together.")
@click.option(
    "--repeat-after", type=click.FloatRange(0.1), default=3.0, show_default=True, help="Seconds, unconfirmed."
)
@click.option("--journal", type=_CONTROL, default=_DEFAULT_JOURNAL, show_default=True, help="Where presses are kept.")
@click.option("--control", type=_CONTROL, help="Socket on which `carecircle sim press` reaches this fleet.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Same seed, same residents.")
def homes_command(
    count: int,
    rate: float,
    presses_per_hour: float,
    repeat_after: float,
    journal: Path,
    control: Path | None,
    seed: int,
) -> None:
    """Run a fleet of homes, each with its own MQTT session, until stopped."""
    settings = load_settings(HomesSettings)
    configure_logging(settings.log_format, "sim-homes")
    memory = Journal(journal)
    homes = Homes(
        build_town().homes[:count],
        broker=Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file),
        home_secret=settings.home_secret.get_secret_value(),
        journal=memory,
        pace=Pace(rate, presses_per_hour, repeat_after),
        seed=seed,
    )
    listening = Control(control, homes) if control else None
    stopping: list[int] = []
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, lambda number, _frame: stopping.append(number))
    while not stopping:
        homes.run_once()
    if listening:
        listening.close()
    homes.close()
    memory.close()


@click.command("press")
@click.argument("bed")
@click.option("--control", type=_CONTROL, required=True, help="Socket of the running fleet.")
def press_command(bed: str, control: Path) -> None:
    """Press the call button of one simulated home and print the event's number."""
    click.echo(json.dumps(ask(control, f"press {bed}")))
