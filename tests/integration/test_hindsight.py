"""History that comes late corrects what stands in the record, and neither raises, clears nor closes anything."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from psycopg.errors import CheckViolation
from psycopg_pool import AsyncConnectionPool

from carecircle.payloads import Event
from carecircle_alerts.hindsight.correct import Hindsight
from carecircle_alerts.store import Connection
from tests.bed_at_home import Home
from tests.scene import Scene
from tests.servers import Database

_RECORD = "select kind, correction, held_back, incident_id is not null from alarm order by raised_at, id"
_OPEN = "select kind, state from incident where state <> 'CLOSED' order by opened_at"


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest_asyncio.fixture
async def home(database: Database, scene: Scene) -> AsyncIterator[Home]:
    async with AsyncConnectionPool[Connection](
        database.url("carecircle_alerts"), min_size=1, max_size=3, open=False
    ) as pool:
        home = Home(pool, scene)
        home.stores = True
        yield home


async def _judged(home: Home) -> int:
    home.store()
    home.clock.forward(minutes=3)
    return await Hindsight(home.pool, home.clock).work()


async def _evening_up(home: Home) -> None:
    """In bed by ten in the evening, up ten minutes later; the radar's words wait in its own box."""
    home.clock.forward(hours=10)
    await home.minutes(30, in_bed=True, movement=0.1)


@pytest.mark.asyncio
async def test_an_exit_that_was_none_is_disproved_in_its_timeline_and_stays_for_a_human(home: Home) -> None:
    await _evening_up(home)
    returned = []
    for number in range(20):
        home.clock.forward(minutes=1)
        if number == 8:
            returned = [home.kept(in_bed=True, movement=0.1), home.kept(after_s=20, in_bed=True, movement=0.1)]
        await home.read(in_bed=False)
        await home.detector.look()
    assert home.rows(_RECORD) == [("bed_exit", None, None, True)]
    for message in returned:
        await home.hand_in(message)
    assert home.rows(_RECORD) == [("bed_exit", None, None, True)], "late readings alone change nothing"
    assert await _judged(home) == 1
    assert home.rows(_RECORD) == [("bed_exit", "disproved", None, True)]
    assert home.rows(_OPEN) == [("bed_exit", "RECEIVED")]
    assert home.rows("select actor, reason from incident_event where step = 'corrected'") == [
        ("hindsight", "数据补传：按补传数据，当时并无此情况（迟到数据2条）")
    ]
    assert await _judged(home) == 0, "it is done with"


@pytest.mark.asyncio
async def test_a_home_that_went_on_recording_was_only_cut_off(home: Home) -> None:
    await home.minutes(30, in_bed=False, movement=0.1)
    backlog = []
    for _ in range(40):
        home.clock.forward(minutes=1)
        backlog.append(home.kept(in_bed=False, movement=0.1))
        await home.detector.look()
    assert ("gateway_silent", None, None, True) in home.rows(_RECORD)
    for message in backlog:
        await home.hand_in(message)
    await home.minutes(2, in_bed=False, movement=0.1)
    await _judged(home)
    assert [row for row in home.rows(_RECORD) if row[0] == "gateway_silent"] == [
        ("gateway_silent", "delayed", None, True)
    ]


@pytest.mark.asyncio
async def test_what_only_history_knows_is_written_down_and_reaches_nobody(home: Home) -> None:
    await home.minutes(30, heart_rate=70.0, respiratory_rate=14.0, in_bed=True)
    backlog = []
    for number in range(30):
        home.clock.forward(minutes=1)
        rate = 150.0 if 5 <= number < 15 else 72.0
        backlog.append(home.kept(heart_rate=rate, respiratory_rate=14.0, in_bed=True))
    for message in backlog:
        await home.hand_in(message)
    await home.minutes(3, heart_rate=71.0, respiratory_rate=14.0, in_bed=True)
    assert home.rows("select count(*) from alarm where kind = 'heart_rate'") == [(0,)]
    await _judged(home)
    assert home.rows(
        "select kind, correction, held_back, incident_id, cleared_at > raised_at, priority from alarm "
        "where kind = 'heart_rate'"
    ) == [("heart_rate", "missed", "history", None, True, 2)]
    for _ in range(5):
        await home.wait(minutes=1)
    assert home.rows("select kind from incident") == [("gateway_silent",)], "it is never told later either"
    await home.hand_in(backlog[0])
    assert await _judged(home) == 1, "a repeat is looked at"
    assert home.rows("select count(*) from alarm where kind = 'heart_rate'") == [(1,)], "and changes nothing"


