"""Setting the private runtime up: interrupted, twice at once, without space or network; servers left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from carecircle.errors import Misconfigured, Unavailable
from carecircle.runtime import apt, install
from carecircle.runtime.install import Runtime, ensure_runtime, installed_runtime
from carecircle.runtime.leftovers import start_time
from carecircle.runtime.packages import RECIPE, SUITE
from carecircle.runtime.ports import free_port
from carecircle.runtime.postgres import Postgres, new_password, wait_until_ready
from carecircle.runtime.process import stop_child
from carecircle.runtime.progress import silent

FETCH = [sys.executable, "-m", "carecircle.runtime"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up root")


def test_two_set_ups_at_once_finish_a_half_made_runtime(tmp_path: Path) -> None:
    half_made = tmp_path / f"runtime-{SUITE}-{RECIPE}"
    (half_made / "root").mkdir(parents=True)
    (tmp_path / "unpacking-killed").mkdir()
    environment = {**os.environ, "CARECIRCLE_CACHE": str(tmp_path)}
    tries = [
        subprocess.Popen(FETCH, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [each.communicate(timeout=300) for each in tries]
    assert [each.returncode for each in tries] == [0, 0], outputs
    assert {stdout.splitlines()[-1] for stdout, _ in outputs} == {str(half_made)}
    assert sorted(path.name for path in tmp_path.iterdir()) == [half_made.name, "set-up.lock"]
    version = subprocess.run([half_made / "bin" / "psql", "--version"], capture_output=True, text=True, check=True)
    assert " 17." in version.stdout


def test_an_interrupted_download_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "PACKAGES", ("libcom-err2", "zlib1g", "libuuid1"))
    private = apt.prepare_apt(tmp_path)
    first = apt.fetch_packages(private, silent)
    changed_at = {path.name: path.stat().st_mtime_ns for path in first}
    damaged, gone, kept = first
    damaged.write_bytes(b"half of it")
    gone.unlink()
    assert apt.fetch_packages(private, silent) == first
    assert kept.stat().st_mtime_ns == changed_at[kept.name]
    assert all(path.read_bytes().startswith(b"!<arch>") for path in first)


def test_a_package_whose_checksum_does_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "PACKAGES", ("zlib1g",))
    private = apt.prepare_apt(tmp_path)
    (archive,) = apt.fetch_packages(private, silent)
    content = bytearray(archive.read_bytes())
    content[-1] ^= 1  # the right size, another content
    archive.write_bytes(content)
    (again,) = apt.fetch_packages(private, silent)
    assert again.read_bytes() != bytes(content)


def test_without_network_one_sentence_and_the_next_start_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARECIRCLE_CACHE", str(tmp_path))
    monkeypatch.setenv("CARECIRCLE_DEBIAN_MIRROR", f"http://127.0.0.1:{free_port()}/debian")
    with pytest.raises(Unavailable, match=r"could not be fetched .* check network") as error:
        ensure_runtime()
    assert "\n" not in str(error.value)
    assert installed_runtime() is None


def test_a_cache_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARECIRCLE_CACHE", "/proc/carecircle")
    with pytest.raises(Misconfigured, match=r"/proc/carecircle cannot be written .* set CARECIRCLE_CACHE"):
        ensure_runtime()


def test_a_full_cache_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARECIRCLE_CACHE", str(tmp_path))
    monkeypatch.setattr(install, "SPACE_NEEDED_BYTES", 10**18)
    with pytest.raises(Unavailable, match=r"MB left and .* MB are needed: make room, or set CARECIRCLE_CACHE"):
        ensure_runtime()


@needs_root
def test_where_user_namespaces_are_forbidden_servers_still_do_not_run_as_root(runtime: Runtime, tmp_path: Path) -> None:
    launcher = (
        "import sys; import carecircle.runtime.launch as launch; launch._may_map_users = lambda: False; "
        "launch.main(sys.argv[1:])"
    )
    owned = tmp_path / "owned"
    owned.mkdir()
    (owned / "file").touch()
    arguments = [str(os.getpid()), str(int(signal.SIGTERM)), str(owned), "--"]
    done = subprocess.run(
        [sys.executable, "-c", launcher, *arguments, runtime.program("initdb"), "-D", str(owned / "cluster"), "-N"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert {path.stat().st_uid for path in [owned, *owned.rglob("*")]} == {65534}


def test_a_server_ends_with_the_process_that_started_it(runtime: Runtime, tmp_path: Path) -> None:
    program = f"""
import time
from pathlib import Path
from carecircle.runtime.install import Runtime
from carecircle.runtime.postgres import Postgres, wait_until_ready
server = Postgres(Runtime(Path({str(runtime.folder)!r})), Path({str(tmp_path)!r}), {free_port()}, "secret")
server.prepare()
process = server.start(Path({str(tmp_path)!r}) / "log")
wait_until_ready(server, process, Path({str(tmp_path)!r}) / "log")
print(process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert start_time(pid) is not None
        parent.kill()
    deadline = time.monotonic() + 10.0
    while start_time(pid) is not None:
        assert time.monotonic() < deadline, "the database outlived its parent"
        time.sleep(0.02)


def test_a_process_file_that_names_a_stranger_does_not_stop_a_start(runtime: Runtime, tmp_path: Path) -> None:
    server = Postgres(runtime, tmp_path, free_port(), new_password())
    server.prepare()
    stranger = os.getpid()
    (server.cluster / "postmaster.pid").write_text(f"{stranger}\n{server.cluster}\n0\n{server.port}\n\n127.0.0.1\n")
    server.prepare()
    log = tmp_path / "log"
    process = server.start(log)
    wait_until_ready(server, process, log)
    assert start_time(stranger) is not None
    assert stop_child(process, server.stop_signal, 10.0)


def test_a_database_folder_half_made_is_made_again(runtime: Runtime, tmp_path: Path) -> None:
    server = Postgres(runtime, tmp_path, free_port(), new_password())
    server.cluster.mkdir()
    (server.cluster / "PG_VERSION").write_text("17\n")
    server.prepare()
    log = tmp_path / "log"
    process = server.start(log)
    wait_until_ready(server, process, log)
    assert stop_child(process, server.stop_signal, 10.0)
