"""What the live path makes of messages that are repeated, broken, or unknown."""

import json

import pytest

from carecircle_alerts.desk import Actor
from tests.acceptance.conftest import START, Story, unread
from tests.scene import COUNTY


async def test_the_same_message_twice_is_one_incident_and_two_receipts(story: Story) -> None:
    story.scene.bed("bed-1")
    payload = story.event()
    first = await story.deliver("bed-1", payload)
    again = await story.deliver("bed-1", payload)
    assert story.scene.value("select count(*) from incident") == 1
    assert "pressed_again" not in story.steps(story.open_incident("bed-1"))
    for receipts in (first, again):
        ((topic, body),) = [receipt.command() for receipt in receipts]
        assert topic == f"care/v1/{COUNTY}/bed-1/button/command"
        assert json.loads(body)["received"] == {"event": [1, 1]}


async def test_a_repeat_after_the_end_opens_nothing(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    payload = story.event()
    await story.deliver("bed-1", payload)
    await story.desk.close(story.open_incident("bed-1"), "false_press", "", dispatcher)
    await story.deliver("bed-1", payload)
    assert story.scene.value("select count(*) from incident") == 1


@pytest.mark.parametrize(
    "payload",
    [
        unread(),
        b"",
        b"{}",
        b'{"boot":1,"seq":"one","at":0,"event":"sos"}',
        b'{"boot":1,"seq":1,"at":1,"event":"sos","detail":{"a":"\\u0000"}}',
        b'{"pad":"' + b"x" * (1 << 20) + b'"}',
        b'{"boot":1,"seq":1,"at":1,"event":"help_me_in_a_new_firmware"}',
    ],
    ids=["noise", "empty", "no fields", "wrong type", "nul", "1 MiB", "unknown word"],
)
async def test_what_cannot_be_read_on_an_event_topic_still_brings_help(story: Story, payload: bytes) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    await story.deliver("bed-1", payload)
    incident = story.open_incident("bed-1", "unreadable")
    assert story.asked(incident) == ["r1"]


@pytest.mark.parametrize("at_ms", [0, 4_102_444_800_000, -(2**53), 2**53])
async def test_a_wild_clock_does_not_delay_a_press(story: Story, at_ms: int) -> None:
    story.scene.bed("bed-1")
    await story.deliver("bed-1", json.dumps({"boot": 1, "seq": 1, "at": at_ms, "event": "sos"}).encode())
    assert story.scene.rows("select pressed_at, late from incident") == [(START, False)]


async def test_an_unknown_bed_raises_nothing_and_harms_nobody(story: Story) -> None:
    story.scene.bed("bed-1")
    assert await story.deliver("nobody", story.event()) == []
    await story.press("bed-1")


@pytest.mark.parametrize("event", ["press_test", "bed_exit", "check_in"])
async def test_ordinary_events_are_no_call_for_help(story: Story, event: str) -> None:
    story.scene.bed("bed-1")
    (receipt,) = await story.deliver("bed-1", story.event(event))
    assert receipt.event.event == event
    assert story.scene.value("select count(*) from incident") == 0


async def test_the_twin_keeps_the_newest_value_whatever_arrives_last(story: Story) -> None:
    story.scene.bed("bed-1")

    def reading(seq: int, minutes_ago: float, heart_rate: float) -> bytes:
        at = int(START.timestamp() * 1000 - minutes_ago * 60_000)
        return json.dumps({"boot": 1, "seq": seq, "at": at, "readings": {"heart_rate": heart_rate}}).encode()

    await story.deliver("bed-1", reading(2, 1, 72), device="mat", kind="telemetry")
    await story.deliver("bed-1", reading(1, 60, 64), device="mat", kind="telemetry")
    (row,) = story.scene.rows("select metrics -> 'heart_rate' ->> 'value', last_seen_at from bed_state")
    assert row == ("72.0", START)


async def test_a_last_will_is_no_sign_of_life(story: Story) -> None:
    story.scene.bed("bed-1")
    gone = json.dumps({"boot": 1, "seq": 1, "at": int(START.timestamp() * 1000), "online": False}).encode()
    await story.deliver("bed-1", gone, device="mat", kind="status")
    (row,) = story.scene.rows("select devices -> 'mat' ->> 'online', last_seen_at is null from bed_state")
    assert row == ("false", True)
