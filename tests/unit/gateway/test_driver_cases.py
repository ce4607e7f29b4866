"""Every recorded payload of every family: what the platform hears of it, message by message."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest

from carecircle.payloads import Event, Status, Telemetry
from carecircle_gateway.device_ids import GATEWAY, device_id
from carecircle_gateway.drivers.driver import make_driver
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.normalise import Outgoing, normalise
from carecircle_gateway.presses import Arrival

_CASES = Path(__file__).parent / "cases"
_START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class LocalMessage(TypedDict):
    topic: str
    payload: str
    says: list[str]
    hex: NotRequired[str]
    after_s: NotRequired[float]
    retained: NotRequired[bool]


class Case(TypedDict):
    name: str
    source: str
    messages: list[LocalMessage]
    call_button: NotRequired[bool]
    model: NotRequired[str]
    driver: NotRequired[str]


def _cases() -> list[object]:
    found: list[object] = []
    for file in sorted(_CASES.glob("*.json")):
        cases: list[Case] = json.loads(file.read_text())
        found += [pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}") for case in cases]
    return found


def _payload(message: LocalMessage) -> bytes:
    return bytes.fromhex(message["hex"]) if "hex" in message else message["payload"].encode()


def _in_words(message: Outgoing) -> str:
    payload = message.payload
    if isinstance(payload, Event):
        about = f"({payload.detail['of']})" if "of" in payload.detail else ""
        about = "(bridge_offline)" if payload.detail.get("reason") == "bridge_offline" else about
        marks = "".join(f" {mark}" for mark in ("late", "test") if payload.detail.get(mark))
        return f"event:{payload.event}{about}{marks}"
    if isinstance(payload, Status):
        battery = "" if payload.battery is None else f" battery={payload.battery:g}"
        return f"status:{'online' if payload.online else 'offline'}{battery}"
    assert isinstance(payload, Telemetry)
    present = sorted(payload.readings.present().items())
    return "telemetry:" + ",".join(
        f"{name}={value if isinstance(value, bool) else format(value, 'g')}" for name, value in present
    )


@pytest.mark.parametrize(("family", "case"), _cases())
def test_a_recorded_message_says_what_it_should(family: str, case: Case) -> None:
    driver = make_driver(case.get("driver", family).format(cases=_CASES))
    memories: dict[str, DeviceMemory] = {}
    now = _START
    for number, message in enumerate(case["messages"]):
        now += timedelta(seconds=message.get("after_s", 0))
        said: list[str] = []
        for sighting in driver.read(message["topic"], _payload(message)):
            device = GATEWAY if sighting.name is None else device_id(sighting.name)
            memory = memories.get(device, DeviceMemory(model=case.get("model")))
            outgoing, after = normalise(
                sighting,
                Arrival(now, message.get("retained", False)),
                memory,
                is_call_button=case.get("call_button", False),
            )
            memories[device] = DeviceMemory.recall(after.keep())
            said += [_in_words(item) for item in outgoing]
        # The clock going back makes the status due; which of status and event comes first is settled by urgency.
        assert said == message["says"], f"message {number + 1}"


def test_every_case_names_its_source() -> None:
    for file in _CASES.glob("*.json"):
        assert all(case["source"] for case in json.loads(file.read_text()))
