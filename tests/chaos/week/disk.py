"""A small disk of a box: a file with a file system of its own, mounted, which can be filled to the last byte.

Mounting needs root, and a mount namespace of the run's own, so that nothing of it is left when the run ends.
"""

import contextlib
import errno
import os
import subprocess
from pathlib import Path

_SIZE = 12 << 20
_CHUNK = 1 << 16
_REASONS = (errno.ENOSPC, errno.EDQUOT)


def can_mount() -> bool:
    """Whether this machine lets us mount; asked in a namespace that ends with the question."""
    probe = ["unshare", "--mount", "true"]
    try:
        return os.geteuid() == 0 and subprocess.run(probe, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


class Disk:
    """Made and mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"
        self._image = folder.with_suffix(".img")
        self._image.touch()
        os.truncate(self._image, _SIZE)
        folder.mkdir()
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(self._image)], check=True, capture_output=True)
        subprocess.run(["mount", "-o", "loop", str(self._image), str(folder)], check=True, capture_output=True)

    def fill(self) -> None:
        """As a log that somebody forgot, until nothing fits any more."""
        size = _CHUNK
        with self._filler.open("ab", buffering=0) as file:
            while size:
                try:
                    file.write(b"\xff" * size)
                except OSError as error:
                    if error.errno not in _REASONS:
                        raise
                    size //= 4

    def clear(self) -> None:
        """Somebody cleans up."""
        self._filler.unlink(missing_ok=True)

    def unmount(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            subprocess.run(["umount", "-l", str(self.folder)], check=True, capture_output=True)
