"""From a press to a helper at the door, as the people involved live it."""

import asyncio
from datetime import timedelta

import pytest

from carecircle.errors import Conflict, Forbidden
from carecircle_alerts.desk import Actor
from carecircle_alerts.notify.channel import Failed
from tests.acceptance.conftest import Story


async def test_a_press_asks_the_two_nearest_and_tells_the_family(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    for number, metres in enumerate((1500, 300, 900), start=1):
        scene.responder(f"r{number}", north_m=metres)
    scene.relative("daughter", "bed-1", webhook="http://phone")
    scene.relative("nephew", "bed-1", webhook="http://phone", consented=False)

    incident = await story.press("bed-1")

    assert story.asked(incident) == ["r2", "r3"]
    assert sorted(one.recipient_id for one in story.phone.told("offer")) == ["r2", "r3"]
    assert [one.recipient_id for one in story.phone.told("family")] == ["daughter"]
    assert story.state(incident) == "SEARCHING"


async def test_an_offer_names_neither_the_person_nor_the_address(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1", north_m=1000)
    await story.press("bed-1")
    (offer,) = story.phone.told("offer")
    assert "老人bed-1" not in offer.text
    assert "某路" not in offer.text
    # 1 km by air, 1.5 by road in town, 16 km/h, 2 min to turn out: 338 + 120 s.
    assert "约1.5公里，约8分钟（直线估算）" in offer.text


async def test_the_first_to_accept_wins_and_the_other_is_thanked(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("near", north_m=200)
    scene.responder("far", north_m=800)
    scene.relative("daughter", "bed-1", webhook="http://phone")
    incident = await story.press("bed-1")
    offers = {who: offer for offer, who, _state in story.offers(incident)}

    answers = await asyncio.gather(
        story.desk.accept_offer(offers["near"], Actor("responder", "near", "near")),
        story.desk.accept_offer(offers["far"], Actor("responder", "far", "far")),
        return_exceptions=True,
    )

    await story.settle()
    (lost,) = [answer for answer in answers if answer is not None]
    assert isinstance(lost, Conflict)
    assert "已先接单" in str(lost)
    assert story.state(incident) == "ASSIGNED"
    assert len(story.phone.told("withdrawn")) == 1
    assert [one.step.split("_")[0] for one in story.phone.told("family")] == ["opened", "accepted"]
    (reassured,) = story.phone.told("device")
    assert reassured.content["reassure"] == {"incident": str(incident), "event": [1, 1], "stage": "accepted"}


async def test_accepting_twice_is_one_helper(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    first = await story.accept(incident, "r1")
    assert await story.accept(incident, "r1") == first
    assert story.steps(incident).count("accepted") == 1


async def test_nobody_answers_so_the_circle_grows_and_the_centre_must_act(story: Story, dispatcher: Actor) -> None:
    scene = story.scene
    scene.contact("account", dispatcher.id, "webhook", "http://phone")
    scene.bed("bed-1")
    for number in range(1, 9):
        scene.responder(f"r{number}", north_m=number * 400)
    incident = await story.press("bed-1")
    await story.forward(seconds=19)
    assert len(story.asked(incident)) == 2
    await story.forward(seconds=1)
    assert story.asked(incident) == ["r1", "r2", "r3", "r4"]
    await story.forward(seconds=99)
    assert story.state(incident) == "SEARCHING"
    await story.forward(seconds=1)
    assert story.state(incident) == "UNCOVERED"
    assert story.level(incident) >= 2  # nobody claimed it after 60 s, nobody accepted after 120 s
    reasons = {one.step.split("_")[0] for one in story.phone.told("dispatcher")}
    assert reasons == {"unclaimed", "supervisor", "uncovered"}


async def test_everybody_who_declines_is_replaced_at_once(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    for number in range(1, 6):
        scene.responder(f"r{number}", north_m=number * 100)
    incident = await story.press("bed-1")
    for offer, who, _state in story.offers(incident):
        await story.desk.decline_offer(offer, "在外地", Actor("responder", who, who))
    await story.settle()
    assert story.asked(incident) == ["r1", "r2", "r3", "r4"]
    await story.forward(minutes=10)
    assert story.asked(incident).count("r1") == 1, "who has declined is not asked again"


async def test_a_helper_who_does_not_set_out_is_replaced_and_welcome_all_the_same(story: Story) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("slow", north_m=100)
    scene.responder("second", north_m=200)
    scene.responder("third", north_m=300)
    incident = await story.press("bed-1")
    helper = await story.accept(incident, "slow")
    await story.forward(seconds=121)
    assert "nudged" in story.steps(incident)
    await story.forward(seconds=60)
    assert story.state(incident) == "SEARCHING"
    assert story.asked(incident) == ["slow", "second", "third", "second"]
    await story.desk.arrive(helper, Actor("responder", "slow", "slow"))
    await story.settle()
    assert story.state(incident) == "ON_SCENE"


async def test_to_the_door_and_to_the_end(story: Story, dispatcher: Actor) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("r1")
    scene.relative("daughter", "bed-1", email="daughter@example.org")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    helper = await story.accept(incident, "r1")
    who = Actor("responder", "r1", "r1")
    await story.desk.start_moving(helper, who)
    await story.forward(minutes=5)
    await story.desk.arrive(helper, who)
    await story.settle()
    await story.forward(minutes=8)
    await story.desk.hand_over(helper, "已扶起，血压正常", who)
    await story.settle()
    assert story.state(incident) == "HANDED_OVER"
    await story.forward(minutes=30)
    assert story.state(incident) == "HANDED_OVER", "silence closes nothing"
    await story.desk.close(incident, "helped_on_site", "家属已知晓", dispatcher)
    await story.settle()
    assert story.state(incident) == "CLOSED"
    steps = [one.step.split("_")[0] for one in story.phone.told("family")]
    assert steps == ["opened", "accepted", "arrived", "closed"]
    assert scene.value("select count(*) from due") == 0


async def test_only_a_person_of_the_centre_closes(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    with pytest.raises(Forbidden):
        await story.desk.close(incident, "false_press", "", Actor("responder", "r1", "r1"))


async def test_who_acknowledged_first_owns_it(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    await story.desk.acknowledge(incident, dispatcher)
    other = Actor("account", str(story.scene.account("li")), "李调度")
    with pytest.raises(Conflict, match=r"王调度已于 \d\d:\d\d 接手") as refused:
        await story.desk.acknowledge(incident, other)
    assert refused.value.code == "taken_over"


async def test_fifteen_minutes_without_an_arrival_is_a_breach(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    helper = await story.accept(incident, "r1")
    await story.desk.start_moving(helper, Actor("responder", "r1", "r1"))
    await story.forward(minutes=14, seconds=59)
    assert "breach" not in story.steps(incident)
    await story.forward(seconds=2)
    assert "breach" in story.steps(incident)


async def test_nobody_on_duty_is_said_at_once(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("off", on_duty=False)
    story.scene.responder("shy", consented=False)
    story.scene.responder("lost", north_m=None)
    story.scene.responder("mute", webhook=None)
    incident = await story.press("bed-1")
    assert story.state(incident) == "UNCOVERED"
    why = {one.responder.id: one.why for one in await story.desk.candidates(incident)}
    assert why == {"off": "off_duty", "shy": "no_consent", "lost": "no_position", "mute": "no_address"}
    story.scene.run("update responder set on_duty = true where id = 'off'")
    await story.forward(seconds=61)
    assert story.asked(incident) == ["off"], "who comes on duty later is asked"


async def test_a_bed_without_a_position_still_reaches_the_centre(story: Story) -> None:
    story.scene.bed("bed-1", placed=False)
    story.scene.responder("r1", area="6301")
    incident = await story.press("bed-1")
    assert story.state(incident) == "UNCOVERED"
    assert await story.desk.candidates(incident) == []


async def test_an_offer_that_cannot_be_delivered_goes_to_somebody_else(story: Story) -> None:
    story.scene.bed("bed-1")
    story.phone.refuse = {"r1": Failed("HTTP 404", again=False), "r2": Failed("HTTP 404", again=False)}
    for number in (1, 2, 3):
        story.scene.responder(f"r{number}", north_m=number * 100)
    incident = await story.press("bed-1")
    assert [state for _offer, _who, state in story.offers(incident)] == ["UNDELIVERABLE", "UNDELIVERABLE", "SENT"]


async def test_the_contracted_provider_comes_first_inside_the_circle(story: Story) -> None:
    scene = story.scene
    scene.provider("contracted")
    scene.bed("bed-1", provider="contracted")
    scene.responder("nearest", north_m=100)
    scene.responder("theirs", north_m=900, provider="contracted")
    scene.responder("theirs-far", north_m=20_000, provider="contracted")
    incident = await story.press("bed-1")
    assert story.asked(incident) == ["theirs", "nearest"]


async def test_a_second_press_joins_and_brings_help_back_after_the_helper_left(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    story.scene.responder("r2", north_m=900)
    incident = await story.press("bed-1")
    assert await story.press("bed-1") == incident
    helper = await story.accept(incident, "r1")
    who = Actor("responder", "r1", "r1")
    await story.desk.arrive(helper, who)
    await story.desk.hand_over(helper, "", who)
    await story.settle()
    assert story.state(incident) == "HANDED_OVER"
    await story.forward(minutes=20)
    assert await story.press("bed-1") == incident
    assert story.state(incident) == "SEARCHING"
    assert len(story.asked(incident)) > 2
    assert story.scene.value("select deadline_at from incident") == story.clock.now() + timedelta(minutes=15)
    await story.forward(minutes=16)
    assert "breach" in story.steps(incident), "the second call has a clock of its own"


async def test_after_the_end_a_new_press_is_a_new_incident(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    first = await story.press("bed-1")
    await story.desk.close(first, "false_press", "", dispatcher)
    assert await story.press("bed-1") != first


async def test_a_rural_press_asks_five_neighbours_at_once(story: Story) -> None:
    story.scene.bed("bed-1", circle="rural")
    for number in range(1, 8):
        story.scene.responder(f"n{number}", north_m=number * 200, mode="walk")
    incident = await story.press("bed-1")
    assert len(story.asked(incident)) == 5


async def test_one_person_is_never_sent_to_two_doors(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.bed("bed-2")
    story.scene.responder("only")
    first = await story.press("bed-1")
    await story.accept(first, "only")
    second = await story.press("bed-2")
    assert story.asked(second) == []
    assert story.state(second) == "UNCOVERED"


async def test_a_late_press_opens_an_incident_marked_late(story: Story) -> None:
    story.scene.bed("bed-1")
    pressed_at = story.clock.now() - timedelta(hours=3)
    await story.deliver("bed-1", story.event(at=pressed_at))
    (row,) = story.scene.rows("select late, pressed_at, deadline_at > opened_at from incident")
    assert row == (True, pressed_at, True)
