"""Archive: a ZIP that is written into memory and taken out bit by bit, never whole (pure)."""

import hashlib
import io
import zipfile
from datetime import datetime
from typing import IO, cast

_LEVEL = 6


class _Sink(io.RawIOBase):
    """Takes what the ZIP writes, from front to back only, until it is fetched."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: object) -> int:
        piece = memoryview(cast("bytes", part))
        self._waiting += piece
        return piece.nbytes

    def take(self) -> bytes:
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


class Archive:
    """One ZIP, one file after the other; `take` gives what there is to send so far."""

    def __init__(self, at: datetime) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._at = at.timetuple()[:6]
        self._open: IO[bytes] | None = None
        self._name = ""
        self._digest = hashlib.sha256()
        self._bytes = 0
        self.contents: list[dict[str, object]] = []

    def begin(self, name: str, *, pressed: bool = True) -> None:
        """The next file; pictures are stored as they are, because they are small already."""
        entry = zipfile.ZipInfo(name, self._at)
        entry.compress_type = zipfile.ZIP_DEFLATED if pressed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        self._open, self._name = self._zip.open(entry, "w"), name
        self._digest, self._bytes = hashlib.sha256(), 0

    def write(self, part: bytes) -> None:
        """More of the file that was begun."""
        assert self._open is not None, "a file is begun before it is written"
        self._open.write(part)
        self._digest.update(part)
        self._bytes += len(part)

    def end(self, **about: object) -> None:
        """The file is whole; it is listed with its size, its checksum and what else is known about it."""
        assert self._open is not None, "a file is begun before it ends"
        self._open.close()
        self._open = None
        self.contents.append({"file": self._name, "bytes": self._bytes, "sha256": self._digest.hexdigest(), **about})

    def add(self, name: str, content: bytes, *, pressed: bool = True, **about: object) -> None:
        """A file in one piece."""
        self.begin(name, pressed=pressed)
        self.write(content)
        self.end(**about)

    def take(self) -> bytes:
        """What there is to send."""
        return self._sink.take()

    def close(self) -> bytes:
        """The end of the archive, without which no program opens it."""
        self._zip.close()
        return self._sink.take()
