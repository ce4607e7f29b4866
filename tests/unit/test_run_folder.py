"""Where a test run keeps its servers: what killed runs left in memory goes, what others are using stays."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.servers import _RUN, _run_folder


def test_what_a_killed_run_left_is_removed_and_a_living_one_is_left_alone(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    killed, living = tmp_path / f"{_RUN}{gone.pid}-abc", tmp_path / f"{_RUN}{os.getppid()}-abc"
    stranger = tmp_path / "something-else"
    for folder in (killed, living, stranger):
        folder.mkdir()
        (folder / "file").touch()
    own = _run_folder(tmp_path)
    assert own.is_dir()
    assert not killed.exists()
    assert (living / "file").exists()
    assert (stranger / "file").exists()
    shutil.rmtree(own)


def test_without_such_a_place_the_servers_lie_on_the_disk(tmp_path: Path) -> None:
    own = _run_folder(tmp_path / "none")
    assert own.is_dir()
    assert not (tmp_path / "none").exists()
    shutil.rmtree(own)
