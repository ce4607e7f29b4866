"""What the box runs on, from files as Linux has them."""

from pathlib import Path

from carecircle_gateway.own_power import OwnPower, own_power


def _supply(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir()
    for file, text in files.items():
        (folder / name / file).write_text(text + "\n")


def test_a_box_that_says_nothing_says_nothing(tmp_path: Path) -> None:
    assert own_power(tmp_path) == OwnPower()
    assert own_power(tmp_path / "none") == OwnPower()


def test_mains_with_a_battery_and_a_power_cut(tmp_path: Path) -> None:
    _supply(tmp_path, "AC", type="Mains", online="1")
    _supply(tmp_path, "BAT0", type="Battery", capacity="87")
    assert own_power(tmp_path) == OwnPower("mains", 87.0)
    (tmp_path / "AC" / "online").write_text("0\n")
    assert own_power(tmp_path) == OwnPower("battery", 87.0)


def test_a_battery_alone_and_files_that_cannot_be_read(tmp_path: Path) -> None:
    _supply(tmp_path, "BAT0", type="Battery", capacity="12")
    _supply(tmp_path, "odd", type="Wireless")
    _supply(tmp_path, "empty")
    assert own_power(tmp_path) == OwnPower("battery", 12.0)
