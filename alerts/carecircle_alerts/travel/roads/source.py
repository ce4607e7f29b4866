"""The road network as the first source of the chain; until its file is read there is none (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.source import SourceDown

if TYPE_CHECKING:  # there may be no road network at all, and then nothing needs scipy
    from carecircle_alerts.travel.roads.network import RoadNetwork


class RoadSource:
    """Answers from the network in this process once there is one."""

    is_remote = False

    def __init__(self, network: "RoadNetwork | None" = None) -> None:
        self.network = network

    @property
    def name(self) -> str:
        """What counts and logs call it; its answers carry the network's own basis."""
        return "roads"

    async def answer(
        self, origins: Sequence[Origin], bed: Place, terrain: str, at: datetime
    ) -> Sequence[TravelTime | None]:
        """Exact times in microseconds; None where one end is not on the network."""
        if self.network is None:
            raise SourceDown("not_loaded")
        return self.network.answer(origins, bed, terrain, at)

    def fastest_m_per_s(self, mode: str, terrain: str) -> float:
        """The network's bound; nothing while there is none."""
        return self.network.fastest_m_per_s(mode, terrain) if self.network else 0.0
