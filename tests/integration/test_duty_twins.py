"""The database's and the program's definition of being on duty are one."""

from datetime import UTC, datetime, timedelta

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecircle_alerts.people.duty import Roster, is_on_duty
from tests.scene import Scene
from tests.servers import Database

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
_HOURS = st.integers(-30, 30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    switched_on=st.booleans(),
    switched_h=st.none() | _HOURS,
    shifts=st.lists(st.tuples(_HOURS, st.integers(1, 24)), max_size=4, unique_by=lambda one: one[0]),
)
def test_sql_and_python_agree(
    database: Database, *, switched_on: bool, switched_h: int | None, shifts: list[tuple[int, int]]
) -> None:
    spans = [(NOW + timedelta(hours=begin), NOW + timedelta(hours=begin + lasts)) for begin, lasts in shifts]
    switched_at = None if switched_h is None else NOW + timedelta(hours=switched_h)
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        if connection.execute("select count(*) from responder").fetchone() == (0,):
            Scene(database).responder("r1")
        connection.execute("delete from shift")
        for begins_at, ends_at in spans:
            connection.execute(
                "insert into shift (responder_id, begins_at, ends_at, source, by_name) "
                "values ('r1', %s, %s, 'desk', '')",
                [begins_at, ends_at],
            )
        found = connection.execute("select is_on_duty('r1', %s, %s, %s)", [switched_on, switched_at, NOW]).fetchone()
    roster = Roster(
        switched_on,
        switched_at,
        max((begin for begin, end in spans if begin <= NOW < end), default=None),
        max((end for _begin, end in spans if end <= NOW), default=None),
        min((begin for begin, _end in spans if begin > NOW), default=None),
    )
    assert found == (is_on_duty(roster),)
