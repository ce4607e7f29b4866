"""Context: everything that lives as long as the process, and what routes ask of a request (I/O)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from starlette.requests import HTTPConnection

from carecircle.clock import Clock
from carecircle_alerts.bed_tests.desk import BedTestDesk
from carecircle_alerts.desk import Desk
from carecircle_alerts.drills.desk import DrillDesk
from carecircle_alerts.drills.own_tests import OwnTests
from carecircle_alerts.imports.desk import ImportDesk
from carecircle_alerts.notify.contacts import Contacts
from carecircle_alerts.notify.receipts import Receipts
from carecircle_alerts.people_desk import PeopleDesk
from carecircle_alerts.plans.book import PlanBook
from carecircle_alerts.register.accounts import AccountDesk
from carecircle_alerts.register.consent import ConsentDesk
from carecircle_alerts.register.erasures import ErasureDesk
from carecircle_alerts.register.homes import HomeDesk
from carecircle_alerts.register.person_exports import ExportDesk
from carecircle_alerts.register.providers import ProviderDesk
from carecircle_alerts.rule_book import RuleBook
from carecircle_alerts.shelving import Shelving
from carecircle_alerts.shift_desk import ShiftDesk
from carecircle_alerts.travel.road_desk import RoadDesk
from carecircle_alerts.travel.running import travelling
from carecircle_alerts.visits.desk import VisitDesk
from carecircle_console.access import AccessLog
from carecircle_console.alarm_reads import AlarmReads
from carecircle_console.auth import Auth
from carecircle_console.coverage_reads import CoverageReads, SitingTrials
from carecircle_console.heart import Heart
from carecircle_console.homes import Homes
from carecircle_console.persons.exporting import Exporter
from carecircle_console.reader import FeedReader
from carecircle_console.replays import Replays
from carecircle_console.settings import ConsoleSettings
from carecircle_console.shift_reads import ShiftReads
from carecircle_console.store import Store, new_pool
from carecircle_console.stream import Hub
from carecircle_console.trials import Trials

_EXPORTS_AT_ONCE = 2
"""Each holds a connection of the pool for as long as its reader takes."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Console:
    """The parts of a running console."""

    settings: ConsoleSettings
    clock: Clock
    store: Store
    desk: Desk
    auth: Auth
    access: AccessLog
    hub: Hub
    reader: FeedReader
    heart: Heart
    replays: Replays
    exports: asyncio.Semaphore
    homes: Homes
    alarms: AlarmReads
    shelving: Shelving
    rule_book: RuleBook
    road_desk: RoadDesk
    people: PeopleDesk
    drills: DrillDesk
    own_tests: OwnTests
    bed_tests: BedTestDesk
    plan_book: PlanBook
    trials: Trials
    receipts: Receipts
    contacts: Contacts
    coverage: CoverageReads
    siting: SitingTrials
    shifts: ShiftDesk
    shift_reads: ShiftReads
    visits: VisitDesk
    accounts: AccountDesk
    consents: ConsentDesk
    home_desk: HomeDesk
    provider_desk: ProviderDesk
    imports: ImportDesk
    erasures: ErasureDesk
    person_exports: ExportDesk
    exporter: Exporter


def console_of(connection: HTTPConnection) -> Console:
    """The console that serves this request."""
    console = connection.app.state.console
    assert isinstance(console, Console)
    return console


@asynccontextmanager
async def running_console(settings: ConsoleSettings, clock: Clock) -> AsyncIterator[Console]:
    """Open the pools, follow the audit trail, beat; and stop all of it in the end. Starts without a database too."""
    url = settings.database_url.get_secret_value()
    pool = new_pool(url, autocommit=True, most=8)
    desk_pool = new_pool(settings.desk_database_url.get_secret_value(), autocommit=False, most=6)
    async with pool, desk_pool, travelling(settings, desk_pool, url, clock) as travel:
        store = Store(pool)
        access = AccessLog(store, clock)
        hub = Hub(store, access, clock)
        exports = asyncio.Semaphore(_EXPORTS_AT_ONCE)
        console = Console(
            settings=settings,
            clock=clock,
            store=store,
            desk=Desk(desk_pool, clock, travel),
            auth=Auth(store, settings, clock),
            access=access,
            hub=hub,
            reader=FeedReader(url, hub, access, clock),
            heart=Heart(store, hub, clock),
            replays=Replays(clock),
            exports=exports,
            homes=Homes(pool, clock, settings.home_secret, settings.homes_mqtt_url, settings.homes_ca_file),
            alarms=AlarmReads(store, clock),
            shelving=Shelving(desk_pool, clock),
            rule_book=RuleBook(desk_pool, clock),
            road_desk=RoadDesk(desk_pool, clock),
            people=PeopleDesk(desk_pool, clock),
            drills=DrillDesk(desk_pool, clock),
            own_tests=OwnTests(desk_pool, clock),
            bed_tests=BedTestDesk(desk_pool, clock),
            plan_book=PlanBook(desk_pool, clock),
            trials=Trials(url, clock),
            receipts=Receipts(desk_pool, clock),
            contacts=Contacts(desk_pool, clock),
            coverage=CoverageReads(store, url, clock, settings.valhalla_url),
            siting=SitingTrials(url, clock),
            shifts=ShiftDesk(desk_pool, clock),
            shift_reads=ShiftReads(store, access, clock),
            visits=VisitDesk(desk_pool, settings.link_secret.get_secret_value(), clock),
            accounts=AccountDesk(desk_pool, clock),
            consents=ConsentDesk(desk_pool, clock),
            home_desk=HomeDesk(desk_pool, clock),
            provider_desk=ProviderDesk(desk_pool, clock),
            imports=ImportDesk(desk_pool, clock),
            erasures=ErasureDesk(desk_pool, timedelta(hours=settings.erasure_cooling_hours), clock),
            person_exports=ExportDesk(desk_pool, clock),
            exporter=Exporter(store, clock, exports),
        )
        tasks = [asyncio.create_task(console.reader.run()), asyncio.create_task(console.heart.run())]
        for task in tasks:
            task.add_done_callback(_report)
        try:
            yield console
        finally:
            hub.close()
            await console.trials.close()
            await console.siting.close()
            await console.coverage.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("console_task_died", exc_info=error)
