"""Travel times of a process: sources as its settings say, closures and calibration as the database says (I/O)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle.errors import Misconfigured
from carecircle_alerts.http_client import HttpClient, http_client
from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.amap import Amap
from carecircle_alerts.travel.calibration import Calibration
from carecircle_alerts.travel.chain import Chain
from carecircle_alerts.travel.osrm import Osrm
from carecircle_alerts.travel.roads.closure import Closure
from carecircle_alerts.travel.roads.source import RoadSource
from carecircle_alerts.travel.settings import TravelSettings
from carecircle_alerts.travel.source import Source
from carecircle_alerts.travel.sources_told import sources_told
from carecircle_alerts.travel.store import Budget, Connection, load_calibration, load_closures
from carecircle_alerts.travel.valhalla import Valhalla

if TYPE_CHECKING:  # the network needs scipy; it is read where a roads file is set
    from carecircle_alerts.travel.roads.network import RoadNetwork

_LOOK_EVERY_S = 5.0
_PATIENCE_S = 2.0  # a large network is read on while the first answers come from the next source
_AWAY_S = 1.0

_log = structlog.get_logger()


class Travel:
    """Travel times as everybody in a process asks for them, and what a process may look at besides."""

    def __init__(
        self,
        chain: Chain,
        roads: RoadSource,
        remote: Sequence[Osrm | Valhalla | Amap] = (),
        file: Path | None = None,
        daily_budgets: Mapping[str, int] | None = None,
    ) -> None:
        self.chain = chain
        self._roads = roads
        self._remote = remote
        self._file = file
        self._daily_budgets = daily_budgets or {}
        self._read_at: float | None = -1.0  # no file is that old, and a missing one is told once
        self._reading = asyncio.Lock()
        self._closures = list[Closure]()
        self._calibration = Calibration()

    @property
    def network(self) -> "RoadNetwork | None":
        """The road network in this process, once it is read; for matrices and isochrones."""
        return self._roads.network

    async def to_bed(self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime) -> list[TravelTime]:
        """One answer for each origin, in order; never raises, never hangs."""
        return await self.chain.to_bed(origins, bed, terrain, at)

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:
        """What no answer outruns; with `proof.py` it tells whether the nearest by road are among those fetched."""
        return self.chain.fastest_m_per_s(mode, terrain)

    def is_fallback(self, basis: str) -> bool:
        """Whether an answer on this basis means that every source has failed or did not know."""
        return self.chain.is_fallback(basis)

    def pulse(self) -> dict[str, object]:
        """What the process says of its travel times in its pulse."""
        network = self.network
        return {
            "roads": network.version if network else None,
            "sources": sources_told(self.chain, self._daily_budgets),
            "counts": {f"{source}.{outcome}": count for (source, outcome), count in self.chain.counts.items()},
        }

    async def load(self) -> None:
        """Read the roads file where it is new or another one; one that cannot be read is told loudly and stops nobody.

        A network that is there stays until the next one is ready, with the closures and the calibration that count.
        """
        async with self._reading:
            changed_at = _changed_at(self._file)
            if self._file is None or changed_at == self._read_at:
                return
            self._read_at = changed_at
            try:
                network = await asyncio.to_thread(self._read, self._file)
            except Misconfigured as error:
                _log.error("roads_file_unusable", reason=str(error))
                return
            self._roads.network = network
        _log.info("roads_loaded", version=network.version, basis=network.name)

    async def follow(self, connection: Connection, now: datetime) -> None:
        """Take closures and calibration from the database."""
        self._calibration = await load_calibration(connection)
        for source in self._remote:
            source.calibration = self._calibration
        self._closures = await load_closures(connection, now)
        network = self.network
        if network is None:
            return
        network.calibrate(self._calibration)
        if await asyncio.to_thread(network.close, self._closures):
            _log.info("closures_changed", in_force=len(self._closures))

    def _read(self, file: Path) -> "RoadNetwork":
        from carecircle_alerts.travel.roads.network import RoadNetwork

        network = RoadNetwork.load(file)
        network.calibrate(self._calibration)
        network.close(self._closures)
        return network


def _changed_at(file: Path | None) -> float | None:
    return file.stat().st_mtime if file is not None and file.exists() else None


NO_MAPS = Travel(Chain(), RoadSource())
"""What a process has before it has read its settings: the straight line."""


@asynccontextmanager
async def travelling(
    settings: TravelSettings, pool: AsyncConnectionPool[Connection], url: str, clock: Clock
) -> AsyncIterator[Travel]:
    """Travel times from begin to end of a process; `url` is the database's address, to listen for closures at."""
    timeout_s = settings.travel_budget_ms / 1000
    if settings.roads_file is not None:
        # The patience below is for the file; scipy, which the network needs, takes its second before that.
        await asyncio.to_thread(import_module, "carecircle_alerts.travel.roads.network")
    async with http_client(timeout_s) as client:
        travel = _new_travel(settings, client, pool, clock)
        tasks = [asyncio.create_task(_follow(travel, url, clock))] if travel.chain.sources else []
        if settings.roads_file is not None:
            tasks.append(asyncio.create_task(travel.load()))
            await asyncio.wait(tasks[-1:], timeout=_PATIENCE_S)
        try:
            yield travel
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _new_travel(
    settings: TravelSettings, client: HttpClient, pool: AsyncConnectionPool[Connection], clock: Clock
) -> Travel:
    roads, remote, sources = RoadSource(), list[Osrm | Valhalla | Amap](), list[Source]()
    for name in settings.source_order:
        if name == "roads" and settings.roads_file is not None:
            sources.append(roads)
        elif name == "osrm" and settings.osrm_by_mode:
            remote.append(Osrm(client, settings.osrm_by_mode))
        elif name == "valhalla" and settings.valhalla_url:
            remote.append(Valhalla(client, settings.valhalla_url))
        elif name == "amap" and settings.amap_key:
            budget = Budget(pool, clock, "amap", settings.amap_daily_budget)
            remote.append(Amap(client, settings.amap_key.get_secret_value(), budget.spend))
        if remote and remote[-1] not in sources:
            sources.append(remote[-1])
    chain = Chain(sources, settings.travel_budget_ms / 1000)
    return Travel(chain, roads, remote, settings.roads_file, {"amap": settings.amap_daily_budget})


async def _follow(travel: Travel, url: str, clock: Clock) -> None:
    """Look every few seconds, and at once where the database says that a road was closed or opened."""
    while True:
        try:
            await _follow_on(travel, url, clock)
        except psycopg.Error as error:
            _log.warning("database_away", loop="travel", error=type(error).__name__)
        except Exception:  # noqa: BLE001 - closures that are not followed must not be so for good
            _log.exception("closures_not_followed")
        await asyncio.sleep(_AWAY_S)


async def _follow_on(travel: Travel, url: str, clock: Clock) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
        await connection.execute("listen road_closure")
        while True:
            await travel.load()
            await travel.follow(connection, clock.now())
            await _hear(connection)


async def _hear(connection: Connection) -> None:
    async for _notification in connection.notifies(timeout=_LOOK_EVERY_S, stop_after=1):
        return
