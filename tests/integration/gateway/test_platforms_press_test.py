"""A press test that the platform orders, by a real box between two real brokers: the first press has its number."""

import time

from carecircle.payloads import Command, PressTestOrder
from tests.integration.gateway.home import Home, Platform, wait_for

_PRESS = '{"action":"emergency","battery":87,"linkquality":96}'


def _order(platform: Platform, test: str, until_s: float) -> None:
    until = int((time.time() + until_s) * 1000)
    platform.command("gateway", Command(id=f"order-{test}", press_test=PressTestOrder(test=test, until=until)))


def test_the_box_says_that_it_is_ready_marks_one_press_and_lets_the_next_one_call(
    home: Home, platform: Platform
) -> None:
    home.start_box(platform)
    _order(platform, "over", -1)
    _order(platform, "t-1", 60)
    (ready,) = wait_for(lambda: platform.events("press_test_ready"))
    assert ready.fields["detail"] == {"test": "t-1"}, "nothing is said of an order that came too late"
    home.publish("bedside", _PRESS)
    (tried,) = wait_for(lambda: platform.events("press_test"))
    detail = tried.fields["detail"]
    assert isinstance(detail, dict)
    assert detail["test"] == "t-1"
    assert platform.events("sos") == []
    time.sleep(3.1)  # what comes within three seconds is one press with its number
    home.publish("bedside", _PRESS)
    wait_for(lambda: platform.events("sos"))
