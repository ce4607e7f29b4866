"""The cache folder: where the runtime is kept between starts, and the lock that lets one set-up run at a time (I/O)."""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from carecircle.errors import Misconfigured, Unavailable

WAY_OUT = "or set CARECIRCLE_ADMIN_DATABASE_URL and CARECIRCLE_MQTT_URL to a TimescaleDB and a Mosquitto of your own"


def cache_folder() -> Path:
    """The folder for what can be fetched again: CARECIRCLE_CACHE, or `carecircle` under the user's cache folder."""
    if chosen := os.environ.get("CARECIRCLE_CACHE"):
        return Path(chosen).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "carecircle"


def require_space(folder: Path, needed_bytes: int) -> None:
    """Raise `Unavailable` where the file system of `folder` has less room than that."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise Unavailable(
            f"the cache folder {folder} has {free // 1_000_000} MB left and {needed_bytes // 1_000_000} MB are needed: "
            f"make room, or set CARECIRCLE_CACHE to a folder with space, {WAY_OUT}"
        )


def unusable(folder: Path, error: OSError) -> Misconfigured:
    """The one sentence for a cache folder that cannot be written."""
    reason = error.strerror or str(error)
    return Misconfigured(
        f"the cache folder {folder} cannot be written ({reason}): "
        f"set CARECIRCLE_CACHE to a folder that you may write to, {WAY_OUT}"
    )


@contextmanager
def set_up_lock(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the folder's set-up lock; `on_wait` is called once where another set-up has it.

    The lock belongs to the process, so a killed set-up leaves none behind. Raises `Misconfigured` where the folder
    cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "set-up.lock").open("w")
    except OSError as error:
        raise unusable(folder, error) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            # Some network file systems have no locks. One set-up at a time is then the user's business.
            if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:
                raise unusable(folder, error) from error
        yield
