"""`carecircle alerts`: the live path as one process: detect, engine and notify side by side (I/O)."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine

import click
import psycopg
import structlog
from prometheus_client import CollectorRegistry
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from carecircle.errors import Unavailable
from carecircle.log import configure_logging
from carecircle.metrics import new_registry, serving
from carecircle.mqtt import Broker, Delivery, Session
from carecircle.settings import load_settings
from carecircle_alerts.database_clock import DatabaseClock
from carecircle_alerts.detect import Detector, LostLeadership
from carecircle_alerts.drills.running import bed_test_runner, drill_runner
from carecircle_alerts.engine import PeopleIndex, answer_some
from carecircle_alerts.hindsight.correct import Hindsight
from carecircle_alerts.hints import Hints, wait
from carecircle_alerts.http_client import HttpClient, http_client
from carecircle_alerts.leadership import BEAT_EVERY_S, Leadership
from carecircle_alerts.memory import calm_collector
from carecircle_alerts.notify.channels import OUTGOING_S, channel_budgets, people_channels
from carecircle_alerts.notify.device import DeviceChannel
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.people.begins import LOOK_EVERY_S, wake_for_beginnings
from carecircle_alerts.promises import EVERY_S, check_promises, ping
from carecircle_alerts.settings import AlertsSettings
from carecircle_alerts.standing import fold_offers
from carecircle_alerts.store import Connection, run
from carecircle_alerts.surge import prepare
from carecircle_alerts.travel.metrics import TravelMetrics
from carecircle_alerts.travel.nightly import work_nightly
from carecircle_alerts.travel.running import NO_MAPS, travelling

_TOPICS = tuple(f"care/v1/+/+/+/{kind}" for kind in ("event", "telemetry", "status", "reply"))
_WINDOW = 2000
_BATCH = 500
_CALLS_AT_ONCE = 50
_IDLE_S = 1.0
_OPENING_FIRST_S = 1.0
_QUIET_S = 10.0
_FROM_OUTSIDE = "outside"  # what migration 0064 says of entries that no engine has written
_LINGER_S = 0.1  # readings only change the twin; one transaction for a tenth of a second of them
# Whatever is taken from the outbox costs a question of some 3 ms of both processors; the first message never waits.
_SENT_TOGETHER_S = 0.02
_POLL_S = 0.25  # the longest that a timer waits when a hint was lost
_PULSE_S = 5.0
_HINDSIGHT_POLL_S = 5.0
_LEARN_POLL_S = 60.0  # how people answer changes in weeks
_BED_TEST_POLL_S = 1.0
_DRILL_POLL_S = 5.0  # a person waits for the message of a drill that somebody has just started
_LOOK_S = 1.0  # how often time passes for beds that say nothing
_SETTLES_IN_S = 5.0
_CATCHES_UP_S = 2.0
_ENDS_WITHIN_S = 10.0
# A transaction that took too long, on a machine that was paused or loaded, says nothing against its messages.
_DATABASE_AWAY = (psycopg.OperationalError, psycopg.errors.TransactionTimeout, PoolTimeout)
_LONGEST_PAUSE_S = 5.0

_log = structlog.get_logger()


class AlertsService:
    """Everything that one process of the live path does until it is told to stop."""

    def __init__(
        self,
        settings: AlertsSettings,
        on_lost: Callable[[], None] = lambda: None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._settings = settings
        self._registry = registry or CollectorRegistry()
        self._people_index = PeopleIndex()
        self._on_lost = on_lost
        self._clock = DatabaseClock()
        self._hints = Hints()
        self._loop = asyncio.get_running_loop()
        self._leads = False
        self._live_since: float | None = None
        self._stop = asyncio.Event()
        self._travel = NO_MAPS
        self._url = settings.database_url.get_secret_value()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self._url, min_size=2, max_size=6 + settings.engine_workers, timeout=5, open=False
        )
        self._session = Session(
            Broker.parse(settings.mqtt_url.get_secret_value(), settings.mqtt_ca_file),
            client_id=settings.mqtt_client_id,
            topics=_TOPICS,
            window=_WINDOW,
            on_wake=self._wake_detect,
        )

    def _wake_detect(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hints.arrived.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set; an error that nobody expected ends the process, for its supervisor to start anew."""
        async with (
            self._pool,
            travelling(self._settings, self._pool, self._url, self._clock) as travel,
            http_client(OUTGOING_S) as client,
            people_channels(self._settings, client, self._clock) as to_people,
            asyncio.TaskGroup() as group,
        ):
            self._travel = travel
            TravelMetrics(self._registry, travel.chain)
            channels = {**to_people, "device": DeviceChannel(self._session)}
            outbox = Outbox(
                self._pool,
                channels,
                self._clock,
                at_once=self._settings.notify_workers,
                on_more=self._hints.outgoing.set,
                budgets=channel_budgets(self._settings),
            )
            loops = [self._lead(), self._pulse(), self._listen(), self._keep_promises(client)]
            loops.append(self._clock.follow(self._pool, self._stop))
            loops.append(work_nightly(travel, self._pool, self._clock, self._settings.travel_calibration_days))
            loops += [self._repeat(self._hints.due, self._run_due) for _ in range(self._settings.engine_workers)]
            loops.append(self._repeat(self._hints.outgoing, outbox.send_waiting, apart_s=_SENT_TOGETHER_S))
            loops.append(self._repeat(asyncio.Event(), Hindsight(self._pool, self._clock).work, _HINDSIGHT_POLL_S))
            loops.append(self._repeat(asyncio.Event(), self._learn, _LEARN_POLL_S))
            loops.append(self._repeat(asyncio.Event(), self._begin, LOOK_EVERY_S))
            loops.append(self._prepare_for_surge())
            drills = drill_runner(self._settings, self._pool, channels, self._clock)
            loops.append(self._repeat(asyncio.Event(), drills.work, _DRILL_POLL_S))
            tests = bed_test_runner(self._settings, self._pool, channels, travel, self._clock, self._tell_home)
            loops.append(self._repeat(asyncio.Event(), tests.work, _POLL_S))
            loops.append(self._repeat(asyncio.Event(), tests.arrange, _BED_TEST_POLL_S))
            tasks = [group.create_task(self._to_its_end(loop)) for loop in loops]
            await stop.wait()
            self._stop.set()
            self._session.stop()
            for task in tasks:
                task.cancel()

    async def _to_its_end(self, loop: Coroutine[object, object, None]) -> None:
        """Run one loop; where it fails the whole process ends, even if another loop should not let itself be ended.

        Half a process would go on leaving pulses while nobody answers timers.
        """
        try:
            await loop
        except Exception:
            self._on_lost()
            raise

    def _tell_home(self, topic: str, payload: bytes) -> bool:
        """Give the broker a command for a home; only whoever reads the broker is connected to it."""
        if not self._session.connected:
            return False
        try:
            self._session.publish(topic, payload)
        except Unavailable:
            return False
        return True

    async def _lead(self) -> None:
        """Wait to become the one process that reads the broker, and read it until another takes over.

        The broker's session goes by its name, so the next leader finds every message that is not acknowledged.
        """
        async with Leadership(self._url) as leadership:
            epoch = await leadership.won(self._stop)
            if epoch is None:
                return
            _log.info("leading", epoch=epoch)
            self._leads = True
            self._session.start()
            detector = Detector(
                self._pool,
                self._clock,
                on_incident=self._hints.incident_changed,
                epoch=epoch,
                on_committed=lambda called: self._session.publish(*called.confirmation()),
            )
            try:
                await self._detect(detector, leadership)
            except LostLeadership:
                _log.warning("leadership_lost", epoch=epoch)
                raise
            finally:
                # At once, or two that go by one name throw each other out of the broker for as long as both live.
                self._session.stop()

    async def _detect(self, detector: Detector, leadership: Leadership) -> None:
        looked_at = beat_at = 0.0
        while not self._stop.is_set():
            if self._loop.time() - beat_at >= BEAT_EVERY_S:
                beat_at = self._loop.time()
                if not await leadership.beat():
                    raise LostLeadership("another process has taken over")
            batch = await self._gather()
            is_live = self._is_live(len(batch))
            # Calls for help first, in a transaction of their own: no reading may delay them.
            calls = [delivery for delivery in batch if _is_event(delivery)]
            # A few at a time, because what a death or a lost database undoes is done again by the next leader: as one
            # transaction a pile of them would never end while processes die faster than it takes.
            committed: list[Delivery] = []
            if calls:
                self._hints.is_open.clear()
            for begin in range(0, len(calls), _CALLS_AT_ONCE):
                committed += await self._handle(detector, calls[begin : begin + _CALLS_AT_ONCE], is_live=is_live)
            if not self._session.waiting:
                self._hints.is_open.set()
            rest = [delivery for delivery in batch if not _is_event(delivery)]
            committed += await self._handle(detector, rest, is_live=is_live) if rest else []
            # MQTT wants acknowledgements in the order of delivery.
            done = {id(delivery) for delivery in committed}
            self._session.acknowledge(delivery for delivery in batch if id(delivery) in done)
            if is_live and self._loop.time() - looked_at >= _LOOK_S:
                looked_at = self._loop.time()
                await self._look(detector)

    def _is_live(self, taken: int) -> bool:
        """Whether what homes say reaches us as they say it: connected for a while, and nothing more is waiting.

        A deaf reader must not call homes silent, and one that catches up must not call old readings present ones.
        """
        now = self._loop.time()
        if not self._session.connected:
            self._live_since = None
        elif self._live_since is None:
            self._live_since = now + _SETTLES_IN_S
        elif taken >= _BATCH:
            self._live_since = max(self._live_since, now + _CATCHES_UP_S)
        return self._live_since is not None and now >= self._live_since

    async def _look(self, detector: Detector) -> None:
        try:
            while await detector.look() and not self._session.waiting:
                pass
        except _DATABASE_AWAY as error:
            _log.warning("database_away", loop="look", error=type(error).__name__)

    async def _gather(self) -> list[Delivery]:
        """Deliveries in their order; an event ends the gathering at once, readings may wait for company."""
        batch: list[Delivery] = []
        until = self._loop.time() + _IDLE_S
        while True:
            self._hints.arrived.clear()
            taken = self._session.take(_BATCH - len(batch), 0)
            batch += taken
            if batch:
                until = min(until, self._loop.time() + _LINGER_S)
            pause_s = until - self._loop.time()
            if any(map(_is_event, taken)) or len(batch) >= _BATCH or pause_s <= 0:
                return batch
            await wait(self._hints.arrived, pause_s)

    async def _handle(self, detector: Detector, batch: list[Delivery], *, is_live: bool) -> list[Delivery]:
        """Commit, however long the database is away, and give receipts; returns what is committed.

        A message that the database refuses is left out: it is not acknowledged, stays with the broker and comes back
        with the next connection.
        """
        pause_s = 0.1
        while True:
            try:
                receipts = await detector.handle(batch, is_live=is_live)
                break
            except _DATABASE_AWAY as error:
                _log.warning("database_away", loop="detect", error=type(error).__name__, waiting=len(batch))
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            except psycopg.Error as error:
                if len(batch) == 1:
                    _log.exception("message_not_handled", error=type(error).__name__)
                    return []
                return [one for delivery in batch for one in await self._handle(detector, [delivery], is_live=is_live)]
        for receipt in receipts:
            self._session.publish(*receipt.command())
        return batch

    async def _run_due(self) -> int:
        answered, is_more = 0, True
        while is_more:
            # A call that is no incident yet is nobody's: opening a storm of them goes before deciding about the first
            # ones, which would take this process from it piece by piece. But never for long.
            await wait(self._hints.is_open, _OPENING_FIRST_S)
            done, is_more = await answer_some(self._pool, self._travel, self._clock.now(), self._people_index)
            answered += done
            if done:
                self._hints.outgoing.set()
        return answered

    async def _prepare_for_surge(self) -> None:
        """Read what only a surge needs, while there is none."""
        await wait(self._stop, _QUIET_S)
        await prepare()
        _log.info("ready_for_surge")

    async def _begin(self) -> int:
        if await wake_for_beginnings(self._pool, self._clock.now()):
            self._hints.due.set()
        # Whatever began, nothing more has before the next look.
        return 0

    async def _learn(self) -> int:
        # Each moment brings something newer to fold: counted as work, this would go round without ever resting.
        await fold_offers(self._pool, self._clock.now())
        return 0

    async def _repeat(
        self, hint: asyncio.Event, work: Callable[[], Awaitable[int]], poll_s: float = _POLL_S, *, apart_s: float = 0.0
    ) -> None:
        """Work, and when nothing is left wait for the hint or the poll; survives a database that is away.

        `apart_s` passes at least from one beginning to the next; what comes in between is done together.
        """
        pause_s = 0.1
        while not self._stop.is_set():
            hint.clear()
            began = self._loop.time()
            try:
                done = await work()
                pause_s = 0.1
            except _DATABASE_AWAY as error:
                _log.warning("database_away", loop=work.__name__, error=type(error).__name__)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                continue
            if not done:
                await wait(hint, poll_s)
            await asyncio.sleep(began + apart_s - self._loop.time())

    async def _listen(self) -> None:
        """Turn the database's notifications into hints, for changes that people make; an engine knows of its own."""
        while not self._stop.is_set():
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute("listen incident_event")
                    while not self._stop.is_set():
                        async for notification in connection.notifies(timeout=_IDLE_S):
                            if notification.payload == _FROM_OUTSIDE:
                                self._hints.incident_changed()
            except psycopg.OperationalError:
                await asyncio.sleep(1.0)

    async def _keep_promises(self, client: HttpClient) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(*_DATABASE_AWAY):
                verdict = await check_promises(self._pool, self._clock.now())
                if verdict is not None and verdict.is_kept and self._settings.deadman_url is not None:
                    await ping(client, self._settings.deadman_url.get_secret_value())
            await asyncio.sleep(EVERY_S)

    async def _pulse(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(*_DATABASE_AWAY):
                async with self._pool.connection() as connection:
                    about = {"broker": self._session.connected, "leads": self._leads, "travel": self._travel.pulse()}
                    detail = Jsonb(about)
                    await run(connection, "pulse", service="alerts", now=self._clock.now(), detail=detail)
            await asyncio.sleep(_PULSE_S)


def _is_event(delivery: Delivery) -> bool:
    return delivery.topic.endswith("/event")


async def _run(settings: AlertsSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    registry = new_registry()
    with serving(settings, registry):
        await AlertsService(settings, _end_in_any_case, registry).run(stop)


def _end_in_any_case() -> None:
    """A process that has lost its place, or one of its loops, saves nothing more; whatever hangs in it, it ends."""
    ending = threading.Timer(_ENDS_WITHIN_S, os._exit, [1])
    ending.daemon = True
    ending.start()


@click.command()
def command() -> None:
    """Find danger, dispatch the nearest helper, tell people, and escalate until a named human has closed it."""
    settings = load_settings(AlertsSettings)
    configure_logging(settings.log_format, "alerts")
    calm_collector()
    asyncio.run(_run(settings))
