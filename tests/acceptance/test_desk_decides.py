"""What only people of the centre decide: whether it is real, whether two are one, whom they send, how it ends."""

import pytest

from carecircle.errors import Conflict, Forbidden
from carecircle_alerts.desk import Actor
from tests.acceptance.conftest import Story


def verification(story: Story, incident: object) -> object:
    return story.scene.value("select verification from incident where id = %s", incident)


async def test_the_search_does_not_wait_until_somebody_has_called_back(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    assert (verification(story, incident), story.asked(incident)) == ("pending", ["r1"])
    await story.forward(seconds=29)
    assert verification(story, incident) == "pending"
    await story.forward(seconds=1)
    assert (verification(story, incident), story.state(incident)) == ("no_answer", "SEARCHING")


async def test_a_denial_is_written_down_and_ends_nothing(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    await story.desk.verify(incident, "denied", "老人说碰到了", dispatcher)
    await story.forward(minutes=3)
    assert (verification(story, incident), story.state(incident)) == ("denied", "UNCOVERED")
    with pytest.raises(Conflict):
        await story.desk.verify(incident, "pending", "", dispatcher)
    with pytest.raises(Forbidden):
        await story.desk.verify(incident, "denied", "", Actor("responder", "r1", "r1"))


async def test_who_presses_again_has_confirmed(story: Story) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.press("bed-1")
    assert verification(story, incident) == "confirmed"


async def test_a_false_press_that_nobody_went_to_is_cancelled_by_a_named_person(
    story: Story, dispatcher: Actor
) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    await story.desk.close(incident, "false_press", "", dispatcher)
    assert story.state(incident) == "CANCELLED_FALSE"
    assert story.scene.value("select closed_by from incident where id = %s", incident) == "王调度"
    await story.settle()
    assert len(story.phone.told("withdrawn")) == 1


async def test_a_false_press_to_which_somebody_came_is_closed_and_counts(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1")
    incident = await story.press("bed-1")
    helper = await story.accept(incident, "r1")
    await story.desk.arrive(helper, Actor("responder", "r1", "r1"))
    await story.desk.close(incident, "false_press", "", dispatcher)
    assert story.state(incident) == "CLOSED"


async def test_two_incidents_of_one_bed_become_one_and_a_new_press_belongs_to_it(
    story: Story, dispatcher: Actor
) -> None:
    story.scene.bed("bed-1")
    for number in range(1, 5):
        story.scene.responder(f"r{number}", north_m=number * 100)
    fall = await story.press("bed-1", "fall")
    press = await story.press("bed-1")
    await story.desk.merge(press, fall, "同一次跌倒", dispatcher)
    await story.settle()
    assert (story.state(press), story.state(fall)) == ("MERGED", "SEARCHING")
    assert "joined" in story.steps(fall)
    assert await story.press("bed-1") == fall
    await story.desk.close(fall, "helped_on_site", "", dispatcher)
    assert await story.press("bed-1") not in {fall, press}, "what has ended takes nothing in"


async def test_only_what_is_the_same_can_be_merged(story: Story, dispatcher: Actor) -> None:
    for bed in ("bed-1", "bed-2"):
        story.scene.bed(bed)
    story.scene.responder("r1")
    one, other = await story.press("bed-1"), await story.press("bed-2")
    with pytest.raises(Conflict, match="同一床位"):
        await story.desk.merge(one, other, "看错", dispatcher)
    fall = await story.press("bed-1", "fall")
    await story.accept(one, "r1")
    with pytest.raises(Conflict, match="已有人员前往"):
        await story.desk.merge(one, fall, "同一次", dispatcher)
    await story.desk.merge(fall, one, "同一次", dispatcher)
    assert story.state(fall) == "MERGED"


async def test_who_has_said_yes_on_the_phone_is_sent_without_being_asked_again(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1", north_m=100)
    story.scene.responder("r2", north_m=200, on_duty=False)
    incident = await story.press("bed-1")
    with pytest.raises(Conflict, match="填写原因"):
        await story.desk.assign(incident, "r2", " ", dispatcher)
    await story.desk.assign(incident, "r2", "已电话确认", dispatcher)
    await story.settle()
    assert story.state(incident) == "ASSIGNED"
    assert [one.recipient_id for one in story.phone.told("withdrawn")] == ["r1"]
    assert story.scene.rows("select responder_id, forced from assignment") == [("r2", False)]


async def test_somebody_on_something_else_is_sent_only_by_force_and_with_a_reason(
    story: Story, dispatcher: Actor
) -> None:
    for bed in ("bed-1", "bed-2"):
        story.scene.bed(bed)
    story.scene.responder("only")
    first = await story.press("bed-1")
    await story.accept(first, "only")
    second = await story.press("bed-2")
    assert story.asked(second) == []
    with pytest.raises(Conflict, match="填写原因"):
        await story.desk.dispatch(second, "only", "", dispatcher)
    await story.desk.dispatch(second, "only", "两家相邻，先去第二家", dispatcher)
    await story.settle()
    await story.accept(second, "only")
    assert story.scene.rows("select forced from assignment where incident_id = %s", second) == [(True,)]
    assert story.state(second) == "ASSIGNED"


async def test_the_desk_sends_somebody_who_is_nowhere_near(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    for number in range(60):
        story.scene.responder(f"near-{number:02d}", north_m=100 + number)
    story.scene.responder("far", north_m=90_000, mode="car")
    incident = await story.press("bed-1")
    await story.desk.assign(incident, "far", "只有他会用这台设备", dispatcher)
    assert story.scene.rows("select responder_id from assignment") == [("far",)]
