"""When incidents pile up: everybody is asked about one incident at a time, and nobody takes another one's only hope."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle.mqtt import Delivery
from carecircle_alerts.desk import Actor
from carecircle_alerts.engine import PeopleIndex, answer_some, run_due
from carecircle_alerts.people.profile import Profile
from carecircle_alerts.people.rows import House, profile_of
from carecircle_alerts.standing import fold_offers
from carecircle_alerts.store import Connection
from carecircle_alerts.travel.straight_line import StraightLine
from tests.acceptance.conftest import Story
from tests.scene import COUNTY, LAT, METRE_NORTH, Scene
from tests.servers import Database

_ASKED = "('QUEUED', 'SENT', 'DELIVERED', 'SEEN')"


def bed_at(scene: Scene, bed_id: str, north_m: float) -> str:
    scene.bed(bed_id)
    scene.run("update bed set lat = %s where id = %s", LAT + north_m * METRE_NORTH, bed_id)
    return bed_id


def asked_twice(scene: Scene) -> list[tuple[object, ...]]:
    return scene.rows(
        f"select responder_id from offer where state in {_ASKED} group by 1 having count(distinct incident_id) > 1"
    )


def open_offers(story: Story) -> list[tuple[UUID, str]]:
    rows = story.scene.rows(f"select id, responder_id from offer where state in {_ASKED} order by created_at, rank, id")
    return [(UUID(str(offer)), str(who)) for offer, who in rows]


async def test_ten_presses_in_a_minute_and_few_responders(story: Story) -> None:
    scene = story.scene
    for number in range(10):
        bed_at(scene, f"bed-{number}", north_m=number * 300)
    for number in range(8):
        scene.responder(f"r{number}", north_m=number * 400 - 200)
    presses = []
    for number in range(10):
        presses.append(await story.press(f"bed-{number}"))
        assert asked_twice(scene) == [], "one person is asked about one incident at a time"
        await story.forward(seconds=6)

    gone: set[str] = set()
    while offers := open_offers(story):
        offer, who = offers[0]
        await story.desk.accept_offer(offer, Actor("responder", who, who))
        gone.add(who)
        await story.forward(seconds=1)
        assert asked_twice(scene) == []

    assert gone == {f"r{number}" for number in range(8)}, "everybody who is there goes, and nobody waits for a timer"
    states = [story.state(one) for one in presses]
    assert states.count("ASSIGNED") == 8
    assert sorted(set(states)) == ["ASSIGNED", "UNCOVERED"]
    for number in range(8):
        helper = scene.value("select id from assignment where responder_id = %s", f"r{number}")
        back = Actor("responder", f"r{number}", f"r{number}")
        await story.desk.arrive(UUID(str(helper)), back)
        await story.desk.hand_over(UUID(str(helper)), "", back)
        await story.settle()
        if number == 1:
            break
    waiting = [one for one, state in zip(presses, states, strict=True) if state == "UNCOVERED"]
    assert all(story.asked(one) for one in waiting), "whoever is back is asked at once about those who still wait"


async def test_the_only_neighbour_of_one_is_left_to_them(story: Story) -> None:
    """Six incidents in a row of villages; each would take the person of the next one, and the last has nobody."""
    scene = story.scene
    # Nobody answers, so that all six are uncommitted when the people come on duty.
    for number in range(6):
        bed_at(scene, f"bed-{number}", north_m=number * 1000)
        scene.responder(f"r{number}", north_m=number * 1000 + (450 if number < 5 else 9000), on_duty=False)
    # The stretch from bed 5 to its own person is long: taking turns would give it r4, and bed 4 nobody near.
    presses = [await story.press(f"bed-{number}") for number in range(6)]
    assert {story.state(one) for one in presses} == {"UNCOVERED"}
    scene.run("update responder set on_duty = true")
    await story.forward(seconds=60)
    first = [story.asked(one)[0] for one in presses if story.asked(one)]
    assert len(first) == len(set(first))
    assert asked_twice(scene) == []
    reasons = {str(reason) for (reason,) in scene.rows("select reason from incident_event where step = 'offered'")}
    assert "joint" in reasons, "the timeline says that it was decided jointly"
    assert all(story.asked(one) for one in presses), "six people for six incidents: each has one"


async def test_few_incidents_are_not_decided_jointly(story: Story) -> None:
    for number in range(5):
        bed_at(story.scene, f"bed-{number}", north_m=number * 300)
        story.scene.responder(f"a{number}", north_m=number * 300)
        story.scene.responder(f"b{number}", north_m=number * 300 + 10)
    for number in range(5):
        await story.press(f"bed-{number}")
    reasons = {str(reason) for (reason,) in story.scene.rows("select reason from incident_event where step='offered'")}
    assert reasons == {"nearest"}


async def test_who_is_not_needed_any_more_is_asked_about_the_next_at_once(story: Story) -> None:
    scene = story.scene
    for number in range(2):
        bed_at(scene, f"bed-{number}", north_m=number * 300)
        scene.responder(f"r{number}", north_m=number * 300)
    first, second = await story.press("bed-0"), await story.press("bed-1")
    assert (story.asked(first), story.asked(second)) == (["r0", "r1"], [])
    await story.forward(seconds=7)
    await story.accept(first, "r0")
    assert story.asked(second) == ["r1"]
    assert story.scene.value("select count(*) from due where kind = 'freed'") == 0


async def test_workers_side_by_side_never_ask_one_person_twice(story: Story, database: Database) -> None:
    scene = story.scene
    for number in range(16):
        bed_at(scene, f"bed-{number}", north_m=number * 50)
    for number in range(12):
        scene.responder(f"r{number:02}", north_m=number * 60)
    for number in range(16):  # without letting the engine answer in between
        topic = f"care/v1/{COUNTY}/bed-{number}/button/event"
        payload = story.event()
        at = story.clock.now()
        await story.detector.handle([Delivery(topic, payload, retained=False, received_at=at, generation=1, mid=1)])
    async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=6, max_size=6) as pool:
        await asyncio.gather(*(run_due(pool, StraightLine(), story.clock.now()) for _ in range(6)))
    assert asked_twice(scene) == []
    await story.forward(seconds=2)
    assert asked_twice(scene) == []
    assert scene.value("select count(distinct responder_id) from offer") == 12, "and nobody is left unasked"


async def test_what_is_due_at_the_same_moment_is_decided_together_and_reads_everybody_once(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = story.scene
    for number in range(12):
        bed_at(scene, f"bed-{number}", north_m=number * 50)
    for number in range(20):
        scene.responder(f"r{number:02}", north_m=number * 60)
    await story.detector.handle([story.delivery(f"bed-{number}") for number in range(12)])
    read = list[str]()

    def counted(row: Mapping[str, object], house: House | None) -> Profile:
        read.append(str(row["id"]))
        return profile_of(row, house)

    monkeypatch.setattr("carecircle_alerts.people.reading.profile_of", counted)
    assert await answer_some(story._engine, StraightLine(), story.clock.now(), PeopleIndex()) == (12, False)
    assert sorted(read) == [f"r{number:02}" for number in range(20)]
    assert asked_twice(scene) == []
    assert scene.value("select count(distinct incident_id) from offer") == 12, "and every one has somebody"


async def test_a_history_of_answers_is_folded_up_and_used(story: Story, database: Database) -> None:
    scene = story.scene
    bed_at(scene, "bed-0", 0)
    bed_at(scene, "bed-1", 50)
    for number in range(6):
        scene.responder(f"r{number}", north_m=100 + number * 100)
    incident = await story.press("bed-0")
    offers = {who: offer for offer, who, _state in story.offers(incident)}
    assert len(offers) == 2
    await story.desk.decline_offer(offers["r0"], "", Actor("responder", "r0", "r0"))
    await story.accept(incident, "r1")
    async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=1, max_size=2) as pool:
        await fold_offers(pool, story.clock.now())
        assert not scene.rows("select * from standing"), "what is still being written is left for later"
        await story.forward(minutes=2)
        assert await fold_offers(pool, story.clock.now())
        assert not await fold_offers(pool, story.clock.now()), "nothing is counted twice"
    rows = scene.rows("select responder_id, round(asked), round(accepted) from standing order by 1")
    assert rows == [("r0", 1.0, 0.0), ("r1", 1.0, 1.0)], "what a late offer says of the others is nothing"
    # Nine refusals of somebody and nobody wonders any more: more people are asked beside them.
    scene.run("update standing set asked = 60, accepted = 0")
    scene.run("insert into standing select id, 60, 0, 0, 0, as_of from responder, standing where responder_id = 'r0' "
              "on conflict do nothing")  # fmt: skip
    second = await story.press("bed-1")
    assert len(story.asked(second)) == 5


async def test_a_tie_goes_to_who_leaves_no_bed_bare_but_never_for_the_gravest(story: Story) -> None:
    scene = story.scene
    bed_at(scene, "bed-0", 0)
    bed_at(scene, "bed-1", 0)
    bed_at(scene, "lonely", 5000)
    for number in range(4):
        scene.responder(f"r{number}", north_m=200 + number * 50)
    scene.run(
        "insert into bed_candidate (bed_id, rank, responder_id, p50_s, p90_s, distance_m, basis, version, made_at) "
        "select 'lonely', 1, 'r0', 600, 700, 5000, 'straight_line_model', '1', now()"
    )
    await story.deliver("bed-0", story.event("water"))
    water = story.open_incident("bed-0", "water")
    assert "r0" not in story.asked(water)[:2], "water may wait a minute; the lonely bed keeps its only person"
    await story.desk.close(water, "false_press", "", Actor("account", str(scene.account("wang")), "王调度"))
    await story.settle()
    assert story.asked(await story.press("bed-1"))[0] == "r0", "an SOS goes by time alone"
