"""`carecircle upkeep`: keeps history small and quick to read, one round a minute (I/O)."""

import signal
import threading
from types import FrameType

import click
import psycopg
import structlog

from carecircle.clock import SystemClock
from carecircle.log import configure_logging
from carecircle.metrics import new_registry, serving
from carecircle.settings import load_settings
from carecircle_upkeep.boundary import QUERIES, Connection
from carecircle_upkeep.metrics import UpkeepMetrics
from carecircle_upkeep.round import Round
from carecircle_upkeep.settings import UpkeepSettings

_PAUSE_S = 2.0

_log = structlog.get_logger()


class UpkeepService:
    """Goes round as the only one; a second process waits, and takes over when the first one's connection ends."""

    def __init__(self, settings: UpkeepSettings, one_round: Round, metrics: UpkeepMetrics) -> None:
        self._url = settings.database_url.get_secret_value()
        self._interval_s = settings.upkeep_interval_s
        self._round = one_round
        self._metrics = metrics
        self._connection: Connection | None = None
        self._is_waiting = False

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set; the transaction under way is finished first."""
        try:
            while not stop.is_set():
                stop.wait(self._go(stop))
        finally:
            self._disconnect()

    def _go(self, stop: threading.Event) -> float:
        """One round; how long to wait before the next, in seconds."""
        try:
            connection = self._only_one()
            if connection is None:
                return min(_PAUSE_S, self._interval_s)
            return 0.0 if self._round.go(connection, stop) else self._interval_s
        except psycopg.OperationalError as error:
            _log.warning("database_away", error=type(error).__name__)
            self._metrics.database_is_away()
            self._disconnect()
            return min(_PAUSE_S, self._interval_s)

    def _only_one(self) -> Connection | None:
        """The connection that does the upkeep: its lock and its work end together."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        # Without prepared statements: a plan that is made for any time would have to look at all chunks.
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5, prepare_threshold=None)
        ((is_alone,),) = connection.execute(QUERIES["be_the_only_one"])
        if not is_alone:
            connection.close()
            if not self._is_waiting:
                _log.info("another_upkeep_is_at_work")
            self._is_waiting = True
            return None
        self._connection, self._is_waiting = connection, False
        _log.info("upkeep_begins")
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@click.command()
def command() -> None:
    """Roll history up by minute, hour and day, drop what is old, and choose how long chunks are."""
    settings = load_settings(UpkeepSettings)
    configure_logging(settings.log_format, "upkeep")
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    clock, registry = SystemClock(), new_registry()
    metrics = UpkeepMetrics(registry, clock)
    with serving(settings, registry):
        UpkeepService(settings, Round(settings, clock, metrics), metrics).run(stop)
