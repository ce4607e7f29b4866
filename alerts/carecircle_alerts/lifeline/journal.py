"""Journal: what is to be told is on the disk before anybody is told, so that no death forgets or doubles it (I/O)."""

import fcntl
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from carecircle.errors import Conflict, Misconfigured
from carecircle_alerts.lifeline.private_file import replace_private, sync_folder
from carecircle_alerts.lifeline.records import Entry, decode_line, encode_line

_REWRITE_BYTES = 4 << 20

_log = structlog.get_logger()


class Journal:
    """One file of lines in a folder that one process has to itself.

    `entries` is what it held at the start: a line that was cut off by a crash is taken away, nobody was told on its
    word. Raises `Conflict` where another process has the folder, `Misconfigured` where it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Misconfigured(f"CARECIRCLE_LIFELINE_FOLDER: {folder} cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise Conflict(f"another lifeline already works in {folder}") from error
        self._path = folder / "journal"
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        sync_folder(folder)
        self.entries = self._read()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self._handle).st_size

    @property
    def is_long(self) -> bool:
        """Whether it is worth writing anew."""
        return self.size > _REWRITE_BYTES

    def append(self, entries: Sequence[Entry]) -> None:
        """Write records at the end; they are on the disk when this returns. Raises `OSError`, and nothing is there."""
        begun_at = self.size
        lines = b"".join(map(encode_line, entries))
        try:
            written = 0
            while written < len(lines):
                written += os.write(self._handle, lines[written:])
            os.fsync(self._handle)
        except OSError:
            # Half a line would hide whatever comes after it.
            os.ftruncate(self._handle, begun_at)
            raise

    def rewrite(self, entries: Iterable[Entry]) -> None:
        """Replace everything by these records; a crash leaves the old or the new. Raises `OSError`."""
        replace_private(self._path, b"".join(map(encode_line, entries)))
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND)
        os.close(self._handle)
        self._handle = handle

    def close(self) -> None:
        """Give the folder back."""
        os.close(self._handle)
        os.close(self._lock)

    def _read(self) -> list[Entry]:
        raw = self._path.read_bytes()
        entries: list[Entry] = []
        position = 0
        while (end := raw.find(b"\n", position)) >= 0:
            entry = decode_line(raw[position:end])
            if entry is None:
                # In the middle only a failing disk does this; the rest is worth more than the purity of the file.
                _log.error("journal_line_damaged", at=position)
            else:
                entries.append(entry)
            position = end + 1
        if position < len(raw):
            _log.warning("journal_cut_off", bytes=len(raw) - position)
            os.ftruncate(self._handle, position)
        return entries
