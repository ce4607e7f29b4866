"""The outbox: numbers, order, receipts, and what is given up when there is no room."""

import json
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from carecircle.errors import Misconfigured
from carecircle.payloads import Event, Readings, Status, Telemetry, parse_payload
from carecircle.topics import Kind, Topic
from carecircle_gateway.held import Held
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.outbox import Outbox
from carecircle_gateway.repeats import FIRST_REPEAT_S, RepeatSchedule
from carecircle_ingest.marks import Marks

_NOW_MS = 1_795_420_800_000


def _event(device: str = "button", urgency: Urgency = Urgency.ALARM) -> Outgoing:
    return Outgoing(device, Kind.EVENT, urgency, Event(boot=0, seq=0, at=_NOW_MS, event="sos"))


def _telemetry(device: str = "climate") -> Outgoing:
    payload = Telemetry(boot=0, seq=0, at=_NOW_MS, readings=Readings(room_temperature=21.5))
    return Outgoing(device, Kind.TELEMETRY, Urgency.TELEMETRY, payload)


def _status(device: str = "climate") -> Outgoing:
    return Outgoing(device, Kind.STATUS, Urgency.STATUS, Status(boot=0, seq=0, at=_NOW_MS, online=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    outbox = Outbox.open(path, _NOW_MS)
    yield outbox
    outbox.close()


def test_numbers_count_up_for_each_device_and_are_in_the_payload(outbox: Outbox) -> None:
    entries = outbox.accept([_event(), _telemetry(), _event()], {}, _NOW_MS)
    assert [(entry.device, entry.seq) for entry in entries] == [("button", 1), ("climate", 1), ("button", 2)]
    for entry in entries:
        payload = parse_payload(entry.kind, entry.payload)
        assert isinstance(payload, (Event, Telemetry))
        assert (payload.boot, payload.seq) == (entry.boot, entry.seq) == (outbox.boot, entry.seq)


def test_a_message_keeps_its_number_over_a_restart_and_new_ones_get_a_higher_boot(path: Path) -> None:
    first = Outbox.open(path, _NOW_MS)
    (kept,) = first.accept([_event()], {}, _NOW_MS)
    first.close()
    second = Outbox.open(path, _NOW_MS)
    (new,) = second.accept([_event()], {}, _NOW_MS)
    assert second.entry(kept.id) == kept
    assert new.boot == kept.boot + 1
    second.close()


def test_a_new_disk_goes_on_above_the_old_numbers(path: Path, tmp_path: Path) -> None:
    old = Outbox.open(path, _NOW_MS)
    new = Outbox.open(tmp_path / "new.sqlite", _NOW_MS + 60_000)
    assert new.boot > old.boot
    old.close()
    new.close()


def test_a_confirmed_event_stays_as_history_until_a_mark_covers_it(outbox: Outbox) -> None:
    first, second = outbox.accept([_event(), _event()], {}, _NOW_MS)
    assert outbox.confirm("button", first.boot, 99, is_stored=False) is None
    assert outbox.confirm("another", first.boot, first.seq, is_stored=False) is None
    assert outbox.confirm("button", first.boot, first.seq, is_stored=False) == first.id
    assert outbox.confirm("button", first.boot, first.seq, is_stored=False) is None
    assert [entry_id for entry_id, _ in outbox.waiting_events()] == [second.id]
    assert outbox.waiting_others(10, {}) == []  # it went out before
    assert outbox.lowest_others(10) == [(first.id, Urgency.CONFIRMED)]
    assert outbox.forget_stored({("button", first.boot): first.seq}) == [first.id]


def test_an_event_that_history_has_already_leaves_with_its_receipt(outbox: Outbox) -> None:
    (event,) = outbox.accept([_event()], {}, _NOW_MS)
    assert outbox.forget_stored({("button", event.boot): event.seq}) == []
    assert outbox.confirm("button", event.boot, event.seq, is_stored=True) == event.id
    assert outbox.counts() == {"bytes": 0, "not_on_disk": 0}


def test_a_mark_takes_telemetry_of_its_boot_up_to_it_and_no_event(outbox: Outbox) -> None:
    kept = outbox.accept(
        [_telemetry("mat"), _event("mat"), _telemetry("mat"), _telemetry("mat"), _telemetry()], {}, _NOW_MS
    )
    assert outbox.forget_stored({("mat", outbox.boot + 1): 99}) == []
    assert outbox.forget_stored({("mat", outbox.boot): 3}) == [kept[0].id, kept[2].id]
    assert [(entry.device, entry.seq) for entry in outbox.waiting_others(10, {})] == [("mat", 4), ("climate", 1)]
    assert len(outbox.waiting_events()) == 1


def test_the_oldest_that_is_kept_moves_with_what_leaves(outbox: Outbox) -> None:
    kept = outbox.accept([_telemetry("mat"), _telemetry("mat"), _telemetry("mat")], {}, _NOW_MS)
    assert outbox.oldest("mat", outbox.boot) == 1
    outbox.give_up([kept[0].id])
    assert (outbox.oldest("mat", outbox.boot), outbox.given_up) == (2, 1)
    assert outbox.oldest("mat", outbox.boot - 1) is None


def test_status_goes_before_telemetry_and_what_was_sent_is_left_out(outbox: Outbox) -> None:
    telemetry, status = outbox.accept([_telemetry(), _status()], {}, _NOW_MS)
    assert [entry.id for entry in outbox.waiting_others(10, {})] == [status.id, telemetry.id]
    assert [entry.id for entry in outbox.waiting_others(1, {Urgency.STATUS: status.id})] == [telemetry.id]
    assert outbox.lowest_others(10) == [(telemetry.id, Urgency.TELEMETRY), (status.id, Urgency.STATUS)]


def test_urgent_events_are_sent_before_older_notices(outbox: Outbox) -> None:
    notice, alarm = outbox.accept([_event(urgency=Urgency.NOTICE), _event()], {}, _NOW_MS)
    assert outbox.waiting_events() == [(alarm.id, Urgency.ALARM), (notice.id, Urgency.NOTICE)]


def test_without_room_the_oldest_telemetry_goes_first_and_no_call_ever(path: Path) -> None:
    outbox = Outbox.open(path, _NOW_MS, max_bytes=400_000)
    alarms = outbox.accept([_event() for _ in range(500)], {}, _NOW_MS)
    for _ in range(20):
        outbox.accept([_telemetry() for _ in range(100)], {}, _NOW_MS)
    waiting = outbox.waiting_others(10_000, {})
    assert 0 < len(waiting) < 2000
    assert outbox.given_up == 2000 - len(waiting)
    assert [entry.seq for entry in waiting][-100:] == list(range(1901, 2001)), "the newest are as they were"
    assert len(outbox.waiting_events()) == len(alarms)
    assert outbox.counts()["bytes"] <= 400_000
    outbox.close()


def test_calls_alone_may_exceed_the_room(path: Path) -> None:
    outbox = Outbox.open(path, _NOW_MS, max_bytes=10_000)
    outbox.accept([_telemetry() for _ in range(20)], {}, _NOW_MS)
    outbox.accept([_event() for _ in range(200)], {}, _NOW_MS)
    assert len(outbox.waiting_events()) == 200
    assert outbox.waiting_others(10, {}) == []
    outbox.close()


def test_old_telemetry_is_given_up_and_an_old_call_is_not(path: Path) -> None:
    outbox = Outbox.open(path, _NOW_MS, max_age_ms=3600_000)
    outbox.accept([_telemetry(), _event(), _event(urgency=Urgency.NOTICE)], {}, _NOW_MS)
    outbox.accept([_telemetry()], {}, _NOW_MS + 3600_000)
    outbox.give_up_old(_NOW_MS + 3600_001)
    assert len(outbox.waiting_others(10, {})) == 1
    assert [urgency for _, urgency in outbox.waiting_events()] == [Urgency.ALARM]
    assert outbox.given_up == 2
    outbox.close()


def test_a_full_disk_does_not_silence_a_call(path: Path) -> None:
    outbox = Outbox.open(path, _NOW_MS)
    pages = outbox._connection.execute("PRAGMA page_count").fetchone()[0]
    outbox._connection.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own way to be full
    while outbox.given_up == 0:
        outbox.accept([_telemetry()], {}, _NOW_MS)
    calls = [outbox.accept([_event()], {"button": "{}"}, _NOW_MS)[0] for _ in range(50)]
    call = calls[-1]
    assert call.id < 0
    assert [outbox.entry(one.id) for one in calls] == calls
    assert outbox.entry(call.id) == call
    assert outbox.confirm("button", call.boot, call.seq, is_stored=False) == call.id
    assert outbox.entry(call.id) is None
    assert len(outbox.waiting_others(10_000, {})) > 0
    outbox.close()


def test_a_broken_file_is_put_aside_and_the_box_goes_on(path: Path) -> None:
    path.write_bytes(b"this was a database once" * 1000)
    outbox = Outbox.open(path, _NOW_MS)
    assert len(outbox.accept([_event()], {}, _NOW_MS)) == 1
    assert len(list(path.parent.glob("*.broken-*"))) == 1
    outbox.close()


def test_two_boxes_on_one_file_are_refused(path: Path, outbox: Outbox) -> None:
    with pytest.raises(Misconfigured, match="another process"):
        Outbox.open(path, _NOW_MS)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="CARECIRCLE_GATEWAY_OUTBOX"):
        Outbox.open(tmp_path / "file" / "outbox.sqlite", _NOW_MS)


def test_the_disk_is_asked_to_write_through(outbox: Outbox) -> None:
    assert outbox._connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert outbox._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert sqlite3.threadsafety > 0


def test_repeats_come_later_each_time_and_never_before_five_seconds() -> None:
    schedule = RepeatSchedule(Random(1))
    schedule.add(1, Urgency.ALARM)
    times, now = [], 0.0
    for _ in range(8):
        assert schedule.take_due(now, 10) == [1]
        assert schedule.take_due(now, 10) == []
        times.append(now)
        due = schedule.next_due()
        assert due is not None
        now = due
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert FIRST_REPEAT_S <= waits[0] <= 1.2 * FIRST_REPEAT_S
    assert all(first < second for first, second in pairwise(waits[:4]))
    assert 60 <= waits[-1] <= 72
    schedule.drop(1)
    assert schedule.take_due(now, 10) == []
    assert schedule.next_due() is None


def test_of_many_due_at_once_the_urgent_come_first() -> None:
    schedule = RepeatSchedule(Random(1))
    for entry_id in range(200):
        schedule.add(entry_id, Urgency.NOTICE)
    schedule.add(999, Urgency.ALARM)
    assert schedule.take_due(0.0, 100)[0] == 999


def test_what_was_sent_already_is_repeated_and_not_sent_again() -> None:
    schedule = RepeatSchedule(Random(1))
    schedule.add(1, Urgency.ALARM, sent_at=100.0)
    assert schedule.take_due(104.9, 10) == []
    assert schedule.take_due(106.0, 10) == [1]


def test_what_a_full_disk_refuses_is_written_when_it_takes_something_again(outbox: Outbox) -> None:
    before = outbox.accept([_telemetry()], {}, _NOW_MS)
    _refuse(outbox)
    assert outbox.accept([_telemetry(), _telemetry()], {"climate": "{}"}, _NOW_MS) == []
    outbox.forget([before[0].id])
    assert outbox.counts()["not_on_disk"] == 2
    assert outbox.oldest("climate", outbox.boot) == 2
    _take_again(outbox)
    (last,) = outbox.accept([_telemetry()], {}, _NOW_MS)
    outbox.forget([before[0].id])
    assert [entry.seq for entry in outbox.waiting_others(10, {})] == [2, 3, last.seq]
    assert (outbox.recall("climate"), outbox.given_up, outbox.counts()["not_on_disk"]) == ("{}", 0, 0)


def test_of_what_cannot_be_written_the_oldest_goes_when_there_is_too_much() -> None:
    held: Held[int] = Held(most=3)
    assert held.add([1, 2], {}) == 0
    assert held.add([3, 4, 5], {}) == 2
    assert list(held.messages) == [3, 4, 5]


def test_a_reserve_is_taken_once_and_used_when_the_disk_is_full(path: Path) -> None:
    room = 4 << 20
    outbox = Outbox.open(path, _NOW_MS, max_bytes=room)
    steps = 0
    while outbox.reserve_some():
        steps += 1
    assert steps == 32
    assert not outbox.reserve_some()
    outbox.close()
    assert path.stat().st_size >= room
    again = Outbox.open(path, _NOW_MS, max_bytes=room)
    _refuse(again, at_pages=path.stat().st_size // 4096)
    for _ in range(10):
        assert len(again.accept([_telemetry() for _ in range(500)], {}, _NOW_MS)) == 500
    assert again.counts()["not_on_disk"] == 0
    again.close()
    assert path.stat().st_size < room + (1 << 20)


def _refuse(outbox: Outbox, at_pages: int = 1) -> None:
    """Let the file not grow beyond what it has, or `at_pages`; as on a disk that is full."""
    outbox._connection.execute(f"PRAGMA max_page_count = {at_pages}")
    if at_pages == 1:
        outbox._connection.execute(
            "CREATE TEMP TRIGGER full BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT, 'full'); END"
        )


def _take_again(outbox: Outbox) -> None:
    outbox._connection.execute("DROP TRIGGER full")
    outbox._connection.execute("PRAGMA max_page_count = 1073741823")


def test_thinned_readings_stand_for_those_that_went_and_the_platform_waits_for_none(path: Path) -> None:
    outbox = Outbox.open(path, _NOW_MS, max_bytes=300_000)
    for _ in range(40):
        outbox.accept([_telemetry("mat") for _ in range(50)], {}, _NOW_MS)
    kept = outbox.waiting_others(10_000, {})
    stands_for = [number for entry in kept for number in range(entry.since or entry.seq, entry.seq + 1)]
    assert stands_for == list(range(1, 2001))
    pauses = [entry.seq - (entry.since or entry.seq) for entry in kept]
    assert pauses[0] > pauses[-1] == 0, "the oldest are the coarsest"
    marks = Marks()
    for entry in kept:
        marks.note(Topic("630102", "bed-1", "mat", Kind.TELEMETRY), outbox.boot, entry.seq, 1, entry.since)
    assert [json.loads(body)["stored"] for _, body in marks.due(100.0)] == [[outbox.boot, 2000]]
    outbox.close()


def test_what_lies_between_two_readings_is_not_passed_over(path: Path) -> None:
    outbox = Outbox.open(path, _NOW_MS, max_bytes=300_000)
    for _ in range(500):
        outbox.accept([_telemetry("mat"), _status("mat")], {}, _NOW_MS)
    for entry in outbox.waiting_others(10_000, {}):
        assert entry.since is None, "a status is kept between every two of them"
    outbox.close()


def test_a_file_from_before_is_taken_over(path: Path) -> None:
    first = Outbox.open(path, _NOW_MS)
    first.accept([_telemetry()], {}, _NOW_MS)
    first._connection.execute("ALTER TABLE message DROP COLUMN since")
    first.close()
    second = Outbox.open(path, _NOW_MS)
    assert [entry.since for entry in second.waiting_others(10, {})] == [None]
    second.close()
