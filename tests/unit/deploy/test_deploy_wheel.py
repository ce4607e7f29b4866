"""The wheel: built without network, it carries everything that a process reads, and the home box stays small."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from tests.unit.deploy.compose_file import ROOT

PACKAGES = {
    "carecircle": "carecircle",
    "carecircle_gateway": "gateway/carecircle_gateway",
    "carecircle_ingest": "ingest/carecircle_ingest",
    "carecircle_upkeep": "ingest/carecircle_upkeep",
    "carecircle_alerts": "alerts/carecircle_alerts",
    "carecircle_console": "console/carecircle_console",
    "carecircle_dashboards": "dashboards/carecircle_dashboards",
    "carecircle_sim": "firmware-sim/carecircle_sim",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def tracked(folder: str) -> Iterator[str]:
    """Every file of a package that is not made by running it."""
    for path in sorted((ROOT / folder).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT / folder).as_posix()


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_every_file_of_every_package_is_in_the_wheel(names: set[str], package: str) -> None:
    missing = {f"{package}/{name}" for name in tracked(PACKAGES[package])} - names
    assert not missing


def test_what_is_read_at_run_time_is_there(names: set[str]) -> None:
    expected = {f"carecircle/db/migrations/{path.name}" for path in (ROOT / "carecircle/db/migrations").glob("*.sql")}
    assert expected
    expected |= {
        "carecircle_ingest/queries.sql",
        "carecircle_upkeep/queries.sql",
        "carecircle_alerts/queries.sql",
        "carecircle_dashboards/statements/service_circle.sql",
        "carecircle_console/read_models.sql",
        "carecircle_console/pages/index.html",
        "carecircle_dashboards/grafana/dashboards/service_circle.json",
        "carecircle_dashboards/grafana/provisioning/datasources/carecircle.yaml",
        "carecircle_sim/places.json",
    }
    assert expected <= names


def test_the_page_finds_its_scripts_and_styles(names: set[str]) -> None:
    assert any(name.startswith("carecircle_console/pages/assets/") and name.endswith(".js") for name in names)
    assert any(name.startswith("carecircle_console/pages/assets/") and name.endswith(".css") for name in names)


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert not any(word in name for name in names for word in ("node_modules", "__pycache__", ".svelte", "/tests/"))


def test_every_command_and_seed_points_at_something(wheel: Path, names: set[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        lines = archive.read(name).decode().splitlines()
    targets = [line.partition(" = ")[2] for line in lines if " = " in line]
    assert len(targets) > 8
    for target in targets:
        module = target.partition(":")[0].replace(".", "/")
        assert {f"{module}.py", f"{module}/__init__.py"} & names, target


def test_the_home_box_needs_neither_the_database_nor_the_web(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist") or []
    core = [line for line in required if "extra ==" not in line]
    for_gateway = [line for line in required if "extra == 'gateway'" in line]
    assert core
    assert "gateway" in (metadata.get_all("Provides-Extra") or [])
    for forbidden in ("psycopg", "fastapi", "uvicorn", "starlette", "grafana", "httpx", "aiohttp"):
        assert not any(line.lower().startswith(forbidden) for line in core + for_gateway)
    assert any(line.startswith("psycopg") and "extra == 'server'" in line for line in required)


def test_the_home_boxs_pinned_packages_need_neither() -> None:
    text = (ROOT / "requirements/gateway.txt").read_text().lower()
    assert "\nstructlog==" in text
    for forbidden in ("psycopg", "fastapi", "uvicorn", "starlette", "httpx", "aiohttp"):
        assert f"\n{forbidden}" not in text
