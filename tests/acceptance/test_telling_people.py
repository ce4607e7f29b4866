"""People are told in the first way that works: channels that hang, lie, run dry or die, on a moved clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.outbox import Outbox
from carecircle_alerts.notify.states import STEPS, MessageState
from carecircle_alerts.notify.traits import Limit
from carecircle_alerts.store import Connection
from tests.acceptance.conftest import FakePhone, Story
from tests.servers import Database

_RECORDER = """
create table step (id bigint generated always as identity, message uuid, was text, now text);
create function record_step() returns trigger language plpgsql security definer as $$
begin
    insert into step (message, was, now) values (new.id, old.state, new.state);
    return new;
end $$;
create trigger record_step after update of state on message for each row execute function record_step();
"""


@dataclass
class Hanging(FakePhone):
    """Takes everything and never answers."""

    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> Result:
        self.taken.append(message)
        await self.release.wait()
        return Sent()


@dataclass
class Answering(FakePhone):
    """Answers what it is told to; remembers what it was asked."""

    result: Result = field(default_factory=Sent)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> Result:
        self.taken.append(message)
        asyncio.get_running_loop().call_later(0.05, self.came.set)
        return self.result


@dataclass
class Telling:
    """A story whose people have several contacts, and an outbox of our own over it."""

    story: Story
    pool: AsyncConnectionPool[Connection]

    def outbox(self, **channels: FakePhone) -> Outbox:
        return Outbox(self.pool, {"device": FakePhone(), **channels}, self.story.clock)

    def states(self, where: str = "true") -> dict[str, str]:
        """The state of every message by its channel."""
        rows = self.story.scene.rows(f"select channel, state from message where {where} order by channel")
        return {str(channel): str(state) for channel, state in rows}


@pytest.fixture
async def telling(story: Story, database: Database) -> AsyncIterator[Telling]:
    story.scene.run(_RECORDER)
    async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=1, max_size=8) as pool:
        yield Telling(story, pool)
    steps = story.scene.rows("select distinct was, now from step where was <> now or now = 'LEASED'")
    forbidden = [(was, now) for was, now in steps if MessageState(str(now)) not in STEPS[MessageState(str(was))]]
    assert forbidden == [], "the database has taken a step that the table does not know"


async def _press(story: Story) -> None:
    """A press, and the offers that it queues; nothing is sent so far."""
    story.phone.refuse = {}
    await story.detector.handle([story.delivery("bed-1")])
    await story.decide()


async def _send(outbox: Outbox) -> None:
    while await outbox.send_waiting():
        await outbox.finish()
    await outbox.finish()


def _two_ways(story: Story, first: str = "webhook", second: str = "email") -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1", webhook=None)
    story.scene.contact("responder", "r1", first, f"{first} of r1")
    story.scene.contact("responder", "r1", second, f"{second} of r1")


async def test_a_channel_that_hangs_delays_no_other(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    for number in range(1, 3):
        story.scene.responder(f"r{number}", north_m=number * 100)
    story.scene.relative("daughter", "bed-1", email="daughter@example.org")
    await _press(story)
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
    await _press(story)
    hanging, mail = Hanging(), Answering()
    outbox = Outbox(telling.pool, {"apprise": hanging, "email": mail}, story.clock, at_once=2)
    for _round in range(4):
        await outbox.send_waiting()
        await asyncio.sleep(0.05)
    assert len(hanging.taken) == 2
    assert len(mail.taken) == 1
    hanging.release.set()
    await _send(outbox)
    assert len(hanging.taken) == 5, "what had to wait for a place is sent as soon as there is one"


async def test_nobody_knows_whether_it_came_so_the_next_contact_is_tried_at_once(telling: Telling) -> None:
    story = telling.story
    _two_ways(story)
    await _press(story)
    doubtful, mail = Answering(result=Unknown("ReadTimeout")), Answering()
    await _send(telling.outbox(webhook=doubtful, email=mail))
    assert [one.address for one in mail.taken] == ["email of r1"]
    assert telling.states() == {"webhook": "UNKNOWN", "email": "PROVIDER_OK"}
    assert story.scene.value("select state from offer") == "SENT"


async def test_without_another_contact_what_is_unknown_is_tried_again(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    await _press(story)
    doubtful = Answering(result=Unknown("ReadTimeout"))
    outbox = telling.outbox(webhook=doubtful)
    await _send(outbox)
    assert telling.states() == {"webhook": "FAILED_TEMP"}
    doubtful.result = Sent()
    story.clock.forward(seconds=2)
    await _send(outbox)
    first, second = doubtful.taken
    assert first.id == second.id, "the receiver can tell that it is the same message"
    assert telling.states() == {"webhook": "PROVIDER_OK"}


async def test_a_quota_that_is_used_up_sends_the_next_contact(telling: Telling) -> None:
    story = telling.story
    _two_ways(story, "voice", "email")
    voice, mail = Answering(), Answering()
    outbox = telling.outbox(voice=voice, email=mail)
    for _press_number in range(2):
        await _press(story)
        await _send(outbox)
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
        await _send(outbox)
        told_at += [story.clock.now()] * (len(voice.taken) - before)
    assert len(told_at) == 9  # eight, and the message of the opening
    for index, at in enumerate(told_at):
        assert sum(at - timedelta(seconds=60) < one <= at for one in told_at[: index + 1]) <= 1
        assert sum(at - timedelta(seconds=3600) < one <= at for one in told_at[: index + 1]) <= 5


async def _incident(story: Story) -> object:
    if not story.scene.value("select count(*) from incident"):
        await _press(story)
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
    await _press(story)
    sms = Answering()
    outbox = Outbox(telling.pool, {"sms": sms}, story.clock, budgets={"sms": (Limit(3, 3600),)})
    await _send(outbox)
    assert len(sms.taken) == 3
    story.clock.forward(seconds=3601)
    story.scene.run("update offer set expires_at = %s", story.clock.now() + timedelta(minutes=2))
    await _send(outbox)
    assert len(sms.taken) == 5


@pytest.mark.parametrize("takes_key", [True, False])
async def test_killed_between_sending_and_writing_down(telling: Telling, takes_key: bool) -> None:  # noqa: FBT001
    story = telling.story
    _two_ways(story, "webhook" if takes_key else "apprise", "email")
    await _press(story)
    first, mail = Answering(), Answering()
    dying = telling.outbox(webhook=first, apprise=first, email=mail)
    dying._fates.note = lambda *_: None  # type: ignore[method-assign] - the process dies before it writes anything down
    await dying.send_waiting()
    await dying.finish()
    assert len(first.taken) == 1
    story.clock.forward(seconds=9)
    living = telling.outbox(webhook=first, apprise=first, email=mail)
    await _send(living)
    assert (len(first.taken), len(mail.taken)) == (1, 0), "the lease still stands"
    story.clock.forward(seconds=22)
    await _send(living)
    if takes_key:
        assert [one.id for one in first.taken] == [first.taken[0].id] * 2, "the same key again"
    else:
        assert len(first.taken) == 1
        assert len(mail.taken) == 1, "a channel without a key is not asked twice where there is another way"


async def test_no_receipt_within_ten_seconds_sends_the_next_contact(telling: Telling) -> None:
    story = telling.story
    _two_ways(story, "sms", "voice")
    await _press(story)
    sms, voice = Answering(result=Sent("biz-1")), Answering(result=Sent("call-1"))
    outbox = telling.outbox(sms=sms, voice=voice)
    await _send(outbox)
    story.clock.forward(seconds=9)
    await _send(outbox)
    assert voice.taken == []
    story.clock.forward(seconds=1)
    await _send(outbox)
    assert len(voice.taken) == 1
    assert "next_channel" in [step for (step,) in story.scene.rows("select step from incident_event")]
    story.clock.forward(seconds=60)
    await _send(outbox)
    assert (len(sms.taken), len(voice.taken)) == (1, 1), "nobody is left to be tried"


async def test_a_channel_that_keeps_failing_is_overtaken_and_then_let_be(telling: Telling) -> None:
    story = telling.story
    _two_ways(story)
    await _press(story)
    broken, mail = Answering(result=Failed("HTTP 500", again=True)), Answering()
    outbox = telling.outbox(webhook=broken, email=mail)
    for _second in range(11):
        await _send(outbox)
        story.clock.forward(seconds=1)
    await _send(outbox)
    assert len(mail.taken) == 1
    tries = len(broken.taken)
    assert tries > 2
    story.clock.forward(seconds=60)
    await _send(outbox)
    assert len(broken.taken) == tries, "who has been told is not told again"
    assert telling.states() == {"webhook": "FAILED_PERM", "email": "PROVIDER_OK"}


async def test_every_contact_fails_so_somebody_else_is_asked(telling: Telling) -> None:
    story = telling.story
    _two_ways(story)
    story.scene.responder("r2", north_m=900, webhook=None)
    story.scene.responder("r3", north_m=1000, webhook=None)
    story.scene.contact("responder", "r3", "sms", "000-3")
    await _press(story)
    refusing = Answering(result=Failed("HTTP 404", again=False, gone=True))
    outbox = telling.outbox(webhook=refusing, email=refusing)
    await _send(outbox)
    assert [(one.channel) for one in refusing.taken] == ["webhook", "email"]
    await story.decide()
    states = dict(story.scene.rows("select responder_id, state from offer"))
    assert states["r1"] == "UNDELIVERABLE"
    assert "r3" in states
    assert story.scene.rows("select channel from contact where person_id = 'r1'") == [], "gone for good"


async def test_several_addresses_on_one_channel_are_tried_one_after_the_other(telling: Telling) -> None:
    story = telling.story
    _two_ways(story, "web_push", "web_push")
    await _press(story)
    push = Answering()
    outbox = telling.outbox(web_push=push)
    await _send(outbox)
    story.clock.forward(seconds=11)
    await _send(outbox)
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
    await _send(outbox)
    assert phone.told("family") == [], "a leak can wait until the morning"
    await _press(story)
    await _send(outbox)
    assert [one.step for one in phone.told("family")] == ["opened_0"], "a call for help cannot"
    story.clock.forward(hours=8, minutes=1)
    await _send(outbox)
    assert len(phone.told("family")) == 2


async def test_a_group_that_dispatchers_share_is_told_once(telling: Telling) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    for login in ("wang", "li", "zhao"):
        account = story.scene.account(login)
        story.scene.contact("account", str(account), "wecom", "the group of the centre")
    await _press(story)
    story.clock.forward(seconds=61)
    await story.decide()
    group = Answering()
    await _send(telling.outbox(wecom=group))
    steps = [one.step for one in group.told("dispatcher")]
    assert steps
    assert len(steps) == len(set(steps))


async def test_an_offer_that_is_over_is_not_sent(telling: Telling) -> None:
    story = telling.story
    _two_ways(story)
    await _press(story)
    story.scene.run("update offer set state = 'WITHDRAWN'")
    phone = Answering()
    await _send(telling.outbox(webhook=phone, email=phone))
    assert phone.taken == []
    assert telling.states() == {"webhook": "FAILED_PERM"}


async def test_a_channel_that_is_broken_inside_takes_nobody_with_it(telling: Telling) -> None:
    class Broken(FakePhone):
        async def send(self, message: Outgoing) -> Result:
            raise ZeroDivisionError(message.step)

    story = telling.story
    _two_ways(story)
    await _press(story)
    mail = Answering()
    await _send(telling.outbox(webhook=Broken(), email=mail))
    assert len(mail.taken) == 1
