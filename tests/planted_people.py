"""Planted people: a row with a marker of its own in every text of every table of the catalogue, for two households."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import md5
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from carecircle.persons.catalogue import CATALOGUE, TABLES
from carecircle.persons.vocabulary import Column, Person, Table
from tests.servers import Database

KINDS = (Person.RESIDENT, Person.RELATIVE, Person.RESPONDER)
# Rows that are there before: they get markers instead of being added, but for what they are found by.
THERE = {
    "resident": "id",
    "bed": "id resident_id county division_code provider_id",
    "family_member": "id",
    "responder": "id area_code provider_id",
    "kinship": "resident_id family_member_id",
    "account": "login role area_code responder_id family_member_id",
}
KEPT = object()
_TEXTS = {"text", "jsonb", "text[]", "bytea"}
_COLUMNS = """
select a.attname, format_type(a.atttypid, null), a.attgenerated <> '' or a.attidentity <> ''
from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
"""
_number = itertools.count(100)


@dataclass(frozen=True)
class Household:
    """A resident, a relative and a responder who belong to one another, with their accounts."""

    name: str
    bed: str
    relative: str
    responder: str
    accounts: Mapping[Person, tuple[int, str]]
    incident: UUID = field(default_factory=uuid4)
    assignment: UUID = field(default_factory=uuid4)

    @property
    def resident(self) -> str:
        """The resident's id."""
        return f"resident-{self.bed}"

    def id_of(self, kind: Person) -> str:
        """The person of this kind."""
        ids = {Person.RESIDENT: self.resident, Person.RELATIVE: self.relative, Person.RESPONDER: self.responder}
        return ids[kind]

    def account_of(self, kind: Person) -> int:
        """Their account; a resident has none, and somebody of the centre stands in."""
        return self.accounts[kind][0] if kind in self.accounts else -1

    def login_of(self, kind: Person) -> str:
        """Its login; a resident has none."""
        return self.accounts[kind][1] if kind in self.accounts else ""


def household(connection: psycopg.Connection, name: str, bed: str, relative: str, responder: str) -> Household:
    """One of the people of a console's world."""

    def account(column: str, person: str) -> tuple[int, str]:
        found = connection.execute(f"select id, login from account where {column} = %s".encode(), [person]).fetchone()
        assert found is not None
        return found

    accounts = {
        Person.RELATIVE: account("family_member_id", relative),
        Person.RESPONDER: account("responder_id", responder),
    }
    return Household(name, bed, relative, responder, accounts)


@dataclass(frozen=True)
class Planted:
    """A text that was planted in a column, in a row that is this kind of person's."""

    table: Table
    column: Column
    kind: Person
    owner: str

    @property
    def text(self) -> str:
        """The text itself."""
        return f"mark:{self.table.name}.{self.column.name}.{self.kind.value}.{self.owner}:"

    def is_shown_to(self, kind: Person) -> bool:
        """Whether this kind of person's export may have it, where the row is theirs."""
        return self.column in self.table.exported(kind)


