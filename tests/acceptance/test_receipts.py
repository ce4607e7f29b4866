"""What channels and people let us know afterwards: delivered, failed after all, opened; twice, late, out of order."""

from uuid import UUID, uuid4

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.notify.channel import Sent
from carecircle_alerts.notify.receipt_forms import Receipt
from carecircle_alerts.notify.receipts import Receipts
from carecircle_alerts.notify.states import MessageState
from carecircle_alerts.store import Connection
from tests.acceptance.telling import Answering, Telling, press, send, two_ways


@pytest.fixture
def receipts(telling: Telling, desk: AsyncConnectionPool[Connection]) -> Receipts:
    return Receipts(desk, telling.story.clock)


async def _sent_by_sms(telling: Telling) -> tuple[Answering, Answering, UUID]:
    two_ways(telling.story, "sms", "voice")
    await press(telling.story)
    sms, voice = Answering(result=Sent("biz^1")), Answering(result=Sent("call^1"))
    await send(telling.outbox(sms=sms, voice=voice))
    offer = telling.story.scene.value("select id from offer")
    assert isinstance(offer, UUID)
    return sms, voice, offer


async def test_a_receipt_makes_an_offer_delivered_and_no_other_way_is_tried(
    telling: Telling, receipts: Receipts
) -> None:
    story = telling.story
    sms, voice, _offer = await _sent_by_sms(telling)
    for _twice in range(2):
        assert await receipts.take("sms", Receipt("biz^1", MessageState.DELIVERED))
    assert story.scene.value("select state from offer") == "DELIVERED"
    assert telling.states() == {"sms": "DELIVERED"}
    steps = [step for (step,) in story.scene.rows("select step from incident_event")]
    assert steps.count("offer_delivered") == 1
    assert story.scene.value("select verified_at from contact where channel = 'sms'") == story.clock.now()
    story.clock.forward(seconds=60)
    await send(telling.outbox(sms=sms, voice=voice))
    assert voice.taken == []


async def test_a_receipt_by_our_own_name_or_of_another_channel(telling: Telling, receipts: Receipts) -> None:
    sms, _voice, _offer = await _sent_by_sms(telling)
    assert not await receipts.take("voice", Receipt("biz^1", MessageState.DELIVERED))
    assert not await receipts.take("sms", Receipt(uuid4(), MessageState.DELIVERED))
    assert await receipts.take("voice", Receipt(sms.taken[0].id, MessageState.DELIVERED))
    assert telling.states() == {"sms": "PROVIDER_OK"}, "a channel speaks for its own messages only"
    assert await receipts.take("sms", Receipt(sms.taken[0].id, MessageState.READ))
    assert await receipts.take("sms", Receipt("biz^1", MessageState.DELIVERED)), "late and out of order"
    assert telling.states() == {"sms": "READ"}


async def test_what_could_not_be_delivered_goes_to_the_next_contact_and_then_to_somebody_else(
    telling: Telling, receipts: Receipts
) -> None:
    story = telling.story
    sms, voice, _offer = await _sent_by_sms(telling)
    assert await receipts.take("sms", Receipt("biz^1", MessageState.FAILED_PERM, "MOBILE_NOT_ON_SERVICE"))
    await send(telling.outbox(sms=sms, voice=voice))
    assert len(voice.taken) == 1
    assert story.scene.value("select state from offer") == "SENT"
    assert await receipts.take("voice", Receipt("call^1", MessageState.FAILED_PERM, "200003"))
    assert story.scene.value("select state from offer") == "UNDELIVERABLE"
    assert story.scene.rows("select failures from contact") == [(1,), (1,)]


async def test_who_opens_an_offer_is_not_told_again(telling: Telling, receipts: Receipts) -> None:
    story = telling.story
    sms, voice, offer = await _sent_by_sms(telling)
    story.clock.forward(seconds=9)
    await receipts.seen([offer])
    await receipts.seen([offer, uuid4()])
    await receipts.seen([])
    assert story.scene.value("select state from offer") == "SEEN"
    assert telling.states() == {"sms": "READ"}
    story.clock.forward(seconds=60)
    await send(telling.outbox(sms=sms, voice=voice))
    assert voice.taken == []
    steps = [step for (step,) in story.scene.rows("select step from incident_event")]
    assert steps.count("offer_seen") == 1
