"""Whoever has not answered in time is free, and is asked by those nearby who have nobody and have not asked them."""

from datetime import timedelta
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.people.begins import wake_for_beginnings
from carecircle_alerts.store import Connection
from tests.acceptance.conftest import Story
from tests.acceptance.waking import of_two_engines_one_wakes


async def _one_for_two(story: Story, beds: int = 2) -> list[UUID]:
    """Calls around one person, who is asked about the first; the moment before their time to answer is over."""
    for number in range(beds):
        story.scene.bed(f"bed-{number}")
    story.scene.responder("only")
    incidents = [await story.press(f"bed-{number}") for number in range(beds)]
    assert [story.asked(one) for one in incidents] == [["only"]] + [[]] * (beds - 1)
    valid_s = story.scene.value("select extract(epoch from expires_at - created_at)::float8 from offer")
    assert isinstance(valid_s, float)
    story.clock.forward(seconds=valid_s - 0.5)
    return incidents


async def test_who_does_not_answer_one_is_asked_by_another(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    first, second = await _one_for_two(story)
    assert await wake_for_beginnings(engine, story.clock.now()) == 0
    story.clock.forward(seconds=0.5)
    assert await wake_for_beginnings(engine, story.clock.now()) == 1
    assert story.scene.rows("select incident_id from due where kind = 'freed'") == [(second,)]
    story.scene.run("delete from due where incident_id = %s and kind <> 'freed' and due_at <= %s",
                    second, story.clock.now())  # fmt: skip
    await story.settle()
    assert story.asked(second) == ["only"], "not at its next round"
    assert story.asked(first) == ["only"]


async def test_of_two_engines_one_wakes(story: Story, engine: AsyncConnectionPool[Connection]) -> None:
    await _one_for_two(story)
    story.clock.forward(seconds=2)
    now = story.clock.now()
    await of_two_engines_one_wakes(engine, now)
    story.scene.run("delete from due where kind = 'freed'")
    for behind_ms in (-5, 0, 5, 1000):
        assert await wake_for_beginnings(engine, now + timedelta(milliseconds=behind_ms)) == 0


async def test_two_calls_do_not_ask_one_person_in_turns_for_ever(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    first, second = await _one_for_two(story)
    story.clock.forward(seconds=0.5)
    await wake_for_beginnings(engine, story.clock.now())
    await story.settle()
    assert (story.asked(first), story.asked(second)) == (["only"], ["only"])
    expires_at = story.scene.value("select max(expires_at) from offer")
    story.scene.run("delete from due where kind in ('recheck', 'wave', 'no_accept') and due_at <= %s", expires_at)
    story.clock.forward(seconds=(expires_at - story.clock.now()).total_seconds())  # type: ignore[operator]
    assert await wake_for_beginnings(engine, story.clock.now()) == 0, "both have asked, and wait for their rounds"


async def test_who_answers_at_the_last_moment_is_not_free(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    first, _second = await _one_for_two(story)
    await story.accept(first, "only")
    story.scene.run("delete from due where kind = 'freed'")
    story.clock.forward(seconds=1)
    assert await wake_for_beginnings(engine, story.clock.now()) == 0


async def test_one_person_wakes_two_of_many(story: Story, engine: AsyncConnectionPool[Connection]) -> None:
    incidents = await _one_for_two(story, beds=7)
    for number, one in enumerate(incidents):
        story.scene.run(
            "update incident set deadline_at = deadline_at - %s * interval '1 s' where id = %s", number, one
        )
    story.clock.forward(seconds=1)
    assert await wake_for_beginnings(engine, story.clock.now()) == 2
    woken = {one for (one,) in story.scene.rows("select incident_id from due where kind = 'freed'")}
    assert woken == set(incidents[-2:]), "those whose time ends next"
