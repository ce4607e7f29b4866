"""A file that its readers find whole: written beside its place, on the disk, then moved there (I/O)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from carecircle.errors import Misconfigured


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write into it; at the block's end readers find the new file, after an exception still the old one.

    Raises `Misconfigured` where it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        beside.replace(path)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
