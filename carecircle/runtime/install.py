"""Set-up: makes sure that the programs of the runtime are on this machine, fetching them at most once (I/O)."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from carecircle.errors import Unavailable
from carecircle.runtime.apt import fetch_packages, prepare_apt
from carecircle.runtime.cache import cache_folder, require_space, set_up_lock, unusable
from carecircle.runtime.packages import POSTGRES_MAJOR, RECIPE, SPACE_NEEDED_BYTES, SUITE
from carecircle.runtime.progress import Progress, Report, silent
from carecircle.runtime.unpack import unpack

_MARKER = "complete.json"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The programs that servers are started from."""

    folder: Path

    def program(self, name: str) -> str:
        """Path of a program such as `postgres`, `psql`, `mosquitto` or `mosquitto_pub`."""
        return str(self.folder / "bin" / name)

    @property
    def has_community_timescaledb(self) -> bool:
        """Whether compression and continuous aggregates are there; Debian builds the Apache edition without them."""
        return any(self.folder.glob(f"root/usr/lib/postgresql/{POSTGRES_MAJOR}/lib/timescaledb-tsl-*.so"))


def installed_runtime() -> Runtime | None:
    """The runtime, where an earlier start has completed it; writes nothing and needs no lock."""
    folder = _folder(cache_folder())
    return Runtime(folder) if (folder / _MARKER).is_file() else None


def ensure_runtime(report: Report = silent) -> Runtime:
    """The runtime, fetched and unpacked where it is missing: about 60 MB down, 100 MB on disk, 10 s.

    Two calls at once, in whatever process, do the work once. An interrupted set-up goes on where it stopped. Raises
    `Misconfigured` or `Unavailable` with one sentence that says what to do.
    """
    if runtime := installed_runtime():
        return runtime
    cache = cache_folder()
    with set_up_lock(cache, lambda: report(Progress("waiting for another set-up of the runtime"))):
        if runtime := installed_runtime():
            return runtime
        require_space(cache, SPACE_NEEDED_BYTES)
        try:
            return _set_up(cache, report)
        except OSError as error:
            raise unusable(cache, error) from error


def _set_up(cache: Path, report: Report) -> Runtime:
    for leftover in cache.glob("unpacking-*"):
        shutil.rmtree(leftover)
    apt = prepare_apt(cache / "apt")
    archives = fetch_packages(apt, report)
    target = _folder(cache)
    work = Path(tempfile.mkdtemp(prefix="unpacking-", dir=cache))
    work.chmod(0o755)
    unpack(archives, work, report)
    (work / _MARKER).write_text(json.dumps({"packages": [archive.name for archive in archives]}, indent=1))
    if target.exists():  # it has no marker, or we would not be here
        shutil.rmtree(target)
    work.rename(target)
    shutil.rmtree(apt.home)
    runtime = installed_runtime()
    if runtime is None:
        raise Unavailable(f"the runtime in {target} vanished while it was being set up: start again")
    return runtime


def _folder(cache: Path) -> Path:
    return cache / f"runtime-{SUITE}-{RECIPE}"
