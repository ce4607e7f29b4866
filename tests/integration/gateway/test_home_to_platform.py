"""From a Zigbee message in the home to the platform's broker, with what happens on the way there and back."""

import json
import subprocess
import sys
import time

import pytest

from carecircle.mqtt import Broker, Session
from carecircle.payloads import Command, Reassure
from carecircle.topics import Kind
from tests.integration.gateway.home import BED, Heard, Home, Platform, wait_for
from tests.servers import COUNTY, TestBroker

PRESS = '{"action":"emergency","battery":87,"linkquality":96}'


def test_a_press_becomes_an_event_under_the_homes_own_account(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    home.publish("0xa4c13899607febd1", PRESS)
    (event,) = wait_for(platform.events)
    assert (event.topic.county, event.topic.bed, event.topic.device) == (COUNTY, BED, "0xa4c13899607febd1")
    assert event.fields["code"] == 101
    assert abs(event.fields["at"] / 1000 - time.time()) < 30  # type: ignore[operator]
    wait_for(lambda: [one for one in _statuses(platform, "0xa4c13899607febd1") if one["battery"] == 87])
    assert _statuses(platform, "gateway")[-1]["online"] is True


def test_an_event_is_repeated_until_its_receipt_comes_and_not_after(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    home.publish("one", PRESS)
    (confirmed,) = wait_for(platform.events)
    platform.confirm(confirmed)
    home.publish("two", PRESS)
    wait_for(platform.events, 3)
    first, second = (one for one in platform.events() if one.topic.device == "two")
    assert second.key == first.key
    assert second.payload == first.payload
    assert 4.9 < second.at - first.at < 12
    time.sleep(max(0.0, confirmed.at + 7 - time.monotonic()))
    assert [one.topic.device for one in platform.events()].count("one") == 1
    home.stop_box()
    assert "event_confirmed" in home.log()


def test_a_killed_box_repeats_the_same_press_with_the_same_number(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    home.publish("button", PRESS)
    (before,) = wait_for(platform.events)
    # A call is sent and then kept, so that a slow disk does not hold it up. Killed in between, it is not repeated.
    wait_for(lambda: [1] if _waiting(home) else [])
    home.kill_box()
    home.start_box(platform)
    # The home's broker may bring the press once more too, if it had no answer yet; that one has a number of its own.
    _, after = wait_for(lambda: [one for one in platform.events() if one.key == before.key], 2)
    platform.confirm(after)
    home.publish("another", PRESS)
    new = wait_for(lambda: [one for one in platform.events() if one.topic.device == "another"])[0]
    assert new.fields["boot"] > before.fields["boot"]  # type: ignore[operator]


def test_a_reading_is_kept_and_repeated_until_a_mark_covers_it(home: Home, platform: Platform) -> None:
    def readings() -> list[Heard]:
        return [one for one in platform.of(Kind.TELEMETRY) if one.topic.device == "climate"]

    home.start_box(platform)
    home.publish("climate", '{"temperature":21.5}')
    (first,) = wait_for(readings)
    again = wait_for(readings, 2)[1]
    assert again.key == first.key
    assert again.fields["oldest"] == 1
    assert again.at - first.at > 9.9
    home.kill_box()
    home.start_box(platform)
    assert wait_for(readings, 3)[2].key == first.key
    boot, seq = first.fields["boot"], first.fields["seq"]
    assert isinstance(boot, int)
    assert isinstance(seq, int)
    platform.command("climate", Command(id="s", stored=(boot, seq)))
    time.sleep(2.5)  # forgetting waits up to a second
    home.kill_box()
    home.start_box(platform)
    home.publish("climate", '{"temperature":22.5}')
    assert wait_for(readings, 4)[3].key != first.key


def test_a_press_made_while_the_platform_is_away_survives_the_box(
    home: Home, platform: Platform, broker: TestBroker
) -> None:
    home.start_box(platform)
    broker.kill()
    home.publish("button", PRESS)
    wait_for(lambda: [1] if _waiting(home) else [])
    home.kill_box()
    broker.start()
    home.start_box(platform)
    (event,) = wait_for(platform.events)
    assert event.topic.device == "button"


def test_a_press_made_while_the_box_is_off_is_heard_when_it_is_back(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    home.kill_box()
    home.publish("button", PRESS)
    home.start_box(platform)
    wait_for(platform.events)


def test_a_press_overtakes_the_telemetry_that_waits(home: Home, platform: Platform, broker: TestBroker) -> None:
    home.start_box(platform)
    broker.kill()
    bridge = Session(Broker.parse(home.local_url), client_id="bridge", window=0)
    bridge.start()
    assert bridge.wait_connected(10)
    for number in range(3000):
        bridge.publish("zigbee2mqtt/climate", json.dumps({"temperature": number / 100}).encode())
    bridge.publish("zigbee2mqtt/button", PRESS.encode())
    wait_for(lambda: [1] if _waiting(home) else [])
    bridge.stop()
    home.kill_box()
    broker.start()
    platform.wait_connected()
    home.start_box(platform)
    wait_for(lambda: [one for one in platform.of(Kind.TELEMETRY) if one.topic.device == "climate"], 3000, timeout_s=60)
    heard = [one for one in platform.heard if one.topic.device in {"climate", "button"}]
    assert [one.topic.kind for one in heard].index(Kind.EVENT) < 100
    readings = [one for one in heard if one.topic.kind is Kind.TELEMETRY]
    assert len({json.dumps(one.fields["readings"]) for one in readings}) == 3000
    assert len({one.key for one in readings}) == 3000, "what the home's broker brought once more kept its number"


def test_a_home_answers_a_press_by_itself_and_says_when_nobody_else_does(
    home: Home, platform: Platform, broker: TestBroker
) -> None:
    home.settings = {"CARECIRCLE_GATEWAY_REASSURE_DEVICES": "床头灯", "CARECIRCLE_GATEWAY_UNANSWERED_S": "2"}
    home.start_box(platform)
    light = Session(Broker.parse(home.local_url), client_id="light", topics=["zigbee2mqtt/床头灯/set"], window=0)
    light.start()
    assert light.wait_connected(10)
    time.sleep(0.2)  # the light's subscription
    broker.kill()
    pressed = time.monotonic()
    home.publish("button", PRESS)
    (played,) = wait_for(lambda: light.take(10, 0.05))
    assert json.loads(played.payload) == {"effect": "blink"}
    (played,) = wait_for(lambda: light.take(10, 0.05))
    assert json.loads(played.payload) == {"effect": "channel_change"}
    assert time.monotonic() - pressed > 1.9
    broker.start()
    platform.wait_connected()
    platform.confirm(wait_for(platform.events)[0])
    wait_for(lambda: ["event_confirmed"] if "event_confirmed" in home.log() else [])
    light.stop()


def test_reassurance_is_played_on_the_homes_light_and_answered(home: Home, platform: Platform) -> None:
    home.settings = {
        "CARECIRCLE_GATEWAY_REASSURE_DEVICES": "床头灯",
        "CARECIRCLE_GATEWAY_REASSURE_PAYLOADS": '{"accepted":"{\\"effect\\":\\"okay\\"}"}',
    }
    home.start_box(platform)
    light = Session(Broker.parse(home.local_url), client_id="light", topics=["zigbee2mqtt/床头灯/set"], window=0)
    light.start()
    assert light.wait_connected(10)
    time.sleep(0.2)  # the light's subscription
    platform.command("button", Command(id="r1", reassure=Reassure(incident="i", event=(1, 1), stage="accepted")))
    (played,) = wait_for(lambda: light.take(10, 0.05))
    assert json.loads(played.payload) == {"effect": "okay"}
    platform.command("button", Command(id="r2", reassure=Reassure(incident="i", event=(1, 1), stage="arriving")))
    replies = wait_for(lambda: platform.of(Kind.REPLY), 2)
    assert [(one.fields["to"], one.fields["done"]) for one in replies] == [("r1", True), ("r2", False)]
    light.stop()


def test_a_box_that_dies_is_told_by_its_will_and_one_that_stops_says_goodbye(home: Home, platform: Platform) -> None:
    home.start_box(platform)
    home.kill_box()
    wait_for(lambda: [one for one in _statuses(platform, "gateway") if one["online"] is False])
    home.start_box(platform)
    wait_for(lambda: [one for one in _statuses(platform, "gateway") if one["online"] is True], 2)
    home.stop_box()
    wait_for(lambda: [one for one in _statuses(platform, "gateway") if one["online"] is False], 2)


@pytest.mark.parametrize(
    ("options", "setting"),
    [(["--bed", "no spaces please"], "CARECIRCLE_"), (["--bed", "b", "--county", "西宁"], "CARECIRCLE_GATEWAY_COUNTY")],
)
def test_a_setting_that_is_missing_or_wrong_is_named(options: list[str], setting: str) -> None:
    program = ["-c", "from carecircle.cli import main; main()", "gateway", "--mqtt-url", "mqtt://127.0.0.1:1"]
    done = subprocess.run([sys.executable, *program, *options], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode != 0
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


def _statuses(platform: Platform, device: str) -> list[dict[str, object]]:
    return [one.fields for one in platform.of(Kind.STATUS) if one.topic.device == device]


def _waiting(home: Home) -> bool:
    """Whether the press has reached the outbox's file; looked at from outside, so only by its bytes."""
    files = [home.folder / "outbox.sqlite", home.folder / "outbox.sqlite-wal"]
    return any(b'"event":"sos"' in file.read_bytes() for file in files if file.exists())
