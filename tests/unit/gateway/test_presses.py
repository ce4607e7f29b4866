"""When an action is a call, and what a device's memory is worth."""

from datetime import UTC, datetime, timedelta

from carecircle.payloads import Event
from carecircle_gateway.device_ids import device_id
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.normalise import normalise, settle
from carecircle_gateway.presses import Arrival, to_ms
from carecircle_gateway.sightings import ButtonAction, Fault, Sighting

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _press(number: int, background: str = "same") -> Sighting:
    return Sighting("button", (ButtonAction("sos", asks_for_help=True),), None, f"bytes {number}", background)


def _calls(times_s: list[float]) -> tuple[list[float], DeviceMemory]:
    memory, calls = DeviceMemory(), []
    for number, time_s in enumerate(times_s):
        outgoing, memory = normalise(_press(number), Arrival(_NOW + timedelta(seconds=time_s)), memory)
        calls += [time_s for message in outgoing if getattr(message.payload, "event", "") == "sos"]
    return calls, memory


def test_presses_within_three_seconds_are_one_call_with_their_number() -> None:
    calls, memory = _calls([0, 0.5, 1, 2.999])
    assert calls == [0]
    told, settled = settle("button", memory, to_ms(_NOW) + 3000)
    assert [(message.payload.event, message.payload.detail["presses"]) for message in told
            if isinstance(message.payload, Event)] == [("cleared", 4)]  # fmt: skip
    assert settled.presses == 0


def test_the_debounce_starts_at_the_first_press_so_that_hammering_is_heard_again() -> None:
    assert _calls([0, 1, 2, 3, 4, 5, 6])[0] == [0, 3, 6]


def test_a_burst_is_not_settled_before_its_time_and_a_single_press_needs_no_count() -> None:
    _, memory = _calls([0])
    assert settle("button", memory, to_ms(_NOW) + 2999) == ([], memory)
    assert settle("button", memory, to_ms(_NOW) + 3000)[0] == []


def test_a_restart_within_the_debounce_does_not_tell_the_press_again() -> None:
    _, memory = _calls([0])
    woken = DeviceMemory.recall(memory.keep())
    assert normalise(_press(1), Arrival(_NOW + timedelta(seconds=1)), woken)[0] == []


def test_a_memory_that_cannot_be_read_starts_anew() -> None:
    assert DeviceMemory.recall('{"press_at": "yesterday"}') == DeviceMemory()
    assert DeviceMemory.recall("not JSON") == DeviceMemory()


def test_a_broken_device_is_told_once_in_ten_minutes() -> None:
    sighting = Sighting("odd", (Fault("unreadable", "not JSON", b"\x00" * 100_000),))
    memory, told = DeviceMemory(), []
    for minute in range(30):
        outgoing, memory = normalise(sighting, Arrival(_NOW + timedelta(minutes=minute)), memory)
        told += [minute for _ in outgoing]
    assert told == [0, 10, 20]


def test_a_fault_keeps_the_raw_bytes_within_the_contract() -> None:
    outgoing, _ = normalise(
        Sighting("odd", (Fault("unreadable", "", b"\xff" * 100_000),)), Arrival(_NOW), DeviceMemory()
    )
    event = outgoing[0].payload
    assert isinstance(event, Event)
    assert event.detail["bytes"] == 100_000
    assert 0 < len(event.model_dump_json()) < 64 * 1024


def test_names_that_the_contract_allows_are_kept_and_others_stay_apart() -> None:
    assert device_id("0xa4c13899607febd1") == "0xa4c13899607febd1"
    assert device_id("床头 呼叫器") == "device-6c44561516c4"
    assert device_id("front door").startswith("front-door-")
    assert len({device_id(name) for name in ("front door", "front-door", "front/door", "Front door")}) == 4
    assert device_id("gateway") != "gateway"
    assert len(device_id("x" * 300)) <= 64
