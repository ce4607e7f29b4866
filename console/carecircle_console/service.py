"""`carecircle console`: runs the console's server (I/O)."""

import contextlib
import socket

import click
import structlog
import uvicorn

from carecircle.clock import Clock
from carecircle.errors import Misconfigured
from carecircle.log import configure_logging
from carecircle.settings import load_settings
from carecircle_console.app import create_app
from carecircle_console.context import Console
from carecircle_console.settings import ConsoleSettings

# Commands end in milliseconds; streams are closed before this counts.
_GRACE_S = 5
_IDLE_S = 75
"""A connection that waits for its next request is left to its client or a proxy to close; proxies keep theirs 60 s
by default (nginx). Whoever closes cuts off a request that is on its way, and only readings are repeated by browsers.
"""

_log = structlog.get_logger()


class ConsoleServer(uvicorn.Server):
    """A server that ends its streams when it is told to stop; uvicorn alone would wait for them."""

    @property
    def console(self) -> Console | None:
        """What it serves; None until its application has begun."""
        console = getattr(getattr(self.config.app, "state", None), "console", None)
        return console if isinstance(console, Console) else None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams and what is being computed, then everything else."""
        if self.console is not None:
            self.console.hub.close()
            # A page may be waiting for an outline; its first one takes longer than a server may take to stop.
            await self.console.coverage.close()
        await super().shutdown(sockets)


def new_server(settings: ConsoleSettings, clock: Clock | None = None) -> ConsoleServer:
    """The server for these settings; `run()` or `serve()` starts it. Tests bring their own clock."""
    return ConsoleServer(
        uvicorn.Config(
            create_app(settings, clock),
            host=settings.console_host,
            port=settings.console_port,
            http="httptools",
            ws="none",
            loop="uvloop",
            # Request lines hold ids and tokens; web.Edge logs what may be logged.
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=_IDLE_S,
        )
    )


@click.command()
def command() -> None:
    """Serve the console: the pages, the HTTP interface and the live stream."""
    settings = load_settings(ConsoleSettings)
    configure_logging(settings.log_format, "console")
    _log.info("console_starting", host=settings.console_host, port=settings.console_port)
    server = new_server(settings)
    # uvicorn logs why it cannot start and leaves by SystemExit; the person at the terminal is told what to do.
    with contextlib.suppress(SystemExit):
        server.run()
    if not server.started:
        raise Misconfigured(
            f"the console could not start on {settings.console_host}:{settings.console_port}; where the line above "
            "says that the address is in use, stop the other program or choose another CARECIRCLE_CONSOLE_PORT"
        )
