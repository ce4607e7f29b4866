from pathlib import Path

import pytest
from click.testing import CliRunner

from carecircle.errors import Misconfigured
from carecircle_alerts.travel.roads.command import command
from tests.street_map import street_grid, write_map


def _build(extract: Path, out: Path, *more: str) -> str:
    result = CliRunner().invoke(command, ["build", str(extract), "--out", str(out), *more], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_build_says_what_it_does_and_what_to_set(tmp_path: Path) -> None:
    output = _build(street_grid(tmp_path / "town.osm"), tmp_path / "roads")
    assert "road_network" in output
    assert f"CARECIRCLE_ROADS_FILE={tmp_path / 'roads'}" in output
    assert "OpenStreetMap contributors" in output
    shown = CliRunner().invoke(command, ["show", str(tmp_path / "roads")], catch_exceptions=False)
    assert "36 nodes" not in shown.output  # blocks of 250 m are cut in two
    assert "96 nodes, 240 arcs" in shown.output


def test_made_up_streets_say_so(tmp_path: Path) -> None:
    output = _build(street_grid(tmp_path / "town.osm"), tmp_path / "roads", "--synthetic")
    assert "synthetic_network" in output
    assert "contributors" not in output


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.osm.pbf", b"this is a text" * 20, "no OpenStreetMap extract"),
        ("a.osm", b"<html></html>", "no OpenStreetMap extract"),
        ("a.zip", b"PK", "its name ends with"),
        ("a.osm", b'<osm version="0.6"></osm>', "no roads"),
    ],
)
def test_what_cannot_be_built_from_is_named(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Misconfigured, match=says):
        _build(tmp_path / name, tmp_path / "roads")
    assert not (tmp_path / "roads").exists()


def test_a_missing_extract_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no such file"):
        _build(tmp_path / "none.osm.pbf", tmp_path / "roads")
    with pytest.raises(Misconfigured, match="cannot be written"):
        _build(street_grid(tmp_path / "town.osm"), tmp_path / "none" / "roads")


def test_one_way_in_and_none_out_is_no_network(tmp_path: Path) -> None:
    path = write_map(
        tmp_path / "a.osm", {"a": (0, 0), "b": (90, 0)}, [("a b", {"highway": "motorway"})]
    )  # fmt: skip
    with pytest.raises(Misconfigured, match="anywhere and back"):
        _build(path, tmp_path / "roads")
