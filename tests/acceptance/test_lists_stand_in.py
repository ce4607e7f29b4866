"""When no road source answers, or the index of people does not, last night's list stands in and says so."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from psycopg.rows import DictRow

from carecircle_alerts import nearby, store
from carecircle_alerts.engine import PeopleIndex, run_due
from carecircle_alerts.store import Connection
from carecircle_alerts.travel import Origin, TravelTime
from carecircle_alerts.travel.chain import Chain
from carecircle_alerts.travel.source import SourceDown
from carecircle_alerts.travel.straight_line import StraightLine
from tests.acceptance.conftest import START, Story


class Down:
    """A map service that never answers."""

    name, is_remote = "map", True

    async def answer(self, _origins: Sequence[Origin], *_about: object) -> Sequence[TravelTime | None]:
        raise SourceDown("http_503")

    def fastest_m_per_s(self, *_about: object) -> float:
        return 30.0


def _list(story: Story, people: dict[str, int], *, basis: str = "road_network", age: timedelta = timedelta()) -> None:
    story.scene.run("update responder set lat = null, lon = null, position_at = null where id <> 'moving'")
    for rank, (who, seconds) in enumerate(people.items(), 1):
        story.scene.run(
            "insert into bed_candidate (bed_id, rank, responder_id, p50_s, p90_s, distance_m, basis, version, made_at) "
            "values ('bed-1', %s, %s, %s, %s, 900, %s, 'roads-1', %s)",
            rank, who, seconds, seconds + 60, basis, START - timedelta(hours=7) - age,
        )  # fmt: skip


async def _press(story: Story, travel: Chain | StraightLine, index: PeopleIndex | None = None) -> UUID:
    await story.detector.handle([story.delivery("bed-1")])
    await run_due(story._engine, travel, story.clock.now(), index)
    return story.open_incident("bed-1")


def _offers(story: Story, incident: UUID) -> list[tuple[object, ...]]:
    return story.scene.rows(
        "select responder_id, travel_p50_s, basis, travel_version from offer where incident_id = %s order by rank",
        incident,
    )


async def test_the_list_is_better_than_a_line_for_whoever_is_at_their_base(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("across the river", north_m=300)
    story.scene.responder("on this side", north_m=700)
    _list(story, {"on this side": 240, "across the river": 800})
    incident = await _press(story, Chain([Down()]))
    assert _offers(story, incident) == [
        ("on this side", 240, "nightly_list", "roads-1; listed 2026-11-22T19:00Z"),
        ("across the river", 800, "nightly_list", "roads-1; listed 2026-11-22T19:00Z"),
    ]
    await story.settle()
    assert "昨夜路网名单" in story.phone.told("offer", "on this side")[0].text


async def test_a_line_stays_where_a_list_would_say_nothing_of_now(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("moving", north_m=300, position_at=START)
    story.scene.responder("not listed", north_m=400)
    _list(story, {"moving": 900})
    incident = await _press(story, Chain([Down()]))
    assert {basis for _who, _time, basis, _version in _offers(story, incident)} == {"straight_line_model"}


@pytest.mark.parametrize(("basis", "age"), [("straight_line_model", 0), ("road_network", 8)])
async def test_a_list_of_guesses_or_an_old_one_replaces_nothing(story: Story, basis: str, age: int) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1", north_m=300)
    _list(story, {"r1": 900}, basis=basis, age=timedelta(days=age))
    incident = await _press(story, Chain([Down()]))
    ((_who, _time, found, _version),) = _offers(story, incident)
    assert found == "straight_line_model"


async def test_where_nothing_better_was_ever_set_up_the_line_is_no_fallback(story: Story) -> None:
    story.scene.bed("bed-1")
    story.scene.responder("r1", north_m=300)
    _list(story, {"r1": 900})
    incident = await _press(story, StraightLine())
    ((_who, _time, found, _version),) = _offers(story, incident)
    assert found == "straight_line_model"


@pytest.mark.parametrize("trouble", ["select 1 / 0", "select pg_sleep(20)"])
async def test_without_the_index_people_of_the_list_are_asked_at_once(
    story: Story, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.scene.bed("bed-1")
    story.scene.bed("bed-2")
    story.scene.responder("listed", north_m=700)
    story.scene.responder("unknown to the list", north_m=300, area="63")
    _list(story, {"listed": 240})
    looks = list[str]()

    async def fetch(connection: Connection, query: str, **about: object) -> list[DictRow]:
        if query != "people_nearest":
            return await store.fetch(connection, query, **about)
        looks.append(query)
        cursor = await connection.execute(trouble.encode())
        return await cursor.fetchall()

    monkeypatch.setattr(nearby, "fetch", fetch)
    monkeypatch.setattr(nearby, "_LOOK_S", 0.2)
    index = PeopleIndex()
    incident = await _press(story, Chain([Down()]), index)
    assert [(who, basis) for who, _time, basis, _version in _offers(story, incident)] == [("listed", "nightly_list")]
    await story.detector.handle([story.delivery("bed-2")])
    await run_due(story._engine, Chain([Down()]), story.clock.now(), index)
    assert looks == ["people_nearest"], "what is broken is left alone for a while"
    assert story.scene.value("select count(*) from due where due_at <= %s", story.clock.now()) == 0, "nobody waits"
