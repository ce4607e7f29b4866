"""What the home box says and what the platform understands of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from carecircle.payloads import Event
from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.help_call import read_event
from carecircle_gateway.drivers.driver import make_driver
from carecircle_gateway.memory import DeviceMemory
from carecircle_gateway.normalise import Urgency, normalise
from carecircle_gateway.presses import Arrival
from carecircle_gateway.sightings import Alarm as SeenAlarm
from carecircle_gateway.sightings import AlarmState, BridgeState, ButtonAction, Fault, Health, HelpFlag, Part, Sighting

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_CASES = Path(__file__).parents[1] / "unit" / "gateway" / "cases"


def _events(parts: tuple[Part, ...], memory: DeviceMemory) -> list[tuple[Urgency, Event]]:
    outgoing, _ = normalise(Sighting("device", parts), Arrival(_NOW), memory)
    return [(message.urgency, message.payload) for message in outgoing if isinstance(message.payload, Event)]


def test_every_alarm_of_the_box_opens_an_incident_of_its_own_kind() -> None:
    for alarm in SeenAlarm:
        for urgency, event in _events((AlarmState(alarm, is_on=True),), DeviceMemory()):
            call = read_event(event, _NOW)
            assert urgency is Urgency.ALARM
            assert call is not None
            assert call.kind.value == alarm.value


def test_no_notice_of_the_box_is_taken_for_a_call() -> None:
    notices = _events(
        (
            AlarmState(SeenAlarm.SMOKE, is_on=False),
            BridgeState("zigbee2mqtt", is_online=False),
            Fault("unreadable", "not JSON", b"\xff"),
            Health(online=True, is_battery_low=True),
        ),
        DeviceMemory(alarms=frozenset({SeenAlarm.SMOKE})),
    )
    notices += _events((BridgeState("zigbee2mqtt", is_online=True),), DeviceMemory(online=False))
    pressed_twice = DeviceMemory(press_at=0, presses=2)
    notices += [
        found for found in _events((ButtonAction("sos", asks_for_help=True),), pressed_twice)
        if found[0] is Urgency.NOTICE
    ]  # fmt: skip
    assert len(notices) == 6
    for urgency, event in notices:
        assert urgency is Urgency.NOTICE
        assert read_event(event, _NOW) is None, event.event


def test_an_unreadable_call_and_a_flag_are_calls_for_help() -> None:
    for part in (
        ButtonAction("unreadable", asks_for_help=True, is_guess=True),
        HelpFlag("sos", is_on=True, asks_for_help=True),
    ):
        ((_, event),) = _events((part,), DeviceMemory())
        call = read_event(event, _NOW)
        assert call is not None
        assert call.kind is Kind.SOS


def test_the_recorded_corpus_is_read_by_a_driver_for_each_family() -> None:
    for file in _CASES.glob("*.json"):
        for case in json.loads(file.read_text()):
            driver = make_driver(case.get("driver", file.stem).format(cases=_CASES))
            assert all(driver.claims(message["topic"]) for message in case["messages"])
