"""The database's and the program's definition of being open are one."""

from datetime import UTC, datetime, timedelta

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carecircle_alerts.people.hours import Hours, Span, is_open, local_day
from tests.scene import Scene
from tests.servers import Database

_BORDERS = st.sampled_from([0, 1, 480, 720, 1080, 1439, 1440])
_SPANS = st.tuples(_BORDERS, _BORDERS).filter(lambda pair: pair[0] < pair[1] and pair[0] < 1440)
_MINUTES = st.sampled_from([0, 1, 479, 480, 719, 720, 1079, 1080, 1438, 1439])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    week=st.lists(st.tuples(st.integers(1, 7), _SPANS), max_size=3, unique_by=lambda one: (one[0], one[1][0])),
    exceptions=st.dictionaries(st.integers(0, 2), st.none() | _SPANS, max_size=2),
    day=st.integers(0, 2),
    minute=_MINUTES,
    second=st.sampled_from([0, 59]),
)
def test_sql_and_python_agree(
    database: Database,
    *,
    week: list[tuple[int, tuple[int, int]]],
    exceptions: dict[int, tuple[int, int] | None],
    day: int,
    minute: int,
    second: int,
) -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)  # of Sunday the 22nd in Beijing
    at = midnight + timedelta(days=day, minutes=minute, seconds=second)
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        if connection.execute("select count(*) from provider").fetchone() == (0,):
            Scene(database)
        connection.execute("delete from provider_hours")
        connection.execute("delete from provider_exception")
        for weekday, (opens, closes) in week:
            connection.execute("insert into provider_hours values ('station-1', %s, %s, %s)", [weekday, opens, closes])
        for when, span in exceptions.items():
            connection.execute(
                "insert into provider_exception (provider_id, day, opens_min, closes_min, reason) "
                "values ('station-1', %s, %s, %s, '春节')",
                [local_day(midnight + timedelta(days=when)), *(span or (None, None))],
            )
        found = connection.execute("select is_provider_open('station-1', %s)", [at]).fetchone()
    exception = exceptions.get(day)
    hours = Hours(
        has_week=bool(week),
        week=tuple(Span(*span) for weekday, span in week if weekday == local_day(at).isoweekday()),
        exception=(Span(*exception),) if exception else () if day in exceptions else None,
    )
    assert found == (is_open(hours, at),)
