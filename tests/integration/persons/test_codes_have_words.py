"""Codes of exported columns: each has a word in every language, and a new code or column cannot be forgotten."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import psycopg
import pytest

from carecircle.persons.catalogue import CATALOGUE
from carecircle.persons.vocabulary import Column, Person, Show, Table
from carecircle.rejected import Reason
from carecircle_alerts.bed_tests.judging import Why
from carecircle_alerts.commands import Audience
from carecircle_alerts.drills.reach import Evidence
from carecircle_alerts.incident import Kind, OutcomeCode
from carecircle_alerts.notify.traits import TRAITS
from carecircle_alerts.travel import UNKNOWN
from carecircle_console.access import Purpose
from carecircle_console.languages import Language
from carecircle_console.persons.spoken import WORDS, spoken_in
from carecircle_console.scope import Role
from tests.said_codes import actors, bases, enum, events, steps, told
from tests.servers import Database

EXPORTED_TO = (Person.RESIDENT, Person.RELATIVE, Person.RESPONDER)
LANGUAGES: tuple[Language, ...] = get_args(Language)
# Texts that are no codes: ids, names, numbers, what people or devices call something. Said here, so that a new column
# is either given words (`Column.coded`) or put here by somebody who has thought about it.
PLAIN = frozenset(
    {
        "id", "bed", "bed_id", "device", "model", "label", "name", "phone", "key_safe", "hazards", "county",
        "division_code", "area_code", "address", "provider_id", "resident_id", "family_member_id", "responder_id",
        "relation", "firmware", "topic", "detail", "responsible", "subject_id", "about", "object_id", "scope",
        "person_id", "target", "login",
    }
)  # fmt: skip
COLUMNS = """
select a.attname, format_type(a.atttypid, null), array(
    select pg_get_constraintdef(c.oid) from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c'
) from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
"""
# What can stand in columns that no check of the database lists.
SAID: dict[str, Iterable[str]] = {
    "actor": {*actors(), "account", "responder"},
    "audience": enum(Audience),
    "basis": bases() | {UNKNOWN},
    "bedTestWhy": {*enum(Why), "no_answer_of_home", "nobody_pressed"},
    "channel": TRAITS,
    "event": events(),
    "evidence": enum(Evidence),
    "kind": enum(Kind),
    "auditObject": {one.value for one in EXPORTED_TO},
    "mode": {"walk", "e_bike", "car"},
    "outcome": enum(OutcomeCode),
    "power": {"mains", "battery"},
    "priority": {"1", "2", "3"},
    "purpose": enum(Purpose),
    "reason": enum(Reason),
    "role": enum(Role),
    "step": steps(),
    "told": told(),
    "written": LANGUAGES,
}
# Held by tests of their own: what the sources write of these is looked for there, in the same catalogues of the pages.
ELSEWHERE = {"auditPurpose", "change", "registerChange"}


def exported() -> Iterator[tuple[Table, Column]]:
    for table in CATALOGUE:
        for column in table.columns:
            if any(column in table.exported(person) for person in EXPORTED_TO if person in table.of):
                yield table, column


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.admin_url) as connection:
        yield connection


def types_and_checks(connection: psycopg.Connection, table: Table) -> dict[str, tuple[str, list[str]]]:
    return {name: (kind, checks) for name, kind, checks in connection.execute(COLUMNS, [table.name]).fetchall()}


def listed(column: str, checks: list[str]) -> set[str]:
    """The values that a check lets in, one by one."""
    found: set[str] = set()
    for check in checks:
        for pattern in (
            rf"^CHECK \(\({column} = ANY \(ARRAY\[(.*)\]\)\)\)$",
            rf"^CHECK \(\({column} <@ ARRAY\[(.*)\]\)\)$",
        ):
            for values in re.findall(pattern, check):
                found |= set(re.findall(r"'([^']+)'::text", values))
    return found


def rules(connection: psycopg.Connection, column: str) -> set[str]:
    """What an erasure writes down of each rule: what the rules say."""
    found = connection.execute(f"select distinct {column} from erasure_rule where {column} <> ''".encode()).fetchall()
    return {value for (value,) in found}


def forgotten(connection: psycopg.Connection) -> list[str]:
    """Columns that are neither said to be plain nor have words."""
    found = []
    for table, column in exported():
        kind, checks = types_and_checks(connection, table)[column.name]
        is_plain = column.name in PLAIN and not listed(column.name, checks)
        if kind in {"text", "text[]"} and column.coded is None and column.show is Show.SHOWN and not is_plain:
            found.append(f"{table.name}.{column.name}")
    return found


def wordless(connection: psycopg.Connection) -> list[str]:
    """Codes that a check lets in, or that the sources say, and that have no word in some language."""
    found = []
    for table, column in exported():
        if column.coded is None:
            continue
        if column.coded in ELSEWHERE:
            continue
        codes = listed(column.name, types_and_checks(connection, table)[column.name][1])
        if column.shown_as is not None or not codes:
            codes = rules(connection, column.name) if table.name == "erasure_entry" else set(SAID[column.coded])
        for language in LANGUAGES:
            words = spoken_in(language).groups[column.coded]
            found += [f"{table.name}.{column.name} {code} {language}" for code in sorted(codes) if not words.get(code)]
    return found


def test_every_text_of_a_copy_has_words_or_is_plain(connection: psycopg.Connection) -> None:
    assert forgotten(connection) == []


def test_every_code_of_a_copy_has_a_word_in_every_language(connection: psycopg.Connection) -> None:
    assert wordless(connection) == []


def test_a_new_code_or_column_is_noticed(connection: psycopg.Connection) -> None:
    connection.execute("alter table incident drop constraint incident_kind_check")
    connection.execute(
        "alter table incident add constraint incident_kind_check check (kind = any (array['sos', 'flood']))"
    )
    assert wordless(connection) == [f"incident.kind flood {language}" for language in LANGUAGES]
    connection.execute("alter table device add constraint listed check (model = any (array['mat', 'radar']))")
    assert forgotten(connection) == ["device.model"]


def test_groups_of_the_build_are_those_of_the_columns() -> None:
    named = {column.coded for table in CATALOGUE for column in table.columns if column.coded is not None}
    for language in LANGUAGES:
        assert set(spoken_in(language).groups) == named | {"statement"}
    assert set(json.loads(Path(WORDS).read_bytes())) == set(LANGUAGES)
