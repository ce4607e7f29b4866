"""People err: a key pressed by mistake is taken back, and a refusal says in plain words who was first."""

from uuid import UUID

import pytest

from carecircle.errors import Conflict
from carecircle_alerts.desk import Actor
from tests.acceptance.conftest import Story


def owner(story: Story, incident: UUID) -> tuple[object, ...]:
    (row,) = story.scene.rows(
        "select owner_account_id, acknowledged_at, acknowledged_by from incident where id = %s", incident
    )
    return row


def steps(story: Story, incident: UUID) -> list[object]:
    return [
        row[0]
        for row in story.scene.rows("select step from incident_event where incident_id = %s order by id", incident)
    ]


async def test_taking_an_incident_can_be_taken_back_within_ten_seconds(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    await story.forward(seconds=10)
    await story.desk.unacknowledge(incident, dispatcher)
    await story.desk.unacknowledge(incident, dispatcher)
    assert owner(story, incident) == (None, None, None)
    assert steps(story, incident).count("unacknowledged") == 1
    (by,) = story.scene.rows("select actor, detail ->> 'by' from incident_event where step = 'unacknowledged'")
    assert by == (str(dispatcher), dispatcher.name)


async def test_what_was_given_back_is_called_out_again_and_only_once(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    for _ in range(3):
        await story.desk.acknowledge(incident, dispatcher)
        await story.desk.unacknowledge(incident, dispatcher)
    assert story.scene.value("select count(*) from due where incident_id = %s and kind = 'unclaimed'", incident) == 1
    called = "select count(*) from incident_event where incident_id = %s and starts_with(reason, '照护中心尚无人确认')"
    await story.forward(seconds=59)
    assert story.scene.value(called, incident) == 0
    await story.forward(seconds=1)
    assert story.scene.value(called, incident) == 1


async def test_after_ten_seconds_others_rely_on_it(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    await story.forward(seconds=11)
    with pytest.raises(Conflict, match="超过10秒") as late:
        await story.desk.unacknowledge(incident, dispatcher)
    assert late.value.code == "undo_too_late"
    assert owner(story, incident)[2] == dispatcher.name


async def test_nobody_takes_back_what_another_person_has_taken(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.desk.acknowledge(incident, dispatcher)
    other = Actor("account", str(story.scene.account("li")), "李主管")
    with pytest.raises(Conflict, match=r"王调度已于 \d\d:\d\d 接手"):
        await story.desk.unacknowledge(incident, other)
    assert owner(story, incident)[2] == dispatcher.name


async def test_a_refusal_says_who_has_ended_it_and_in_no_code(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    incident = await story.press("bed-1")
    await story.desk.close(incident, "false_press", "", dispatcher)
    other = Actor("account", str(story.scene.account("li")), "李主管")
    with pytest.raises(Conflict, match=r"误报取消：王调度，\d\d:\d\d") as refused:
        await story.desk.acknowledge(incident, other)
    assert refused.value.code == "incident_ended"
    assert refused.value.facts["name"] == "王调度"


async def test_an_alarm_that_joins_another_is_named_in_words(story: Story, dispatcher: Actor) -> None:
    story.scene.bed("bed-1")
    first = await story.press("bed-1")
    second = await story.press("bed-1", "fall")
    await story.desk.merge(second, first, "同一次跌倒", dispatcher)
    said = story.scene.value("select reason from incident_event where incident_id = %s and step = 'joined'", first)
    assert said == "疑似跌倒事件并入：同一次跌倒"
