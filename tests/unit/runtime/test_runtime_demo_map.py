"""The demo's map: made once, in the background, and given up at once when everything stops."""

from pathlib import Path

from carecircle.up.demo_map import DemoMap
from carecircle_console.map_file import find_map


def test_it_is_made_once_and_says_that_the_streets_are_made_up(tmp_path: Path) -> None:
    file = tmp_path / "demo.pmtiles"
    demo = DemoMap(file, tmp_path)
    demo.begin()
    demo.wait()
    found = find_map(file)
    assert found is not None
    assert found.is_synthetic
    assert "made-up" in found.attribution
    assert found.bounds[0] < 101.77 < found.bounds[2]
    assert abs(found.center[1] - 36.6) < 0.5
    made_at = file.stat().st_mtime_ns
    again = DemoMap(file, tmp_path)
    again.begin()
    again.end()
    assert file.stat().st_mtime_ns == made_at


def test_what_is_not_finished_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "demo.pmtiles"
    demo = DemoMap(file, tmp_path)
    demo.begin()
    demo.end()
    assert not file.exists()
    assert [one.name for one in tmp_path.iterdir() if one.suffix != ""] == []


def test_there_is_nothing_to_make_where_roads_are_somebodys_own(tmp_path: Path) -> None:
    demo = DemoMap(None, tmp_path)
    demo.begin()
    demo.end()
    assert list(tmp_path.iterdir()) == []
