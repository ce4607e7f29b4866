"""Named queries: every SQL statement of a service stands in its .sql files with name and purpose (I/O at import)."""

import re
from importlib.resources import files

from carecircle.errors import Misconfigured

_NAME = re.compile(r"^-- name: ([a-z0-9_]+)\n(?=-- \S)", re.MULTILINE)


class Queries:
    """The statements of a package's SQL files by name, of all or of those named; a name that is not there fails."""

    def __init__(self, package: str, *names: str) -> None:
        folder = files(package)
        self._origin = f"{package}/{' '.join(names) or '*.sql'}"
        self._statements: dict[str, bytes] = {}
        for file in names or sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql")):
            pieces = _NAME.split(folder.joinpath(file).read_text(encoding="utf-8"))
            for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
                if name in self._statements:
                    raise Misconfigured(f"{self._origin} has two queries named {name}")
                self._statements[name] = body.strip().encode()

    def __getitem__(self, name: str) -> bytes:
        """The statement, as psycopg takes it."""
        try:
            return self._statements[name]
        except KeyError:
            raise Misconfigured(f"{self._origin} has no query named {name}") from None

    def names(self) -> list[str]:
        """All names, in the order of the file."""
        return list(self._statements)
