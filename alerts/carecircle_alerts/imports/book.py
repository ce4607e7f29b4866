"""Book: what the desk of imports needs to know about one kind of file (pure: an interface and its values)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from psycopg.rows import DictRow

from carecircle_alerts.imports.homes import Datum
from carecircle_alerts.imports.reading import Table
from carecircle_alerts.imports.report import Line
from carecircle_alerts.people.changes import By
from carecircle_alerts.register.store import Connection

ImportKind = Literal["responders", "homes"]


@dataclass(frozen=True, slots=True)
class Written:
    """What one row became: as it stood before (None: not there) and after; `detail` names the columns that changed."""

    object_id: str
    area: str
    before: Mapping[str, object] | None
    after: Mapping[str, object]
    detail: Mapping[str, object]


class HasChanged(Exception):  # noqa: N818 - caught by the desk, which says it
    """Something that an import wrote has been changed or used since."""


def must_be_whole(rows: Sequence[DictRow], count: int) -> None:
    """Raise `HasChanged` where what an import wrote is not all there: it went with whom it was about."""
    if len(rows) != count:
        raise HasChanged


class Book(Protocol):
    """One kind of file: its columns, what it would do, and how that is written and taken back."""

    id_column: str
    names: Mapping[str, str]
    object_kind: Literal["responder", "bed"]

    def template(self) -> list[str]:
        """The columns of an empty file."""
        ...

    async def hold(self, connection: Connection, ids: Sequence[str], area: str, /) -> None:
        """Nobody else changes these until the transaction ends; help calls do not wait for that."""
        ...

    async def lines(
        self, connection: Connection, table: Table, area: str, now: datetime, datum: Datum, /
    ) -> tuple[Line, ...]:
        """What each row would do."""
        ...

    async def write(self, connection: Connection, lines: Sequence[Line], by: By, now: datetime, /) -> list[Written]:
        """Do it; raises psycopg's `UniqueViolation` where somebody was first."""
        ...

    async def take_back(
        self, connection: Connection, rows: Sequence[DictRow], area: str, by: By, now: datetime, /
    ) -> None:
        """Make everything as it was; raises `HasChanged`, or psycopg's `ForeignKeyViolation`."""
        ...

    async def out(self, connection: Connection, area: str, /) -> tuple[list[str], list[dict[str, str]]]:
        """The register of an area: columns and rows."""
        ...
