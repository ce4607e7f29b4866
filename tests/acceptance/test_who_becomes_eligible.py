"""Whoever may be asked from now on is asked at once by whoever has found nobody, however they became eligible."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.desk import Actor
from carecircle_alerts.imports.report import Line
from carecircle_alerts.imports.responder_book import ResponderBook
from carecircle_alerts.notify.contacts import Contacts, Person
from carecircle_alerts.people.begins import wake_for_beginnings
from carecircle_alerts.people.changes import By
from carecircle_alerts.people.hours import Span
from carecircle_alerts.people_desk import PeopleDesk
from carecircle_alerts.register.home_form import HomeRow
from carecircle_alerts.register.homes import HomeDesk
from carecircle_alerts.register.providers import ProviderDesk, ProviderRow
from carecircle_alerts.register.store import fetch
from carecircle_alerts.store import Connection
from carecircle_alerts.travel import Place
from carecircle_alerts.visits.desk import VisitDesk
from tests.acceptance.conftest import START, Story
from tests.acceptance.waking import of_two_engines_one_wakes
from tests.scene import CONSENT, COUNTY, LAT, LON, METRE_NORTH, TOWNSHIP, Scene

# START is Monday, 10:00 in Beijing.
TODAY, MORNING_MIN = date(2026, 11, 23), 600
BOSS = Actor("account", "1", "李主任")
HOUR = timedelta(hours=1)


def _week(scene: Scene, weekday: int, opens_min: int, closes_min: int) -> None:
    scene.run("insert into provider_hours values ('station-1', %s, %s, %s)", weekday, opens_min, closes_min)


def _exception(scene: Scene, day: date, opens_min: int | None = None, closes_min: int | None = None) -> None:
    scene.run(
        "insert into provider_exception (provider_id, day, opens_min, closes_min, reason) "
        "values ('station-1', %s, %s, %s, '国庆')",
        day, opens_min, closes_min,
    )  # fmt: skip


def _opens_by_its_week(scene: Scene) -> None:
    _week(scene, 1, MORNING_MIN + 2, 1080)


def _opens_on_a_holiday(scene: Scene) -> None:
    _week(scene, 1, MORNING_MIN - 120, 1080)
    _exception(scene, TODAY, MORNING_MIN + 2, 1080)


def _opens_again_after_noon(scene: Scene) -> None:
    _week(scene, 1, MORNING_MIN - 120, MORNING_MIN - 60)
    _week(scene, 1, MORNING_MIN + 2, 1080)


@pytest.mark.parametrize("hours", [_opens_by_its_week, _opens_on_a_holiday, _opens_again_after_noon])
async def test_when_a_provider_opens_its_people_are_asked_by_whoever_waits(
    story: Story, engine: AsyncConnectionPool[Connection], hours: Callable[[Scene], None]
) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("staff", provider="station-1")
    hours(scene)
    incident = await story.press("bed-1")
    await story.forward(seconds=119.5)
    assert await wake_for_beginnings(engine, story.clock.now()) == 0
    assert story.asked(incident) == []
    story.clock.forward(seconds=0.5)
    assert await wake_for_beginnings(engine, story.clock.now()) == 1
    scene.run("delete from due where kind = 'freed'")
    assert await wake_for_beginnings(engine, story.clock.now()) == 0, "nor does another engine wake for it again"
    story.clock.forward(seconds=1)
    assert await wake_for_beginnings(engine, story.clock.now()) == 0


async def test_at_midnight_a_holiday_is_over(story: Story, engine: AsyncConnectionPool[Connection]) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("staff", provider="station-1")
    _exception(scene, TODAY)
    incident = await story.press("bed-1")
    # To a second before midnight in Beijing; whatever waits for so long is of no concern here.
    story.clock.forward(seconds=14 * 3600 - 1)
    await story.decide()
    assert await wake_for_beginnings(engine, story.clock.now()) == 0
    story.clock.forward(seconds=1)
    assert await wake_for_beginnings(engine, story.clock.now()) == 1
    await story.settle()
    assert story.asked(incident) == ["staff"]


async def test_a_restart_loses_no_opening_and_two_engines_wake_once(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("staff", provider="station-1")
    _opens_by_its_week(scene)
    await story.press("bed-1")
    await story.forward(seconds=118)
    await wake_for_beginnings(engine, story.clock.now())
    # The one engine dies; the next one looks for the first time half a minute after the opening.
    story.clock.forward(seconds=32)
    now = story.clock.now()
    await of_two_engines_one_wakes(engine, now)
    scene.run("delete from due where kind = 'freed'")
    assert await wake_for_beginnings(engine, now + timedelta(milliseconds=5)) == 0
    assert await wake_for_beginnings(engine, now - timedelta(milliseconds=5)) == 0, "a clock that is a little behind"


async def test_a_clock_that_was_set_back_does_not_silence_beginnings(
    story: Story, engine: AsyncConnectionPool[Connection]
) -> None:
    scene = story.scene
    scene.run("update beginning_mark set looked_to = %s", START + 5 * HOUR)
    scene.bed("bed-1")
    scene.responder("comes", on_duty=False)
    scene.shift("comes", START + timedelta(seconds=10), START + HOUR)
    await story.press("bed-1")
    story.clock.forward(seconds=10)
    assert await wake_for_beginnings(engine, story.clock.now()) == 1


@dataclass(frozen=True, slots=True)
class Change:
    """What keeps somebody from being asked, and who changes it how."""

    before: Callable[[Scene], None]
    by: Callable[[Story, AsyncConnectionPool[Connection]], Awaitable[object]]


def _closed(scene: Scene) -> None:
    scene.bed("bed-1")
    scene.responder("comes", provider="station-1")
    _week(scene, 7, 0, 1440)


def _closed_today(scene: Scene) -> None:
    scene.bed("bed-1")
    scene.responder("comes", provider="station-1")
    _exception(scene, TODAY)


def _silent(scene: Scene) -> None:
    scene.bed("bed-1")
    scene.responder("comes", consented=False)


def _off_duty(scene: Scene) -> None:
    scene.bed("bed-1")
    scene.responder("comes", on_duty=False)


def _without_address(scene: Scene) -> None:
    scene.bed("bed-1")
    scene.responder("comes", webhook=None)


def _lost(scene: Scene) -> None:
    scene.bed("bed-1")
    scene.responder("comes", position_at=START - 8 * HOUR)


def _unplaced(scene: Scene) -> None:
    scene.bed("bed-1", placed=False)
    scene.responder("comes", area="6301", provider="station-1")


async def _set_hours(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await PeopleDesk(pool, story.clock).set_hours("station-1", COUNTY, [(1, Span(0, 1440))], "", BOSS)


async def _always_open(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await PeopleDesk(pool, story.clock).set_hours("station-1", COUNTY, [], "", BOSS)


async def _open_today(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await PeopleDesk(pool, story.clock).set_exception("station-1", COUNTY, TODAY, Span(0, 1440), "值守", BOSS)


async def _no_exception(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await PeopleDesk(pool, story.clock).clear_exception("station-1", COUNTY, TODAY, "", BOSS)


async def _consents(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await PeopleDesk(pool, story.clock).give_consent("comes", COUNTY, CONSENT, "", BOSS)


async def _is_rostered(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    # For a time that has begun an hour ago.
    await PeopleDesk(pool, story.clock).add_shift("comes", COUNTY, START - HOUR, START + HOUR, "", BOSS)


async def _has_a_phone(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    address = '{"endpoint": "http://127.0.0.1:9/push"}'
    await Contacts(pool, story.clock).subscribe(
        Person("responder", "comes"), "http://127.0.0.1:9/push", address, "zh-CN"
    )


async def _says_where(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    place = Place(LAT + 300 * METRE_NORTH, LON)
    assert await VisitDesk(pool, "secret", story.clock).place("comes", place, story.clock.now()) == ""


async def _gets_a_provider(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await _change_home(story, pool, provider_id="station-1")


async def _gets_a_place(story: Story, pool: AsyncConnectionPool[Connection]) -> None:
    await _change_home(story, pool, lat=LAT, lon=LON)


async def _change_home(story: Story, pool: AsyncConnectionPool[Connection], **changed: object) -> None:
    homes = HomeDesk(pool, story.clock)
    held, _relatives = await homes.shown("bed-1", COUNTY)
    row = HomeRow(**{one.name: held[one.name] for one in fields(HomeRow) if one.name != "relatives"})
    await homes.change(replace(row, **changed), held["version"], COUNTY, "核实", BOSS)  # type: ignore[arg-type]


WAYS = {
    "hours changed": Change(_closed, _set_hours),
    "hours lifted": Change(_closed, _always_open),
    "exception set": Change(_closed, _open_today),
    "exception cleared": Change(_closed_today, _no_exception),
    "consent": Change(_silent, _consents),
    "roster": Change(_off_duty, _is_rostered),
    "contact": Change(_without_address, _has_a_phone),
    "position": Change(_lost, _says_where),
    "contract": Change(_unplaced, _gets_a_provider),
    "bed placed": Change(_unplaced, _gets_a_place),
}


@pytest.mark.parametrize("way", WAYS)
async def test_who_becomes_eligible_is_asked_at_once(
    story: Story, desk: AsyncConnectionPool[Connection], way: str
) -> None:
    WAYS[way].before(story.scene)
    incident = await story.press("bed-1")
    assert (story.state(incident), story.asked(incident)) == ("UNCOVERED", [])
    await story.forward(seconds=7)
    await WAYS[way].by(story, desk)
    await story.settle()
    assert story.asked(incident) == ["comes"], "not a minute later"


async def _one_is_out(story: Story) -> tuple[UUID, UUID]:
    """A provider that lets one go at once; who goes is 100 km away. The task, and the incident that finds nobody."""
    scene = story.scene
    scene.bed("bed-1")
    scene.bed("bed-2")
    scene.run("update bed set lat = lat + 1 where id = 'bed-2'")
    scene.responder("out", provider="station-1", north_m=111_000)
    scene.responder("comes", provider="station-1", on_duty=False)
    scene.run("update provider set out_at_once = 1")
    task = await story.accept(await story.press("bed-2"), "out")
    await story.desk.arrive(task, Actor("responder", "out", "out"))
    scene.run("update responder set on_duty = true where id = 'comes'")
    incident = await story.press("bed-1")
    assert (story.state(incident), story.asked(incident)) == ("UNCOVERED", [])
    return task, incident


async def test_when_somebody_is_back_a_colleague_may_go_wherever_the_visit_was(story: Story) -> None:
    task, incident = await _one_is_out(story)
    await story.desk.hand_over(task, "", Actor("responder", "out", "out"))
    await story.settle()
    assert "comes" in story.asked(incident), "not a minute later"


async def test_when_a_provider_may_send_more_they_are_asked_at_once(
    story: Story, desk: AsyncConnectionPool[Connection]
) -> None:
    _task, incident = await _one_is_out(story)
    row = ProviderRow("station-1", "站station-1", "station", TOWNSHIP, LAT, LON, out_at_once=2)
    await ProviderDesk(desk, story.clock).change(row, 1, COUNTY, "增援", BOSS)
    await story.settle()
    assert story.asked(incident) == ["comes"], "not a minute later"


async def test_whom_a_file_moves_to_an_open_provider_is_asked_at_once(
    story: Story, desk: AsyncConnectionPool[Connection]
) -> None:
    _closed_today(story.scene)
    story.scene.provider("station-2")
    incident = await story.press("bed-1")
    assert story.asked(incident) == []
    async with desk.connection() as connection:
        (before,) = await fetch(connection, "responders_in_file", ids=["comes"], area=COUNTY)
        after = before | {"provider_id": "station-2"}
        line = Line(2, "comes", "change", (), before, after)
        await ResponderBook().write(connection, [line], By(str(BOSS), BOSS.name), story.clock.now())
    await story.settle()
    assert story.asked(incident) == ["comes"], "not a minute later"


async def test_where_somebody_stands_wakes_once_and_not_with_every_step(
    story: Story, desk: AsyncConnectionPool[Connection]
) -> None:
    scene = story.scene
    scene.bed("bed-1")
    scene.responder("comes", webhook=None, position_at=START - HOUR)
    await story.press("bed-1")
    place = VisitDesk(desk, "secret", story.clock).place
    await place("comes", Place(LAT, LON), story.clock.now())
    assert scene.value("select count(*) from due where kind = 'freed'") == 1
    await story.settle()
    for step in range(1, 5):
        story.clock.forward(seconds=10)
        await place("comes", Place(LAT + step * METRE_NORTH, LON), story.clock.now())
    assert scene.value("select count(*) from due where kind = 'freed'") == 0
    story.clock.forward(seconds=10)
    await place("comes", Place(LAT + 0.1, LON), story.clock.now())
    assert scene.value("select count(*) from due where kind = 'freed'") == 1, "in another cell others may wait"


async def test_who_declines_one_is_asked_by_another(story: Story) -> None:
    scene = story.scene
    for bed in ("bed-1", "bed-2"):
        scene.bed(bed)
    scene.responder("only")
    first, second = await story.press("bed-1"), await story.press("bed-2")
    assert (story.asked(first), story.asked(second)) == (["only"], [])
    await story.desk.decline_offer(story.offers(first)[0][0], "", Actor("responder", "only", "only"))
    await story.settle()
    assert story.asked(second) == ["only"], "not a minute later"
