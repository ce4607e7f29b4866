"""The messenger: every way is tried until one takes the telling, and no channel without keys is asked twice in vain."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from carecircle.clock import ManualClock
from carecircle_alerts.lifeline import messenger as module
from carecircle_alerts.lifeline.ledger import Ledger
from carecircle_alerts.lifeline.messenger import Messenger
from carecircle_alerts.lifeline.records import Asking, Begun, Entry, Further, Settled, Telling, Tried, Way
from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
INCIDENT = UUID(int=7)


@dataclass
class Scripted:
    """A channel that answers as it is told, then takes everything; `None` never answers."""

    answers: list[Result | None] = field(default_factory=list)
    taken: list[Outgoing] = field(default_factory=list)
    answering: Callable[[Outgoing], Result] | None = None

    async def send(self, message: Outgoing) -> Result:
        self.taken.append(message)
        if self.answering is not None:
            return self.answering(message)
        answer = self.answers.pop(0) if self.answers else Sent("ref")
        if answer is None:
            await asyncio.sleep(60)
            raise AssertionError("nobody waits that long")
        return answer


@dataclass
class Post:
    """The messenger with a webhook and an SMS gateway, and one call whose journal it follows."""

    webhook: Scripted = field(default_factory=Scripted)
    sms: Scripted = field(default_factory=Scripted)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    ledger: Ledger = field(default_factory=Ledger)
    journal: list[Entry] = field(default_factory=list)

    def begin(self, *channels: str) -> Telling:
        ways = [Way(uuid5(INCIDENT, channel), channel, f"{channel}@somewhere") for channel in channels]
        asking = Asking(UUID(int=9), 1, 1, "nearest", "人员甲", START + timedelta(seconds=120))
        telling = Telling(ways[0].id, "offer", "r1", "offer", {"text": "请接单。"}, ways, asking)
        topic, payload = "care/v1/630102/bed-1/button/event", "eyJib290IjoxLCJzZXEiOjEsImF0IjowLCJldmVudCI6InNvcyJ9"
        self.ledger.write(Begun(INCIDENT, INCIDENT, "bed-1", "sos", topic, payload, START, START, START, [telling]))
        return telling

    async def deliver(self) -> None:
        async def write(entry: Tried | Settled) -> None:
            self.ledger.write(entry)
            self.journal.append(entry)

        sender = Messenger({"webhook": self.webhook, "sms": self.sms}, self.clock, write, write)
        for call in self.ledger.open():
            sender.tell(call)
            sender.tell(call)  # whoever is being told already is left alone
        while sender.sending:
            await asyncio.sleep(0)
            await asyncio.sleep(0.001)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(module, "_SEND_TIMEOUT_S", 0.02)
    monkeypatch.setattr(module, "_FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(module, "_LONGEST_PAUSE_S", 0.002)
    return Post()


def _settled(post: Post) -> list[UUID | None]:
    return [entry.way for entry in post.journal if isinstance(entry, Settled)]


async def test_what_is_sent_is_what_the_engine_would_send(post: Post) -> None:
    telling = post.begin("webhook")
    await post.deliver()
    (message,) = post.webhook.taken
    assert (message.id, message.incident_id, message.offer_id) == (telling.key, INCIDENT, UUID(int=9))
    assert (message.audience, message.step, message.address) == ("offer", "offer", "webhook@somewhere")
    assert message.text == "请接单。平台中断，接单后请致电照护中心获取地址。"
    assert (message.language, message.offer_expires_at) == ("zh-CN", START + timedelta(seconds=120))
    assert post.journal == [Settled(telling.key, START, telling.ways[0].id, "ref")]


async def test_a_way_that_is_busy_is_tried_again_and_then_the_next_as_well(post: Post) -> None:
    telling = post.begin("webhook", "sms")
    post.webhook.answers = [Failed("HTTP 503", again=True)] * 2
    await post.deliver()
    assert (len(post.webhook.taken), len(post.sms.taken)) == (2, 1)
    assert _settled(post) == [telling.ways[1].id]


async def test_a_way_that_is_gone_is_left_and_with_the_last_one_the_telling_ends(post: Post) -> None:
    post.begin("webhook", "sms")
    post.webhook.answers = [Failed("HTTP 410", again=False, gone=True)]
    post.sms.answers = [Failed("no such number", again=False)]
    await post.deliver()
    assert _settled(post) == [None]
    assert post.ledger.open()[0].is_over(START)


async def test_silence_leads_to_the_next_way_at_once(post: Post) -> None:
    telling = post.begin("sms", "webhook")
    post.sms.answers = [None]
    await post.deliver()
    assert (len(post.sms.taken), len(post.webhook.taken)) == (1, 1)
    assert _settled(post) == [telling.ways[1].id]


async def test_before_a_channel_that_knows_no_keys_is_asked_the_journal_says_so(post: Post) -> None:
    telling = post.begin("sms")
    await post.deliver()
    assert post.journal == [
        Tried(telling.key, telling.ways[0].id, START),
        Settled(telling.key, START, telling.ways[0].id, "ref"),
    ]


async def test_after_a_death_in_between_another_way_comes_first(post: Post) -> None:
    telling = post.begin("sms", "webhook")
    post.ledger.write(Tried(telling.key, telling.ways[0].id, START))
    await post.deliver()
    assert (post.sms.taken, len(post.webhook.taken)) == ([], 1)


async def test_with_no_other_way_it_is_told_again_rather_than_not_at_all(post: Post) -> None:
    telling = post.begin("sms")
    post.ledger.write(Tried(telling.key, telling.ways[0].id, START))
    await post.deliver()
    assert len(post.sms.taken) == 1


async def test_what_the_engine_has_committed_is_left_to_it(post: Post) -> None:
    post.begin("webhook")
    post.webhook.answers = [Unknown("fell silent")]
    post.ledger.open()[0].is_committed = True
    await post.deliver()
    assert (len(post.webhook.taken), post.journal) == (1, [])


async def test_nobody_is_tried_for_ever(post: Post) -> None:
    post.begin("webhook")
    post.webhook.answers = [Failed("HTTP 503", again=True)] * 3
    post.clock.forward(minutes=16)
    await post.deliver()
    assert (len(post.webhook.taken), post.journal) == (1, [])


def to_the_centre(number: int) -> Telling:
    way = Way(uuid5(INCIDENT, f"centre {number}"), "webhook", "centre@somewhere")
    return Telling(way.id, "dispatcher", "centre", f"lifeline_{number}", {"text": "请处理"}, [way], text="请处理")


async def test_rounds_that_could_not_be_told_in_time_ring_the_centre_once_and_not_once_each(post: Post) -> None:
    """While the channel was away three rounds have come together; the newest says what the others would have said."""
    topic, payload = "care/v1/630102/bed-1/button/event", "eyJib290IjoxLCJzZXEiOjEsImF0IjowLCJldmVudCI6InNvcyJ9"
    begun = Begun(INCIDENT, INCIDENT, "bed-1", "sos", topic, payload, START, START, START, [to_the_centre(1)])
    later = [Further(INCIDENT, START + timedelta(minutes=3 * number), [to_the_centre(1 + number)]) for number in (1, 2)]
    again = UUID(int=8)
    pressed_again = Begun(again, INCIDENT, "bed-1", "sos", topic, payload, START, START, START, [to_the_centre(4)])
    entries: list[Entry] = [begun, *later, pressed_again]
    for entry in entries:
        post.ledger.write(entry)
    restarted = Ledger.of(post.ledger.entries())
    assert [one.step for call in restarted.open() for one in call.waiting()] == ["lifeline_4"], "also after a restart"
    await post.deliver()
    assert [one.step for one in post.webhook.taken] == ["lifeline_4"]
    assert all(call.is_over(START) for call in post.ledger.open())


async def test_a_round_that_waits_for_its_next_try_ends_when_a_later_one_begins(post: Post) -> None:
    topic, payload = "care/v1/630102/bed-1/button/event", "eyJib290IjoxLCJzZXEiOjEsImF0IjowLCJldmVudCI6InNvcyJ9"
    post.ledger.write(
        Begun(INCIDENT, INCIDENT, "bed-1", "sos", topic, payload, START, START, START, [to_the_centre(1)])
    )

    def fails(_message: Outgoing) -> Result:
        post.ledger.write(Further(INCIDENT, START + timedelta(minutes=3), [to_the_centre(2)]))
        return Failed("HTTP 503", again=True)

    post.webhook.answering = fails
    await post.deliver()
    assert [one.step for one in post.webhook.taken] == ["lifeline_1"]
    post.webhook.answering = None
    await post.deliver()
    assert [one.step for one in post.webhook.taken] == ["lifeline_1", "lifeline_2"]


async def test_a_second_call_does_not_text_the_same_number_within_a_minute(post: Post) -> None:
    """One person, two calls: the provider would refuse the second text, so the second telling takes the next way."""
    post.begin("sms")
    ways = [Way(uuid5(UUID(int=8), channel), channel, f"{channel}@somewhere") for channel in ("sms", "webhook")]
    second = Telling(ways[0].id, "dispatcher", "r1", "lifeline_1", {"text": "请接单。"}, ways)
    topic, payload = "care/v1/630102/bed-2/button/event", "eyJib290IjoxLCJzZXEiOjIsImF0IjowLCJldmVudCI6InNvcyJ9"
    post.ledger.write(Begun(UUID(int=8), UUID(int=8), "bed-2", "sos", topic, payload, START, START, START, [second]))
    await post.deliver()
    assert (len(post.sms.taken), len(post.webhook.taken)) == (1, 1)
    assert len(_settled(post)) == 2
