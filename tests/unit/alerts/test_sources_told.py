"""Sources told: the pulse says of each source whether it is asked, what it answered, and how fast it does by now."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.chain import Chain
from carecircle_alerts.travel.source import SourceDown
from carecircle_alerts.travel.sources_told import sources_told

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BED = Place(36.62, 101.78)
PEOPLE = [Origin(Place(36.63, 101.78), "car"), Origin(Place(36.64, 101.78), "walk")]


class Half:
    """Knows every other person, or is down."""

    def __init__(self, name: str, *, is_down: bool = False) -> None:
        self.name, self.is_remote, self._is_down = name, True, is_down

    async def answer(
        self, origins: Sequence[Origin], _bed: Place, _terrain: str, _at: datetime
    ) -> Sequence[TravelTime | None]:
        if self._is_down:
            raise SourceDown("refused")
        return [TravelTime(300, 400, 900, "map_service", "") if n % 2 == 0 else None for n in range(len(origins))]

    def fastest_m_per_s(self, _mode: str, _terrain: str) -> float:
        return 30.0


async def test_what_each_source_did_since_the_start_in_the_order_of_trust() -> None:
    chain = Chain([Half("osrm", is_down=True), Half("amap")])
    for _question in range(4):
        await chain.to_bed(PEOPLE, BED, "city", NOON)
    told = sources_told(chain, {"amap": 1000})
    assert list(told) == ["osrm", "amap"]
    osrm, amap = told["osrm"], told["amap"]
    assert (osrm["place"], osrm["answered"], osrm["failed"], osrm["is_left_alone"]) == (1, 0, 4, True)
    assert (amap["place"], amap["answered"], amap["unknown"], amap["failed"]) == (2, 4, 4, 0)
    assert (amap["is_left_alone"], amap["daily_budget"]) == (False, 1000)
    assert "daily_budget" not in osrm
    assert json.loads(json.dumps(told)) == told, "it goes into a pulse"


async def test_how_fast_it_is_counts_its_last_questions_only() -> None:
    chain = Chain([Half("amap")])
    assert sources_told(chain, {})["amap"]["p95_ms"] is None, "nobody knows before the first"
    chain.lately_s["amap"].extend([9.0] * 50 + [0.001 * n for n in range(1, 201)])
    told = sources_told(chain, {})["amap"]
    assert (told["p50_ms"], told["p95_ms"]) == (100.0, 190.0)
    assert len(chain.lately_s["amap"]) == 200


def test_where_no_source_is_set_up_nothing_is_told() -> None:
    assert sources_told(Chain(), {"amap": 1000}) == {}
