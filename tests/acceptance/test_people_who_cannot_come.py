"""Whoever cannot come is not asked, the reason is said, and the search goes on; nobody waits behind anybody else."""

from datetime import timedelta

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle.errors import Conflict
from carecircle_alerts.desk import Actor
from carecircle_alerts.people.begins import wake_for_beginnings
from carecircle_alerts.store import Connection
from tests.acceptance.conftest import START, Story
from tests.scene import TOWNSHIP, Scene

HOUR = timedelta(hours=1)


async def why(story: Story, incident: object) -> dict[str, str]:
    return {one.responder.id: one.why for one in await story.desk.candidates(incident)}  # type: ignore[arg-type]


async def test_the_roster_takes_people_on_and_off_duty(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("early", north_m=100)
    scene.responder("late", north_m=200, on_duty=False)
    scene.shift("early", START - 8 * HOUR, START + HOUR / 60)
    scene.shift("late", START + HOUR / 60, START + 8 * HOUR)
    incident = await story.press("bed-1")
    assert story.asked(incident) == ["early"]
    assert (await why(story, incident))["late"] == "not_rostered"
    await story.forward(seconds=61)
    assert story.asked(incident) == ["early", "late"], "the shift has changed while the search went on"


def _off_duty(scene: Scene, known_by: str) -> None:
    """A bed, and somebody near it who is off duty; `known_by` is how both are found."""
    scene.bed("bed-1", placed=known_by != "township")
    match known_by:
        case "position":
            scene.responder("comes", on_duty=False, position_at=START)
        case "provider":
            scene.responder("comes", on_duty=False, north_m=None, provider="station-1")
        case _:
            scene.responder("comes", on_duty=False)


@pytest.mark.parametrize("known_by", ["base", "position", "provider", "township"])
async def test_who_comes_on_duty_is_asked_at_once_by_whoever_waits(story: Story, known_by: str) -> None:
    _off_duty(story.scene, known_by)
    incident = await story.press("bed-1")
    assert story.state(incident) == "UNCOVERED"
    await story.forward(seconds=7)
    await story.desk.set_duty("comes", True, Actor("responder", "comes", "comes"))
    await story.settle()
    assert story.asked(incident) == ["comes"], "not a minute later"
    await story.accept(incident, "comes")
    assert story.state(incident) == "ASSIGNED"


@pytest.mark.parametrize("known_by", ["base", "position", "provider", "township"])
async def test_whose_shift_begins_is_asked_at_once_by_whoever_waits(
    story: Story, engine: AsyncConnectionPool[Connection], known_by: str
) -> None:
    _off_duty(story.scene, known_by)
    story.scene.shift("comes", START + timedelta(seconds=70), START + 8 * HOUR)
    incident = await story.press("bed-1")
    await story.forward(seconds=69)
    assert (story.state(incident), story.asked(incident)) == ("UNCOVERED", [])
    assert await wake_for_beginnings(engine, story.clock.now()) == 0, "before it begins nobody looks round"
    story.clock.forward(seconds=1)
    assert await wake_for_beginnings(engine, story.clock.now()) == 1
    assert await wake_for_beginnings(engine, story.clock.now()) == 0, "who is about to look is not woken again"
    await story.settle()
    assert story.asked(incident) == ["comes"], "not a minute later"
    assert await wake_for_beginnings(engine, story.clock.now()) == 0, "who asks somebody is left alone"


async def test_a_beginning_wakes_nobody_far_away_without_consent_or_later_than_at_its_time(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("abroad", north_m=200_000, on_duty=False)
    scene.responder("silent", on_duty=False, consented=False)
    for who in ("abroad", "silent"):
        scene.shift(who, START + timedelta(seconds=10), START + HOUR)
    incident = await story.press("bed-1")
    assert story.state(incident) == "UNCOVERED"
    story.clock.forward(seconds=10)
    assert await wake_for_beginnings(engine, story.clock.now()) == 0
    story.clock.forward(seconds=20)
    scene.responder("late", on_duty=False)
    scene.shift("late", START + timedelta(seconds=10), START + HOUR)
    assert await wake_for_beginnings(engine, story.clock.now()) == 0, "what began longer ago was found at its time"


async def test_coming_on_duty_wakes_neither_the_covered_nor_the_far(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("goes", north_m=100)
    scene.responder("comes", north_m=200, on_duty=False)
    scene.responder("abroad", north_m=200_000, on_duty=False)
    covered = await story.press("bed-1")
    await story.accept(covered, "goes")
    scene.bed("bed-2")
    waits = await story.press("bed-2")
    assert story.state(waits) == "UNCOVERED"
    await story.desk.set_duty("abroad", True, Actor("responder", "abroad", "abroad"))
    assert scene.rows("select from due where kind = 'freed'") == []
    await story.desk.set_duty("comes", True, Actor("responder", "comes", "comes"))
    assert scene.rows("select incident_id from due where kind = 'freed'") == [(waits,)]
    await story.settle()
    assert story.asked(waits) == ["comes"]
    assert story.asked(covered) == ["goes"]


async def test_nobody_is_asked_after_going_off_duty_in_the_middle_of_a_shift(story: Story, dispatcher: Actor) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("r1")
    scene.shift("r1", START - HOUR, START + HOUR)
    await story.desk.set_duty("r1", False, Actor("responder", "r1", "r1"))
    incident = await story.press("bed-1")
    assert story.state(incident) == "UNCOVERED"
    assert await why(story, incident) == {"r1": "off_duty"}
    reason = story.scene.value("select reason from incident_event where step = 'uncovered'")
    assert reason == "附近1人均不可派：不在岗1人"
    with pytest.raises(Conflict, match="请填写原因"):
        await story.desk.dispatch(incident, "r1", "", dispatcher)


async def test_a_closed_provider_sends_nobody_and_a_full_one_nobody_more(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.bed("bed-2")
    scene.provider("closed")
    scene.run("insert into provider_exception (provider_id, day, reason) values ('closed', %s, '春节')", START.date())
    scene.run("update provider set out_at_once = 1 where id = 'station-1'")
    scene.responder("day-off", north_m=50, provider="closed")
    scene.responder("first", north_m=100, provider="station-1")
    scene.responder("second", north_m=200, provider="station-1")
    scene.responder("neighbour", north_m=900, role="neighbour")
    incident = await story.press("bed-1")
    assert story.asked(incident) == ["first", "second"]
    await story.accept(incident, "first")
    other = await story.press("bed-2")
    assert story.asked(other) == ["neighbour"], "in town neighbours are asked at once when no staff is left"
    found = await why(story, other)
    assert (found["day-off"], found["second"]) == ("provider_closed", "provider_full")


async def test_a_position_from_yesterday_is_not_taken_for_today(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    yesterday = START - timedelta(days=1)
    scene.responder("gone", north_m=50, position_at=yesterday)
    scene.responder("home", north_m=20_000, position_at=yesterday)
    scene.run("update responder set base_lat = 36.6245, base_lon = 101.78 where id = 'home'")
    scene.responder("here", north_m=900, position_at=START)
    incident = await story.press("bed-1")
    assert story.asked(incident) == ["home", "here"]
    assert (await why(story, incident))["gone"] == "stale_position"
    detail = (
        "select detail ->> 'place_from', (detail ->> 'position_age_s')::int from incident_event where step = 'offered'"
    )
    assert scene.rows(detail + " order by id") == [("base", 86400), ("position", 0)]


async def test_who_comes_from_a_visit_rests_unless_nobody_else_is_near(story: Story, dispatcher: Actor) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.bed("bed-2")
    scene.responder("back", north_m=100)
    scene.responder("rested", north_m=2000)
    first = await story.press("bed-1")
    helper = await story.accept(first, "back")
    who = Actor("responder", "back", "back")
    await story.desk.arrive(helper, who)
    await story.desk.hand_over(helper, "", who)
    await story.desk.close(first, "helped_on_site", "", dispatcher)
    second = await story.press("bed-2")
    assert story.asked(second) == ["rested"]
    (offer, _who, _state) = story.offers(second)[0]
    await story.desk.decline_offer(offer, "", Actor("responder", "rested", "rested"))
    await story.settle()
    assert story.asked(second) == ["rested", "back"], "an old person on the floor outweighs a rest"
    reason = scene.value("select reason from incident_event where step = 'offered' order by id desc limit 1")
    assert reason == "after_visit"


async def test_a_bed_without_a_position_is_offered_by_contract_and_area_and_a_person_is_told(
    story: Story, dispatcher: Actor
) -> None:
    scene = story.scene
    scene.contact("account", dispatcher.id, "webhook", "http://phone")
    scene.bed("bed-1", placed=False, provider="station-1")
    scene.relative("daughter", "bed-1", webhook="http://phone")
    scene.responder("same-street", area=TOWNSHIP)
    scene.responder("theirs", provider="station-1", area="6301")
    scene.responder("elsewhere", area="6301")
    incident = await story.press("bed-1")
    assert story.asked(incident) == ["theirs", "same-street"]
    assert story.state(incident) == "SEARCHING"
    assert story.level(incident) == 1
    assert "bed_without_position" in story.steps(incident)
    assert [one.step for one in story.phone.told("dispatcher")] == ["unplaced"]
    assert all("路程未知" in one.text for one in story.phone.told("offer"))
    await story.accept(incident, "same-street")
    assert "预计" not in story.phone.told("family")[-1].text, "nobody is told a time that nobody knows"
    assert story.state(incident) == "ASSIGNED"


async def test_a_circle_without_people_is_said_and_those_beyond_are_asked_at_once(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("far", north_m=20_000)
    incident = await story.press("bed-1")
    assert story.asked(incident) == ["far"]
    assert "circle_empty" in story.steps(incident)


async def test_one_bed_that_nobody_can_reach_holds_up_no_other(story: Story) -> None:
    story.scene.bed("bed-1", placed=False)
    story.scene.bed("bed-2")
    story.scene.responder("r1", area="6301")
    lost = await story.press("bed-1")
    assert story.state(lost) == "UNCOVERED"
    found = await story.press("bed-2")
    assert story.asked(found) == ["r1"]
    await story.forward(minutes=5)
    assert story.level(lost) > 2, "and the first one goes on calling"


async def test_a_fall_of_a_severely_disabled_person_brings_two(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.run("update resident set frailty = 'severely_disabled'")
    for number in range(1, 6):
        scene.responder(f"r{number}", north_m=number * 100)
    incident = await story.press("bed-1", "fall")
    assert story.asked(incident) == ["r1", "r2", "r3", "r4"]
    await story.accept(incident, "r2")
    states = {who: state for _offer, who, state in story.offers(incident)}
    assert states["r1"] == "SENT", "one more is wanted"
    await story.accept(incident, "r1")
    with pytest.raises(Conflict):
        await story.accept(incident, "r3")


async def test_the_second_of_two_is_still_looked_for_when_the_first_is_there(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.run("update resident set frailty = 'severely_disabled'")
    scene.responder("r1", north_m=100)
    incident = await story.press("bed-1", "fall")
    helper = await story.accept(incident, "r1")
    who = Actor("responder", "r1", "r1")
    await story.desk.arrive(helper, who)
    await story.settle()
    await story.forward(seconds=121)
    reasons = [str(reason) for (reason,) in scene.rows("select reason from incident_event where step = 'escalated'")]
    assert "已有1人接单，仍缺1人" in reasons
    scene.responder("r2", north_m=200)
    await story.forward(seconds=61)
    assert story.asked(incident) == ["r1", "r2"]
    await story.desk.hand_over(helper, "", who)
    await story.settle()
    assert story.state(incident) == "HANDED_OVER"
    assert story.offers(incident)[-1][2] == "WITHDRAWN", "the visit is over, nobody more has to come"


async def test_a_plan_that_changes_leaves_open_incidents_alone(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.bed("bed-2")
    for number in range(1, 6):
        scene.responder(f"r{number}", north_m=number * 100)
    before = await story.press("bed-1")
    scene.run(
        "insert into plan_setting (kind, area, settings, reason, by_name, at) values "
        "('help', '6301', '{\"no_accept_s\": 30}', '演练', '李主任', now())"
    )
    after = await story.press("bed-2")
    await story.forward(seconds=31)
    assert (story.state(before), story.state(after)) == ("SEARCHING", "UNCOVERED")
    assert scene.rows("select plan_version from incident order by opened_at, plan_version") == [(0,), (1,)]


async def test_in_a_herding_area_local_people_are_asked_at_once_and_have_an_hour(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1", circle="herding")
    for number in range(1, 7):
        scene.responder(f"n{number}", north_m=number * 500, mode="walk", role="neighbour")
    scene.responder("doctor", north_m=15_000, mode="car")
    incident = await story.press("bed-1")
    assert sorted(story.asked(incident)) == ["doctor", "n1", "n2", "n3", "n4", "n5"]
    assert scene.value("select deadline_at from incident") == START + HOUR


async def test_who_withdraws_consent_while_being_asked_is_replaced_at_once_and_cannot_accept(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("r1", north_m=100)
    incident = await story.press("bed-1")
    scene.responder("r2", north_m=300)
    await story.desk.withdraw_own_consent(Actor("responder", "r1", "r1"))
    await story.settle()
    assert story.asked(incident) == ["r1", "r2"], "nobody waits for the next wave"
    with pytest.raises(Conflict):
        await story.accept(incident, "r1")
    assert (await why(story, incident))["r1"] == "consent_withdrawn"
    assert scene.rows("select lat, position_at from responder where id = 'r1'") == [(None, None)]


async def test_who_is_on_the_way_and_withdraws_consent_is_pointed_out_to_the_centre(
    story: Story, dispatcher: Actor
) -> None:
    scene = story.scene
    scene.contact("account", dispatcher.id, "webhook", "http://phone")
    scene.bed("bed-1")
    scene.responder("r1")
    incident = await story.press("bed-1")
    await story.accept(incident, "r1")
    await story.desk.withdraw_own_consent(Actor("responder", "r1", "r1"))
    await story.settle()
    assert "consent_withdrawn" in story.steps(incident)
    assert story.phone.told("dispatcher")[-1].step.startswith("consent_")
    assert story.state(incident) == "ASSIGNED", "whether they still go is for people to say"
