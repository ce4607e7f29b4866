"""Calls that come together leave what they would have left one by one; two readers of them never block each other."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import ManualClock
from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Topic, parse_topic
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.calls import answer_all, not_answered
from carecircle_alerts.detect import Detector
from carecircle_alerts.store import Connection, together
from tests.scene import COUNTY, VILLAGE, Scene
from tests.servers import Database

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
BEDS = ("bed-1", "bed-2", "bed-3")
EVENTS = {"sos": "button", "fall": "mat", "smoke": "smoke", "water": "leak"}
_END = "closed_at = %(at)s, closed_by = '王调度'"
_BEFORE = {
    "open": "",
    "visited": "update incident set state = 'HANDED_OVER', verification = 'denied' where kind = 'sos'",
    "closed": f"update incident set state = 'CLOSED', outcome_code = 'other', {_END} where kind = 'sos'",
    "merged": f"update incident set state = 'MERGED', merged_into = %(fall)s, {_END} where kind in ('sos', 'smoke')",
    "merged on": f"update incident set state = 'MERGED', {_END}, merged_into = case kind when 'sos' then %(fall)s "
    "else %(smoke)s end where kind in ('sos', 'fall')",
    "merged and over": f"update incident set state = case kind when 'sos' then 'MERGED' else 'CLOSED' end, {_END}, "
    "merged_into = case kind when 'sos' then %(fall)s::uuid end, "
    "outcome_code = case kind when 'fall' then 'other' end where kind in ('sos', 'fall')",
}
_ROWS = (
    "select to_jsonb(i) as row from incident i order by id",
    "select to_jsonb(e) - 'id' as row from incident_event e order by incident_id, id",
    "select to_jsonb(d) - 'id' as row from due d order by incident_id, kind, due_at",
    "select to_jsonb(s) as row from signal s order by bed_id, device, boot, seq",
    "select to_jsonb(a) - 'id' as row from alarm a order by bed_id, kind, device, raised_at",
    "select to_jsonb(m) as row from message m order by id",
)


class Pressed(NamedTuple):
    """One message of a batch: of an event that repeats an earlier one where the number is the same."""

    bed: str
    event: str
    number: int
    is_late: bool = False


_PRESSES = st.builds(
    Pressed, st.sampled_from(BEDS), st.sampled_from([*EVENTS, "unreadable"]), st.integers(1, 4), st.booleans()
)


def delivery(one: Pressed) -> Delivery:
    """As the broker delivers it."""
    at = NOON - (timedelta(hours=3) if one.is_late else timedelta(seconds=20)) + timedelta(seconds=one.number)
    payload = {"boot": 1, "seq": one.number, "at": int(at.timestamp() * 1000), "event": one.event}
    body = json.dumps(payload).encode() if one.event in EVENTS else bytes([255, one.number])
    topic = f"care/v1/{COUNTY}/{one.bed}/{EVENTS.get(one.event, 'box')}/event"
    return Delivery(topic, body, retained=False, received_at=NOON, generation=1, mid=1)


def call(one: Pressed) -> Called:
    """The call that the engine reads from it."""
    delivered = delivery(one)
    topic = parse_topic(delivered.topic)
    assert isinstance(topic, Topic)
    called = call_of(topic, parse_payload(topic.kind, delivered.payload), delivered)
    assert called is not None
    return called


def town(database: Database) -> Scene:
    """Beds with relatives and plans of their own."""
    scene = Scene(database)
    for bed, circle in zip(BEDS, ("urban", "rural", "rural"), strict=True):
        scene.bed(bed, circle=circle, provider="station-1")
        scene.relative(f"of-{bed}", bed, webhook="http://127.0.0.1:9/none")
    scene.run("update resident set frailty = 'severely_disabled' where id = 'resident-bed-3'")
    scene.run(
        "insert into plan_setting (kind, area, circle, frailty, settings, reason, by_name, at) values "
        "('help', '', '', '', '{\"unclaimed_s\": 45}', '测试', '王', now()), "
        "('sos', %s, 'rural', '', '{\"helpers\": 2, \"no_accept_s\": 99}', '测试', '王', now())",
        VILLAGE,
    )
    return scene


async def leaves(connection: Connection, before: str | None, calls: Sequence[Called], *, at_once: bool) -> list[object]:
    """What stands in the database after these calls upon that history, which then is as if it had never been."""
    moments = {one.incident_id: NOON + timedelta(seconds=number) for number, one in enumerate(calls)}
    async with connection.transaction(force_rollback=True):
        if before is not None:
            earlier = [call(Pressed("bed-1", event, 1)) for event in EVENTS]
            ids = await answer_all(connection, earlier, 0, lambda: NOON - timedelta(minutes=5))
            named = {one.call.kind.value: ids[one.incident_id] for one in earlier}
            if _BEFORE[before]:
                await connection.execute(_BEFORE[before].encode(), {**named, "at": NOON - timedelta(minutes=1)})
        async with together(connection):
            for some in [calls] if at_once else [[one] for one in calls]:
                fresh = await not_answered(connection, some)
                clock = iter([moments[one.incident_id] for one in fresh])
                await answer_all(connection, fresh, 7, lambda: next(clock))  # noqa: B023 - called within
        return [[row["row"] for row in await (await connection.execute(q.encode())).fetchall()] for q in _ROWS]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.none() | st.sampled_from([*_BEFORE]), presses=st.lists(_PRESSES, min_size=1, max_size=12))
def test_a_batch_leaves_what_its_calls_leave_one_by_one(
    database: Database, before: str | None, presses: list[Pressed]
) -> None:
    if database.kept().execute("select from provider").fetchone() is None:
        town(database)
    # Alone, what cannot be read has no number by which a repeat of it would be known once it has joined another one.
    once = {(one.bed, one.number) if one.event == "unreadable" else at: one for at, one in enumerate(presses)}
    calls = [call(one) for one in once.values()]

    async def compare() -> None:
        url = database.url("carecircle_alerts")
        async with await Connection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            as_one = await leaves(connection, before, calls, at_once=True)
            assert as_one == await leaves(connection, before, calls, at_once=False)
            assert as_one[0], "something was called for"

    asyncio.run(compare())


@pytest.fixture
def crowd(database: Database) -> list[Pressed]:
    scene = Scene(database)
    for number in range(24):
        scene.bed(f"bed-{number}")
    return [Pressed(f"bed-{number}", event, 1) for number in range(24) for event in ("sos", "fall")]


async def test_two_readers_of_the_same_calls_in_opposite_order_open_each_once(
    database: Database, crowd: list[Pressed]
) -> None:
    middle, waiting = crowd[len(crowd) // 2], "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    first, again = [[delivery(one._replace(number=number)) for one in crowd] for number in (1, 2)]
    url = database.url("carecircle_alerts")
    async with AsyncConnectionPool[Connection](url, min_size=2, max_size=2) as pool:
        for calls in (first, again):
            async with await Connection.connect(url, row_factory=dict_row) as somebody:
                # Somebody who holds the one in the middle lets both readers come half the way.
                await answer_all(somebody, [call(middle._replace(number=3))], 0, lambda: NOON)
                readers = [
                    asyncio.create_task(Detector(pool, ManualClock(NOON)).handle(order))
                    for order in (calls, calls[::-1])
                ]
                while database.kept().execute(waiting).fetchone() != (2,):
                    await asyncio.sleep(0.01)
                    assert not any(one.done() for one in readers)
                await somebody.rollback()
            await asyncio.gather(*readers)
    steps = database.kept().execute(
        "select step, count(*), count(distinct incident_id) from incident_event "
        "where step in ('received', 'pressed_again') group by 1 order by 1"
    )
    assert steps.fetchall() == [("pressed_again", 48, 48), ("received", 48, 48)]
    assert database.kept().execute("select count(*) from signal").fetchone() == (96,)


async def test_a_storm_costs_as_many_statements_as_one_call(
    database: Database, crowd: list[Pressed], monkeypatch: pytest.MonkeyPatch
) -> None:
    from carecircle_alerts import store

    asked = list[str]()

    class Counted:
        def __getitem__(self, name: str) -> bytes:
            asked.append(name)
            return queries[name]

    queries = store.QUERIES
    monkeypatch.setattr(store, "QUERIES", Counted())
    async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=1, max_size=1) as pool:
        detector = Detector(pool, ManualClock(NOON))
        await detector.handle([delivery(crowd[0])])
        asked.clear()
        await detector.handle([delivery(crowd[2])])
        one = sorted(asked)
        asked.clear()
        await detector.handle([delivery(press) for press in crowd[4:]])
        # Where several come it is looked beforehand which are repeats: one statement more.
        assert sorted(asked) == sorted([*one, "known_signals"])