@pytest.mark.asyncio
async def test_what_late_readings_agree_with_is_confirmed(home: Home) -> None:
    await home.minutes(20, heart_rate=70.0, respiratory_rate=14.0, in_bed=True)
    kept = []
    for number in range(8):
        home.clock.forward(minutes=1)
        if number == 1:
            kept.append(home.kept(heart_rate=150.0, respiratory_rate=14.0, in_bed=True))
        await home.read(heart_rate=150.0, respiratory_rate=14.0, in_bed=True)
        await home.detector.look()
    for message in kept:
        await home.hand_in(message)
    await _judged(home)
    assert home.rows(_RECORD) == [("heart_rate", "confirmed", None, True)]


@pytest.mark.asyncio
async def test_a_call_that_comes_late_is_raised_and_never_judged(home: Home) -> None:
    await home.minutes(20, in_bed=True, movement=0.1)
    press = Event(boot=1, seq=900, at=home.milliseconds(), event="sos")
    home.clock.forward(minutes=20)
    await home.hand_in(("button", press))
    await home.hand_in(home.kept(after_s=-600, in_bed=True, movement=0.1))
    assert home.rows("select kind, late, state from incident where family = 'help'") == [("sos", True, "RECEIVED")]
    await _judged(home)
    assert home.rows("select correction from alarm where kind = 'sos'") == [(None,)]
    assert home.rows("select kind, late, state from incident where family = 'help'") == [("sos", True, "RECEIVED")]


@pytest.mark.asyncio
async def test_history_that_is_not_stored_yet_is_waited_for(home: Home) -> None:
    await home.minutes(20, in_bed=True, movement=0.1)
    message = home.kept(in_bed=True, movement=0.1)
    await home.wait(minutes=2)
    await home.wait(minutes=3)
    home.stores = False
    await home.hand_in(message)
    assert await _judged(home) == 1
    assert home.rows("select bed_id from late_stretch") == [(home.bed,)]
    home.clock.forward(hours=1)
    assert await _judged(home) == 1
    assert home.rows("select count(*) from late_stretch") == [(0,)]


@pytest.mark.asyncio
async def test_a_judge_that_was_frozen_writes_nothing_over_a_newer_judgement(home: Home) -> None:
    await home.minutes(20, in_bed=True, movement=0.1)
    message = home.kept(in_bed=True, movement=0.1)
    await home.wait(minutes=2)
    await home.wait(minutes=3)
    await home.hand_in(message)
    home.store()
    home.clock.forward(minutes=3)
    frozen = Hindsight(home.pool, home.clock)
    async with home.pool.connection() as connection:
        taken = await frozen._take(connection)
    assert taken is not None
    home.clock.forward(minutes=11)
    assert await Hindsight(home.pool, home.clock).work() == 1, "its lease has run out"
    assert home.rows("select count(*) from late_stretch") == [(0,)]


def test_the_database_refuses_to_tell_what_only_history_knows(scene: Scene) -> None:
    bed = scene.bed("bed-1", provider="station-1")
    with pytest.raises(CheckViolation):
        scene.run(
            "insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, held_back, rules_version) "
            "values (%s, 'heart_rate', 'mat', 2, now(), now(), '{}', 'history', 0)",
            bed,
        )


@pytest.mark.asyncio
async def test_memories_of_a_bed_are_kept_twice_a_day_and_only_the_last(home: Home) -> None:
    for _ in range(10):
        await home.minutes(2, in_bed=True, movement=0.1)
        home.clock.forward(hours=12)
    (row,) = home.rows("select count(*), max(settled_at) - min(settled_at) from bed_memory")
    assert row[0] == 6
    assert row[1] >= timedelta(hours=60)  # type: ignore[operator]
