"""Seeding: how a package offers rows for an empty installation without knowing the database (pure).

A package announces a planner under the entry point group `carecircle.seeds`; `carecircle.db.seed` writes what it plans.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NumberOf:
    """The number that the database has given to a row, as text; `value` is unique in `column` of `table`."""

    table: str
    column: str
    value: str


Cell = str | int | float | bool | datetime | NumberOf | list[str] | None


@dataclass(frozen=True, slots=True)
class SeedTable:
    """Rows for one table, in an order that its foreign keys allow.

    A row whose `key` columns are already there is left as it is, except for the columns of `refresh`, which follow the
    installation: addresses of this start, for example. In a ledger rows are only added, and nothing holds `key` to be
    unique: one that begins with it already is left to people.
    """

    table: str
    key: tuple[str, ...]
    rows: Sequence[Mapping[str, Cell]] = field(repr=False)
    refresh: tuple[str, ...] = ()
    is_ledger: bool = False


@dataclass(frozen=True, slots=True)
class SeedRequest:
    """What the installation tells the planner: the time (UTC), where messages go, the hash of the demo's password."""

    now: datetime
    webhook_url: str
    password_hash: str = field(repr=False)


SeedPlanner = Callable[[SeedRequest], Sequence[SeedTable]]
