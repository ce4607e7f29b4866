"""A bed is tested the whole way; and a real call inside the window is never swallowed."""

import json
import random
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle.errors import CareCircleError, Conflict, Forbidden, NotFound
from carecircle.payloads import Command, parse_payload
from carecircle.topics import Kind
from carecircle_alerts.bed_tests.desk import BedTestDesk
from carecircle_alerts.bed_tests.running import BedTestRules, BedTestRunner
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.people.changes import By
from carecircle_alerts.store import Connection
from carecircle_alerts.travel.straight_line import StraightLine
from tests.acceptance.conftest import FakePhone, Story
from tests.scene import COUNTY

SECRET = "links of the tests, signed"
_END_ALL = "update incident set state = 'CLOSED', closed_at = now(), closed_by = 'x', outcome_code = 'other'"
BY = By("account:1", "王调度", "换了按钮")


class Testing:
    """A story with bed tests: the runner, the desk, the home box as far as its answers go, and the daughter's phone."""

    __test__ = False

    def __init__(self, story: Story, pool: AsyncConnectionPool[Connection], desk: BedTestDesk) -> None:
        self.story, self.scene, self.pool, self.desk = story, story.scene, pool, desk
        self.phone = FakePhone()
        self.orders: list[tuple[str, bytes]] = []
        self.presses = 0
        self.scene.bed("bed-1")
        self.scene.responder("r1")
        self.scene.relative("daughter", "bed-1", webhook="http://phone")

    def runner(self, rules: BedTestRules | None = None) -> BedTestRunner:
        links = DrillLinks("https://care.test", SECRET)
        return BedTestRunner(
            self.pool, {"webhook": self.phone}, links, StraightLine(), self.story.clock, rules or BedTestRules(),
            self._tell_home,
        )  # fmt: skip

    def _tell_home(self, topic: str, payload: bytes) -> bool:
        self.orders.append((topic, payload))
        return True

    async def run(self) -> None:
        runner = self.runner()
        while await runner.work() or await runner.arrange():
            pass
        await self.story.settle()

    async def opened(self) -> UUID:
        """Announce, and let the home box answer."""
        test = await self.desk.announce("bed-1", COUNTY, None, BY)
        await self.run()
        await self.say("press_test_ready", test, device="gateway")
        await self.run()
        return test

    async def say(self, event: str, test: UUID | str | None, *, device: str = "button", seq: int | None = None) -> None:
        self.presses += event in {"press_test", "sos", "fall", "smoke"} and seq is None
        body = json.loads(self.story.event(event, seq=seq))
        if test is not None:
            body["detail"] = {"test": str(test)}
        await self.story.deliver("bed-1", json.dumps(body).encode(), device=device)

    def state(self, test: UUID) -> str:
        return str(self.scene.value("select state from bed_test where id = %s", test))

    def incidents(self) -> int:
        return int(str(self.scene.value("select count(*) from incident")))

    def token(self) -> str:
        return parse_qs(urlsplit(str(self.phone.taken[-1].content["url"])).query)["token"][0]


@pytest.fixture
def testing(story: Story, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]) -> Testing:
    return Testing(story, engine, BedTestDesk(desk, story.clock))


async def test_a_press_travels_the_whole_way_and_every_step_has_its_time(testing: Testing) -> None:
    test = await testing.desk.announce("bed-1", COUNTY, None, BY)
    await testing.run()
    ((topic, payload),) = testing.orders
    assert topic == f"care/v1/{COUNTY}/bed-1/gateway/command"
    order = parse_payload(Kind.COMMAND, payload)
    assert isinstance(order, Command)
    assert order.press_test is not None
    assert order.press_test.test == str(test)
    assert testing.phone.taken == [], "nobody is asked to press before the home is ready"
    testing.story.clock.forward(seconds=2)
    await testing.say("press_test_ready", test, device="gateway")
    await testing.run()
    (invited,) = testing.phone.taken
    assert "按一次呼叫按钮" in invited.text
    testing.story.clock.forward(seconds=30)
    await testing.say("press_test", test)
    await testing.run()
    assert testing.state(test) == "PRESSED"
    assert "真实求助将联系1人" in testing.phone.taken[-1].text
    testing.story.clock.forward(seconds=20)
    await testing.desk.household_says(test, testing.token(), SECRET, was_test=True)
    await testing.run()
    await testing.story.forward(minutes=30)
    await testing.run()
    assert testing.state(test) == "PASSED"
    assert testing.incidents() == 0
    assert testing.story.phone.taken == [], "nobody else was told anything"
    (row,) = await testing.desk.shown(COUNTY, "bed-1")
    way = [
        row[step] for step in ("planned_at", "home_told_at", "ready_at", "invited_at", "pressed_at", "received_at",
                               "decided_at", "told_at", "came_at", "confirmed_at")
    ]  # fmt: skip
    assert None not in way
    assert way == sorted(way)
    assert [one["id"] for one in row["decision"]["asked"]] == ["r1"]


