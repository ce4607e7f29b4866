"""What the lifeline told while nobody committed: one incident of it, nobody told twice, links that work.

The lifeline's own steps are taken here one by one, on the moved clock; with real processes they are in tests/chaos.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from carecircle.mqtt import Delivery
from carecircle_alerts.desk import Actor
from carecircle_alerts.engine import run_due
from carecircle_alerts.incident import Kind as Danger
from carecircle_alerts.lifeline.records import Reconciled
from carecircle_alerts.lifeline.snapshot import encode_snapshot
from carecircle_alerts.lifeline.words import content_of
from carecircle_alerts.plan import plan_for
from carecircle_alerts.travel.straight_line import StraightLine
from tests.acceptance.conftest import Story
from tests.acceptance.shouting import Lifeline
from tests.scene import COUNTY, Scene
from tests.servers import Database

HELPERS = ("near", "next")


@pytest.fixture
async def lifeline(story: Story, database: Database) -> AsyncIterator[Lifeline]:
    story.scene.bed("bed-1")
    for number, responder in enumerate((*HELPERS, "third", "fourth"), start=1):
        story.scene.responder(responder, north_m=300 * number)
    story.scene.responder("off", north_m=10, on_duty=False)
    story.scene.responder("unasked", north_m=20, consented=False)
    story.scene.relative("daughter", "bed-1", webhook="http://127.0.0.1:9/none")
    story.scene.account("centre", "supervisor", webhook="http://127.0.0.1:9/none")
    url = database.url("carecircle_lifeline")
    async with await AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
        yield Lifeline(story, connection)


def _messages(scene: Scene, audience: str) -> set[tuple[object, ...]]:
    return set(scene.rows("select id, recipient_id, state from message where audience = %s", audience))


async def test_it_asks_whom_the_engine_would_ask_under_the_same_ids(story: Story, lifeline: Lifeline) -> None:
    payload = story.event()
    call = await lifeline.tells(payload)
    await story.deliver("bed-1", payload)
    incident = story.open_incident("bed-1")
    assert (call.begun.incident_id, call.begun.told_as) == (incident, incident)
    asked = {(one.asking.offer_id, one.recipient_id) for one in call.begun.tellings if one.asking}
    assert {(offer, who) for offer, who, _state in story.offers(incident)} == asked
    assert {who for _offer, who in asked} == set(HELPERS)
    ids = {one.ways[0].id for one in call.begun.tellings if one.asking}
    assert {message for message, _who, _state in _messages(story.scene, "offer")} == ids


async def test_it_follows_the_plans_as_people_have_changed_them(story: Story, lifeline: Lifeline) -> None:
    tracks = [{"name": "everybody", "roles": ["staff"], "at_once": 3, "every_s": 20}]
    story.scene.run(
        "insert into plan_setting (kind, area, settings, reason, by_name, at) "
        "values ('sos', %s, %s, '试行', '王', now())",
        COUNTY,
        json.dumps({"tracks": tracks}),
    )
    payload = story.event()
    call = await lifeline.tells(payload)
    await story.deliver("bed-1", payload)
    asked = {one.asking.offer_id for one in call.begun.tellings if one.asking}
    assert {offer for offer, _who, _state in story.offers(story.open_incident("bed-1"))} == asked
    assert len(asked) == 3


async def test_how_frail_somebody_is_stands_in_the_snapshot_only_where_a_plan_differs_by_it(
    story: Story, lifeline: Lifeline
) -> None:
    story.scene.bed("bed-2")
    story.scene.run("update resident set frailty = 'severely_disabled' where id = 'resident-bed-1'")
    story.scene.run("update resident set frailty = 'semi_disabled' where id = 'resident-bed-2'")
    beds = (await lifeline.snapshot()).beds
    assert (beds["bed-1"].frailty, beds["bed-2"].frailty) == ("severely_disabled", "")
    payload = story.event("fall")
    call = await lifeline.tells(payload)
    await story.deliver("bed-1", payload)
    asked = {one.asking.offer_id for one in call.begun.tellings if one.asking}
    assert {offer for offer, _who, _state in story.offers(story.open_incident("bed-1", Danger.FALL))} == asked


async def test_where_nobody_has_committed_it_opens_the_incident_and_nobody_is_told_again(
    story: Story, lifeline: Lifeline
) -> None:
    payload = story.event()
    call = await lifeline.tells(payload)
    story.clock.forward(seconds=5)
    incident = await lifeline.reconciles(call)
    assert incident == story.open_incident("bed-1")
    assert [(who, state) for _offer, who, state in story.offers(incident)] == [("near", "SENT"), ("next", "SENT")]
    await story.deliver("bed-1", payload)
    assert story.phone.told("offer") == []
    assert [one.step for one in story.phone.told("family")] == ["opened_0"]
    assert story.scene.value("select count(*) from incident") == 1
    steps = story.steps(incident)
    assert (steps.count("received"), steps.count("lifeline_told"), steps.count("pressed_again")) == (1, 1, 0)
    assert story.state(incident) == "SEARCHING"
    assert {state for _id, _who, state in _messages(story.scene, "dispatcher")} == {"PROVIDER_OK"}
    told = story.scene.value("select reason from incident_event where step = 'lifeline_told'")
    assert told == "平台未及时确认，生命线于10:00:00直接通知了人员near、人员next、照护中心1人"


async def test_the_links_that_it_sent_work_once_the_incident_is_there(story: Story, lifeline: Lifeline) -> None:
    call = await lifeline.tells(story.event())
    incident = await lifeline.reconciles(call)
    assert incident is not None
    offer = next(one.asking.offer_id for one in call.begun.tellings if one.asking)
    await story.desk.accept_offer(offer, Actor("responder", "near", "人员near"))
    await story.settle()
    assert story.state(incident) == "ASSIGNED"
    assert [one.recipient_id for one in story.phone.told("withdrawn")] == ["next"]


async def test_the_next_people_are_asked_a_wave_later_and_not_at_once(story: Story, lifeline: Lifeline) -> None:
    call = await lifeline.tells(story.event())
    incident = await lifeline.reconciles(call)
    assert incident is not None
    await story.settle()
    assert set(story.asked(incident)) == set(HELPERS)
    await story.forward(seconds=25)
    assert {"third", "fourth"} <= set(story.asked(incident))


async def test_what_the_engine_had_written_and_not_sent_is_not_sent_any_more(story: Story, lifeline: Lifeline) -> None:
    payload = story.event()
    call = await lifeline.tells(payload, fails=("next",))
    topic = f"care/v1/{COUNTY}/bed-1/button/event"
    delivery = Delivery(topic, payload, retained=False, received_at=story.clock.now(), generation=1, mid=1)
    await story.detector.handle([delivery])
    await run_due(story._engine, StraightLine(), story.clock.now())
    assert {state for _id, _who, state in _messages(story.scene, "offer")} == {"PENDING"}
    await lifeline.reconciles(call)
    await story.settle()
    assert [one.recipient_id for one in story.phone.told("offer")] == ["next"], "whom nobody had reached"


async def test_doing_it_again_changes_nothing(story: Story, lifeline: Lifeline) -> None:
    call = await lifeline.tells(story.event())
    incident = await lifeline.reconciles(call)
    assert incident is not None
    before = (story.steps(incident), story.offers(incident), _messages(story.scene, "offer"))
    assert await lifeline.reconciles(call) == incident
    assert (story.steps(incident), story.offers(incident), _messages(story.scene, "offer")) == before
    assert story.scene.value("select count(*) from lifeline_telling") == 3


async def test_who_was_told_of_what_is_over_meanwhile_is_thanked(story: Story, lifeline: Lifeline) -> None:
    story.scene.responder("closest", north_m=5)
    incident = await story.press("bed-1")
    await story.accept(incident, "closest")
    story.scene.run("update responder set on_duty = false where id = 'closest'")
    call = await lifeline.tells(story.event())
    assert await lifeline.reconciles(call) == incident
    await story.settle()
    told = {one.recipient_id for one in call.begun.tellings if one.asking}
    assert {one.recipient_id for one in story.phone.told("withdrawn")} >= told
    assert story.steps(incident).count("pressed_again") == 1


async def test_a_second_press_during_the_outage_says_nothing_new_until_the_first_question_is_old(
    story: Story, lifeline: Lifeline
) -> None:
    first = await lifeline.tells(story.event())
    story.clock.forward(seconds=30)
    second = await lifeline.tells(story.event())
    assert (second.begun.tellings, second.begun.told_as) == ([], first.begun.incident_id)
    story.clock.forward(seconds=120)
    third = await lifeline.tells(story.event())
    assert third.begun.told_as == first.begun.incident_id
    asked = [one.recipient_id for one in third.begun.tellings if one.asking]
    assert asked[:2] == ["third", "fourth"], "others first; those who did not answer come after everybody else"
    incidents = {await lifeline.reconciles(call) for call in lifeline.ledger.open()}
    assert incidents == {first.begun.incident_id}
    await story.settle()
    incident = first.begun.incident_id
    assert set(story.asked(incident)) == {*HELPERS, "third", "fourth"}
    assert story.phone.told("offer") == []


async def test_presses_that_the_database_has_late_ring_the_centre_once_a_question(
    story: Story, lifeline: Lifeline
) -> None:
    """The platform is slow and not dead: each press is told before its word comes, and is in the database soon."""
    steps: list[list[str]] = []
    for _press in range(3):
        call = await lifeline.tells(story.event())
        steps.append([one.step for one in call.tellings() if one.audience == "dispatcher"])
        incident = await lifeline.reconciles(call)
        lifeline.ledger.write(Reconciled(call.begun.incident_id, story.clock.now()))
        story.clock.forward(seconds=20)
    assert steps == [["lifeline_1"], [], []]
    assert story.scene.value("select count(*) from message where step like 'lifeline%%'") == 1
    fourth = await lifeline.tells(story.event())
    assert [one for one in fourth.tellings() if one.audience == "dispatcher"] == []
    story.clock.forward(seconds=125)
    assert await lifeline.goes_on(fourth) is not None
    told = [one.step for one in fourth.tellings() if one.audience == "dispatcher"]
    assert told == ["lifeline_1"], "nobody has confirmed it, and the centre's question is old"
    assert await lifeline.reconciles(fourth) == incident


async def test_while_nobody_can_confirm_the_next_are_asked_and_the_centre_is_told_again_three_rounds_in_all(
    story: Story, lifeline: Lifeline
) -> None:
    call = await lifeline.tells(story.event())
    story.clock.forward(seconds=60)
    assert await lifeline.goes_on(call) is None, "the first have their time"
    story.clock.forward(seconds=90)
    second = await lifeline.goes_on(call)
    assert second is not None
    assert second[:2] == ["third", "fourth"], "others first; whoever did not answer comes after everybody else"
    assert await lifeline.goes_on(call) is None
    story.clock.forward(seconds=150)
    third = await lifeline.goes_on(call)
    assert third is not None
    story.clock.forward(seconds=150)
    assert await lifeline.goes_on(call) is None, "after three rounds the centre knows"
    steps = [one.step for one in call.tellings() if one.audience == "dispatcher"]
    assert steps == ["lifeline_1", "lifeline_2", "lifeline_3"]
    assert await lifeline.reconciles(call) == call.begun.incident_id
    await story.settle()
    assert {*HELPERS, "third", "fourth"} <= set(story.asked(call.begun.incident_id))
    assert story.phone.told("offer") == [], "whom the lifeline has told is not told again"
    assert story.scene.value("select count(*) from lifeline_telling") == len(call.tellings())


async def test_what_the_database_has_is_the_engines_to_widen(story: Story, lifeline: Lifeline) -> None:
    call = await lifeline.tells(story.event())
    await lifeline.reconciles(call)
    call.known_settled = len(call.settled)
    story.clock.forward(seconds=300)
    assert await lifeline.goes_on(call) is None


async def test_who_was_merely_asked_when_the_database_went_is_free_soon_and_who_was_going_is_not(
    story: Story, lifeline: Lifeline
) -> None:
    story.scene.bed("bed-2")
    elsewhere = await story.press("bed-2")
    assert story.asked(elsewhere) == list(HELPERS)
    await story.accept(elsewhere, "near")
    story.scene.run("update offer set state = 'SENT', answered_at = null where responder_id = 'next'")
    snapshot, plan = await lifeline.snapshot(), plan_for("urban")

    def busy(minutes: float) -> set[str]:
        now = snapshot.taken_at + timedelta(minutes=minutes)
        judged = [snapshot.judge(person, plan, now) for person in snapshot.people]
        return {one.id for one in judged if one.busy}

    assert [busy(minutes) for minutes in (1, 3, 29, 31)] == [{"near", "next"}, {"near"}, {"near"}, set()]


async def test_two_presses_do_not_send_one_person_to_two_doors(story: Story, lifeline: Lifeline) -> None:
    story.scene.bed("bed-2")
    one = await lifeline.tells(story.event())
    other = await lifeline.tells(story.event(), bed="bed-2")
    asked = [[told.recipient_id for told in call.begun.tellings if told.asking] for call in (one, other)]
    assert asked == [["near", "next"], ["third", "fourth"]]


async def test_a_message_that_nobody_can_read_is_told_and_reconciled(story: Story, lifeline: Lifeline) -> None:
    payload = b"\x00\xff\xfe"
    call = await lifeline.tells(payload)
    incident = await lifeline.reconciles(call)
    assert incident == story.open_incident("bed-1", Danger.UNREADABLE)
    await story.deliver("bed-1", payload)
    assert story.scene.value("select count(*) from incident") == 1
    assert story.phone.told("offer") == []


async def test_a_bed_that_is_none_of_ours_is_told_to_the_centre_alone_and_written_down(
    story: Story, lifeline: Lifeline
) -> None:
    call = await lifeline.tells(story.event(), bed="somebody-elses")
    assert [one.audience for one in call.begun.tellings] == ["dispatcher"]
    assert await lifeline.reconciles(call) is None
    assert story.scene.rows("select incident_id, bed_id from lifeline_telling") == [(None, "somebody-elses")]


async def test_the_centre_is_told_enough_to_act_and_no_more(story: Story, lifeline: Lifeline) -> None:
    call = await lifeline.tells(story.event())
    (text,) = [one.text for one in call.begun.tellings if one.audience == "dispatcher"]
    assert text == (
        "【1级·平台中断】东关大街街道一键呼叫，床位bed-1，10:00。平台未及时确认，已直接通知人员near、人员next。"
        "请立即电话联系并派人，必要时拨打120。"
    )
    helper = next(one for one in call.begun.tellings if one.asking)
    said = content_of(helper, helper.ways[0])
    assert said["text"] == (
        "【求助】东关大街街道有一起一键呼叫，距您约0.5公里，约4分钟（直线估算）。请尽快接单或拒绝。"
        "平台中断，接单后请致电照护中心获取地址。"
    )
    for secret in ("老人bed-1", "某路", "bed-1"):
        assert secret not in str(said)


async def test_a_channel_that_others_read_gets_no_names_and_a_provider_gets_its_facts(
    story: Story, lifeline: Lifeline
) -> None:
    story.scene.contact("responder", "near", "sms", "+8613800000001", language="en")
    story.scene.run("delete from contact where person_kind = 'account'")
    centre = str(story.scene.value("select id from account where login = 'centre'"))
    story.scene.contact("account", centre, "dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=x")
    call = await lifeline.tells(story.event())
    desk = next(one for one in call.begun.tellings if one.audience == "dispatcher")
    said = content_of(desk, desk.ways[0])
    assert "人员near" not in str(said)
    assert "已直接通知2人" in str(said["text"])
    assert said["say"] == "dispatcher"
    helper = next(one for one in call.begun.tellings if one.recipient_id == "near")
    sms = content_of(helper, next(way for way in helper.ways if way.channel == "sms"))
    assert (sms["say"], str(sms["text"])[:6]) == ("offer", "[Help]")
    assert str(sms["text"]).endswith("call the care centre for the address.")


async def test_the_snapshot_holds_no_name_of_a_resident_and_nobody_who_may_not_be_asked(lifeline: Lifeline) -> None:
    raw = encode_snapshot(await lifeline.snapshot()).decode()
    for absent in ("老人bed-1", "某路", "家属daughter", '"off"', '"unasked"'):
        assert absent not in raw
    assert '"near"' in raw


async def test_its_role_can_end_nothing_and_reads_no_password_and_no_address(lifeline: Lifeline, story: Story) -> None:
    incident = await story.press("bed-1")
    forbidden = (
        f"update incident set closed_at = now(), closed_by = 'x', outcome_code = 'other' where id = '{incident}'",
        "select password_hash from account",
        "select address from bed",
        "select phone from resident",
        "delete from incident_event",
        "update lifeline_telling set told_at = now()",
        "delete from message",
        "insert into account (login, name, role, password_hash, area_code) values ('x', 'x', 'auditor', '', '63')",
    )
    for statement in forbidden:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await lifeline.connection.execute(statement.encode())
    with pytest.raises(psycopg.errors.CheckViolation):
        await lifeline.connection.execute(b"update incident set state = 'CLOSED'")
