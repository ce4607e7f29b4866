"""Statements: the SQL of an export, put together out of the catalogue and of nothing that a person has typed (pure)."""

from dataclasses import dataclass

from psycopg import sql

from carecircle.persons.catalogue import tables_of
from carecircle.persons.vocabulary import Column, Person, Show, Table

PICTURES = ("visit_photo", "jpeg")
"""The one column that goes out as files of its own."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of an export: the statement, and what its columns are."""

    table: Table
    columns: tuple[Column, ...]
    statement: sql.Composed

    @property
    def masked(self) -> tuple[int, ...]:
        """Which columns are free text."""
        return tuple(place for place, column in enumerate(self.columns) if column.show is Show.MASKED)

    @property
    def coded(self) -> tuple[str | None, ...]:
        """Of each column whose words its codes have; empty where none has codes."""
        coded = tuple(column.coded for column in self.columns)
        return coded if any(coded) else ()


def sheets_of(person: Person) -> tuple[Sheet, ...]:
    """Every file of this kind of person's export, in the catalogue's order."""
    found = []
    for table in tables_of(person):
        columns = tuple(column for column in table.exported(person) if (table.name, column.name) != PICTURES)
        if columns:
            found.append(Sheet(table, columns, _statement(table, person, columns)))
    return tuple(found)


def _statement(table: Table, person: Person, columns: tuple[Column, ...]) -> sql.Composed:
    order = sql.SQL(" order by ") + sql.SQL(table.order) if table.order else sql.SQL("")
    return sql.SQL("select {} from {} t where {}{}").format(
        sql.SQL(", ").join(_shown(column) for column in columns),
        sql.Identifier(table.name),
        sql.SQL(table.of[person]),
        order,
    )


def _shown(column: Column) -> sql.Composable:
    if column.shown_as is None:
        return sql.SQL("t.") + sql.Identifier(column.name)
    return sql.SQL(column.shown_as)
