"""The live path with its database: what rules find becomes alarms and incidents, once, held back and returned."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from psycopg_pool import AsyncConnectionPool

from carecircle.errors import Conflict, Forbidden, NotFound
from carecircle.payloads import Event
from carecircle_alerts.checkpoint import Checkpoint
from carecircle_alerts.desk import Actor, Desk
from carecircle_alerts.detect import Detector, LostLeadership
from carecircle_alerts.incident import Kind as IncidentKind
from carecircle_alerts.rule_book import RuleBook
from carecircle_alerts.shelving import Shelving
from carecircle_alerts.store import Connection
from tests.bed_at_home import NOON, Home
from tests.scene import Scene
from tests.servers import Database


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest_asyncio.fixture
async def home(database: Database, scene: Scene) -> AsyncIterator[Home]:
    async with AsyncConnectionPool[Connection](
        database.url("carecircle_alerts"), min_size=1, max_size=3, open=False
    ) as pool:
        yield Home(pool, scene)


_ALARMS = "select kind, held_back, cleared_at is not null, incident_id is not null from alarm order by id"
_INCIDENTS = "select kind, family, state, priority, outcome_code from incident order by opened_at"


@pytest.mark.asyncio
async def test_a_finding_is_an_incident_for_the_desk_and_nobody_is_sent(home: Home) -> None:
    await home.minutes(6, heart_rate=140.0, in_bed=True)
    assert home.rows(_INCIDENTS) == [("heart_rate", "clinical", "RECEIVED", 2, None)]
    assert home.rows("select kind from due order by kind") == [("breach",), ("unclaimed",)]
    ((reason,),) = home.rows("select reason from incident_event where step = 'received'")
    assert reason == "心率140.0次/分，高于131次/分，已持续2分钟"
    assert home.rows("select count(*) from message where audience = 'family'") == [(0,)]


@pytest.mark.asyncio
async def test_a_fault_that_ends_before_anybody_took_it_ends_by_itself(home: Home) -> None:
    await home.status(battery=9.0)
    await home.wait(minutes=3)
    assert home.rows(_INCIDENTS) == [("low_battery", "technical", "RECEIVED", 3, None)]
    assert home.rows("select responsible, deadline_at > opened_at from incident") == [("station-1", True)]
    await home.status(battery=100.0)
    await home.wait(minutes=3)
    assert home.rows(_INCIDENTS) == [("low_battery", "technical", "CLOSED", 3, "cleared")]
    assert home.rows("select count(*) from due") == [(0,)]


@pytest.mark.asyncio
async def test_what_somebody_has_taken_waits_for_them_and_what_is_clinical_waits_in_any_case(home: Home) -> None:
    account = home.scene.account("li")
    await home.minutes(6, heart_rate=140.0, in_bed=True)
    await home.minutes(8, heart_rate=80.0, in_bed=True)
    assert home.rows("select state, cleared_at is not null from incident") == [("RECEIVED", True)]
    ((incident,),) = home.rows("select id from incident")
    async with AsyncConnectionPool[Connection](
        home.scene.database.url("carecircle_desk"), min_size=1, max_size=2, open=False
    ) as pool:
        actor = Actor("account", str(account), "李")
        desk = Desk(pool, home.clock)
        await desk.acknowledge(incident, actor)  # type: ignore[arg-type]
        await desk.close(incident, "false_alarm", "", actor)  # type: ignore[arg-type]
    assert home.rows("select state, outcome_code from incident") == [("CLOSED", "false_alarm")]


@pytest.mark.asyncio
async def test_a_restart_in_the_middle_of_a_duration_resumes_it(home: Home) -> None:
    await home.minutes(2, heart_rate=140.0, in_bed=True)
    home.detector = Detector(home.pool, home.clock)
    await home.minutes(3, heart_rate=140.0, in_bed=True)
    assert home.rows(_ALARMS) == [("heart_rate", None, False, True)]


@pytest.mark.asyncio
async def test_a_batch_that_is_handled_again_finds_the_same_alarm_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.minutes(3, heart_rate=140.0, in_bed=True)
    broken = Detector(home.pool, home.clock)

    async def fail(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(broken._beds, "save", fail)  # dies before its commit
    home.detector, whole = broken, home.detector
    home.clock.forward(seconds=60)
    with pytest.raises(ConnectionError):
        await home.read(heart_rate=140.0, in_bed=True)
    home.detector = whole
    await home.minutes(2, heart_rate=140.0, in_bed=True)
    assert home.rows(_ALARMS) == [("heart_rate", None, False, True)]


@pytest.mark.asyncio
async def test_old_readings_raise_nothing(home: Home) -> None:
    await home.read(heart_rate=70.0)
    await home.wait(hours=1)
    for age in range(3000, 600, -60):
        await home.read(age_s=age, heart_rate=150.0, in_bed=True)
    await home.wait(minutes=2)
    assert home.rows("select count(*) from alarm where kind = 'heart_rate'") == [(0,)]


@pytest.mark.asyncio
async def test_readings_that_waited_for_us_are_judged_in_their_time_and_told_only_if_they_still_stand(
    home: Home,
) -> None:
    await home.read(heart_rate=70.0)
    home.clock.forward(hours=1)
    for age in range(3000, 2400, -60):
        await home.read(age_s=age, is_live=False, heart_rate=150.0, in_bed=True)
    assert home.rows(_ALARMS) == [("heart_rate", "late", False, False)]
    for age in range(2400, 0, -60):
        await home.read(age_s=age, is_live=False, heart_rate=75.0, in_bed=True)
    await home.wait(minutes=5)
    assert home.rows(_ALARMS) == [("heart_rate", "late", True, False)]
    assert home.rows(_INCIDENTS) == []


@pytest.mark.asyncio
async def test_a_silent_home_is_found_by_the_clock_and_not_while_we_are_deaf(home: Home) -> None:
    await home.minutes(30, in_bed=False)
    home.clock.forward(hours=2)
    await home.read(is_live=False, in_bed=False)
    await home.detector.look()
    assert home.rows("select count(*) from alarm where kind = 'gateway_silent'") == [(0,)]
    for _ in range(10):
        await home.wait(minutes=1)
    assert home.rows("select kind, family, priority from incident") == [("gateway_silent", "technical", 2)]
    assert home.rows("select protection ->> 'state' from bed_state") == [("no",)]


@pytest.mark.asyncio
async def test_what_is_shelved_returns_by_itself(home: Home) -> None:
    account = home.scene.account("li")
    home.scene.run(
        "insert into shelf (bed_id, kind, reason, by_account_id, by_name, begins_at, until) "
        "values (%s, 'heart_rate', '已联系家属', %s, '李', %s, %s)",
        home.bed, account, NOON, NOON + timedelta(minutes=30),
    )  # fmt: skip
    await home.minutes(10, heart_rate=140.0, in_bed=True)
    assert home.rows(_ALARMS) == [("heart_rate", "shelved", False, False)]
    await home.minutes(25, heart_rate=140.0, in_bed=True)
    assert home.rows(_ALARMS) == [("heart_rate", None, False, True)]


@pytest_asyncio.fixture
async def desk_pool(database: Database) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    async with AsyncConnectionPool[Connection](
        database.url("carecircle_desk"), min_size=1, max_size=2, open=False
    ) as pool:
        yield pool


@pytest.mark.asyncio
async def test_a_person_shelves_an_alarm_and_it_is_told_anew_when_it_still_stands(
    home: Home, desk_pool: AsyncConnectionPool[Connection]
) -> None:
    actor = Actor("account", str(home.scene.account("li")), "李")
    shelving = Shelving(desk_pool, home.clock)
    await home.minutes(6, heart_rate=140.0, in_bed=True)
    await shelving.shelve(home.bed, IncidentKind.HEART_RATE, timedelta(minutes=30), "已联系家属", actor)
    assert home.rows("select state, outcome_code, closed_by from incident") == [("CLOSED", "other", "李")]
    with pytest.raises(Conflict, match="李已搁置"):
        await shelving.shelve(home.bed, IncidentKind.HEART_RATE, timedelta(hours=1), "再来", actor)
    await home.minutes(10, heart_rate=140.0, in_bed=True)
    assert home.rows("select count(*) from incident") == [(1,)]
    await shelving.unshelve(home.bed, IncidentKind.HEART_RATE, actor)
    await home.minutes(2, heart_rate=140.0, in_bed=True)
    assert home.rows("select state from incident order by opened_at") == [("CLOSED",), ("RECEIVED",)]
    with pytest.raises(NotFound):
        await shelving.unshelve(home.bed, IncidentKind.HEART_RATE, actor)


@pytest.mark.asyncio
async def test_a_call_for_help_cannot_be_shelved(home: Home, desk_pool: AsyncConnectionPool[Connection]) -> None:
    actor = Actor("account", str(home.scene.account("li")), "李")
    shelving = Shelving(desk_pool, home.clock)
    with pytest.raises(Conflict, match="不能搁置"):
        await shelving.shelve(home.bed, IncidentKind.FALL, timedelta(minutes=30), "x", actor)
    for lasts, reason in ((timedelta(days=8), "x"), (timedelta(0), "x"), (timedelta(hours=1), " ")):
        with pytest.raises(Conflict):
            await shelving.shelve(home.bed, IncidentKind.SPO2, lasts, reason, actor)
    with pytest.raises(NotFound):
        await shelving.shelve("bed-9", IncidentKind.SPO2, timedelta(hours=1), "x", actor)
    with pytest.raises(Forbidden):
        await shelving.unshelve(home.bed, IncidentKind.SPO2, Actor("responder", "r-1", "王"))


@pytest.mark.asyncio
async def test_the_rule_book_takes_what_there_is_and_explains_what_there_is_not(
    home: Home, desk_pool: AsyncConnectionPool[Connection]
) -> None:
    book = RuleBook(desk_pool, home.clock)
    assert await book.change(home.bed, "heart_rate", {"high": 160}, "医嘱", "李") == 1
    await home.minutes(10, heart_rate=140.0, in_bed=True)
    assert home.rows(_ALARMS) == []
    assert await book.change(home.bed, "heart_rate", {}, "恢复默认", "李") == 2
    home.detector = Detector(home.pool, home.clock)  # does not wait for its next look into the book
    await home.minutes(4, heart_rate=140.0, in_bed=True)
    assert home.rows("select kind, rules_version from alarm") == [("heart_rate", 2)]
    for rule, values, reason in (
        ("x", {}, "r"),
        ("spo2", {"y": 1}, "r"),
        ("spo2", {"fixed": 7}, "r"),
        ("spo2", {}, ""),
    ):
        with pytest.raises(Conflict):
            await book.change("", rule, values, reason, "李")


@pytest.mark.asyncio
async def test_what_a_device_in_doubt_repeats_is_written_down_and_told_to_nobody_until_there_is_reason(
    home: Home,
) -> None:
    for rule in ("heart_rate", "respiratory_rate"):
        home.scene.run(
            "insert into rule_setting (scope, rule, settings, reason, by_name, at) "
            "values (%s, %s, '{\"again_s\": 600}', '试验', '李', %s)",
            home.bed, rule, NOON,
        )  # fmt: skip
    await home.minutes(5, heart_rate=70.0, respiratory_rate=15.0, in_bed=True)
    await home.minutes(30, heart_rate=140.0, respiratory_rate=30.0, in_bed=True)
    told = "select kind, held_back, count(*) from alarm where kind <> 'sensor_error' group by 1, 2 order by 1, 2"
    assert home.rows(told) == [
        ("heart_rate", "doubtful", 2),
        ("heart_rate", None, 1),
        ("respiratory_rate", "doubtful", 2),
        ("respiratory_rate", None, 1),
    ]
    ((reason,),) = home.rows(
        "select e.reason from incident_event e join incident i on i.id = e.incident_id "
        "where i.kind = 'heart_rate' and e.step = 'received'"
    )
    assert "可能是计数错误" in str(reason)
    assert home.rows("select count(*) from incident_event where step = 'alarm_again'") == [(0,)]
    await home.minutes(6, heart_rate=200.0, respiratory_rate=30.0, in_bed=True)
    assert home.rows("select count(*) from incident_event where step = 'alarm_again'") == [(2,)]


@pytest.mark.asyncio
async def test_looks_are_read_back_in_parts_and_none_is_left_out(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Checkpoint, "at_once", 2)
    beds = {home.bed, *(home.scene.bed(f"more-{number}") for number in range(5))}
    await home.read(heart_rate=70.0, in_bed=True)
    home.detector = Detector(home.pool, home.clock)
    for _ in range(2):  # a bed that nobody has looked at yet is looked at once a message could have come
        home.clock.forward(minutes=10)
        await home.detector.look()
    assert {bed for (bed,) in home.rows("select bed_id from bed_state where next_at is not null")} == beds


@pytest.mark.asyncio
async def test_in_a_flood_repairs_wait_and_people_do_not(home: Home) -> None:
    homes = [Home(home.pool, home.scene, f"flood-{number}") for number in range(14)]
    for one in homes:
        one.detector, one.clock = home.detector, home.clock
        await one.status(battery=5.0)
    await home.wait(minutes=2)
    assert home.rows("select held_back, count(*) from alarm group by held_back order by 1") == [
        ("flood", 4),
        (None, 10),
    ]
    await home.minutes(6, heart_rate=140.0, in_bed=True)
    assert home.rows("select count(*) from incident where kind = 'heart_rate'") == [(1,)]
    await home.wait(minutes=11)
    await home.wait(minutes=1)
    assert home.rows("select count(*) from alarm where held_back is not null") == [(0,)]


@pytest.mark.asyncio
async def test_settings_of_a_bed_count_from_the_next_look_on(home: Home) -> None:
    home.scene.run(
        "insert into rule_setting (scope, rule, settings, reason, by_name, at) "
        "values (%s, 'heart_rate', '{\"high\": 160}', '医嘱', '李', %s)",
        home.bed, NOON,
    )  # fmt: skip
    await home.minutes(10, heart_rate=140.0, in_bed=True)
    assert home.rows(_ALARMS) == []
    await home.minutes(6, heart_rate=170.0, in_bed=True)
    assert home.rows("select kind, rules_version from alarm") == [("heart_rate", 1)]


@pytest.mark.asyncio
async def test_a_leader_that_was_replaced_commits_nothing_more(home: Home) -> None:
    home.detector = Detector(home.pool, home.clock, epoch=0)
    await home.read(heart_rate=70.0)
    home.scene.run("update detect_leader set epoch = epoch + 1")
    with pytest.raises(LostLeadership):
        await home.read(heart_rate=71.0)
    assert home.rows("select metrics -> 'heart_rate' ->> 'value' from bed_state") == [("70.0",)]


@pytest.mark.asyncio
async def test_one_device_for_two_beds_is_a_fault_of_both(home: Home) -> None:
    other = Home(home.pool, home.scene, "bed-2")
    other.detector, other.clock = home.detector, home.clock
    for beat in range(6):
        home.clock.forward(seconds=60)
        for one in (home, other):
            await one.read(heart_rate=60.0 + beat, respiratory_rate=14.0, in_bed=True)
    await home.wait(minutes=1)
    found = home.rows("select bed_id, why ->> 'other' from alarm where kind = 'sensor_error' order by bed_id")
    assert found == [("bed-1", "bed-2"), ("bed-2", "bed-1")]


@pytest.mark.asyncio
async def test_a_call_is_a_call_whatever_the_rules_make_of_its_device(home: Home) -> None:
    press = Event(boot=1, seq=9, at=int(NOON.timestamp() * 1000), event="sos")
    await home.say(press, "event", "button")
    await home.say(press, "event", "button")
    assert home.rows("select kind, family from incident") == [("sos", "help")]
    assert home.rows("select kind, why ->> 'code' from alarm") == [("sos", "call")]


@pytest.mark.asyncio
async def test_a_bed_that_was_never_heard_is_unprotected_and_says_no_time(home: Home) -> None:
    await home.wait(minutes=1)
    await home.wait(minutes=60 * 30)
    known = home.rows("select last_seen_at, protection ->> 'state' from bed_state where bed_id = 'bed-1'")
    assert known == [(None, "no")]
    assert home.rows(_ALARMS) == [], "what is not installed yet has not broken"
    await home.read(heart_rate=70.0)
    assert home.rows("select last_seen_at is not null from bed_state where bed_id = 'bed-1'") == [(True,)]
