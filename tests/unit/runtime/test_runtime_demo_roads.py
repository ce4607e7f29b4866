"""The demo's roads file: made once, in the background, and missed by nobody where it cannot be made."""

from pathlib import Path

from carecircle.up.roads import DemoRoads


def test_it_is_made_once(tmp_path: Path) -> None:
    said: list[str] = []
    file = tmp_path / "demo.roads"
    for _ in range(2):
        roads = DemoRoads(file, said.append)
        roads.begin()
        roads.wait()
    assert file.stat().st_size > 100_000
    assert len(said) == 1


def test_a_start_goes_on_without_it(tmp_path: Path) -> None:
    said: list[str] = []
    roads = DemoRoads(tmp_path / "none" / "demo.roads", said.append)
    roads.begin()
    roads.wait()
    assert len(said) == 1
    assert "straight-line" in said[0]
