"""Routing servers and map services, with stand-ins that answer, refuse, hang and lie as the real ones do."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import pytest

from carecircle_alerts.http_client import HttpClient, http_client
from carecircle_alerts.travel import Origin, Place, TravelTime
from carecircle_alerts.travel.amap import Amap
from carecircle_alerts.travel.calibration import Calibration, Correction, Group
from carecircle_alerts.travel.osrm import Osrm
from carecircle_alerts.travel.source import Source, SourceDown
from carecircle_alerts.travel.valhalla import Valhalla
from tests import map_servers
from tests.map_servers import MapServer, metres, serving

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
BED = Place(36.62, 101.78)
NEAR, ABROAD = Place(36.63, 101.79), Place(37.5, 102.5)
Make = Callable[[HttpClient, str], Source]


async def _unlimited(_count: int) -> bool:
    return True


def _osrm(client: HttpClient, url: str) -> Osrm:
    return Osrm(client, {mode: f"{url}/table/v1/{mode}/" for mode in ("walk", "e_bike", "car")})


def _amap(client: HttpClient, url: str) -> Amap:
    return Amap(client, "right", _unlimited, url)


SERVICES = [
    pytest.param((map_servers.osrm, _osrm), id="osrm"),
    pytest.param((map_servers.valhalla, Valhalla), id="valhalla"),
    pytest.param((map_servers.amap, _amap), id="amap"),
]


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with http_client(0.5) as client:
        yield client


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, client: HttpClient) -> Iterator[tuple[MapServer, Source]]:
    answer, make = request.param
    with serving(answer) as server:
        yield server, make(client, server.url)


async def test_people_get_times_from_themselves_to_the_bed(service: tuple[MapServer, Source]) -> None:
    _, source = service
    people = [Origin(NEAR, "car"), Origin(NEAR, "walk"), Origin(BED, "e_bike")]
    car, walk, at_home = await source.answer(people, BED, "city", NOON)
    assert isinstance(car, TravelTime)
    assert isinstance(walk, TravelTime)
    assert isinstance(at_home, TravelTime)
    assert car.p50_s == pytest.approx(120 + metres(NEAR, BED) / 10, abs=35)  # OSRM tells 24 m on foot at the ends
    assert car.distance_m == pytest.approx(metres(NEAR, BED), abs=30)
    assert car.p90_s > car.p50_s
    assert at_home.p50_s < 160
    assert car.basis == ("map_service" if source.name == "amap" else "routing_server")
    assert car.version.startswith(source.name)


async def test_where_there_is_no_way_there_is_no_answer(service: tuple[MapServer, Source]) -> None:
    _, source = service
    people = [Origin(ABROAD, "walk"), Origin(NEAR, "car")]
    abroad, near = await source.answer(people, BED, "city", NOON)
    assert abroad is None
    assert near is not None


async def test_three_hundred_people_are_asked_in_pieces_and_in_order(service: tuple[MapServer, Source]) -> None:
    server, source = service
    people = [Origin(Place(36.62 + n / 10_000, 101.78), ("car", "walk")[n % 2]) for n in range(300)]
    answers = await source.answer(people, BED, "city", NOON)
    known = [(n, answer.p50_s) for n, answer in enumerate(answers) if answer is not None and n % 2 == 0]
    assert known == sorted(known, key=lambda pair: pair[1])
    if source.name == "amap":
        assert [n for n, _ in known] == list(range(0, 20, 2)), "only the nearest are paid for"
    else:
        assert len(known) == 150
        assert len(server.asked) >= 4


@pytest.mark.parametrize(
    "broken",
    [
        (200, "<html>Bad Gateway</html>"), (502, "<html>Bad Gateway</html>"), (200, "[]"), (200, "{}"),
        (400, '{"code":"InvalidQuery","message":"Query string malformed close to position 12"}'),
        (400, '{"error_code":154,"error":"Path distance exceeds the max distance limit","status_code":400}'),
        (200, '{"status":"0","info":"CUQPS_HAS_EXCEEDED_THE_LIMIT","infocode":"10021"}'),
        (200, '{"status":"0","info":"ENGINE_RESPONSE_DATA_ERROR","infocode":"30001"}'),
        (200, '{"code":"Ok","durations":[[1]]}'), (200, '{"sources_to_targets":[[{}]]}'),
        (200, '{"status":"1","infocode":"10000","results":[{"origin_id":"7","duration":"1","distance":"1"}]}'),
        (200, '{"code":"Ok","durations":[["soon"]],"distances":[[1]],"sources":[{}],"destinations":[{}]}'),
    ],
)  # fmt: skip
async def test_a_wrong_answer_is_a_failure_whatever_its_status(
    service: tuple[MapServer, Source], broken: tuple[int, str]
) -> None:
    server, source = service
    server.broken = broken
    if broken[1].startswith('{"sources_to_targets":[[{}]]') and source.name == "valhalla":
        assert await source.answer([Origin(NEAR, "car")], BED, "city", NOON) == [None]
        return
    with pytest.raises(SourceDown) as caught:
        await source.answer([Origin(NEAR, "car")], BED, "city", NOON)
    assert "http://" not in caught.value.reason


async def test_a_server_that_is_slow_or_away_is_a_failure(service: tuple[MapServer, Source]) -> None:
    server, source = service
    server.slow_s = 2.0
    with pytest.raises(SourceDown, match="ReadTimeout"):
        await source.answer([Origin(NEAR, "car")], BED, "city", NOON)


async def test_nobody_there(client: HttpClient) -> None:
    for source in (_osrm(client, "http://127.0.0.1:9"), Valhalla(client, "http://127.0.0.1:9"),
                   _amap(client, "http://127.0.0.1:9")):  # fmt: skip
        with pytest.raises(SourceDown, match="ConnectError"):
            await source.answer([Origin(NEAR, "car")], BED, "city", NOON)


async def test_calibration_corrects_what_services_say(service: tuple[MapServer, Source]) -> None:
    _, source = service
    (before,) = await source.answer([Origin(NEAR, "car")], BED, "city", NOON)
    assert before is not None
    assert isinstance(source, Osrm | Valhalla | Amap)
    source.calibration = Calibration(3, {Group(before.basis, "car"): Correction(2.0, None)})
    (after,) = await source.answer([Origin(NEAR, "car")], BED, "city", NOON)
    assert after is not None
    assert after.p50_s > before.p50_s + 100
    assert after.version.endswith(";cal-3")


async def test_osrm_serves_the_modes_that_it_has_a_server_for(client: HttpClient) -> None:
    with serving(map_servers.osrm) as server:
        source = Osrm(client, {"car": f"{server.url}/table/v1/driving"})
        car, walk = await source.answer([Origin(NEAR, "car"), Origin(NEAR, "walk")], BED, "city", NOON)
        assert car is not None
        assert walk is None
        assert server.asked[0]["annotations"] == ["duration,distance"]


async def test_osrm_without_a_road_near_knows_nothing(client: HttpClient) -> None:
    with serving(map_servers.osrm) as server:
        server.broken = (400, '{"code":"NoSegment","message":"Could not find a matching segment for coordinate 0"}')
        answers = await _osrm(client, server.url).answer([Origin(NEAR, "car")] * 2, BED, "city", NOON)
        assert list(answers) == [None, None]


async def test_valhalla_is_asked_for_the_way_to_the_bed(client: HttpClient) -> None:
    with serving(map_servers.valhalla) as server:
        source = Valhalla(client, server.url)
        await source.answer([Origin(NEAR, "e_bike")], BED, "city", NOON)
        area = await source.isochrone(BED, "car", [15])
        matrix, isochrone = server.asked
    assert (matrix["costing"], matrix["targets"]) == ("bicycle", [{"lat": BED.lat, "lon": BED.lon}])
    assert "date_time" not in matrix
    assert (isochrone["reverse"], isochrone["contours"]) == (True, [{"time": 15}])
    assert area["type"] == "FeatureCollection"


async def test_amap_is_told_places_of_its_own_datum_and_no_more_than_needed(client: HttpClient) -> None:
    with serving(map_servers.amap) as server:
        await _amap(client, server.url).answer([Origin(NEAR, "car")], BED, "city", NOON)
        (asked,) = server.asked
    lon, _ = map(float, asked["destination"].split(","))
    assert lon - BED.lon == pytest.approx(0.0019, abs=0.0001), "east of WGS-84 at Xining"
    assert len(asked["destination"].partition(".")[2].partition(",")[0]) == 4
    assert set(asked) == {"key", "origins", "destination", "type", "output"}


@pytest.mark.parametrize(("quota", "key", "reason"), [(0, "right", "quota_10003"), (9, "wrong", "amap_10001")])
async def test_amaps_quota_and_key_are_told_apart(client: HttpClient, quota: int, key: str, reason: str) -> None:
    with serving(map_servers.amap) as server:
        server.quota = quota
        with pytest.raises(SourceDown, match=reason):
            await Amap(client, key, _unlimited, server.url).answer([Origin(NEAR, "car")], BED, "city", NOON)


async def test_a_used_up_budget_asks_nobody(client: HttpClient) -> None:
    async def spend(_count: int) -> bool:
        return False

    with serving(map_servers.amap) as server:
        with pytest.raises(SourceDown, match="budget_used_up"):
            await Amap(client, "right", spend, server.url).answer([Origin(NEAR, "car")], BED, "city", NOON)
        assert server.asked == []
