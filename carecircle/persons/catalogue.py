"""Catalogue: every table and column of the database, whose it is, what is shown of it and what erasure does (pure).

A test holds it against the migrated database: a table or column that is not named here fails, and so does a name that
does not exist. Tables stand in the order of an export. Erasure finds its own: what a condition looks up in another
table goes before that one (comments say so).
"""

from collections.abc import Mapping
from types import MappingProxyType

from carecircle.persons.cases import HELP, INCIDENTS, PEOPLE_AT_WORK, TOLD
from carecircle.persons.erasures import ERASURES
from carecircle.persons.histories import HISTORIES
from carecircle.persons.platform import PLATFORM
from carecircle.persons.records import RECORDS
from carecircle.persons.register import ACCOUNTS, HOMES, PEOPLE
from carecircle.persons.vocabulary import Person, Table

CATALOGUE: tuple[Table, ...] = (
    *PEOPLE, *HISTORIES, *INCIDENTS, *HELP, *TOLD, *PEOPLE_AT_WORK, *HOMES, *RECORDS, *ERASURES, *ACCOUNTS, *PLATFORM,
)  # fmt: skip
TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in CATALOGUE})


def tables_of(person: Person) -> tuple[Table, ...]:
    """The tables in which something is this kind of person's."""
    return tuple(table for table in CATALOGUE if person in table.of)
