"""Erasing a person on a real database: nothing of them is left, all of the others, cut off anywhere or not."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from carecircle.clock import SystemClock
from carecircle.persons.catalogue import CATALOGUE, TABLES
from carecircle.persons.vocabulary import Erase, Person, Rows
from carecircle_upkeep.erasing import erase_due
from carecircle_upkeep.metrics import UpkeepMetrics
from tests.planted import Connection, Marks, Planter, found, plant_resident, plant_responder
from tests.scene import Scene
from tests.servers import Database

A, B, H = Marks("A"), Marks("B"), Marks("H")
NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
LATER = timedelta(minutes=11)
OWN_JOURNAL = {"erasure", "erasure_person", "erasure_entry"}
CODES = {"resident.frailty", "responder.position_source"}
"""Columns that hold one of a few words, and no mark."""


@pytest.fixture
def staff(database: Database) -> tuple[int, int]:
    """An administrator and a supervisor of the county."""
    scene = Scene(database)
    return scene.account("boss", "administrator"), scene.account("second", "supervisor")


@pytest.fixture
def admin(database: Database, staff: tuple[int, int]) -> Iterator[Connection]:
    """Two residents and a responder who went to both, with something of each everywhere."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        plant = Planter(connection)
        plant.put("resident", id="p-witness", name="旁人")
        plant.put(
            "coverage_run", state="done", finished_at=NOW, basis="road", version="1", is_estimate=False
        )  # fmt: skip
        plant_responder(connection, H, "r-1")
        for marks, bed in ((A, "bed-A"), (B, "bed-B")):
            plant_resident(connection, marks, bed, staff[0], "r-1")
        plant.put("bed_candidate", bed_id="bed-A", rank=1, responder_id="r-1")
        plant.put("bed_candidate", bed_id="bed-B", rank=1, responder_id="r-1")
        yield connection


