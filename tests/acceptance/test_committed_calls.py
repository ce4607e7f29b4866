"""Of every call for help that is part of an incident the engine says so, and two readers of one call make one of it."""

import asyncio
import json

import pytest

from carecircle.mqtt import Delivery
from carecircle.payloads import parse_payload
from carecircle.topics import Topic, parse_topic
from carecircle_alerts.called import Called, call_of
from carecircle_alerts.calls import not_answered
from carecircle_alerts.detect import Detector
from tests.acceptance.conftest import Story, unread
from tests.scene import COUNTY


def _delivery(story: Story, payload: bytes) -> Delivery:
    topic = f"care/v1/{COUNTY}/bed-1/button/event"
    return Delivery(topic, payload, retained=False, received_at=story.clock.now(), generation=1, mid=1)


@pytest.mark.parametrize("readable", [True, False])
async def test_what_opens_what_joins_and_what_repeats_is_said(story: Story, *, readable: bool) -> None:
    story.scene.bed("bed-1")
    said = list[Called]()
    detector = Detector(story._engine, story.clock, on_committed=said.append)
    first = story.event() if readable else unread()
    second = story.event() if readable else unread()
    for payload in (first, second, first):
        await detector.handle([_delivery(story, payload)])
    names = [one.name for one in said]
    assert names == ["1/1", "1/2", "1/1"] if readable else (names[0] == names[2] != names[1])
    assert story.scene.value("select count(*) from incident") == 1
    assert story.steps(story.open_incident("bed-1", said[0].call.kind)).count("pressed_again") == 1


async def test_a_backlog_of_repeats_is_answered_and_adds_nothing(story: Story) -> None:
    story.scene.bed("bed-1")
    said = list[Called]()
    detector = Detector(story._engine, story.clock, on_committed=said.append)
    first, second = story.event(), story.event()
    receipts = await detector.handle([_delivery(story, one) for one in (first, first, second, first)])
    assert [(one.event.boot, one.event.seq) for one in receipts] == [(1, 1), (1, 1), (1, 2), (1, 1)]
    again = await detector.handle([_delivery(story, one) for one in (first, second, first)])
    assert len(again) == 3
    assert len(said) == 7
    assert story.scene.value("select count(*) from signal") == 2
    assert story.steps(story.open_incident("bed-1", said[0].call.kind)).count("pressed_again") == 1


async def test_nothing_is_said_of_what_is_no_call_or_is_not_committed(story: Story) -> None:
    story.scene.bed("bed-1")
    said = list[Called]()
    await Detector(story._engine, story.clock, on_committed=said.append).handle(
        [_delivery(story, story.event("press_test"))]
    )
    replaced = Detector(story._engine, story.clock, on_committed=said.append, epoch=-1)
    with pytest.raises(Exception, match="taken over"):
        await replaced.handle([_delivery(story, story.event())])
    assert said == []


async def test_two_readers_of_one_call_make_one_opening_and_no_second_press(story: Story) -> None:
    story.scene.bed("bed-1")
    payload = json.dumps(
        {"boot": 1, "seq": 1, "at": int(story.clock.now().timestamp() * 1000), "event": "sos"}
    ).encode()
    for _round in range(5):
        await asyncio.gather(
            *(Detector(story._engine, story.clock).handle([_delivery(story, payload)]) for _reader in range(3))
        )
    steps = story.steps(story.open_incident("bed-1"))
    assert (steps.count("received"), steps.count("pressed_again")) == (1, 0)


async def test_a_pile_of_repeats_costs_one_look_and_hides_no_new_call(story: Story) -> None:
    """Homes repeat until they hear the receipt: what is known or stands twice in a batch is not looked at by itself."""
    story.scene.bed("bed-1")
    story.scene.bed("bed-2")
    known = [story.delivery("bed-1") for _press in range(3)]
    await story.detector.handle(known)
    new, other, broken = story.delivery("bed-2"), story.delivery("bed-1"), _delivery(story, unread())
    batch = [*known, new, *known, broken, other, new, broken, *known]
    said = list[Called]()
    async with story._engine.connection() as connection:
        fresh = await not_answered(connection, [_called(one) for one in batch])
    assert [(one.topic.bed, one.name) for one in fresh] == [
        (one.topic.bed, one.name) for one in map(_called, (new, broken, other))
    ]
    await Detector(story._engine, story.clock, on_committed=said.append).handle(batch)
    assert len(said) == len(batch), "whoever waits for the word of a repeat hears it"
    assert story.scene.value("select count(*) from signal") == 5
    assert story.steps(story.open_incident("bed-1")).count("pressed_again") == 3


def _called(delivery: Delivery) -> Called:
    topic = parse_topic(delivery.topic)
    assert isinstance(topic, Topic)
    called = call_of(topic, parse_payload(topic.kind, delivery.payload), delivery)
    assert called is not None
    return called
