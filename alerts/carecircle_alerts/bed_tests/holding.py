"""Holding: a press that was held as a test and is none of a test any more becomes a call, once and whatever dies (I/O).

The engine does it every quarter of a second; the checker of promises does it as well where the engine has not.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Topic, parse_topic
from carecircle_alerts.bed_tests.judging import Why, becomes_real
from carecircle_alerts.bed_tests.taking import read_test
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.calls import answer
from carecircle_alerts.commands import Record
from carecircle_alerts.opening import ACTOR
from carecircle_alerts.save import Saving
from carecircle_alerts.store import Connection, fetch, load_case, run

_REASON = "测试时段内的按键未被确认为测试，按真实求助处理"

_log = structlog.get_logger()


async def make_calls(pool: AsyncConnectionPool[Connection], clock: Clock) -> int:
    """Make calls of all held presses that are none of a test any more; returns how many."""
    made = 0
    while await make_call(pool, clock.now()):
        made += 1
    return made


async def make_call(pool: AsyncConnectionPool[Connection], now: datetime) -> bool:
    """Make a call of the held press that has waited longest; False where there is none, or others have them in hand.

    The call and the end of its test are committed together: whoever dies in between leaves the press held.
    """
    async with pool.connection() as connection:
        rows = await fetch(connection, "next_to_be_real", now=now)
        if not rows:
            return False
        row = rows[0]
        why = becomes_real(read_test(row), now, is_in_incident=row["is_in_incident"]) or Why.NOT_CONFIRMED
        said = row["outcome"] or why.value
        incident_id = await answer(connection, _called(row), row["rules_version"], now)
        await run(connection, "bed_test_is_real", id=row["id"], incident_id=incident_id, why=said, now=now)
        case = await load_case(connection, incident_id)
        await Saving.of(connection, case, ACTOR, now).run([Record("test_press_is_real", _REASON)])
    _log.warning("test_press_became_call", test=str(row["id"]), incident=str(incident_id), why=said)
    return True


def _called(row: Mapping[str, Any]) -> Called:
    """The call that a held press makes, read from its message anew, as when it came."""
    topic = parse_topic(row["topic"])
    assert isinstance(topic, Topic), "only what was read is held"
    payload = bytes(row["payload"])
    delivery = Delivery(row["topic"], payload, retained=False, received_at=row["received_at"], generation=0, mid=0)
    called = call_of(topic, parse_payload(topic.kind, payload), delivery)
    # Only what makes a call is held; what a later release does not read as one any more is a call all the same.
    called = called or call_of(topic, None, delivery)
    assert called is not None, "what is no event is an unreadable call"
    return called
