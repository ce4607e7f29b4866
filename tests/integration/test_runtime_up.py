"""`carecircle up` on this machine: restarts, a killed run, a second start, a folder in use, and an end in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from carecircle.errors import Conflict, Misconfigured
from carecircle.runtime.install import Runtime
from carecircle.runtime.leftovers import start_time
from carecircle.up.installation import Trial
from carecircle.up.processes_file import ProcessesFile, Running
from carecircle.up.stack import Stack

# The least that has every layer: both servers and one of our own processes.
SMALL = Trial(homes=1, without=frozenset({"console", "alerts", "lifeline", "upkeep", "coverage", "world", "homes"}))
PROGRAM = """
import sys, time
from pathlib import Path
from carecircle.up.installation import Trial
from carecircle.up.stack import Stack
small = Trial(homes=1, without=frozenset({"console", "alerts", "lifeline", "upkeep", "coverage", "world", "homes"}))
stack = Stack(Path(sys.argv[1]), trial=small)
stack.start()
print(*[stack.pid(name) for name in stack.names()], flush=True)
time.sleep(60)
"""


@pytest.fixture
def stack(runtime: Runtime, tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "state", trial=SMALL) as started:
        yield started


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 15.0
    while running := [pid for pid in pids if start_time(pid) is not None]:
        assert time.monotonic() < deadline, f"still running: {running}"
        time.sleep(0.02)


def test_whatever_is_killed_is_started_again(stack: Stack) -> None:
    assert stack.names() == ["postgres", "mosquitto", "ingest"]
    for name in stack.names():
        before, count = stack.pid(name), stack.restarts(name)
        stack.kill(name)
        stack.wait_restarted(name, since=count)
        assert stack.pid(name) not in {before, None}


def test_a_home_that_was_paired_or_revoked_is_known_to_the_broker(stack: Stack) -> None:
    (home,) = stack.homes[:1]
    passwords = stack.state / "mosquitto" / "passwords"
    with psycopg.connect(stack.installation.admin_url, autocommit=True) as connection:
        connection.execute("insert into home_account (bed_id, generation) values (%s, 1)", (home.bed,))
        stack.follow_accounts()
        assert f"{home.bed}.1:" in passwords.read_text()
        assert f"{home.bed}:" not in passwords.read_text()
        connection.execute("update home_account set revoked_at = now()")
        stack.follow_accounts()
        assert home.bed not in passwords.read_text()
    stack.kill("postgres")
    stack.follow_accounts()


def test_a_second_run_in_the_same_folder_is_told_where_the_first_one_is(stack: Stack) -> None:
    with pytest.raises(Conflict, match=rf"already running .* console is at {stack.installation.console_url}"):
        Stack(stack.state)


def test_everything_ends_in_order_and_the_data_stays(runtime: Runtime, tmp_path: Path) -> None:
    with Stack(tmp_path, trial=SMALL) as first:
        pids = [pid for name in first.names() if (pid := first.pid(name))]
        with psycopg.connect(first.installation.admin_url) as connection:
            connection.execute("create table kept as select 7 as n")
    assert [start_time(pid) for pid in pids] == [None, None, None]
    assert not (tmp_path / "processes.json").exists()
    with Stack(tmp_path, trial=SMALL) as second:
        assert second.installation == first.installation
        with psycopg.connect(second.installation.admin_url) as connection:
            assert connection.execute("select n from kept").fetchone() == (7,)


def test_after_kill_9_nothing_is_left_and_the_next_start_works(runtime: Runtime, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pids = [int(word) for word in run.stdout.readline().split()]
        assert len(pids) == 3
        run.kill()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
    wait_until_gone(pids)
    with Stack(tmp_path, trial=SMALL) as stack:
        assert all(stack.pid(name) for name in stack.names())


def test_after_kill_9_of_the_supervisor_alone_the_rest_ends_by_itself(runtime: Runtime, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pids = [int(word) for word in run.stdout.readline().split()]
        run.kill()
    with Stack(tmp_path, trial=SMALL) as stack:  # at once: some of the old run may be ending still
        assert all(start_time(pid) is None for pid in pids)
        assert all(stack.pid(name) for name in stack.names())


def test_leftovers_are_ended_by_id_and_start_time_and_strangers_are_not(tmp_path: Path) -> None:
    file = ProcessesFile(tmp_path / "processes.json")
    with subprocess.Popen(["sleep", "60"]) as ours, subprocess.Popen(["sleep", "60"]) as stranger:
        started = start_time(ours.pid)
        assert started is not None
        file.write(
            [
                Running("ours", ours.pid, started, signal.SIGTERM),
                Running("somebody's since", stranger.pid, "1", signal.SIGTERM),
            ]
        )
        assert file.end_leftovers() == ["ours"]
        assert ours.wait(5.0) == -signal.SIGTERM
        assert stranger.poll() is None
        stranger.terminate()


def test_a_state_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(Misconfigured, match=r"/proc/state cannot be written .* --state"):
        Stack(Path("/proc/state"))


def test_a_lost_password_is_explained(runtime: Runtime, tmp_path: Path) -> None:
    with Stack(tmp_path, trial=SMALL):
        pass
    (tmp_path / "secrets.json").unlink()
    with pytest.raises(Misconfigured, match=r"secrets.json is missing, .* start anew"):
        Stack(tmp_path, trial=SMALL)