@pytest.mark.parametrize("said", ["nothing", "help", "late"])
async def test_what_the_household_does_not_call_a_test_in_time_is_a_call_of_the_moment_it_was_pressed(
    testing: Testing, said: str
) -> None:
    test = await testing.opened()
    pressed_at = testing.story.clock.now()
    await testing.say("press_test", test)
    await testing.run()
    assert testing.incidents() == 0
    if said == "help":
        testing.story.clock.forward(seconds=5)
        await testing.desk.household_says(test, testing.token(), SECRET, was_test=False)
    else:
        testing.story.clock.forward(seconds=61)
    if said == "late":
        with pytest.raises(Conflict, match="真实求助"):
            await testing.desk.household_says(test, testing.token(), SECRET, was_test=True)
    await testing.run()
    assert testing.state(test) == "REAL"
    incident = testing.story.open_incident("bed-1")
    assert testing.story.asked(incident) == ["r1"]
    assert testing.scene.value("select pressed_at from incident") == pressed_at
    assert testing.scene.value("select deadline_at from incident") == pressed_at + timedelta(minutes=15)
    assert "test_press_is_real" in testing.story.steps(incident)
    with pytest.raises(Conflict):
        await testing.desk.confirm(test, COUNTY, BY)


@pytest.mark.parametrize(
    "event", ["sos", "fall", "smoke", "another button", "the same button", "several presses at once"]
)
async def test_anything_else_that_calls_makes_the_held_press_a_call_at_once(testing: Testing, event: str) -> None:
    test = await testing.opened()
    await testing.say("press_test", test)
    testing.story.clock.forward(seconds=3)
    match event:
        case "another button":
            await testing.say("press_test", test, device="other")
        case "the same button":
            await testing.say("press_test", test)
        case "several presses at once":
            payload = b'{"boot":1,"seq":9000,"at":%d,"event":"cleared","detail":{"of":"sos","presses":3}}'
            await testing.story.deliver("bed-1", payload % int(testing.story.clock.now().timestamp() * 1000))
        case _:
            await testing.say(event, None, device="other")
    with pytest.raises(Conflict):
        await testing.desk.confirm(test, COUNTY, BY)
    await testing.run()
    assert testing.state(test) == "REAL"
    assert testing.scene.value("select count(*) from signal where device = 'button'") in {1, 2}
    assert testing.scene.value(
        "select count(*) from bed_test t join signal s using (bed_id, device, boot, seq) where t.id = %s", test
    ) == 1, "the held press is part of an incident itself"  # fmt: skip


@pytest.mark.parametrize("case", ["unknown", "no number", "cancelled", "over", "slow", "calling", "passed"])
async def test_a_marked_press_that_is_not_plainly_the_test_is_a_call(testing: Testing, case: str) -> None:
    test = await testing.opened()
    number: UUID | str = test
    match case:
        case "unknown":
            number = UUID(int=7)
        case "no number":
            number = "not a number"
        case "cancelled":
            await testing.desk.cancel(test, COUNTY, BY)
        case "over":
            testing.story.clock.forward(minutes=11)
            await testing.run()
        case "calling":
            await testing.story.press("bed-1")
        case "passed":
            await testing.say("press_test", test)
            await testing.desk.confirm(test, COUNTY, BY)
    payload = testing.story.event("press_test").replace(b"}", b',"detail":{"test":"%s"}}' % str(number).encode())
    if case == "slow":
        testing.story.clock.forward(seconds=25)
    await testing.story.deliver("bed-1", payload)
    assert testing.scene.value("select count(*) from signal where seq = %s", testing.story._seq) == 1


async def test_the_same_press_delivered_again_is_the_same_press(testing: Testing) -> None:
    test = await testing.opened()
    await testing.say("press_test", test, seq=500)
    testing.story.clock.forward(seconds=5)
    await testing.say("press_test", test, seq=500)
    assert testing.state(test) == "PRESSED"
    await testing.desk.confirm(test, COUNTY, BY)
    await testing.say("press_test", test, seq=500)
    await testing.story.forward(minutes=5)
    await testing.run()
    assert (testing.state(test), testing.incidents()) == ("PASSED", 0)


