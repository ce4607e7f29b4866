"""Drills: people's contacts are tested by day and behind real messages, and what came of it decides who is asked."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle.errors import Conflict, Forbidden, NotFound
from carecircle_alerts.drills.desk import DrillDesk
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.drills.schedule import Rhythm, is_daytime
from carecircle_alerts.drills.sending import DrillRules, DrillRunner
from carecircle_alerts.notify.channel import Channel, Failed, Outgoing, Unknown
from carecircle_alerts.notify.templates import NO_TEMPLATE
from carecircle_alerts.people.changes import By
from carecircle_alerts.store import Connection
from tests.acceptance.conftest import FakePhone, Story
from tests.acceptance.telling import Answering
from tests.scene import COUNTY

SECRET = "links of the tests, signed"
BY = By("account:1", "王调度", "换了手机")
BAD = Failed("refused", again=False)


class Drilling:
    """A story with drills: the runner, and the desk at which people start and confirm them."""

    def __init__(self, story: Story, pool: AsyncConnectionPool[Connection], desk: DrillDesk) -> None:
        self.story, self.scene, self.pool, self.desk = story, story.scene, pool, desk
        self.phone = FakePhone()

    def runner(self, rules: DrillRules | None = None, **channels: Channel) -> DrillRunner:
        links = DrillLinks("https://care.test", SECRET)
        return DrillRunner(
            self.pool, channels or {"webhook": self.phone}, links, self.story.clock, rules or DrillRules()
        )

    async def settle(self, runner: DrillRunner) -> None:
        while await runner.work():
            pass

    async def test(self, who: str, runner: DrillRunner) -> None:
        """Start a drill of all contacts of somebody, send them all, and let the time to answer pass."""
        await self.desk.start(who, COUNTY, BY)
        for _contact in range(2):
            await self.settle(runner)
            self.story.clock.forward(minutes=11)
        await self.settle(runner)
        self.story.clock.forward(hours=24)
        await self.settle(runner)

    def states(self) -> list[str]:
        return [str(state) for (state,) in self.scene.rows("select state from drill order by planned_at, due_at, id")]

    def reach(self, who: str) -> object:
        return self.scene.value("select state from reachability where responder_id = %s", who)


@pytest.fixture
def drilling(story: Story, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]) -> Drilling:
    return Drilling(story, engine, DrillDesk(desk, story.clock))


def link(message: Outgoing) -> tuple[UUID, str]:
    url = message.text[message.text.index("https://") :]
    return message.id, parse_qs(urlsplit(url).query)["token"][0]


async def test_a_drill_says_that_it_is_one_and_a_click_proves_the_contact(drilling: Drilling) -> None:
    drilling.scene.responder("r1")
    await drilling.desk.start("r1", COUNTY, BY)
    await drilling.settle(drilling.runner())
    (message,) = drilling.phone.taken
    assert message.text.startswith("【演练】")
    drill, token = link(message)
    assert not await drilling.desk.check(drill, token, SECRET), "opening the page confirms nothing"
    assert drilling.states() == ["SENT"]
    for _twice in range(2):
        await drilling.desk.confirm(drill, token, SECRET)
    assert drilling.states() == ["CONFIRMED"]
    assert drilling.reach("r1") == "good"
    with pytest.raises(Forbidden):
        await drilling.desk.confirm(drill, token[:-1] + "_", SECRET)
    assert drilling.scene.rows("select change, by_name, reason from people_change") == [
        ("drill_started", "王调度", "换了手机")
    ]


async def test_a_message_that_came_and_was_not_confirmed_is_doubt(drilling: Drilling) -> None:
    drilling.scene.responder("r1")
    await drilling.test("r1", drilling.runner())
    assert drilling.states() == ["DELIVERED"]
    assert drilling.reach("r1") == "doubtful"
    (person,) = await drilling.desk.shown(COUNTY, "r1")
    assert (person["state"], person["evidence"]) == ("doubtful", "drill_delivered")
    drill, token = link(drilling.phone.taken[0])
    await drilling.desk.confirm(drill, token, SECRET)
    assert drilling.reach("r1") == "good", "a day late is late, and yet reached"


async def test_a_contact_that_failed_twice_is_tried_after_the_others(drilling: Drilling) -> None:
    story = drilling.story
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    story.scene.contact("responder", "r1", "email", "r1@example.org")
    runner = drilling.runner(webhook=Answering(result=BAD), email=Answering())
    for _round in range(2):
        await drilling.test("r1", runner)
    assert story.scene.rows("select channel, failed_drills from contact order by place") == [
        ("webhook", 2),
        ("email", 0),
    ]
    assert drilling.reach("r1") == "doubtful", "one way is left"
    await story.press("bed-1")
    assert [one.channel for one in story.phone.told("offer", "r1")] == ["email"]


async def test_who_is_unreachable_is_asked_when_nobody_else_is_left_and_it_is_said(drilling: Drilling) -> None:
    story = drilling.story
    story.scene.bed("bed-1")
    story.scene.responder("near", north_m=100)
    story.scene.responder("far", north_m=900)
    runner = drilling.runner(webhook=Answering(result=BAD))
    await drilling.test("near", runner)
    assert drilling.reach("near") == "doubtful", "a telephone may be off once"
    await drilling.test("near", runner)
    assert drilling.reach("near") == "unreachable"
    story.scene.run("update responder set on_duty = true, position_at = %s", story.clock.now())
    incident = await story.press("bed-1")
    assert story.asked(incident)[0] == "far"
    await story.forward(seconds=60)
    assert "near" in story.asked(incident), "asked late is not excluded"
    await story.accept(incident, "near")
    story.clock.forward(seconds=1)
    await drilling.settle(runner)
    assert drilling.reach("near") == "good", "whoever comes when called is reached, whatever drills say"


async def test_at_night_nothing_is_sent_and_in_the_morning_it_is(drilling: Drilling) -> None:
    drilling.scene.responder("r1")
    runner = drilling.runner()
    drilling.story.clock.forward(hours=9)  # 19:00 in Beijing
    assert not is_daytime(Rhythm(), drilling.story.clock.now())
    await drilling.desk.start("r1", COUNTY, BY)
    await drilling.settle(runner)
    assert drilling.phone.taken == []
    drilling.story.clock.forward(hours=14)
    await drilling.settle(runner)
    assert len(drilling.phone.taken) == 1


async def test_who_is_on_the_way_is_left_in_peace(drilling: Drilling) -> None:
    story = drilling.story
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    runner = drilling.runner()
    await drilling.desk.start("r1", COUNTY, BY)
    await drilling.settle(runner)
    assert drilling.phone.taken == [], "being asked"
    await story.accept(incident, "r1")
    await drilling.settle(runner)
    assert drilling.phone.taken == [], "on the way"
    story.scene.run("update assignment set state = 'RELEASED'")
    await drilling.settle(runner)
    assert len(drilling.phone.taken) == 1


async def test_a_real_message_goes_first(drilling: Drilling) -> None:
    story = drilling.story
    story.scene.bed("bed-1")
    story.scene.responder("r1", on_duty=False)
    story.scene.responder("r2")
    await story.detector.handle([story.delivery("bed-1")])
    await story.decide()
    assert story.scene.value("select count(*) from message where channel = 'webhook' and state = 'PENDING'") != 0
    runner = drilling.runner()
    await drilling.desk.start("r1", COUNTY, BY)
    await drilling.settle(runner)
    assert drilling.phone.taken == []
    await story.settle()
    await drilling.settle(runner)
    assert [one.recipient_id for one in drilling.phone.taken] == ["r1"]


async def test_so_many_a_minute_by_all_processes_together(drilling: Drilling) -> None:
    for number in range(5):
        drilling.scene.responder(f"r{number}")
        await drilling.desk.start(f"r{number}", COUNTY, BY)
    runners = [drilling.runner(DrillRules(per_minute=2)) for _process in range(2)]
    for sent in (2, 4, 5):
        for runner in runners:
            await drilling.settle(runner)
        assert len(drilling.phone.taken) == sent
        drilling.story.clock.forward(seconds=61)
    assert len({one.id for one in drilling.phone.taken}) == 5, "nobody is tested twice"


async def test_staff_are_tested_every_week_and_others_every_month_by_themselves(drilling: Drilling) -> None:
    drilling.scene.responder("staff")
    drilling.scene.responder("neighbour", role="neighbour")
    drilling.scene.responder("silent", consented=False)
    runner, clock = drilling.runner(), drilling.story.clock
    began = clock.now()
    while clock.now() < began + timedelta(days=70):
        await drilling.settle(runner)
        clock.forward(hours=1)
    times = {who: [] for who in ("staff", "neighbour")}  # type: dict[str, list[object]]
    for who, at in drilling.scene.rows("select responder_id, sent_at from drill where sent_at is not null"):
        times[str(who)].append(at)
    assert 9 <= len(times["staff"]) <= 10
    assert 2 <= len(times["neighbour"]) <= 3
    hours = drilling.scene.rows("select distinct extract(hour from sent_at at time zone 'Asia/Shanghai') from drill")
    assert all(9 <= int(str(hour)) < 18 for (hour,) in hours if hour is not None)


async def test_a_channel_that_cannot_be_tested_says_nothing_about_the_person(drilling: Drilling) -> None:
    drilling.scene.responder("r1")
    runner = drilling.runner(webhook=Answering(result=NO_TEMPLATE))
    for _round in range(2):
        await drilling.test("r1", runner)
    assert drilling.states() == ["SKIPPED", "SKIPPED"]
    (person,) = await drilling.desk.shown(COUNTY, None)
    assert person["state"] == "untested"


async def test_nobody_knows_whether_it_came_is_no_answer(drilling: Drilling) -> None:
    drilling.scene.responder("r1")
    await drilling.test("r1", drilling.runner(webhook=Answering(result=Unknown("ReadTimeout"))))
    assert drilling.states() == ["NO_ANSWER"]


async def test_what_a_process_that_died_was_sending_is_not_repeated(drilling: Drilling) -> None:
    drilling.scene.responder("r1", webhook=None)
    drilling.scene.contact("responder", "r1", "sms", "13900000000")
    sms = Answering()
    runner = drilling.runner(sms=sms)
    await drilling.desk.start("r1", COUNTY, BY)
    async with drilling.pool.connection() as connection:
        rows = await runner._lease(connection, drilling.story.clock.now())
    assert len(rows) == 1
    drilling.story.clock.forward(minutes=2)  # it died after taking it; a text message knows no key
    await drilling.settle(runner)
    assert sms.taken == []
    assert drilling.states() == ["SENT"]
    drilling.story.clock.forward(days=1)
    await drilling.settle(runner)
    assert drilling.states() == ["NO_ANSWER"]


async def test_who_is_of_another_area_or_still_being_tested_is_not_started(drilling: Drilling) -> None:
    drilling.scene.responder("r1")
    with pytest.raises(NotFound):
        await drilling.desk.start("r1", "630104", BY)
    await drilling.desk.start("r1", COUNTY, BY)
    await drilling.settle(drilling.runner())
    with pytest.raises(Conflict):
        await drilling.desk.start("r1", COUNTY, BY)
