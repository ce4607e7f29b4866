"""The private apt trusts signatures only, keeps to its own folders, and says in one sentence why it cannot start."""

import shutil
from pathlib import Path

import pytest

from carecircle.errors import Misconfigured
from carecircle.runtime import apt
from carecircle.runtime.sources import Archive


def test_every_source_is_signed_and_security_updates_are_taken() -> None:
    archives = [Archive("http://m/debian", security=False), Archive("http://m/security", security=True)]
    lines = apt.source_lines(archives, Path("/keys.gpg"))
    assert lines == (
        "deb [signed-by=/keys.gpg] http://m/debian trixie main\n"
        "deb [signed-by=/keys.gpg] http://m/security trixie-security main\n"
    )


def test_no_folder_of_the_machine_is_written() -> None:
    text = apt.apt_configuration(Path("/cache/apt"), "amd64", ['Acquire::http::Proxy "http://proxy:3128";'])
    for name in ("State", "State::lists", "State::status", "Cache", "Log"):
        (line,) = [line for line in text.splitlines() if line.startswith(f"Dir::{name} ")]
        assert '"/cache/apt' in line
    assert 'Acquire::AllowInsecureRepositories "false";' in text
    assert 'Acquire::http::Proxy "http://proxy:3128";' in text


def test_without_apt_one_sentence_names_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match=r"no apt-get .* docker compose up.* CARECIRCLE_MQTT_URL"):
        apt.prepare_apt(tmp_path)


def test_another_processor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "dpkg": "#!/bin/sh\necho riscv64\n",
        "apt-get": "#!/bin/sh\n",
        "dpkg-deb": "#!/bin/sh\n",
    }.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    shell = shutil.which("sh")
    assert shell is not None
    monkeypatch.setenv("PATH", f"{tmp_path}:{Path(shell).parent}")
    with pytest.raises(Misconfigured, match="processor type riscv64"):
        apt.prepare_apt(tmp_path / "home")


def test_sizes_and_checksums_are_read_from_apts_own_plan() -> None:
    sha256 = "0f" * 32
    printed = f"'http://m/p/libpq5_17_amd64.deb' libpq5_17_amd64.deb 228000 SHA256:{sha256}\n"
    assert apt.planned_archives(printed) == {"libpq5_17_amd64.deb": apt.PlannedArchive(228000, sha256)}