def plant(database: Database, households: tuple[Household, ...]) -> list[Planted]:
    """Plant everything. Checks are dropped first, and nothing follows from a row: only who may see it is tried."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        for name, constraint in connection.execute(
            "select c.conrelid::regclass::text, c.conname from pg_constraint c join pg_class r on r.oid = c.conrelid "
            "where c.contype = 'c' and r.relnamespace = 'public'::regnamespace"
        ).fetchall():
            connection.execute(f'alter table {name} drop constraint "{constraint}"'.encode())
        return [
            planted
            for whose in households
            for table in CATALOGUE
            for kind in KINDS
            if kind in table.of and not _is_everybodys(table, kind)
            for planted in _plant(connection, table, kind, whose)
        ]


def _is_everybodys(table: Table, kind: Person) -> bool:
    """Whether the one row that there can be of it stands already, for somebody else of the household."""
    first = next(one for one in KINDS if one in table.of)
    return table.name in {"kinship", "assignment", "visit_report", "arrival"} and kind is not first


def _plant(connection: psycopg.Connection, table: Table, kind: Person, whose: Household) -> Iterator[Planted]:
    columns = {column.name: column for column in table.columns}
    values = dict(_links(table, kind, whose))
    for name, type_name, is_computed in connection.execute(_COLUMNS, [table.name]).fetchall():
        if name in values or is_computed or (table.name in THERE and type_name not in _TEXTS):
            continue
        planted = Planted(table, columns[name], kind, whose.name)
        values[name] = _value(type_name, planted.text)
        if type_name in _TEXTS:
            yield planted
    if table.name in THERE:
        _mark_what_is_there(connection, table, kind, whose, values)
        return
    there = {name for name, *_ in connection.execute(_COLUMNS, [table.name]).fetchall()}
    row = {name: value for name, value in values.items() if name in there}
    statement = sql.SQL("insert into {} ({}) overriding system value values ({})").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    connection.execute(statement, list(row.values()))


def _mark_what_is_there(
    connection: psycopg.Connection, table: Table, kind: Person, whose: Household, values: Mapping[str, object]
) -> None:
    of = {
        "person": whose.id_of(kind), "beds": [whose.bed], "accounts": [whose.account_of(kind)], "area": None,
    }  # fmt: skip
    for name, value in values.items():
        if value is not KEPT:
            place = sql.SQL("update {} t set {} = %(value)s where {}").format(
                sql.Identifier(table.name), sql.Identifier(name), sql.SQL(table.of[kind])
            )
            assert connection.execute(place, of | {"value": value}).rowcount, f"nothing of {table.name} is there"


def _links(table: Table, kind: Person, whose: Household) -> Mapping[str, object]:
    """The columns by which a row is somebody's; the rest of it is marked."""
    person, account = whose.id_of(kind), whose.account_of(kind)
    if table.name in THERE:
        return dict.fromkeys(THERE[table.name].split(), KEPT)
    generated = {"contact": ("responder_id", "family_member_id", "account_id")}.get(table.name, ())
    links: dict[str, object] = {
        "bed": whose.bed, "bed_id": whose.bed, "resident_id": whose.resident, "responder_id": whose.responder,
        "family_member_id": whose.relative, "account_id": account, "incident_id": whose.incident,
        "assignment_id": whose.assignment, "recipient_id": person, "recipient_kind": kind.value,
        "subject_kind": kind.value, "subject_id": person, "person_kind": kind.value, "person_id": person,
    }  # fmt: skip
    audience = {Person.RELATIVE: "family", Person.RESPONDER: "offer"}.get(kind, "device")
    address = next(column for column in TABLES["contact"].columns if column.name == "address")
    called = Planted(TABLES["contact"], address, kind, whose.name).text
    erasure = 10_000 + 10 * len(whose.name) + KINDS.index(kind)
    of_table: dict[str, dict[str, object]] = {
        "erasure": {"id": erasure},
        "erasure_entry": {"erasure_id": erasure},
        "erasure_person": {"kind": kind.value},
        "incident": {"id": whose.incident},
        "assignment": {"id": whose.assignment},
        "message": {"audience": audience, "channel": "sms"},
        "lifeline_telling": {"audience": audience},
        "contact": {"channel": "sms"},
        "channel_use": {"callee": md5(called.encode()).hexdigest()},
        "incident_event": {"actor": f"responder:{person}" if kind is Person.RESPONDER else "engine"},
        "register_change": {"kind": kind.value, "object_id": person},
        "quarantine": {"topic": f"care/v1/630102/{whose.bed}/mat/telemetry"},
        "rule_setting": {"scope": whose.bed},
        "coverage_post": {"post_id": person},
        "login_failure": {"login": whose.login_of(kind)},
        "register_import_row": {"bed_id": whose.bed, "responder_id": None}
        if kind is Person.RESIDENT
        else {"bed_id": None},
    }  # fmt: skip
    found = links | of_table.get(table.name, {})
    return {name: value for name, value in found.items() if name not in generated}


def _value(type_name: str, text: str) -> object:
    """A value of a type, with the marker where it can hold one."""
    if type_name in {"smallint", "integer", "bigint"}:
        return next(_number)
    now = datetime.now(UTC)
    values: dict[str, object] = {
        "text": text,
        "jsonb": Jsonb({"said": text}),
        "text[]": [text],
        "bytea": text.encode(),
        "real": 1.5,
        "double precision": 1.5,
        "boolean": True,
        "timestamp with time zone": now,
        "uuid": uuid4(),
        "date": date(2026, 11, 27),
        "time without time zone": time(22, 0),
        "tstzrange": Range(now, None),
        "bigint[]": [1],
        "timestamp with time zone[]": [now],
    }
    return values[type_name]
