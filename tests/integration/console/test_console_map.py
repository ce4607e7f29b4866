"""The map file over HTTP: in parts, under a name that changes with it, for people who have signed in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pmtiles.reader import Reader

from carecircle_alerts.travel.tiles.building import build_tiles
from tests.console_world import World

_STREETS = """<?xml version='1.0' encoding='UTF-8'?><osm version="0.6">
<node id="1" version="1" lat="36.62" lon="101.77"/><node id="2" version="1" lat="36.63" lon="101.78"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="试验路"/></way></osm>
"""


@pytest.fixture
def map_file(world: World, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "s.osm").write_text(_STREETS)
    path = tmp_path / "map.pmtiles"
    build_tiles(tmp_path / "s.osm", path, None, "试验地图", lambda _step: None, is_synthetic=True)
    console = world.server.console
    assert console is not None
    before = console.settings
    object.__setattr__(console, "settings", before.model_copy(update={"map_file": path}))
    yield path
    object.__setattr__(console, "settings", before)


def test_a_browser_reads_a_tile_by_parts_of_the_file(world: World, map_file: Path) -> None:
    client = world.signed_in("dispatcher")
    about = client.get("/api/map").json()
    assert about["attribution"] == "试验地图"
    assert about["is_synthetic"] is True
    assert about["bounds"][0] == pytest.approx(101.77)
    asked = []

    def part(offset: int, length: int) -> bytes:
        answer = client.get(about["url"], headers={"Range": f"bytes={offset}-{offset + length - 1}"})
        asked.append(answer)
        assert answer.status_code == 206
        return answer.content

    tile = Reader(part).get(12, 3205, 1599)
    assert tile == Reader(lambda offset, length: map_file.read_bytes()[offset : offset + length]).get(12, 3205, 1599)
    assert tile is not None
    size = map_file.stat().st_size
    for answer in asked:
        assert answer.headers["content-range"].endswith(f"/{size}")
        assert "immutable" in answer.headers["cache-control"]
        assert "private" in answer.headers["cache-control"]
        assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "begin", "end"), [("bytes=0-0", 0, 1), ("bytes=5-", 5, None), ("bytes=-7", -7, None)]
)
def test_every_kind_of_range_is_answered(
    world: World, map_file: Path, wanted: str, begin: int, end: int | None
) -> None:
    client = world.signed_in("responder")
    url = client.get("/api/map").json()["url"]
    answer = client.get(url, headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, map_file.read_bytes()[begin:end])


def test_a_range_beyond_the_file_and_an_unreadable_one_are_refused(world: World, map_file: Path) -> None:
    client = world.signed_in("family")
    url = client.get("/api/map").json()["url"]
    size = map_file.stat().st_size
    assert client.get(url, headers={"Range": f"bytes={size}-"}).status_code == 416
    assert client.get(url, headers={"Range": "bytes=x-y"}).status_code in {400, 416}
    assert client.get(url).content == map_file.read_bytes()


def test_another_file_has_another_name_and_the_old_one_is_gone(world: World, map_file: Path) -> None:
    client = world.signed_in("dispatcher")
    url = client.get("/api/map").json()["url"]
    shutil.copy(map_file, map_file.with_suffix(".new"))
    map_file.with_suffix(".new").write_bytes(map_file.read_bytes() + b"\0")
    map_file.with_suffix(".new").replace(map_file)
    assert client.get(url).status_code == 404
    renewed = client.get("/api/map").json()["url"]
    assert renewed != url
    assert client.get(renewed, headers={"Range": "bytes=0-6"}).content == b"PMTiles"
    assert client.get("/api/map/..%2f..%2fetc%2fpasswd").status_code == 404


def test_without_a_map_there_is_no_address_and_a_damaged_one_is_none(world: World, map_file: Path) -> None:
    client = world.signed_in("dispatcher")
    map_file.write_bytes(b"PMTiles\x03 and then nonsense")
    damaged = client.get("/api/map").json()
    assert (damaged["url"], damaged["is_awaited"]) == (None, False), "it will not come by itself"
    map_file.unlink()
    missing = client.get("/api/map").json()
    assert (missing["url"], missing["is_awaited"]) == (None, True)


def test_nobody_who_has_not_signed_in_gets_any_of_it(world: World, map_file: Path) -> None:
    url = world.signed_in("dispatcher").get("/api/map").json()["url"]
    assert world.client().get("/api/map").status_code == 401
    assert world.client().get(url).status_code == 401
