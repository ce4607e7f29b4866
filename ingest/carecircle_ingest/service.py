"""`carecircle ingest`: reads everything from the broker and stores it, batch by batch (I/O)."""

import gc
import signal
import threading
import time
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

import click
import psycopg
import structlog
from pydantic import Field

from carecircle.errors import Unavailable
from carecircle.log import configure_logging
from carecircle.metrics import MetricsSettings, new_registry, serving
from carecircle.mqtt import Broker, Delivery, Session
from carecircle.rejected import Reason, Rejected
from carecircle.settings import BrokerSettings, DatabaseSettings, load_settings
from carecircle_ingest.copying import Connection
from carecircle_ingest.coverage_command import say_coverage
from carecircle_ingest.marks import Marks
from carecircle_ingest.metrics import IngestMetrics
from carecircle_ingest.partition import CountyCodes, Partition
from carecircle_ingest.replay import load_clocks
from carecircle_ingest.writer import QUERIES, Outcome, Written, read_batch, write_outcomes

if TYPE_CHECKING:
    from carecircle_ingest.clocks import Clocks

_WINDOW = 4000
_BATCH = 2000
_RELOAD_BEDS_S = 5.0  # an unknown bed may be a new one; asked at most this often
_BEDS_VALID_S = 60.0
_HOUSEKEEPING_S = 60.0
_LONGEST_PAUSE_S = 5.0
_OBJECTS_BETWEEN_COLLECTIONS = 100_000  # a batch makes tens of thousands and no cycles among them

_log = structlog.get_logger()


class IngestSettings(DatabaseSettings, BrokerSettings, MetricsSettings):
    """What `carecircle ingest` is told."""

    mqtt_client_id: str = Field("carecircle-ingest", description="session name at the broker; one process a name")
    ingest_counties: CountyCodes = Field(
        (), description="read only these counties, 6-digit division codes, comma-separated; none: all of them"
    )
    quarantine_keep: int = Field(100_000, ge=1, description="how many unreadable messages are kept, the newest")


class IngestService:
    """Takes batches, commits them, and only then acknowledges; waits as long as the database is away."""

    def __init__(self, settings: IngestSettings, metrics: IngestMetrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._url = settings.database_url.get_secret_value()
        self._partition = Partition(settings.mqtt_client_id, settings.ingest_counties)
        self._session = Session(
            Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file),
            client_id=settings.mqtt_client_id,
            topics=self._partition.topics,
            window=_WINDOW,
            no_local=True,  # its own marks concern nobody here
        )
        self._connection: Connection | None = None
        self._counties: dict[str, str] = {}
        self._clocks: Clocks | None = None
        self._marks = Marks()
        self._loaded_at = float("-inf")
        self._housekept_at = time.monotonic()
        self._stored = 0
        self._duplicates = 0
        self._duplicates_likely = False
        self._quarantined = 0

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set; what is taken is finished first."""
        self._partition.wait_for_claim(self._connected, stop)
        self._session.start()
        try:
            while not stop.is_set():
                batch = self._session.take(_BATCH, timeout_s=0.5)
                if batch:
                    self._store(batch, stop)
                self._say_marks()
                self._keep_house()
                self._look_after_partition()
        finally:
            self._session.stop()
            if self._connection is not None:
                self._connection.close()

    def _store(self, batch: list[Delivery], stop: threading.Event) -> None:
        began = time.monotonic()
        pause_s = 0.1
        while not stop.is_set():
            try:
                written = self._write(batch)
            except psycopg.OperationalError as error:
                _log.warning("database_away", error=type(error).__name__, waiting=len(batch))
                self._metrics.database_is_away()
                self._metrics.waits(len(batch) + self._session.waiting)
                self._disconnect()
                stop.wait(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                continue
            self._session.acknowledge(batch)
            self._metrics.batch(batch, written, time.monotonic() - began, datetime.now(UTC))
            self._metrics.waits(self._session.waiting)
            for one in written.understood:
                if one.oldest is not None:
                    self._marks.note(one.topic, one.boot, one.seq, one.oldest, one.since)
            self._stored += written.stored
            self._duplicates += written.duplicates
            self._quarantined += written.quarantined
            return

    def _write(self, batch: list[Delivery]) -> Written:
        connection = self._connected()
        if self._clocks is None:
            self._clocks = load_clocks(connection)
        self._reload_beds(connection, _BEDS_VALID_S)
        outcomes = read_batch(batch, self._counties, self._clocks)
        if _names_unknown_bed(outcomes) and self._reload_beds(connection, _RELOAD_BEDS_S):
            outcomes = read_batch(batch, self._counties, self._clocks)
        written = write_outcomes(connection, outcomes, self._clocks, duplicates_likely=self._duplicates_likely)
        self._duplicates_likely = written.duplicates > 0  # repeats come in floods, after an outage
        return written

    def _reload_beds(self, connection: Connection, valid_s: float) -> bool:
        if time.monotonic() - self._loaded_at <= valid_s:
            return False
        self._counties = dict(connection.execute(QUERIES["beds"]).fetchall())
        self._loaded_at = time.monotonic()
        return True

    def _say_marks(self) -> None:
        try:
            marks = self._marks.due(time.monotonic(), round(time.time() * 1000))
            self._metrics.marks_said(len(marks))
            for topic, payload in marks:
                self._session.publish(topic, payload)
        except Unavailable:
            _log.warning("marks_wait")  # senders repeat, and a repeat has its mark said again

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
            self._partition.claim(connection)
            self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _look_after_partition(self) -> None:
        if self._partition.is_due(time.monotonic()):
            try:
                self._partition.look_after(self._connected(), self._session, time.monotonic())
            except psycopg.OperationalError:
                self._disconnect()
            self._metrics.uncovered(len(self._partition.uncovered))

    def _keep_house(self) -> None:
        if time.monotonic() - self._housekept_at < _HOUSEKEEPING_S:
            return
        self._housekept_at = time.monotonic()
        _log.info("ingest_progress", stored=self._stored, duplicates=self._duplicates, quarantined=self._quarantined)
        try:
            self._connected().execute(QUERIES["trim_quarantine"], {"keep": self._settings.quarantine_keep})
        except psycopg.OperationalError:
            self._disconnect()


def _names_unknown_bed(outcomes: list[Outcome]) -> bool:
    return any(isinstance(one, Rejected) and one.reason is Reason.UNKNOWN_BED for _delivery, one in outcomes)


@click.command()
@click.option(
    "--check", is_flag=True, help="only say which county is read by whom; exit code 1 where one has no reader"
)
def command(*, check: bool) -> None:
    """Store every reading, event and status once; keep what cannot be read with its reason."""
    if check:
        raise SystemExit(0 if say_coverage(load_settings(DatabaseSettings).database_url.get_secret_value()) else 1)
    settings = load_settings(IngestSettings)
    configure_logging(settings.log_format, "ingest")
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    registry = new_registry()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    with serving(settings, registry):
        IngestService(settings, IngestMetrics(registry)).run(stop)
