"""The press test: the first press says that the button works, everything in doubt is a call."""

from datetime import UTC, datetime

import pytest

from carecircle.payloads import Event, PressTestOrder
from carecircle.topics import Kind
from carecircle_alerts.rules.help_call import read_event
from carecircle_gateway.normalise import Outgoing, Urgency
from carecircle_gateway.press_test import PressTest

_NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_MS = int(_NOW.timestamp() * 1000)


def _press(device: str = "button", event: str = "sos", **detail: object) -> Outgoing:
    payload = Event(boot=0, seq=0, at=1_795_420_800_000, event=event, code=101, detail=detail)
    return Outgoing(device, Kind.EVENT, Urgency.ALARM, payload)


def _is_call(message: Outgoing) -> bool:
    assert isinstance(message.payload, Event)
    called = read_event(message.payload, _NOW) is not None
    assert called == (message.urgency is Urgency.ALARM)
    return called


def _started(seconds: float = 60) -> PressTest:
    test = PressTest()
    assert test.start(b'{"seconds":%d}' % seconds, now=0.0)
    return test


def test_the_first_press_of_each_button_calls_nobody_and_the_second_does() -> None:
    test = _started()
    assert [_is_call(one) for one in test.take([_press("a"), _press("b"), _press("a")], 1.0)] == [False, False, True]
    assert [_is_call(one) for one in test.take([_press("b")], 2.0)] == [True]


def test_out_of_the_window_every_press_calls() -> None:
    assert _is_call(PressTest().take([_press()], 1.0)[0])
    assert _is_call(_started(60).take([_press()], 60.1)[0])


@pytest.mark.parametrize("doubtful", [_press(late=True), _press(unreadable=True), _press(event="fall")])
def test_what_is_in_doubt_calls(doubtful: Outgoing) -> None:
    assert _is_call(_started().take([doubtful], 1.0)[0])


@pytest.mark.parametrize("payload", [b"", b"{}", b'{"seconds":0}', b'{"seconds":100000}', b"[1]", b"\xff"])
def test_a_test_begins_only_by_a_payload_that_says_so(payload: bytes) -> None:
    test = PressTest()
    assert not test.start(payload, now=0.0)
    assert _is_call(test.take([_press()], 0.1)[0])


def test_a_test_of_the_platform_marks_the_press_with_its_number_and_the_second_one_calls() -> None:
    test = PressTest()
    order = PressTestOrder(test="t-1", until=_MS + 60_000)
    ready = test.order(order, 0.0, _MS)
    assert ready is not None
    assert (ready.event, ready.detail) == ("press_test_ready", {"test": "t-1"})
    assert read_event(ready, _NOW) is None
    first, second = test.take([_press("a"), _press("a")], 1.0)
    assert isinstance(first.payload, Event)
    assert first.payload.detail["test"] == "t-1"
    called = read_event(first.payload, _NOW)
    assert called is not None, "a call for whoever does not know of the test"
    assert called.test == "t-1"
    assert isinstance(second.payload, Event)
    assert second.payload.event == "sos"
    assert test.order(order, 2.0, _MS + 2000) is not None
    assert _is_call(test.take([_press("a")], 3.0)[0]), "said again it is not begun again"


def test_an_order_whose_window_is_over_marks_nothing_and_none_lasts_longer_than_ten_minutes() -> None:
    test = PressTest()
    assert test.order(PressTestOrder(test="t-1", until=_MS), 0.0, _MS) is None
    assert _is_call(test.take([_press()], 0.1)[0])
    assert test.order(PressTestOrder(test="t-2", until=_MS + 10**9), 1.0, _MS) is not None
    assert _is_call(test.take([_press()], 602.0)[0])
    assert test.start(b'{"seconds":60}', 700.0)
    (local,) = test.take([_press("b")], 701.0)
    assert isinstance(local.payload, Event)
    assert "test" not in local.payload.detail, "a trial of the home itself has no number"
