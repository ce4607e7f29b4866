"""`carecircle sim load`: many simulated beds from one process, to find where a platform's limits are (I/O)."""

import json
import signal

import click

from carecircle.mqtt import Broker
from carecircle.settings import load_settings
from carecircle_sim.homes_command import HomesSettings
from carecircle_sim.load.run import Load, LoadRun


@click.command("load")
@click.option("--beds", type=click.IntRange(1, 1_000_000), default=100_000, show_default=True, help="How many beds.")
@click.option(
    "--rate", type=click.FloatRange(0.1), default=1000.0, show_default=True, help="Messages a second, in all."
)
@click.option("--seconds", type=click.FloatRange(1), default=60.0, show_default=True, help="How long.")
@click.option(
    "--sessions", type=click.IntRange(0, 20_000), default=200, show_default=True, help="Beds that log in themselves."
)
@click.option(
    "--gateways", type=click.IntRange(0, 1_000), default=20, show_default=True, help="Sessions that carry the rest."
)
@click.option("--seed", default=1, show_default=True, help="Same seed, same bodies.")
def load_command(beds: int, rate: float, seconds: float, sessions: int, gateways: int, seed: int) -> None:
    """Publish as BEDS beds would. For an installation made for the test: it stores all of it.

    Gateways log in with the account of CARECIRCLE_MQTT_URL, which has to be allowed to publish for every bed.
    """
    if gateways == 0 and sessions < beds:
        raise click.UsageError(f"--gateways: {beds - sessions} beds have no session of their own")
    settings = load_settings(HomesSettings)
    broker = Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file)
    run = LoadRun(
        Load(beds, rate, seconds, sessions, gateways, seed),
        broker,
        settings.home_secret.get_secret_value(),
        lambda line: click.echo(line, err=True),
    )
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, lambda _number, _frame: run.stop())
    tally = run.run()
    click.echo(
        json.dumps(
            {
                "beds": beds,
                "sent": tally.sent,
                "skipped": tally.skipped,
                "sessions": tally.connected,
                "per_s": round(tally.sent / tally.seconds) if tally.seconds else 0,
                "cpu_us_per_message": round(1e6 * tally.cpu_s / tally.sent, 1) if tally.sent else None,
                "behind_s": round(tally.behind_s, 2),
            }
        )
    )