async def test_a_trial_that_the_home_began_by_itself_stays_what_it_was(testing: Testing) -> None:
    await testing.say("press_test", None)
    assert testing.incidents() == 0


async def test_nobody_presses_and_a_home_that_does_not_answer_are_two_things(testing: Testing) -> None:
    missed = await testing.opened()
    await testing.story.forward(minutes=11)
    await testing.run()
    silent = await testing.desk.announce("bed-1", COUNTY, None, BY)
    await testing.run()
    orders = len(testing.orders)
    testing.story.clock.forward(seconds=16)
    await testing.run()
    assert len(testing.orders) == orders + 1, "said again until the home answers"
    await testing.story.forward(minutes=11)
    await testing.run()
    assert (testing.state(missed), testing.state(silent)) == ("MISSED", "FAILED")


async def test_who_may_and_what_may_be_tested(testing: Testing) -> None:
    with pytest.raises(NotFound):
        await testing.desk.announce("bed-1", "630103", None, BY)
    test = await testing.desk.announce("bed-1", COUNTY, testing.story.clock.now() + timedelta(days=1), BY)
    with pytest.raises(Conflict):
        await testing.desk.announce("bed-1", COUNTY, None, BY)
    await testing.run()
    assert testing.orders == [], "not before its time"
    with pytest.raises(Forbidden):
        await testing.desk.look(test, "1.x", SECRET)
    testing.scene.bed("bed-2")
    with pytest.raises(Conflict, match="联系人"):
        await testing.desk.announce("bed-2", COUNTY, None, BY)
    testing.scene.run("update kinship set consented_at = null")
    await testing.desk.cancel(test, COUNTY, BY)
    with pytest.raises(Conflict):
        await testing.desk.announce("bed-1", COUNTY, None, BY)


async def test_the_schedule_tests_homes_that_are_heard_a_few_a_day_by_daylight(testing: Testing) -> None:
    rules = BedTestRules(every_days=180, a_day=1)
    await testing.say("motion", None)
    await testing.runner(rules).arrange()
    assert testing.scene.rows("select bed_id, by_name from bed_test") == [("bed-1", "")]
    testing.scene.run("delete from bed_test")
    testing.story.clock.forward(hours=12)
    await testing.say("motion", None)
    await testing.runner(rules).arrange()
    assert testing.scene.rows("select from bed_test") == []


@pytest.mark.parametrize("seed", range(5))
async def test_a_real_call_inside_a_window_is_never_swallowed(  # noqa: C901 - one branch a move
    testing: Testing, seed: int
) -> None:
    """Any order of presses, confirmations, orders and time: what was pressed is in an incident, or was confirmed."""
    chance = random.Random(seed)
    tests = [await testing.opened()]
    for _step in range(25):
        what = chance.choice(["marked", "marked", "sos", "confirm", "help", "cancel", "wait", "wait", "again", "run"])
        test = tests[-1]
        try:
            match what:
                case "marked":
                    await testing.say("press_test", test, device=chance.choice(["button", "other"]))
                case "sos":
                    await testing.say("sos", None, device="other")
                case "confirm":
                    await testing.desk.confirm(test, COUNTY, BY)
                case "help":
                    await testing.desk.call(test, COUNTY)
                case "cancel":
                    await testing.desk.cancel(test, COUNTY, BY)
                case "wait":
                    await testing.story.forward(seconds=chance.choice([1, 10, 40, 400]))
                case "again":
                    testing.scene.run(_END_ALL)
                    testing.scene.run("delete from due")
                    tests.append(await testing.opened())
                case "run":
                    await testing.run()
        except CareCircleError:
            continue
    await testing.story.forward(minutes=12)
    await testing.run()
    lost = testing.scene.rows(
        "select t.id from bed_test t where t.payload is not null and t.state not in ('PASSED', 'REAL')"
    )
    assert lost == []
    unheld = testing.scene.rows(
        "select id from bed_test t where state = 'REAL' and not exists (select from signal s where s.bed_id = t.bed_id "
        "and s.device = t.device and s.boot = t.boot and s.seq = t.seq)"
    )
    assert unheld == []
    held = int(str(testing.scene.value("select count(*) from bed_test where state = 'PASSED'")))
    calls = int(str(testing.scene.value("select count(*) from signal")))
    assert calls + held == testing.presses, "each press is a call or the confirmed test"
