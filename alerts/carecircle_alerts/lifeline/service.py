"""`carecircle lifeline`: hears calls for help beside the alert engine, and shouts when nothing comes of them (I/O)."""

import asyncio
import signal
from contextlib import suppress
from datetime import timedelta

import click
import psycopg
import structlog
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock, SystemClock
from carecircle.committed import EVERY_COMMIT
from carecircle.log import configure_logging
from carecircle.metrics import new_registry, serving
from carecircle.mqtt import Broker, Session
from carecircle.settings import load_settings
from carecircle_alerts.http_client import http_client
from carecircle_alerts.lifeline.database import connected
from carecircle_alerts.lifeline.journal import Journal
from carecircle_alerts.lifeline.ledger import Ledger
from carecircle_alerts.lifeline.messenger import Messenger
from carecircle_alerts.lifeline.metrics import LifelineMetrics
from carecircle_alerts.lifeline.records import Settled, Tried
from carecircle_alerts.lifeline.settling import Settling
from carecircle_alerts.lifeline.snapshot import Snapshot
from carecircle_alerts.lifeline.snapshot_file import keep_snapshot, kept_snapshot, take_snapshot
from carecircle_alerts.lifeline.state import LifelineState, keep_state, read_complaints
from carecircle_alerts.lifeline.waiting_room import WaitingRoom
from carecircle_alerts.lifeline.watcher import Parts, Watcher
from carecircle_alerts.lifeline.writer import Writer
from carecircle_alerts.notify.channels import OUTGOING_S, people_channels
from carecircle_alerts.settings import LifelineSettings
from carecircle_alerts.store import Connection, run
from carecircle_alerts.travel.running import NO_MAPS, travelling

_TOPICS = ("care/v1/+/+/+/event", EVERY_COMMIT)
_ROUND_S = 5.0
_SNAPSHOT_AGAIN_S = 5.0
_AWAY = (psycopg.Error, TimeoutError, OSError)

_log = structlog.get_logger()


