"""Source: which travel times coverage is computed with: roads file, closures and calibration, or estimates (I/O)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from carecircle_alerts.coverage.matrix import Ground, Matrix, MatrixSource
from carecircle_alerts.coverage.settings import CoverageSettings
from carecircle_alerts.coverage.straight import StraightLineMatrix
from carecircle_alerts.travel import Origin
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.speeds import hour_band
from carecircle_alerts.travel.store import load_calibration, load_closures


class RoadMatrix:
    """The road network, asked as coverage asks."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self.basis = network.name

    @property
    def version(self) -> str:
        """The roads and the calibration that count now."""
        return self.network.version

    def matrix(self, origins: Sequence[Origin], beds: Sequence[Ground], at: datetime) -> Matrix:
        """The times of every pair; a place that is on no road has none."""
        found = self.network.matrix(origins, [one.place for one in beds], at, [one.terrain for one in beds])
        return Matrix(found.p50_s, found.p90_s, found.basis, found.version)

    def band(self, at: datetime) -> str:
        """Peak or off-peak."""
        return hour_band(at)

    def farthest_m(self, mode: str, seconds: float) -> float:
        """By the fastest road of the network, all the way."""
        return self.network.fastest_m_per_s(mode, "") * seconds


def matrix_source(roads_file: Path | None) -> MatrixSource:
    """The road network where there is one, otherwise the straight line, whose answers are estimates.

    Raises `Misconfigured` for a file that cannot be read.
    """
    return RoadMatrix(RoadNetwork.load(roads_file)) if roads_file is not None else StraightLineMatrix()


class Roads:
    """The travel times of an installation as they are now: calibrated, and with the roads that people have closed.

    The file is read again when it is another one.
    """

    def __init__(self, settings: CoverageSettings) -> None:
        self._file = settings.roads_file
        self._url = settings.database_url.get_secret_value()
        self._source: MatrixSource | None = None
        self._read_at: float | None = None

    def at(self, now: datetime) -> MatrixSource:
        """Raises `Misconfigured` for a file that cannot be read, and psycopg's errors."""
        changed_at = self._file.stat().st_mtime if self._file is not None and self._file.exists() else None
        if self._source is None or changed_at != self._read_at:
            self._source, self._read_at = matrix_source(self._file), changed_at
        if isinstance(self._source, RoadMatrix):
            asyncio.run(_follow(self._source.network, self._url, now))
        return self._source


async def _follow(network: RoadNetwork, url: str, now: datetime) -> None:
    connection: AsyncConnection[DictRow]
    async with await AsyncConnection[DictRow].connect(url, autocommit=True, row_factory=dict_row) as connection:
        network.calibrate(await load_calibration(connection))
        network.close(await load_closures(connection, now))
