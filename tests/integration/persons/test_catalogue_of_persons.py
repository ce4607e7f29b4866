"""The catalogue of persons against the migrated database: nothing forgotten, nothing made up, and its SQL runs."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from carecircle.persons.catalogue import CATALOGUE, TABLES
from carecircle.persons.vocabulary import Erase, Person, Rows, Table
from tests.servers import Database

PARAMETERS = {"person": "1", "beds": ["bed-1"], "accounts": [1], "area": None}
# TimescaleDB's own schemas hold chunks of tables that are named, and its bookkeeping.
STORED = """
select n.nspname, c.relname, a.attname, a.attgenerated <> ''
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$|_?timescaledb)'
"""

Stored = dict[str, dict[str, bool]]


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.admin_url) as connection:
        yield connection
        connection.rollback()


def stored(connection: psycopg.Connection) -> Stored:
    """Columns by table, and whether each is computed; a table of another schema than public has its name before it."""
    found: Stored = {}
    for schema, table, column, is_generated in connection.execute(STORED.encode()).fetchall():
        name = table if schema == "public" else f"{schema}.{table}"
        found.setdefault(name, {})[column] = is_generated
    return found


def gaps(found: Stored) -> tuple[set[str], set[str]]:
    """What the database has and the catalogue does not name, and the other way round."""
    real = {f"{table}.{column}" for table, columns in found.items() for column in columns}
    named = {f"{table.name}.{column.name}" for table in CATALOGUE for column in table.columns}
    return real - named, named - real


def test_every_table_and_column_is_named_and_exists(connection: psycopg.Connection) -> None:
    assert len(TABLES) == len(CATALOGUE), "a table is named twice"
    assert gaps(stored(connection)) == (set(), set())


def test_a_forgotten_column_table_or_schema_is_noticed(connection: psycopg.Connection) -> None:
    connection.execute("alter table resident add column blood_group text")
    connection.execute("create table diary (resident_id text)")
    connection.execute("create schema annex create table notebook (line text)")
    connection.execute("alter table family_member drop column phone")
    forgotten, made_up = gaps(stored(connection))
    assert forgotten == {"resident.blood_group", "diary.resident_id", "annex.notebook.line"}
    assert made_up == {"family_member.phone"}


@pytest.mark.parametrize("table", CATALOGUE, ids=lambda table: table.name)
def test_a_table_is_described_whole(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert table.title.zh
    assert table.title.en
    for person in table.of:
        assert table.fates[person].rows is not Rows.NOT_PERSONAL, "rows that are somebody's are personal"
    for fate in table.fates.values():
        assert (fate.rows is Rows.KEPT) == (fate.reason is not None), "what is kept says why and until when"
    if not table.of:
        assert {fate.rows for fate in table.fates.values()} <= {Rows.NOT_PERSONAL, Rows.ANONYMOUS}
    for person in Person:
        exported = {column.name for column in table.exported(person)}
        withheld = [name for names in table.withheld(person).values() for name in names]
        assert exported.isdisjoint(withheld)
        assert exported | set(withheld) == (set(names) if person in table.of else set())


def test_conditions_and_columns_are_sql_that_runs(connection: psycopg.Connection) -> None:
    for table in CATALOGUE:
        for person, condition in table.of.items():
            shown = [
                column.shown_as or sql.SQL("t.{}").format(sql.Identifier(column.name)).as_string(connection)
                for column in table.exported(person)
            ]
            order = f" order by {table.order}" if table.order else ""
            asked = f"select {', '.join(shown) or '1'} from {table.name} t where {condition}{order}"
            connection.execute(asked.encode(), PARAMETERS)
            connection.execute(f"explain delete from {table.name} t where {condition}".encode(), PARAMETERS)


def test_nothing_matches_nobody(connection: psycopg.Connection) -> None:
    """A forgotten parameter finds no rows, also where there are some."""
    connection.execute("insert into area (code, name) values ('63', '青海省')")
    connection.execute("insert into resident (id, name) values ('1', '张三')")
    nobody: dict[str, object] = {"person": None, "beds": [], "accounts": [], "area": None}
    for table in CATALOGUE:
        for condition in table.of.values():
            asked = f"select count(*) from {table.name} t where {condition}".encode()
            assert connection.execute(asked, nobody).fetchone() == (0,)


def test_what_erasure_writes_can_be_written(connection: psycopg.Connection) -> None:
    found = stored(connection)
    for table in CATALOGUE:
        for column in table.columns:
            if column.erase is not Erase.STAYS:
                assert not found[table.name][column.name], f"{table.name}.{column.name} is computed"
