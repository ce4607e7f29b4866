"""Private files: written whole or not at all, and readable by their owner alone (I/O)."""

import os
from pathlib import Path


def replace_private(path: Path, body: bytes) -> None:
    """Replace a file so that a crash at any moment leaves the old one or the new one; raises `OSError`."""
    work = path.with_name(f".{path.name}.new")
    work.unlink(missing_ok=True)
    with os.fdopen(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())
    work.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the folder's own entries survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
