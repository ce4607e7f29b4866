"""The journal: a death at any byte leaves what was written whole, and what is over is forgotten."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecircle.errors import Conflict, Misconfigured
from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Kind, Topic
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.lifeline.journal import Journal
from carecircle_alerts.lifeline.ledger import Ledger
from carecircle_alerts.lifeline.records import Begun, Entry, Further, Reconciled, Settled, Telling, Way
from carecircle_alerts.lifeline.waiting_room import name_of

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TOPIC = Topic("630102", "bed-1", "button", Kind.EVENT)


def called(number: int) -> tuple[Called, bytes]:
    payload = b'{"boot":1,"seq":%d,"at":0,"event":"sos"}' % number
    delivery = Delivery(str(TOPIC), payload, retained=False, received_at=START, generation=1, mid=1)
    found = call_of(TOPIC, parse_payload(Kind.EVENT, payload), delivery)
    assert found is not None
    return found, payload


def begun(number: int) -> Begun:
    call, payload = called(number)
    ways = [Way(uuid5(call.incident_id, f"way {index}"), "webhook", "http://127.0.0.1:9/收件") for index in range(2)]
    tellings = [Telling(way.id, "dispatcher", "7", "lifeline_1", {"text": "请立即处理"}, [way]) for way in ways]
    return Begun.of(call, payload, call.incident_id, START, START, tellings)


def entries_of(number: int) -> list[Entry]:
    one = begun(number)
    first = one.tellings[0]
    later = Telling(uuid5(one.incident_id, "later"), "dispatcher", "7", "lifeline_2", {}, first.ways)
    return [
        one,
        Settled(first.key, START, first.ways[0].id),
        Reconciled(one.incident_id, START),
        Further(one.incident_id, START, [later]),
        Settled(later.key, START, first.ways[0].id),
    ]


ENTRIES = [entry for number in range(4) for entry in entries_of(number)]


@given(st.integers(0, len(ENTRIES)), st.integers(0, 400))
def test_cut_off_at_any_byte_it_holds_what_was_whole_and_goes_on(count: int, cut: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        journal = Journal(folder)
        for entry in ENTRIES[:count]:
            journal.append([entry])
        whole = journal.size
        journal.close()
        os.truncate(folder / "journal", max(0, whole - cut))
        again = Journal(folder)
        kept = again.entries
        assert kept == ENTRIES[: len(kept)]
        assert len(kept) >= count - 1 if cut < 100 else True
        again.append([ENTRIES[-1]])
        again.close()
        last = Journal(folder)
        assert last.entries == [*kept, ENTRIES[-1]]
        last.close()


def test_a_damaged_line_costs_itself_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(ENTRIES[:3])
    journal.close()
    path = tmp_path / "journal"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"settled", b"settle!")
    path.write_bytes(b"".join(lines))
    again = Journal(tmp_path)
    assert again.entries == [ENTRIES[0], ENTRIES[2]]
    again.close()


def test_what_the_disk_refuses_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    journal.append(ENTRIES[:1])
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            journal.append(ENTRIES[1:2])
    journal.append(ENTRIES[2:3])
    journal.close()
    again = Journal(tmp_path)
    assert again.entries == [ENTRIES[0], ENTRIES[2]]
    again.close()


def test_it_is_one_process_private_and_can_be_written_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new")
    with pytest.raises(Conflict, match="another lifeline"):
        Journal(tmp_path / "new")
    journal.append(ENTRIES)
    journal.rewrite(ENTRIES[:2])
    journal.append(ENTRIES[3:4])
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()} == {0o600}
    journal.close()
    again = Journal(tmp_path / "new")
    assert again.entries == [*ENTRIES[:2], ENTRIES[3]]
    again.close()


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="CARECIRCLE_LIFELINE_FOLDER"):
        Journal(tmp_path / "file" / "below")


@given(st.lists(st.sampled_from(ENTRIES), max_size=40))
def test_the_ledger_follows_any_journal_and_its_own_entries_say_the_same(entries: list[Entry]) -> None:
    ledger = Ledger.of(entries)
    again = Ledger.of(ledger.entries())
    kept = [(one.begun, one.further, one.settled) for one in again.open()]
    assert kept == [(one.begun, one.further, one.settled) for one in ledger.open()]
    over: set[UUID] = set()
    for entry in entries:
        if isinstance(entry, Begun):
            over.discard(entry.incident_id)
        elif isinstance(entry, Reconciled):
            over.add(entry.incident_id)
    known = {one.incident_id for one in entries if isinstance(one, Begun)}
    assert {one.begun.incident_id for one in ledger.open()} == known - over


def test_a_call_is_read_from_the_journal_as_it_came() -> None:
    call, _payload = called(7)
    assert begun(7).called() == call
    raw = Topic("630102", "bed-1", "button", Kind.EVENT)
    delivery = Delivery(str(raw), b"\xff\x00", retained=False, received_at=START, generation=1, mid=1)
    unread = call_of(raw, parse_payload(Kind.EVENT, b"\xff\x00"), delivery)
    assert unread is not None
    assert Begun.of(unread, b"\xff\x00", unread.incident_id, START, START, []).called() == unread


def test_an_open_call_is_over_once_told_committed_or_too_old() -> None:
    ledger = Ledger.of([begun(1)])
    (call,) = ledger.open()
    first, second = call.begun.tellings
    assert not call.is_over(START)
    assert call.is_over(START + timedelta(minutes=16))
    ledger.write(Settled(first.key, START, first.ways[0].id))
    assert (call.waiting(), call.is_over(START)) == ([second], False)
    ledger.write(Settled(second.key, START, None))
    assert call.is_over(START)
    assert [one for one, _settled in call.handed_over()] == [first]
    other = Ledger.of([begun(2)])
    other.committed(name_of(called(2)[0]))
    assert other.open()[0].is_over(START)
