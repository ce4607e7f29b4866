"""People are told in the first way that works: channels that hang, lie or die, on a moved clock."""

import asyncio

import pytest

from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.outbox import Outbox
from tests.acceptance.conftest import FakePhone
from tests.acceptance.telling import Answering, Hanging, Telling, press, send, two_ways


async def test_a_channel_that_hangs_delays_no_other(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    for number in range(1, 3):
        story.scene.responder(f"r{number}", north_m=number * 100)
    story.scene.relative("daughter", "bed-1", email="daughter@example.org")
    await press(story)
    hanging, mail = Hanging(), Answering()
    outbox = telling.outbox(webhook=hanging, email=mail)
    await outbox.send_waiting()
    async with asyncio.timeout(5):
        await mail.came.wait()
        await outbox._fates.written()
    assert telling.states()["email"] == "PROVIDER_OK"
    assert telling.states()["webhook"] == "LEASED"
    hanging.release.set()
    await outbox.finish()
    assert telling.states()["webhook"] == "PROVIDER_OK"


async def test_a_hanging_channel_keeps_only_its_own_places(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1", circle="rural")
    for number in range(1, 6):
        story.scene.responder(f"r{number}", north_m=number * 100, webhook=None)
        story.scene.contact("responder", f"r{number}", "apprise", f"a{number}")
    story.scene.relative("daughter", "bed-1", email="daughter@example.org")
    await press(story)
    hanging, mail = Hanging(), Answering()
    outbox = Outbox(telling.pool, {"apprise": hanging, "email": mail}, story.clock, at_once=2)
    for _round in range(4):
        await outbox.send_waiting()
        await asyncio.sleep(0.05)
    assert len(hanging.taken) == 2
    assert len(mail.taken) == 1
    hanging.release.set()
    await send(outbox)
    assert len(hanging.taken) == 5, "what had to wait for a place is sent as soon as there is one"


async def test_nobody_knows_whether_it_came_so_the_next_contact_is_tried_at_once(telling: Telling) -> None:
    story = telling.story
    two_ways(story)
    await press(story)
    doubtful, mail = Answering(result=Unknown("ReadTimeout")), Answering()
    await send(telling.outbox(webhook=doubtful, email=mail))
    assert [one.address for one in mail.taken] == ["email of r1"]
    assert telling.states() == {"webhook": "UNKNOWN", "email": "PROVIDER_OK"}
    assert story.scene.value("select state from offer") == "SENT"


async def test_what_goes_on_to_the_next_contact_is_sent_without_waiting_for_a_round(telling: Telling) -> None:
    story = telling.story
    two_ways(story, "sms", "voice")
    await press(story)
    sms, voice = Answering(result=Failed("no such number", again=False)), Answering()
    more = list[None]()
    outbox = Outbox(telling.pool, {"sms": sms, "voice": voice}, story.clock, on_more=lambda: more.append(None))
    await outbox.send_waiting()
    await outbox.finish()
    assert more == [None], "there is something to be sent at once"
    await outbox.send_waiting()
    await outbox.finish()
    assert len(voice.taken) == 1
    assert more == [None]


async def test_without_another_contact_what_is_unknown_is_tried_again(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    await press(story)
    doubtful = Answering(result=Unknown("ReadTimeout"))
    outbox = telling.outbox(webhook=doubtful)
    await send(outbox)
    assert telling.states() == {"webhook": "FAILED_TEMP"}
    doubtful.result = Sent()
    story.clock.forward(seconds=2)
    await send(outbox)
    first, second = doubtful.taken
    assert first.id == second.id, "the receiver can tell that it is the same message"
    assert telling.states() == {"webhook": "PROVIDER_OK"}


@pytest.mark.parametrize("takes_key", [True, False])
async def test_killed_between_sending_and_writing_down(
    telling: Telling,
    monkeypatch: pytest.MonkeyPatch,
    takes_key: bool,  # noqa: FBT001
) -> None:
    story = telling.story
    two_ways(story, "webhook" if takes_key else "apprise", "email")
    await press(story)
    first, mail = Answering(), Answering()
    dying = telling.outbox(webhook=first, apprise=first, email=mail)
    monkeypatch.setattr(dying._fates, "note", lambda *_: None)  # it dies before it writes anything down
    await dying.send_waiting()
    await dying.finish()
    assert len(first.taken) == 1
    story.clock.forward(seconds=9)
    living = telling.outbox(webhook=first, apprise=first, email=mail)
    await send(living)
    assert (len(first.taken), len(mail.taken)) == (1, 0), "the lease still stands"
    story.clock.forward(seconds=22)
    await send(living)
    if takes_key:
        assert [one.id for one in first.taken] == [first.taken[0].id] * 2, "the same key again"
    else:
        assert len(first.taken) == 1
        assert len(mail.taken) == 1, "a channel without a key is not asked twice where there is another way"


async def test_no_receipt_within_ten_seconds_sends_the_next_contact(telling: Telling) -> None:
    story = telling.story
    two_ways(story, "sms", "voice")
    await press(story)
    sms, voice = Answering(result=Sent("biz-1")), Answering(result=Sent("call-1"))
    outbox = telling.outbox(sms=sms, voice=voice)
    await send(outbox)
    story.clock.forward(seconds=9)
    await send(outbox)
    assert voice.taken == []
    story.clock.forward(seconds=1)
    await send(outbox)
    assert len(voice.taken) == 1
    assert "next_channel" in [step for (step,) in story.scene.rows("select step from incident_event")]
    story.clock.forward(seconds=60)
    await send(outbox)
    assert (len(sms.taken), len(voice.taken)) == (1, 1), "nobody is left to be tried"


async def test_a_channel_that_keeps_failing_is_overtaken_and_then_let_be(telling: Telling) -> None:
    story = telling.story
    two_ways(story)
    await press(story)
    broken, mail = Answering(result=Failed("HTTP 500", again=True)), Answering()
    outbox = telling.outbox(webhook=broken, email=mail)
    for _second in range(11):
        await send(outbox)
        story.clock.forward(seconds=1)
    await send(outbox)
    assert len(mail.taken) == 1
    tries = len(broken.taken)
    assert tries > 2
    story.clock.forward(seconds=60)
    await send(outbox)
    assert len(broken.taken) == tries, "who has been told is not told again"
    assert telling.states() == {"webhook": "FAILED_PERM", "email": "PROVIDER_OK"}


async def test_every_contact_fails_so_somebody_else_is_asked(telling: Telling) -> None:
    story = telling.story
    two_ways(story)
    story.scene.responder("r2", north_m=900, webhook=None)
    story.scene.responder("r3", north_m=1000, webhook=None)
    story.scene.contact("responder", "r3", "sms", "000-3")
    await press(story)
    refusing = Answering(result=Failed("HTTP 404", again=False, gone=True))
    outbox = telling.outbox(webhook=refusing, email=refusing)
    await send(outbox)
    assert [(one.channel) for one in refusing.taken] == ["webhook", "email"]
    await story.decide()
    states = story.scene.rows("select responder_id, state from offer")
    assert ("r1", "UNDELIVERABLE") in states
    assert "r3" in [responder for responder, _state in states]
    assert story.scene.rows("select channel from contact where person_id = 'r1'") == [], "gone for good"


async def test_several_addresses_on_one_channel_are_tried_one_after_the_other(telling: Telling) -> None:
    story = telling.story
    two_ways(story, "web_push", "web_push")
    await press(story)
    push = Answering()
    outbox = telling.outbox(web_push=push)
    await send(outbox)
    story.clock.forward(seconds=11)
    await send(outbox)
    assert len(push.taken) == 2
    assert len({one.id for one in push.taken}) == 1


async def test_relatives_sleep_unless_it_is_urgent(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    story.scene.relative("daughter", "bed-1", webhook="http://phone")
    story.scene.run(
        "update contact set quiet_from = '21:00', quiet_until = '07:00' where person_kind = 'family_member'"
    )
    story.clock.forward(hours=13)  # 23:00 in Beijing
    phone = Answering()
    outbox = telling.outbox(webhook=phone)
    await story.detector.handle([story.delivery("bed-1", "water")])
    await story.decide()
    await send(outbox)
    assert phone.told("family") == [], "a leak can wait until the morning"
    await press(story)
    await send(outbox)
    assert [one.step for one in phone.told("family")] == ["opened_0"], "a call for help cannot"
    story.clock.forward(hours=8, minutes=1)
    await send(outbox)
    assert len(phone.told("family")) == 2


async def test_a_group_that_dispatchers_share_is_told_once(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    for login in ("wang", "li", "zhao"):
        account = story.scene.account(login)
        story.scene.contact("account", str(account), "wecom", "the group of the centre")
    await press(story)
    story.clock.forward(seconds=61)
    await story.decide()
    group = Answering()
    await send(telling.outbox(wecom=group))
    steps = [one.step for one in group.told("dispatcher")]
    assert steps
    assert len(steps) == len(set(steps))


async def test_an_offer_that_is_over_is_not_sent(telling: Telling) -> None:
    story = telling.story
    two_ways(story)
    await press(story)
    story.scene.run("update offer set state = 'WITHDRAWN'")
    phone = Answering()
    await send(telling.outbox(webhook=phone, email=phone))
    assert phone.taken == []
    assert telling.states() == {"webhook": "FAILED_PERM"}


async def test_a_channel_that_is_broken_inside_takes_nobody_with_it(telling: Telling) -> None:
    class Broken(FakePhone):
        async def send(self, message: Outgoing) -> Result:
            raise ZeroDivisionError(message.step)

    story = telling.story
    two_ways(story)
    await press(story)
    mail = Answering()
    await send(telling.outbox(webhook=Broken(), email=mail))
    assert len(mail.taken) == 1
