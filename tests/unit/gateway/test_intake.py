"""The intake: one transaction a batch, and a call on its way before the disk is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from carecircle.mqtt import Delivery
from carecircle.payloads import Event, parse_payload
from carecircle_gateway.drivers.zigbee2mqtt import Zigbee2Mqtt
from carecircle_gateway.intake import Intake
from carecircle_gateway.outbox import Entry, Outbox
from carecircle_gateway.presses import to_ms
from carecircle_gateway.sightings import Sighting
from carecircle_gateway.taken import MOST

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_PRESS = b'{"action":"emergency","battery":87}'


def _delivery(payload: bytes, name: str = "button", after_s: float = 0) -> Delivery:
    return Delivery(f"zigbee2mqtt/{name}", payload, False, _NOW + timedelta(seconds=after_s), 1, 1)


class _BrokenDriver(Zigbee2Mqtt):
    def read(self, topic: str, payload: bytes) -> Sequence[Sighting]:
        raise IndexError(f"{topic} {payload!r}")


def _event_names(entries: Sequence[Entry]) -> list[str]:
    payloads = [parse_payload(entry.kind, entry.payload) for entry in entries]
    return [payload.event for payload in payloads if isinstance(payload, Event)]


def _intake(outbox: Outbox) -> Intake:
    return Intake([Zigbee2Mqtt()], outbox, frozenset(), lambda _entry: None)


def test_a_call_is_sent_before_it_is_on_disk_and_nothing_else_is(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "outbox.sqlite", to_ms(_NOW))
    sent: list[Entry] = []

    def send_first(entry: Entry) -> None:
        assert outbox.waiting_events() == []
        sent.append(entry)

    intake = Intake([Zigbee2Mqtt()], outbox, frozenset(), send_first)
    entries = intake.take([_delivery(b'{"temperature":20}', "climate"), _delivery(_PRESS), _delivery(b"?", "odd")])
    assert _event_names(sent) == ["sos"]
    kept = next(entry for entry in entries if entry.device == "button" and entry.urgency == 0)
    assert (kept.boot, kept.seq, kept.payload) == (sent[0].boot, sent[0].seq, sent[0].payload)
    assert len(outbox.waiting_events()) == 2
    outbox.close()


def test_a_press_is_remembered_by_the_next_process(tmp_path: Path) -> None:
    for expected, after_s in ((["sos"], 0), ([], 2), (["sos"], 4)):
        outbox = Outbox.open(tmp_path / "outbox.sqlite", to_ms(_NOW))
        intake = Intake([Zigbee2Mqtt()], outbox, frozenset(), lambda _entry: None)
        names = _event_names(intake.take([_delivery(_PRESS, after_s=after_s)]))
        assert [name for name in names if name == "sos"] == expected
        outbox.close()


def test_the_number_of_presses_is_told_once_when_the_burst_is_over(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "outbox.sqlite", to_ms(_NOW))
    intake = Intake([Zigbee2Mqtt()], outbox, frozenset(), lambda _entry: None)
    intake.take([_delivery(_PRESS), _delivery(_PRESS, after_s=1)])
    assert intake.settle_bursts(_NOW + timedelta(seconds=2)) == []
    assert intake.has_bursts
    assert _event_names(intake.settle_bursts(_NOW + timedelta(seconds=3))) == ["cleared"]
    assert not intake.has_bursts
    outbox.close()


def test_a_driver_that_fails_costs_one_message_and_no_call(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "outbox.sqlite", to_ms(_NOW))
    intake = Intake([_BrokenDriver()], outbox, frozenset(), lambda _entry: None)
    assert sorted(_event_names(intake.take([_delivery(_PRESS)]))) == ["device_fault", "sos"]
    assert intake.failures == 1
    outbox.close()


def test_a_message_that_the_broker_repeats_after_a_kill_is_not_numbered_anew(tmp_path: Path) -> None:
    said = _delivery(b'{"temperature":20}', "climate")
    first = Outbox.open(tmp_path / "o.sqlite", 0)
    assert len(_intake(first).take([said])) > 0
    first.close()  # killed before it could answer
    outbox = Outbox.open(tmp_path / "o.sqlite", 0)
    intake = _intake(outbox)
    assert intake.take([said._replace(repeated=True)]) == []
    assert len(intake.take([said._replace(repeated=True, mid=2)])) == 1
    assert len(intake.take([said])) == 1, "the same words with the same number, said for the first time"
    outbox.close()


def test_what_was_taken_is_remembered_within_bounds(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "o.sqlite", 0)
    intake = _intake(outbox)
    for number in range(0, MOST + 500, 100):
        intake.take(
            [_delivery(b'{"temperature":20}', "climate")._replace(mid=mid) for mid in range(number + 1, number + 101)]
        )
    rows = outbox._connection.execute("SELECT count(*), min(mid) FROM taken").fetchone()
    assert rows == (MOST, 501)
    outbox.close()
