"""Whom an offer could not reach is asked again once they have another way to be reached, and only then."""

import asyncio
import json
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.notify.channel import Failed
from carecircle_alerts.notify.contacts import Contacts, Person
from carecircle_alerts.store import Connection, fetch, run
from tests.acceptance.conftest import Story
from tests.acceptance.telling import Answering, Telling, send

COMES = Person("responder", "comes")


def _keys(phone: str, key: str) -> tuple[str, str]:
    endpoint = f"http://127.0.0.1:9/{phone}"
    return endpoint, json.dumps({"endpoint": endpoint, "key": key})


async def _subscribe(story: Story, desk: AsyncConnectionPool[Connection], phone: str, key: str = "1") -> None:
    await Contacts(desk, story.clock).subscribe(COMES, *_keys(phone, key), "zh-CN")


async def _not_reached(story: Story) -> UUID:
    """An incident whose only candidate has one way to be reached, which fails."""
    story.scene.bed("bed-1")
    story.scene.responder("comes")
    story.phone.refuse = {"comes": Failed("HTTP 404", again=False)}
    incident = await story.press("bed-1")
    assert [state for _offer, _who, state in story.offers(incident)] == ["UNDELIVERABLE"]
    assert story.state(incident) == "UNCOVERED"
    return incident


async def test_the_same_way_is_not_tried_for_ever(story: Story) -> None:
    incident = await _not_reached(story)
    await story.forward(minutes=10)
    assert story.asked(incident) == ["comes"]


async def test_with_a_new_phone_they_are_asked_at_once(story: Story, desk: AsyncConnectionPool[Connection]) -> None:
    incident = await _not_reached(story)
    await story.forward(seconds=7)
    await _subscribe(story, desk, "phone")
    await story.settle()
    assert story.asked(incident) == ["comes", "comes"], "not a minute later, and not never"
    (entry,) = story.scene.rows("select actor, reason from incident_event where step = 'reached_anew'")
    assert entry == ("responder:comes", "人员comes有了新的联系方式，可以再次派单")
    (why,) = story.scene.rows("select reason from incident_event where step = 'offered' order by id desc limit 1")
    assert why == ("nearest",), "as somebody who was never asked"


async def test_a_number_that_somebody_writes_down_is_tried_at_the_next_round(story: Story) -> None:
    incident = await _not_reached(story)
    story.scene.run(
        "insert into contact (person_kind, person_id, channel, address, place) "
        "values ('responder', 'comes', 'sms', '000-1', 99)"
    )
    await story.forward(seconds=61)
    assert story.asked(incident)[:2] == ["comes", "comes"]


async def test_a_new_phone_that_fails_as_well_is_tried_once(
    telling: Telling, desk: AsyncConnectionPool[Connection]
) -> None:
    story = telling.story
    incident = await _not_reached(story)
    await story.forward(seconds=7)
    await _subscribe(story, desk, "phone")
    await story.decide()
    dead = Answering(result=Failed("HTTP 403", again=False))
    await send(telling.outbox(web_push=dead, webhook=dead))
    assert [one.channel for one in dead.taken if one.audience == "offer"] == ["web_push", "webhook"]
    for _minute in range(5):
        await story.forward(minutes=1)
        await send(telling.outbox(web_push=dead, webhook=dead))
    assert [state for _offer, _who, state in story.offers(incident)] == ["UNDELIVERABLE"] * 2
    assert story.steps(incident).count("reached_anew") == 1


@pytest.mark.parametrize(
    ("before", "key", "is_asked"),
    [("", "1", False), ("", "2", True), ("update contact set enabled = false where channel = 'web_push'", "1", True)],
    ids=["the same keys", "new keys", "switched on again"],
)
async def test_a_phone_that_says_the_same_again_proves_nothing(
    telling: Telling, desk: AsyncConnectionPool[Connection], before: str, key: str, *, is_asked: bool
) -> None:
    story = telling.story
    story.scene.bed("bed-1")
    story.scene.responder("comes", webhook=None)
    await _subscribe(story, desk, "phone")
    story.clock.forward(seconds=60)
    incident = await story.press("bed-1")
    await send(telling.outbox(web_push=Answering(result=Failed("HTTP 403", again=False))))
    await story.decide()
    assert [state for _offer, _who, state in story.offers(incident)] == ["UNDELIVERABLE"]
    if before:
        story.scene.run(before)
    story.clock.forward(seconds=5)
    await _subscribe(story, desk, "phone", key)
    await story.settle()
    assert len(story.asked(incident)) == 1 + is_asked
    assert ("reached_anew" in story.steps(incident)) is is_asked


async def test_new_keys_wait_for_who_writes_down_a_failure_and_hold_nothing_meanwhile(
    story: Story, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]
) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("comes", webhook=None)
    await _subscribe(story, desk, "phone")
    incident = await story.press("bed-1")
    story.scene.run("update offer set state = 'UNDELIVERABLE', answered_at = %s", story.clock.now())
    story.clock.forward(seconds=5)
    async with engine.connection() as writes, asyncio.timeout(5):
        await run(writes, "lock_incidents", incident_ids=[incident])
        waits = asyncio.create_task(_subscribe(story, desk, "phone", "2"))
        await asyncio.sleep(0.2)
        assert not waits.done(), "the incident first"
        contact = story.scene.value("select id from contact")
        await run(writes, "count_failure", contact_id=contact)
        await writes.commit()
        await waits
    assert story.scene.value("select count(*) from due where kind = 'freed'") == 1


async def test_two_phones_at_once_wake_once(story: Story, desk: AsyncConnectionPool[Connection]) -> None:
    incident = await _not_reached(story)
    story.clock.forward(seconds=7)
    await asyncio.gather(*(_subscribe(story, desk, f"phone-{number}") for number in range(2)))
    assert story.scene.value("select count(*) from due where kind = 'freed'") == 1
    assert story.steps(incident).count("reached_anew") == 1
    await story.settle()
    assert story.asked(incident) == ["comes", "comes"]


async def test_who_is_helped_already_is_told_and_not_woken(story: Story, desk: AsyncConnectionPool[Connection]) -> None:
    story.scene.responder("goes", north_m=900)
    incident = await _not_reached_first(story)
    await story.accept(incident, "goes")
    await _subscribe(story, desk, "phone")
    assert story.scene.rows("select from due where kind = 'freed'") == []
    await story.settle()
    assert story.asked(incident) == ["comes", "goes"]
    assert "reached_anew" in story.steps(incident)


async def _not_reached_first(story: Story) -> UUID:
    story.scene.bed("bed-1")
    story.scene.responder("comes")
    story.phone.refuse = {"comes": Failed("HTTP 404", again=False)}
    return await story.press("bed-1")


async def test_others_see_that_they_may_be_asked_there(
    story: Story, engine: AsyncConnectionPool[Connection], desk: AsyncConnectionPool[Connection]
) -> None:
    incident = await _not_reached(story)

    async def asked() -> list[str]:
        async with engine.connection() as connection:
            rows = await fetch(connection, "offers_of_competing", ids=[incident])
            return [row["state"] for row in rows]

    assert await asked() == ["UNDELIVERABLE"]
    story.clock.forward(seconds=7)
    await _subscribe(story, desk, "phone")
    assert await asked() == []