def ask(admin: Connection, kind: str, person: str, staff: tuple[int, int], at: datetime = NOW) -> int:
    """A request that somebody else has confirmed, and whose time to withdraw is over."""
    row = admin.execute(
        "insert into erasure (subject_kind, subject_id, area_code, asked_by, asked_on, reason, requested_at, "
        "requested_by, requested_name, confirmed_at, confirmed_by, confirmed_name, not_before) "
        "values (%s, %s, '630102001001', 'person', %s, '本人要求', %s, %s, '甲', %s, %s, '乙', %s) returning id",
        [kind, person, at.date(), at, staff[0], at, staff[1], at],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(str(row[0]))


def step(connection: Connection, now: datetime, most: int = 10_000) -> tuple[object, ...] | None:
    return connection.execute("select step, target, touched from erase_next(%s, %s)", [now, most]).fetchone()


def erase(upkeep: Connection, now: datetime = NOW, most: int = 10_000) -> list[tuple[object, ...]]:
    """Every step, those after the wait too."""
    steps = []
    for at in (now, now + LATER):
        while (one := step(upkeep, at, most)) is not None:
            steps.append(one)
    assert steps[-1][0] == "erased"
    return steps


@pytest.fixture
def upkeep(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.url("carecircle_upkeep"), autocommit=True) as connection:
        yield connection


def rows_of(admin: Connection, person: Person, number: str, beds: list[str], accounts: list[int]) -> dict[str, int]:
    """How many rows the catalogue says are this person's, by table."""
    given = {"person": number, "beds": beds, "accounts": accounts, "area": None}
    counts = {}
    for table in CATALOGUE:
        if person in table.of:
            row = admin.execute(
                f"select count(*) from {table.name} t where {table.of[person]}".encode(), given
            ).fetchone()
            assert row is not None
            counts[table.name] = int(str(row[0]))
    return counts


def test_nothing_of_an_erased_resident_is_left_and_everything_of_the_other_is(
    admin: Connection, upkeep: Connection, staff: tuple[int, int]
) -> None:
    before, other = found(admin, A.all), found(admin, B.all)
    assert before == other, "the other has the same rows"
    held = rows_of(admin, Person.RESIDENT, "p-bed-A", ["bed-A"], [])
    assert {name for name, count in held.items() if not count} == OWN_JOURNAL, "everything else is planted"
    ask(admin, "resident", "p-bed-A", staff)
    erase(upkeep)
    assert found(admin, A.all) == {}
    assert found(admin, B.all) == other
    left = rows_of(admin, Person.RESIDENT, "p-bed-A", ["bed-A"], [])
    for name, count in left.items():
        fate = TABLES[name].fates[Person.RESIDENT].rows
        assert (count == 0) == (fate is Rows.DELETED), f"{name}: {count} left, {fate}"
    kept = rows_of(admin, Person.RESIDENT, "p-bed-B", ["bed-B"], [])
    assert kept == held


def test_the_marks_stand_in_every_column_that_erasure_has_to_empty(admin: Connection) -> None:
    """Otherwise the walk above would find nothing because nothing was there."""
    marked = set(found(admin, A.all)) | set(found(admin, H.all))
    for table in CATALOGUE:
        persons = set(table.of) & {Person.RESIDENT, Person.RELATIVE, Person.RESPONDER}
        if not persons:
            continue
        for column in table.columns:
            if (
                table.name not in OWN_JOURNAL
                and column.erase in {Erase.EMPTIED, Erase.SCRUBBED}
                and (table.name, column.name) not in marked
            ):
                row = admin.execute(
                    "select udt_name from information_schema.columns where table_name = %s and column_name = %s "
                    "and table_schema = 'public'",
                    [table.name, column.name],
                ).fetchone()
                assert row is not None
                is_open = f"{table.name}.{column.name}" not in CODES
                assert row[0] not in {"text", "jsonb", "bytea"} or not is_open, f"{table.name}.{column.name}: no mark"


def test_nothing_of_an_erased_responder_is_left(admin: Connection, upkeep: Connection, staff: tuple[int, int]) -> None:
    accounts = [row[0] for row in admin.execute("select id from account where responder_id = 'r-1'").fetchall()]
    others = found(admin, (*A.all, *B.all))
    held = rows_of(admin, Person.RESPONDER, "r-1", [], accounts)  # type: ignore[arg-type]
    ask(admin, "responder", "r-1", staff)
    erase(upkeep)
    assert found(admin, H.all) == {}
    assert found(admin, (*A.all, *B.all)) == others
    left = rows_of(admin, Person.RESPONDER, "r-1", [], accounts)  # type: ignore[arg-type]
    for name, count in held.items():
        if count and TABLES[name].fates[Person.RESPONDER].rows is Rows.DELETED:
            assert left[name] == 0, name
        if count and TABLES[name].fates[Person.RESPONDER].rows is Rows.KEPT:
            assert left[name] >= count, name


def test_a_relative_goes_alone_and_the_resident_stays(
    admin: Connection, upkeep: Connection, staff: tuple[int, int]
) -> None:
    ask(admin, "family_member", "f-bed-A", staff)
    erase(upkeep)
    assert found(admin, (A.relative, A.mailbox, "login-a")) == {}
    assert admin.execute("select name, phone from resident where id = 'p-bed-A'").fetchone() == (A.name, A.phone)
    assert admin.execute("select count(*) from vitals where bed = 'bed-A'").fetchone() == (3,)
    assert admin.execute(
        "select disabled_at is not null, name from account where login like 'erased-%'"
    ).fetchall() == [(True, "已删除")]


def test_a_relative_of_two_residents_stays_when_one_is_erased(
    admin: Connection, upkeep: Connection, staff: tuple[int, int]
) -> None:
    Planter(admin).put("kinship", family_member_id="f-bed-A", resident_id="p-bed-B", relation="侄女")
    ask(admin, "resident", "p-bed-A", staff)
    erase(upkeep)
    assert admin.execute("select name from family_member where id = 'f-bed-A'").fetchone() == (A.relative,)
    assert admin.execute("select resident_id from kinship where family_member_id = 'f-bed-A'").fetchall() == [
        ("p-bed-B",)
    ]


def test_every_step_may_be_cut_off_before_it_is_committed(
    admin: Connection, upkeep: Connection, database: Database, staff: tuple[int, int]
) -> None:
    """Each step is done once in a transaction that is lost with its connection, and then once more."""
    number = ask(admin, "resident", "p-bed-A", staff)
    other = found(admin, B.all)
    at, cut = NOW, 0
    while True:
        with psycopg.connect(database.url("carecircle_upkeep")) as doomed:
            lost = step(doomed, at, most=1)
            doomed.rollback()
        done = step(upkeep, at, most=1)
        assert done == lost, "what was lost is done"
        cut += done is not None
        if done is not None and done[0] == "erased":
            break
        if done is None:
            assert at == NOW, "nothing is due, and it is not finished"
            at += LATER
    assert cut > 100
    assert found(admin, A.all) == {}
    assert found(admin, B.all) == other
    told = admin.execute("select target, touched from erasure_entry where erasure_id = %s", [number]).fetchall()
    assert ("vitals", 3) in told, "counted once, however often it was begun"


def test_a_portion_is_never_larger_than_asked(admin: Connection, upkeep: Connection, staff: tuple[int, int]) -> None:
    ask(admin, "resident", "p-bed-A", staff)
    steps = erase(upkeep, most=2)
    assert max(int(str(touched)) for what, _target, touched in steps if what != "keep") == 2
    assert sum(int(str(touched)) for what, target, touched in steps if target == "vitals_minute") == 3
    assert found(admin, A.all) == {}


def test_what_comes_after_the_beginning_is_swept(admin: Connection, upkeep: Connection, staff: tuple[int, int]) -> None:
    ask(admin, "resident", "p-bed-A", staff)
    while step(upkeep, NOW) is not None:
        pass
    Planter(admin).put("vitals", bed="bed-A", device=A.sign)
    assert admin.execute("select finished_at from erasure").fetchone() == (None,)
    assert step(upkeep, NOW + timedelta(minutes=9)) is None, "it waits for what may be on its way"
    erase(upkeep)
    assert found(admin, A.all) == {}


def test_an_open_incident_makes_it_wait_and_another_person_is_not_held_up(
    admin: Connection, upkeep: Connection, staff: tuple[int, int]
) -> None:
    admin.execute("update incident set state = 'SEARCHING' where bed_id = 'bed-A'")
    ask(admin, "resident", "p-bed-A", staff)
    assert step(upkeep, NOW) is None
    ask(admin, "resident", "p-bed-B", staff)
    erase(upkeep)
    assert found(admin, B.all) == {}
    assert admin.execute("select begun_at from erasure where subject_id = 'p-bed-A'").fetchone() == (None,)


def test_a_step_that_is_refused_is_written_down_and_another_person_is_not_held_up(
    admin: Connection, upkeep: Connection, staff: tuple[int, int]
) -> None:
    first = ask(admin, "resident", "p-bed-A", staff)
    ask(admin, "resident", "p-bed-B", staff)
    # A table that refuses the rows of one bed, as a constraint of a later version might.
    admin.execute(
        "create function no_end() returns trigger language plpgsql as "
        "$$ begin raise exception 'refused: %', old.label using errcode = 'check_violation'; end $$"
    )
    admin.execute("create trigger no_end before update or delete on device for each row "
                  "when (old.bed_id = 'bed-A') execute function no_end()")  # fmt: skip
    metrics = UpkeepMetrics(registry := CollectorRegistry(), SystemClock())
    for minutes in (0, 2, 6, 12):
        assert not erase_due(
            upkeep, NOW + timedelta(minutes=minutes), 10_000, metrics, threading.Event(), time.monotonic() + 60
        )
    failing = (
        "select id, failing_since, failed_times, failed_target, failed_code from erasure where failed_at is not null"
    )
    assert admin.execute(failing).fetchall() == [(first, NOW, 3, "device", "23514")], "tried again every five minutes"
    assert registry.get_sample_value("carecircle_upkeep_erasure_failed_total") == 3
    assert found(admin, B.all) == {}, "the one behind it is done"

    admin.execute("drop trigger no_end on device")
    erase(upkeep, NOW + timedelta(minutes=20))
    assert (found(admin, A.all), admin.execute(failing).fetchall()) == ({}, [])


def test_it_waits_for_a_lock_two_seconds_and_keeps_none(
    admin: Connection, upkeep: Connection, database: Database, staff: tuple[int, int]
) -> None:
    """Whoever works on the bed goes first, as the engine does when an incident opens."""
    ask(admin, "resident", "p-bed-A", staff)
    with psycopg.connect(database.admin_url) as busy:
        busy.execute("select from bed where id = 'bed-A' for key share")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            step(upkeep, NOW)
        busy.rollback()
    assert step(upkeep, NOW) == ("begun", "", 0)
    with psycopg.connect(database.admin_url) as busy:
        busy.execute("set lock_timeout = '1s'")
        busy.execute("select from bed where id = 'bed-A' for update")
        busy.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "update bed set ended_at = null where id = 'bed-A'",
        "update resident set name = '又来' where id = 'p-bed-A'",
        "update family_member set name = '又来' where id = 'f-bed-A'",
        "insert into kinship (family_member_id, resident_id, relation) values ('f-bed-A', 'p-bed-B', '女儿')",
        (
            "insert into contact (person_kind, person_id, channel, address, place) "
            "values ('family_member', 'f-bed-A', 'sms', '1', 500)"
        ),
        "update account set disabled_at = null where family_member_id = 'f-bed-A'",
        (
            "insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m) "
            "values ('bed-C', 'p-bed-A', '630102', '630102001001', 'x', 'urban', 'city', 1)"
        ),
    ],
)
def test_nothing_brings_an_erased_person_back(
    admin: Connection, upkeep: Connection, staff: tuple[int, int], statement: str
) -> None:
    ask(admin, "resident", "p-bed-A", staff)
    erase(upkeep)
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="erased"):
        admin.execute(statement.encode())


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("carecircle_upkeep", "delete from resident"),
        ("carecircle_upkeep", "select * from erasure"),
        ("carecircle_upkeep", "select erasure_batch(r, null, 1) from erasure_rule r"),
        ("carecircle_desk", "select * from erase_next(now(), 1)"),
        ("carecircle_desk", "update erasure set begun_at = now()"),
        ("carecircle_desk", "delete from erasure"),
        ("carecircle_desk", "select reapply_erasure('resident', 'x', now())"),
        ("carecircle_console", "update erasure set withdrawn_at = now()"),
    ],
)
def test_nobody_may_do_more_than_their_part(database: Database, role: str, statement: str) -> None:
    with psycopg.connect(database.url(role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_two_people_are_held_by_the_database(admin: Connection, staff: tuple[int, int]) -> None:
    boss, second = staff
    with pytest.raises(psycopg.errors.CheckViolation, match="erasure_two_people"):
        ask(admin, "resident", "p-bed-A", (boss, boss))
    with pytest.raises(psycopg.errors.CheckViolation, match="asks"):
        ask(admin, "resident", "p-bed-A", (second, boss))
    admin.execute("update account set role = 'dispatcher' where id = %s", [second])
    with pytest.raises(psycopg.errors.CheckViolation, match="confirms"):
        ask(admin, "resident", "p-bed-A", staff)
    admin.execute("insert into area (code, name) values ('630104', '城西区')")
    admin.execute("update account set role = 'supervisor', area_code = '630104' where id = %s", [second])
    with pytest.raises(psycopg.errors.CheckViolation, match="confirms"):
        ask(admin, "resident", "p-bed-A", staff)


def test_after_a_restore_the_ledger_is_applied_again(admin: Connection, upkeep: Connection) -> None:
    said = admin.execute("select reapply_erasure('resident', 'p-bed-A', %s)", [NOW]).fetchone()
    assert said == ("will_be_erased",)
    erase(upkeep)
    assert found(admin, A.all) == {}
    assert admin.execute("select reapply_erasure('resident', 'p-bed-A', %s)", [NOW]).fetchone() == ("erased_already",)
    assert admin.execute("select reapply_erasure('resident', 'nobody', %s)", [NOW]).fetchone() == ("unknown",)


def test_a_dry_run_counts_what_is_then_done(admin: Connection, upkeep: Connection, staff: tuple[int, int]) -> None:
    dry = admin.execute("select place, amount from erasure_preview('resident', 'p-bed-A')").fetchall()
    number = ask(admin, "resident", "p-bed-A", staff)
    erase(upkeep)
    journal = admin.execute("select place, touched from erasure_entry where erasure_id = %s", [number]).fetchall()
    done = {int(str(place)): int(str(touched)) for place, touched in journal}
    # Counted apart from each other: what is emptied first has no names left to strike, beginning writes two rows more.
    apart = {
        row[0]
        for row in admin.execute(
            "select place from erasure_rule where act = 'strike' or target in "
            "('register_change', 'console_session', 'invitation', 'account')"
        ).fetchall()
    }
    assert {place: count for place, count in dry if place not in apart} == {
        place: count for place, count in done.items() if place not in apart
    }


def test_metrics_say_what_was_erased() -> None:
    registry = CollectorRegistry()
    UpkeepMetrics(registry, None).erased(7)  # type: ignore[arg-type]
    assert registry.get_sample_value("carecircle_upkeep_erased_rows_total") == 7


def test_a_full_text_stays_within_its_length_and_a_longer_name_is_somebody_elses(
    admin: Connection, upkeep: Connection, staff: tuple[int, int]
) -> None:
    """A name of two letters gives way to three: a note at its limit must not stop the erasure."""
    admin.execute("update resident set name = '王芳' where id = 'p-bed-A'")
    admin.execute("update handover set notes = repeat('王芳', 2000) where notes like %s", [f"%{A.name}%"])
    admin.execute("update people_change set by_name = '王芳华'")
    ask(admin, "resident", "p-bed-A", staff)
    erase(upkeep)
    assert admin.execute("select max(length(notes)) from handover").fetchone() == (4000,)
    assert admin.execute("select by_name from people_change").fetchone() == ("王芳华",)
    assert found(admin, A.all) == {}
