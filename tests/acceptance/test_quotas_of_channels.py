"""Quotas and budgets of channels: whoever would be addressed too often is told in another way, or in their turn."""

import asyncio
from datetime import timedelta

from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.notify.traits import Limit
from tests.acceptance.conftest import Story
from tests.acceptance.telling import Answering, Telling, press, send, two_ways


async def test_a_quota_that_is_used_up_sends_the_next_contact(telling: Telling) -> None:
    story = telling.story
    two_ways(story, "voice", "email")
    voice, mail = Answering(), Answering()
    outbox = telling.outbox(voice=voice, email=mail)
    for _press_number in range(2):
        await press(story)
        await send(outbox)
        story.scene.run(
            "update incident set state = 'CLOSED', closed_at = now(), closed_by = 't', outcome_code = 'other'"
        )
        story.scene.run("update offer set state = 'WITHDRAWN'")
        story.clock.forward(seconds=30)
    assert len(voice.taken) == 1, "one call a minute to one person"
    assert len(mail.taken) == 1
    assert story.scene.value("select last_error from message where state = 'FAILED_PERM'") == "quota used up"


async def test_a_quota_without_another_contact_waits_for_its_turn(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    story.scene.relative("daughter", "bed-1")
    story.scene.contact("family_member", "daughter", "voice", "000-1")
    voice = Answering()
    outbox = telling.outbox(voice=voice)
    for minute in range(8):
        story.scene.run(
            "insert into message (id, incident_id, audience, recipient_id, step, channel, address, contact_id, tried, "
            "content, priority, state, created_at, due_at) "
            "select message_id(i.id, null, 'family', 'daughter', %s, 'voice'), i.id, 'family', 'daughter', %s, "
            "'voice', c.address, c.id, array[c.id], '{}', 2, 'PENDING', %s, %s "
            "from incident i, contact c where i.id = %s",
            f"step {minute}", f"step {minute}", story.clock.now(), story.clock.now(), await _incident(story),
        )  # fmt: skip
    told_at = []
    for _second in range(1, 3700):
        if not story.scene.value("select count(*) from message where channel = 'voice' and state <> 'PROVIDER_OK'"):
            break
        due = story.scene.value("select min(due_at) from message where state in ('PENDING', 'FAILED_TEMP')")
        story.clock.forward(seconds=max(0.0, (due - story.clock.now()).total_seconds()))  # type: ignore[operator]
        before = len(voice.taken)
        await send(outbox)
        told_at += [story.clock.now()] * (len(voice.taken) - before)
    assert len(told_at) == 9  # eight, and the message of the opening
    for index, at in enumerate(told_at):
        assert sum(at - timedelta(seconds=60) < one <= at for one in told_at[: index + 1]) <= 1
        assert sum(at - timedelta(seconds=3600) < one <= at for one in told_at[: index + 1]) <= 5


async def _incident(story: Story) -> object:
    if not story.scene.value("select count(*) from incident"):
        await press(story)
    return story.scene.value("select id from incident")


async def test_any_number_of_workers_keep_to_one_quota(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    incident = await _incident(story)
    for number in range(30):
        story.scene.run(
            "insert into message (id, incident_id, audience, recipient_id, step, channel, address, content, priority, "
            "state, created_at, due_at) "
            "values (gen_random_uuid(), %s, 'family', %s, 'x', 'wecom', 'one group', '{}', 2, 'PENDING', %s, %s)",
            incident, f"f{number}", story.clock.now(), story.clock.now(),
        )  # fmt: skip
    group = Answering()
    workers = [telling.outbox(wecom=group) for _ in range(4)]
    for _round in range(6):
        await asyncio.gather(*(one.send_waiting() for one in workers))
        await asyncio.gather(*(one.finish() for one in workers))
    assert len(group.taken) == 20
    story.clock.forward(seconds=61)
    for _round in range(4):
        await asyncio.gather(*(one.send_waiting() for one in workers))
        await asyncio.gather(*(one.finish() for one in workers))
    assert len(group.taken) == 30


async def test_a_channels_budget_binds_all_callees_together(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1", circle="rural")
    for number in range(1, 6):
        story.scene.responder(f"r{number}", north_m=number * 100, webhook=None)
        story.scene.contact("responder", f"r{number}", "sms", f"000-{number}")
    await press(story)
    sms = Answering()
    outbox = Outbox(telling.pool, {"sms": sms}, story.clock, budgets={"sms": (Limit(3, 3600),)})
    await send(outbox)
    assert len(sms.taken) == 3
    story.clock.forward(seconds=3601)
    story.scene.run("update offer set expires_at = %s", story.clock.now() + timedelta(minutes=2))
    await send(outbox)
    assert len(sms.taken) == 5
