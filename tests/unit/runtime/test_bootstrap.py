"""The bootstrap says in one sentence what a bare machine lacks, and does nothing twice."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy" / "bootstrap.py"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in {"VENV": tmp_path / ".venv", "STAMPS": tmp_path / ".venv" / "stamps.json"}.items():
        monkeypatch.setattr(module, name, path)
    return module


def test_a_python_that_is_too_old_is_named(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (9, 9))
    monkeypatch.setattr(bootstrap, "NEWER_PYTHONS", ())
    with pytest.raises(SystemExit, match=r"Python 9\.9 or newer is needed and .* `make PYTHON="):
        bootstrap.use_new_enough_python(["demo", "true"])


def test_a_python_without_venv_is_told_what_to_install(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "works", lambda _command: False)
    with pytest.raises(bootstrap.SetUpError, match=r"without venv and pip: install them .*-venv"):
        bootstrap.make_environment()


def test_a_folder_that_cannot_be_written_is_named(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "VENV", Path("/proc/.venv"))
    with pytest.raises(bootstrap.SetUpError, match=r"/proc/\.venv cannot be written"):
        bootstrap.make_environment()


def test_a_stamp_counts_only_beside_a_working_environment(bootstrap: ModuleType) -> None:
    python = bootstrap.VENV / "bin" / "python"
    python.parent.mkdir(parents=True)
    bootstrap.STAMPS.write_text('{"demo": "key"}')
    assert bootstrap.stamps() == {}
    python.symlink_to(sys.executable)
    assert bootstrap.stamps() == {"demo": "key"}


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_damaged_stamp_means_installing_again(bootstrap: ModuleType, content: str) -> None:
    python = bootstrap.VENV / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    bootstrap.STAMPS.write_text(content)
    assert bootstrap.stamps() == {}


def test_other_requirements_mean_installing_again(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements = tmp_path / "requirements.txt"
    monkeypatch.setitem(bootstrap.REQUIREMENTS, "demo", requirements)
    requirements.write_text("one==1 --hash=sha256:00\n")
    first = bootstrap.installation_key("demo")
    assert bootstrap.installation_key("demo") == first
    requirements.write_text("one==2 --hash=sha256:00\n")
    assert bootstrap.installation_key("demo") != first


@pytest.mark.parametrize("chosen", [None, "elsewhere"])
def test_programs_are_compiled_once_where_no_bytecode_may_lie_beside_them(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str | None
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path / (chosen or "")))
    if chosen is None:
        monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    bootstrap.keep_bytecode()
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "started.py").touch()
    subprocess.run([sys.executable, "-c", "import started"], cwd=tmp_path / "sources", check=True)
    assert [path.name for path in (tmp_path / "sources").iterdir()] == ["started.py"]
    kept = bootstrap.VENV / "bytecode" if chosen is None else tmp_path / chosen
    assert len(list(kept.rglob("started.*.pyc"))) == 1


def test_a_machine_that_lets_bytecode_lie_beside_sources_is_left_alone(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    bootstrap.keep_bytecode()
    assert "PYTHONPYCACHEPREFIX" not in os.environ


def test_pinned_requirements_name_no_host_and_carry_a_hash_each() -> None:
    for name in ("gateway", "server", "dev"):
        text = (SCRIPT.parents[1] / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]
        assert entries
        assert all("--hash=sha256:" in entry for entry in entries)


def test_the_home_box_gets_neither_the_database_driver_nor_the_web_framework() -> None:
    text = (SCRIPT.parents[1] / "requirements" / "gateway.txt").read_text()
    assert "psycopg" not in text
    assert "fastapi" not in text
