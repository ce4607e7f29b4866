"""Source: which travel times coverage is computed with, by the settings (I/O: reads the roads file)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from carecircle_alerts.coverage.matrix import Ground, Matrix, MatrixSource
from carecircle_alerts.coverage.straight import StraightLineMatrix
from carecircle_alerts.travel import Origin
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.speeds import hour_band


class RoadMatrix:
    """The road network, asked as coverage asks."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self.basis = network.name

    @property
    def version(self) -> str:
        """The roads and the calibration that count now."""
        return self._network.version

    def matrix(self, origins: Sequence[Origin], beds: Sequence[Ground], at: datetime) -> Matrix:
        """The times of every pair; a place that is on no road has none."""
        found = self._network.matrix(origins, [one.place for one in beds], at, [one.terrain for one in beds])
        return Matrix(found.p50_s, found.p90_s, found.basis, found.version)

    def band(self, at: datetime) -> str:
        """Peak or off-peak."""
        return hour_band(at)

    def farthest_m(self, mode: str, seconds: float) -> float:
        """By the fastest road of the network, all the way."""
        return self._network.fastest_m_per_s(mode, "") * seconds


def matrix_source(roads_file: Path | None) -> MatrixSource:
    """The road network where there is one, otherwise the straight line, whose answers are estimates.

    Raises `Misconfigured` for a file that cannot be read.
    """
    return RoadMatrix(RoadNetwork.load(roads_file)) if roads_file is not None else StraightLineMatrix()
