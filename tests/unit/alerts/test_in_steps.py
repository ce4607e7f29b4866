"""In steps: the reading thread pauses before each module, others do not, and whoever is in a hurry ends the pauses."""

import sys
import threading
import time
from pathlib import Path

import pytest

from carecircle_alerts.in_steps import Steps


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of three modules that nobody has read."""
    name = f"read_in_steps_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name
    folder.mkdir()
    folder.joinpath("__init__.py").write_text(f"from {name} import first, second\nwhole = True\n")
    for module in ("first", "second"):
        folder.joinpath(f"{module}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def read(library: str) -> bool:
    return bool(__import__(library).whole)


def test_it_pauses_before_each_module_and_leaves_nothing_behind(library: str) -> None:
    steps, finders, began = Steps(pause_s=0.05), list(sys.meta_path), time.monotonic()
    assert steps.read(lambda: read(library))
    assert time.monotonic() - began >= 0.15
    assert sys.meta_path == finders


def test_whoever_needs_it_now_ends_the_pauses(library: str) -> None:
    steps, done = Steps(pause_s=3600), list[bool]()
    thread = threading.Thread(target=lambda: done.append(steps.read(lambda: read(library))))
    thread.start()
    assert __import__("colorsys"), "another thread reads without a pause"
    steps.hurry()
    thread.join(60)
    assert done == [True]


def test_what_cannot_be_read_leaves_nothing_behind_either() -> None:
    finders = list(sys.meta_path)
    with pytest.raises(ModuleNotFoundError):
        Steps(pause_s=0).read(lambda: read("nothing_of_this_name"))
    assert sys.meta_path == finders