class LifelineService:
    """Everything that the process does until it is told to stop.

    Raises `Conflict` where another lifeline has the folder, `Misconfigured` where it cannot be written.
    """

    def __init__(self, settings: LifelineSettings, clock: Clock, metrics: LifelineMetrics) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._url = settings.database_url.get_secret_value()
        self._folder = settings.lifeline_folder
        self._loop = asyncio.get_running_loop()
        self._arrived = asyncio.Event()
        self._journal = Journal(self._folder)
        self._ledger = Ledger.of(self._journal.entries)
        self._writer = Writer(self._journal)
        self._room = WaitingRoom(settings.lifeline_limit_s, places=2 * settings.lifeline_window)
        self._snapshot = kept_snapshot(self._folder)
        self._database = False
        self._travel = NO_MAPS
        # For what maps cost, where the database is there to count it; a pool that is empty waits for nobody.
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(self._url, min_size=0, max_size=1, open=False)
        self._session = Session(
            Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file),
            client_id=settings.mqtt_client_id,
            topics=_TOPICS,
            window=settings.lifeline_window,
            on_wake=self._wake,
        )

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._arrived.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; an error that nobody expected ends the process, for its supervisor to start anew."""
        async with (
            self._pool,
            travelling(self._settings, self._pool, self._url, self._clock) as self._travel,
            http_client(OUTGOING_S) as client,
            people_channels(self._settings, client, self._clock) as channels,
            asyncio.TaskGroup() as group,
        ):
            messenger = Messenger(channels, self._clock, self._settled, self._tried)
            for call in self._ledger.open():  # what an earlier life had promised comes first
                self._room.told_before(call.begun.incident_id)
                messenger.tell(call)
            fresh_for = timedelta(seconds=2 * self._settings.lifeline_snapshot_s)
            parts = Parts(
                self._session, self._room, self._ledger, self._writer, self._travel, self._clock, self._metrics,
                snapshot=lambda: self._snapshot, tell=messenger.tell,
            )  # fmt: skip
            settling = Settling(
                self._url, self._ledger, self._writer, self._travel, self._clock, self._metrics, self._found_database
            )
            self._session.start()
            loops = (
                Watcher(parts, self._arrived, fresh_for).run(),
                self._refresh(),
                settling.run(),
                self._look_at_itself(messenger),
            )
            tasks = [group.create_task(loop) for loop in loops]
            await stop.wait()
            self._session.stop()
            messenger.stop()
            for task in tasks:
                task.cancel()
        await self._writer.close()
        self._journal.close()

    def _found_database(self, is_there: bool) -> None:  # noqa: FBT001 - it is the value
        self._database = is_there

    async def _settled(self, settled: Settled) -> None:
        (self._metrics.not_told if settled.way is None else self._metrics.told).inc()
        self._ledger.write(settled)
        await self._writer.write([settled])

    async def _tried(self, tried: Tried) -> None:
        self._ledger.write(tried)
        await self._writer.write([tried])

    async def _refresh(self) -> None:
        """Keep the list of people fresh while the database is there; an old one is used all the same."""
        while True:
            try:
                async with connected(self._url) as connection:
                    snapshot = await take_snapshot(connection, self._clock.now())
                self._keep(snapshot)
                await asyncio.to_thread(keep_snapshot, self._folder, snapshot)
                pause_s = self._settings.lifeline_snapshot_s
            except _AWAY as error:
                self._database = isinstance(error, OSError) and not isinstance(error, TimeoutError)
                age_s = self._snapshot_age_s()
                _log.warning(
                    "snapshot_not_taken", error=type(error).__name__, age_s=None if age_s is None else int(age_s)
                )
                pause_s = min(_SNAPSHOT_AGAIN_S, self._settings.lifeline_snapshot_s)
            await asyncio.sleep(pause_s)

    def _keep(self, snapshot: Snapshot) -> None:
        is_first = self._snapshot is None
        self._snapshot = snapshot
        self._database = True
        if is_first:
            self._arrived.set()
        _log.info("snapshot_taken", beds=len(snapshot.beds), people=len(snapshot.people), desks=len(snapshot.desks))

    def _snapshot_age_s(self) -> float | None:
        if self._snapshot is None:
            return None
        return (self._clock.now() - self._snapshot.taken_at).total_seconds()

    async def _look_at_itself(self, messenger: Messenger) -> None:
        """Every 5 s: the state for supervisors on this machine, and a pulse for the console where the database is."""
        while True:
            state = self._state(messenger)
            self._metrics.looked(state)
            try:
                keep_state(self._folder, state, self._clock.now())
            except OSError as error:
                _log.error("state_not_written", error=error.strerror)
            with suppress(*_AWAY):
                async with connected(self._url, visit_s=_ROUND_S) as connection:
                    detail = {
                        "broker": state.broker,
                        "waiting": state.waiting,
                        "unreconciled": state.unreconciled,
                        "snapshot_age_s": state.snapshot_age_s,
                        "complaints": state.complaints(),
                    }
                    await run(connection, "pulse", service="lifeline", now=self._clock.now(), detail=Jsonb(detail))
            await asyncio.sleep(_ROUND_S)

    def _state(self, messenger: Messenger) -> LifelineState:
        age_s = self._snapshot_age_s()
        return LifelineState(
            broker=self._session.connected,
            database=self._database,
            journal=self._writer.is_well,
            snapshot_age_s=None if age_s is None else round(age_s, 1),
            snapshot_is_stale=age_s is None or age_s > 2 * self._settings.lifeline_snapshot_s,
            waiting=self._room.waiting,
            sending=messenger.sending,
            unreconciled=len(self._ledger),
        )


async def _run(settings: LifelineSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    registry = new_registry()
    with serving(settings, registry):
        await LifelineService(settings, SystemClock(), LifelineMetrics(registry)).run(stop)


@click.command()
@click.option("--check", is_flag=True, help="Say whether the running lifeline could keep its promise now; exit code 1.")
def command(*, check: bool) -> None:
    """Tell people directly of a call for help that the alert engine does not commit in time."""
    settings = load_settings(LifelineSettings)
    if check:
        complaints = read_complaints(settings.lifeline_folder, SystemClock().now())
        click.echo("well" if not complaints else "; ".join(complaints))
        raise SystemExit(1 if complaints else 0)
    configure_logging(settings.log_format, "lifeline")
    asyncio.run(_run(settings))
