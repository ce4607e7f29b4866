"""The chain: whatever fails falls to the next, within the budget, and everybody gets a time."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from carecircle_alerts.http_client import http_client
from carecircle_alerts.travel import Origin, TravelTime
from carecircle_alerts.travel.breaker import FAILURES, PAUSE_S, Breaker
from carecircle_alerts.travel.chain import Chain
from carecircle_alerts.travel.metrics import TravelMetrics
from carecircle_alerts.travel.osrm import Osrm
from carecircle_alerts.travel.roads.command import build_roads
from carecircle_alerts.travel.roads.network import RoadNetwork
from carecircle_alerts.travel.roads.source import RoadSource
from carecircle_alerts.travel.settings import TravelSettings
from carecircle_alerts.travel.source import SourceDown
from carecircle_alerts.travel.valhalla import Valhalla
from tests import map_servers
from tests.map_servers import serving
from tests.street_map import at, street_grid

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
BED = at(500, 500)
PEOPLE = [Origin(at(0, 0), "car"), Origin(at(250, 0), "walk"), Origin(at(90_000, 0), "car")]


class Scripted:
    """A source that does what a test says."""

    is_remote = True

    def __init__(self, name: str, *does: TravelTime | Exception | float | None) -> None:
        self.name = name
        self._does = does
        self.asked = 0

    async def answer(self, origins: Sequence[Origin], *_about: object) -> Sequence[TravelTime | None]:
        self.asked += 1
        for does in self._does:
            if isinstance(does, Exception):
                raise does
            if isinstance(does, float):
                await asyncio.sleep(does)
        return [does for does in self._does if not isinstance(does, float | Exception)] * len(origins)

    def fastest_m_per_s(self, *_about: object) -> float:
        return 1.0


def _bases(times: Sequence[TravelTime]) -> list[str]:
    return [time.basis for time in times]


async def test_without_any_source_the_straight_line_answers() -> None:
    chain = Chain()
    assert _bases(await chain.to_bed(PEOPLE, BED, "city", NOON)) == ["straight_line_model"] * 3
    assert chain.counts["straight_line_model", "answered"] == 3
    assert await chain.to_bed([], BED, "city", NOON) == []


async def test_who_is_not_on_the_network_gets_the_next_answer(tmp_path: Path) -> None:
    build_roads(street_grid(tmp_path / "town.osm"), tmp_path / "roads")
    with serving(map_servers.osrm) as server:
        async with http_client(5) as client:
            osrm = Osrm(client, {"walk": f"{server.url}/table/v1/foot"})
            chain = Chain([RoadSource(RoadNetwork.load(tmp_path / "roads")), osrm], budget_s=5)
            people = [*PEOPLE, Origin(at(3000, 0), "walk")]
            times = await chain.to_bed(people, BED, "city", NOON)
    assert _bases(times) == ["road_network", "road_network", "straight_line_model", "routing_server"]
    assert chain.counts["osrm", "answered"] == 1
    assert chain.counts["osrm", "unknown"] == 1


async def test_roads_that_are_not_read_yet_hold_nobody_up() -> None:
    chain = Chain([RoadSource()])
    assert _bases(await chain.to_bed(PEOPLE, BED, "city", NOON)) == ["straight_line_model"] * 3
    assert chain.counts["roads", "not_loaded"] == 1


async def test_slow_sources_together_stay_within_the_budget() -> None:
    chain = Chain([Scripted("one", 30.0, None), Scripted("two", 30.0, None)], budget_s=0.3)
    began = time.monotonic()
    times = await chain.to_bed(PEOPLE, BED, "city", NOON)
    assert time.monotonic() - began < 5, "half a minute each was what they wanted"
    assert _bases(times) == ["straight_line_model"] * 3
    assert chain.counts["one", "timeout"] == chain.counts["two", "timeout"] == 1, "the first leaves time for the second"


@pytest.mark.parametrize("error", [SourceDown("quota_10003"), ValueError("surprise"), KeyError("x")])
async def test_a_source_that_fails_is_left_alone_after_a_while(error: Exception) -> None:
    source = Scripted("one", error)
    chain = Chain([source])
    for _ in range(10):
        assert len(await chain.to_bed(PEOPLE, BED, "city", NOON)) == 3
    assert source.asked == FAILURES
    assert chain.counts["one", "left_alone"] == 10 - FAILURES


async def test_a_half_answer_is_completed() -> None:
    known = TravelTime(300, 400, 900, "routing_server", "x")
    chain = Chain([Scripted("one", known, None)])
    (first, second) = await chain.to_bed(PEOPLE[:2], BED, "city", NOON)
    assert (first, second.basis) == (known, "straight_line_model")


async def test_being_stopped_is_not_swallowed() -> None:
    task = asyncio.create_task(Chain([Scripted("one", 30.0)], budget_s=30).to_bed(PEOPLE, BED, "city", NOON))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_bound_is_that_of_the_fastest_source() -> None:
    async with http_client(5) as client:
        chain = Chain([Valhalla(client, "http://127.0.0.1:9")])
        assert chain.fastest_m_per_s("car", "city") == pytest.approx(120 / 3.6)
    assert Chain().fastest_m_per_s("car", "city") == pytest.approx(24 / 3.6 / 1.4)


def test_a_breaker_opens_after_failures_tries_once_and_closes_again() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert breaker.may_ask(0.0)
        breaker.failed(0.0)
    assert not breaker.may_ask(PAUSE_S - 1)
    assert breaker.may_ask(PAUSE_S), "one is let through"
    assert not breaker.may_ask(PAUSE_S), "and only one"
    breaker.failed(PAUSE_S)
    assert not breaker.may_ask(PAUSE_S * 2), "the pause has doubled"
    assert breaker.may_ask(PAUSE_S * 3)
    breaker.succeeded()
    assert breaker.may_ask(PAUSE_S * 3)


def test_settings_are_read_and_what_is_wrong_is_refused() -> None:
    settings = TravelSettings(
        osrm_urls="car=http://osrm:5000/table/v1/driving, walk=http://foot:5000/table/v1/foot",
        travel_sources="osrm, roads",
    )
    assert settings.osrm_by_mode["walk"] == "http://foot:5000/table/v1/foot"
    assert settings.source_order == ("osrm", "roads")
    for wrong in ({"osrm_urls": "plane=http://x"}, {"osrm_urls": "car=x"}, {"travel_sources": "roads,stars"}):
        with pytest.raises(ValueError, match="no "):
            TravelSettings(**wrong)  # type: ignore[arg-type]


def test_a_variable_that_is_passed_on_empty_was_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROADS_FILE", "VALHALLA_URL", "AMAP_KEY", "OSRM_URLS"):
        monkeypatch.setenv(f"CARECIRCLE_{name}", "")
    settings = TravelSettings()
    assert (settings.roads_file, settings.valhalla_url, settings.amap_key, settings.osrm_by_mode) == (None,) * 3 + ({},)


async def test_prometheus_sees_who_answers_how_fast_the_fallback_and_what_is_left_alone() -> None:
    known = TravelTime(300, 400, 1000, "routing_server")
    chain = Chain([Scripted("down", SourceDown("http_500")), Scripted("osrm", known)])
    registry = CollectorRegistry()
    TravelMetrics(registry, chain)
    for _question in range(FAILURES):
        await chain.to_bed(PEOPLE[:2], BED, "city", NOON)
    value = registry.get_sample_value
    people = "carecircle_travel_people_total"
    assert value(people, {"source": "osrm", "outcome": "answered"}) == 2 * FAILURES
    assert value("carecircle_travel_failed_total", {"source": "down", "reason": "http_500"}) == FAILURES
    assert value("carecircle_travel_left_alone", {"source": "down"}) == 1
    assert value("carecircle_travel_left_alone", {"source": "osrm"}) == 0
    assert value("carecircle_travel_seconds_count", {"source": "osrm"}) == FAILURES
    assert value("carecircle_travel_fallback_share") == 0
    lost = Chain([Scripted("down", SourceDown("http_500"))])
    other = CollectorRegistry()
    TravelMetrics(other, lost)
    await lost.to_bed(PEOPLE[:2], BED, "city", NOON)
    assert other.get_sample_value("carecircle_travel_fallback_share") == 1
    assert other.get_sample_value(people, {"source": "straight_line_model", "outcome": "answered"}) == 2
