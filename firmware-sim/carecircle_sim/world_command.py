"""`carecircle sim world`: the channels and the people outside, on this machine (I/O)."""

import asyncio
import signal
from random import Random

import click
import httpx
from aiosmtpd.smtp import SMTP
from pydantic import Field, SecretStr

from carecircle.log import configure_logging
from carecircle.settings import ProcessSettings, load_settings
from carecircle_sim.seed import demo_responder_id
from carecircle_sim.town import DEFAULT_SEED, build_town
from carecircle_sim.world.faults import PROFILES, Faults
from carecircle_sim.world.http import serve_http
from carecircle_sim.world.inbox import Inbox
from carecircle_sim.world.receiver import Receiver
from carecircle_sim.world.responders import Responders, Temper

_PORT = click.IntRange(0, 65535)


class WorldSettings(ProcessSettings):
    """What the simulated world is told."""

    webhook_secret: SecretStr = Field(description="HMAC key with which the platform signs its webhooks")


@click.command("world")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORT, default=8025, show_default=True, help="HTTP: webhooks and the inbox page.")
@click.option("--smtp-port", type=_PORT, default=2525, show_default=True, help="SMTP: mail to demo people.")
@click.option("--faults", type=click.Choice(sorted(PROFILES)), default="none", show_default=True, help="Misbehaviour.")
@click.option("--accept-probability", type=click.FloatRange(0, 1), default=0.8, show_default=True)
@click.option("--accept-after", type=click.FloatRange(0), default=8.0, show_default=True, help="Mean seconds.")
@click.option(
    "--time-scale", type=click.FloatRange(1), default=20.0, show_default=True, help="Travel, faster than life."
)
@click.option("--play-demo-responder/--leave-demo-responder", default=False, help="Answer for the demo account too.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Same seed, same whims.")
def world_command(
    host: str,
    port: int,
    smtp_port: int,
    faults: str,
    accept_probability: float,
    accept_after: float,
    time_scale: float,
    play_demo_responder: bool,  # noqa: FBT001 - click passes flags so
    seed: int,
) -> None:
    """Receive what the platform sends to people, show it, and answer offers as responders would."""
    settings = load_settings(WorldSettings)
    configure_logging(settings.log_format, "sim-world")
    temper = Temper(accept_probability, accept_after, time_scale)
    played = frozenset() if play_demo_responder else frozenset({demo_responder_id(build_town())})
    asyncio.run(_run(settings, temper, PROFILES[faults], played, Random(seed), (host, port, smtp_port)))  # noqa: S311


async def _run(
    settings: WorldSettings,
    temper: Temper,
    faults: Faults,
    hands_off: frozenset[str],
    rng: Random,
    listen: tuple[str, int, int],
) -> None:
    host, port, smtp_port = listen
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        receiver = Receiver(
            secret=settings.webhook_secret.get_secret_value(),
            inbox=Inbox(),
            responders=Responders(client, temper, rng, hands_off),
            faults=faults,
            rng=rng,
        )
        mail = await loop.create_server(lambda: SMTP(receiver, enable_SMTPUTF8=True, loop=loop), host, smtp_port)
        async with serve_http(receiver.handle_http, host, port) as web_port:
            click.echo(f"inbox http://{host}:{web_port}/ smtp {mail.sockets[0].getsockname()[1]}")
            await stop.wait()
        mail.close()
