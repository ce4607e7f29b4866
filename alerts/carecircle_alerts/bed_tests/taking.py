"""Taking: what homes say of bed tests, in the transaction in which their messages are committed (I/O)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from psycopg.rows import DictRow

from carecircle.payloads import Event, encode_payload
from carecircle.topics import Topic
from carecircle_alerts.bed_tests.judging import BedTest, Held, Press, Real, TestState, judge_press
from carecircle_alerts.called import Called
from carecircle_alerts.store import Connection, fetch, run

_READY = "press_test_ready"

_log = structlog.get_logger()


async def hold_press(connection: Connection, called: Called, now: datetime) -> bool:
    """Whether a marked press is held as the announced test of its bed; False: it is a call, and to be answered."""
    event = called.event
    if event is None:
        return False
    key = (called.topic.device, event.boot, event.seq)
    test_id = _number(called.call.test)
    rows = await fetch(connection, "hold_bed_test", id=test_id) if test_id else []
    test = read_test(rows[0]) if rows else None
    (open_call,) = await fetch(connection, "is_calling", bed_id=called.topic.bed)
    press = Press(called.topic.bed, key, called.call.pressed_at, called.call.is_timed)
    match judge_press(test, press, now, is_calling=open_call["calling"]):
        case Held(again=True):
            return True
        case Held(confirm_by):
            await run(
                connection, "hold_press", id=test_id, topic=str(called.topic), payload=encode_payload(event),
                device=key[0], boot=key[1], seq=key[2], pressed_at=called.call.pressed_at,
                received_at=called.received_at, confirm_by=confirm_by,
            )  # fmt: skip
            _log.info("test_press_held", test=str(test_id), bed=called.topic.bed)
            return True
        case Real(why):
            _log.warning("test_press_is_call", test=str(test_id), bed=called.topic.bed, why=why.value)
            return False


async def note_ready(connection: Connection, heard: Iterable[tuple[Topic, Event]], now: datetime) -> None:
    """Home boxes say that the next press carries the number of the test."""
    for topic, event in heard:
        number = _number(event.detail.get("test")) if event.event == _READY else None
        if number is not None:
            await run(connection, "bed_test_ready", ids=[number], bed_id=topic.bed, now=now)


def pressed_more_than_once(heard: Sequence[tuple[Topic, Event]]) -> set[str]:
    """Beds whose button was pressed several times within the moment that a home box takes for one press."""
    return {
        topic.bed
        for topic, event in heard
        if event.event == "cleared"
        and event.detail.get("of") == "sos"
        and isinstance(presses := event.detail.get("presses"), int)
        and presses > 1
    }


async def doubt_tests(connection: Connection, beds: set[str], now: datetime) -> None:
    """Something calls from these beds: presses that are held there are calls as well."""
    if beds:
        await run(connection, "doubt_bed_tests", beds=sorted(beds), now=now)


def read_test(row: DictRow) -> BedTest:
    """What judging has to know."""
    key = (row["device"], row["boot"], row["seq"]) if row["device"] is not None else None
    return BedTest(
        row["bed_id"], TestState(row["state"]), row["opens_at"], row["closes_at"], key, row["confirm_by"],
        row["doubted_at"] is not None,
    )  # fmt: skip


def _number(said: object) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None
