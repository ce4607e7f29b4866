"""Own tests: a relative has a test message sent, behind real messages, and learns honestly what became of it."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool

from carecircle.errors import Conflict, NotFound
from carecircle_alerts.drills.desk import DrillDesk
from carecircle_alerts.drills.judging import take_receipt
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.drills.own_tests import MOST_A_DAY, OwnTests
from carecircle_alerts.drills.sending import DrillRules, DrillRunner
from carecircle_alerts.notify.channel import Channel, Failed, Sent, Unknown
from carecircle_alerts.store import Connection
from tests.acceptance.conftest import FakePhone, Story
from tests.acceptance.telling import Answering

SECRET = "links of the tests, signed"
GONE = Failed("HTTP 410", again=False, gone=True)


class Trying:
    """A relative with a phone, the runner that sends, and the desk at which they ask."""

    def __init__(
        self, story: Story, pool: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]
    ) -> None:
        self.story, self.scene, self.pool = story, story.scene, pool
        self.tests = OwnTests(desk, story.clock)
        self.desk = DrillDesk(desk, story.clock)
        self.scene.run("insert into family_member (id, name, phone) values ('f-9', '陈女儿', '13800000009')")
        self.scene.run(
            "insert into account (login, name, role, family_member_id, password_hash) "
            "values ('daughter', '陈女儿', 'family', 'f-9', '-')"
        )

    def contact(self, channel: str, address: str) -> int:
        self.scene.contact("family_member", "f-9", channel, address)
        ((found,),) = self.scene.rows("select max(id) from contact where family_member_id = 'f-9'")
        return int(str(found))

    async def ask(self, contact: int) -> None:
        await self.tests.ask("f-9", contact, "account:9", "陈女儿")

    async def send(self, **channels: Channel) -> None:
        links = DrillLinks("https://care.test", SECRET)
        runner = DrillRunner(self.pool, channels, links, self.story.clock, DrillRules())
        while await runner.work():
            pass

    async def shown(self) -> list[DictRow]:
        return await self.tests.shown("f-9")

    async def state(self) -> str:
        return str((await self.shown())[0]["state"])


@pytest.fixture
def trying(story: Story, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]) -> Trying:
    return Trying(story, engine, desk)


async def test_a_test_goes_at_once_even_at_night_says_that_it_is_one_and_is_confirmed(trying: Trying) -> None:
    trying.story.clock.forward(hours=12)
    contact, phone = trying.contact("sms", "13800000009"), FakePhone()
    await trying.ask(contact)
    await trying.send(sms=phone)
    (message,) = phone.taken
    assert message.recipient_id == "f-9"
    assert "不是求助" in message.text
    assert "陈" not in message.text
    assert await trying.state() == "SENT"
    address = urlsplit(str(message.content["url"]))
    await trying.desk.confirm(UUID(address.path.rsplit("/", 1)[-1]), parse_qs(address.query)["token"][0], SECRET)
    assert await trying.state() == "CONFIRMED"
    assert trying.scene.rows("select count(*) from reachability") == [(0,)], "it judges no responder"


async def test_the_same_again_is_the_same_test_and_there_are_few_a_day(trying: Trying) -> None:
    contact, phone = trying.contact("email", "chen@care.test"), FakePhone()
    for _ in range(3):
        await trying.ask(contact)
        await trying.send(email=phone)
    assert len(phone.taken) == 1
    for _ in range(MOST_A_DAY - 1):
        trying.story.clock.forward(minutes=6)
        await trying.ask(contact)
        await trying.send(email=Answering(result=Sent()))
    trying.story.clock.forward(minutes=6)
    with pytest.raises(Conflict) as refused:
        await trying.ask(contact)
    assert refused.value.code == "test_too_often"
    states = [one["state"] for one in await trying.shown()]
    assert states == ["SENT"] + ["DELIVERED"] * (MOST_A_DAY - 1), "the next one settles the one before"
    log = trying.scene.rows("select kind, object_id, actor from register_change where change = 'test_asked_for'")
    assert log == [("contact", "f-9", "account:9")] * MOST_A_DAY


async def test_a_subscription_that_is_gone_is_dropped_and_the_test_says_so(trying: Trying) -> None:
    contact = trying.contact("web_push", '{"endpoint":"https://push.test/1"}')
    await trying.ask(contact)
    await trying.send(web_push=Answering(result=GONE))
    assert trying.scene.rows("select count(*) from contact where family_member_id = 'f-9'") == [(0,)]
    (test,) = await trying.shown()
    assert (test["state"], test["contact_id"], test["reason"]) == ("FAILED", None, "HTTP 410")
    with pytest.raises(NotFound):
        await trying.ask(contact)


async def test_a_channel_that_delays_is_tried_again_and_one_that_refuses_is_told(trying: Trying) -> None:
    contact = trying.contact("sms", "13800000009")
    await trying.ask(contact)
    await trying.send(sms=Answering(result=Failed("busy", again=True)))
    assert await trying.state() == "WAITING"
    trying.story.clock.forward(seconds=90)
    await trying.send(sms=Answering(result=Failed("code isv.BLACK", again=False)))
    (test,) = await trying.shown()
    assert (test["state"], test["reason"]) == ("FAILED", "code isv.BLACK")
    assert trying.scene.rows("select count(*) from contact where family_member_id = 'f-9'") == [(1,)]


async def test_a_channel_that_falls_silent_or_lies_is_believed_no_more_than_it_says(trying: Trying) -> None:
    contact = trying.contact("sms", "13800000009")
    await trying.ask(contact)
    await trying.send(sms=Answering(result=Unknown("no answer in time")))
    (test,) = await trying.shown()
    assert (test["state"], test["came"]) == ("SENT", False)
    trying.story.clock.forward(minutes=6)
    await trying.ask(contact)
    await trying.send(sms=Answering(result=Sent("ref-1")))
    async with trying.pool.connection() as connection:
        assert await take_receipt(connection, "sms", "ref-1", trying.story.clock.now(), came=False, reason="off")
    assert await trying.state() == "FAILED", "it was taken, and did not come"
    trying.story.clock.forward(minutes=6)
    await trying.ask(contact)
    await trying.send(sms=Answering(result=Sent("ref-2")))
    async with trying.pool.connection() as connection:
        assert await take_receipt(connection, "sms", "ref-2", trying.story.clock.now(), came=True, reason="")
    assert (await trying.shown())[0]["came"] is True
    trying.story.clock.forward(hours=25)
    await trying.send(sms=Answering(result=Sent()))
    assert await trying.state() == "DELIVERED"


async def test_real_messages_go_first_and_others_contacts_are_not_there(trying: Trying) -> None:
    contact, phone = trying.contact("sms", "13800000009"), FakePhone()
    with pytest.raises(NotFound):
        await trying.tests.ask("f-other", contact, "account:1", "别人")
    await trying.ask(contact)
    trying.scene.bed("bed-1")
    incident = await trying.story.press("bed-1")
    now = trying.story.clock.now()
    trying.scene.run(
        "insert into message (id, incident_id, audience, recipient_id, step, channel, address, content, priority, "
        "state, created_at, due_at) values (gen_random_uuid(), %s, 'family', 'f-1', 'opened', 'sms', '139', '{}', 2, "
        "'PENDING', %s, %s)", incident, now, now,
    )  # fmt: skip
    await trying.send(sms=phone)
    assert phone.taken == []
    trying.scene.run("update message set state = 'PROVIDER_OK', sent_at = %s where channel = 'sms'", now)
    await trying.send(sms=phone)
    assert len(phone.taken) == 1
