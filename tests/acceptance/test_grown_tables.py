"""Plans are kept from when tables were empty, and tables grow fastest in a storm: a call then reads no more for it."""

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from carecircle_alerts.store import Connection
from tests.acceptance.conftest import Story
from tests.scene import Scene
from tests.servers import Database

_CALLS = 12000
# A storm elsewhere: calls that are open, each with offers, timers, messages and what was written down.
_GROW = f"""
insert into resident (id, name) select 'far-' || n, 'x' from generate_series(1, {_CALLS}) n;
insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m, lat, lon)
select 'far-' || n, 'far-' || n, '630102', b.division_code, 'x', 'urban', 'city', 2260, 30 + n * 0.0001, 90
from generate_series(1, {_CALLS}) n, bed b where b.id = 'bed-0';
insert into responder (id, name, role, area_code, travel_mode, base_lat, base_lon, on_duty, consented_at)
select 'far-' || n, 'x', 'neighbour', p.area_code, 'walk', 30, 90, false, now()
from generate_series(1, {_CALLS}) n, responder p where p.id = 'r0';
insert into incident (id, bed_id, kind, priority, state, plan, device, pressed_at, opened_at, deadline_at)
select gen_random_uuid(), 'far-' || n, 'sos', 1, 'SEARCHING', i.plan, 'button', i.opened_at, i.opened_at, i.deadline_at
from generate_series(1, {_CALLS}) n, (select * from incident limit 1) i;
insert into signal (bed_id, device, boot, seq, kind, received_at, incident_id)
select bed_id, 'button', 1, 1, 'sos', opened_at, id from incident where bed_id like 'far-%';
insert into due (due_at, incident_id, epoch, kind)
select opened_at + interval '1 day', id, epoch, timer
from incident, unnest(array['wave', 'no_accept', 'no_answer']) timer where bed_id like 'far-%';
insert into incident_event (incident_id, at, epoch, step, actor, reason)
select id, opened_at, 0, 'received', 'x', 'x' from incident, generate_series(1, 4) where bed_id like 'far-%';
insert into offer (
    id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis, distance_m, created_at,
    expires_at
)
select gen_random_uuid(), id, bed_id, 1, 'QUEUED', 1, 60, 90, 'x', 1, opened_at, opened_at + interval '1 day'
from incident where bed_id like 'far-%';
insert into message (
    id, incident_id, audience, recipient_id, step, channel, address, content, priority, state, created_at, due_at
)
select gen_random_uuid(), i.id, 'family', i.bed_id, 'x' || n, 'webhook', 'x', '{{}}', 2, 'PROVIDER_OK', i.opened_at,
    i.opened_at
from incident i, generate_series(1, 4) n where i.bed_id like 'far-%';
insert into shift (responder_id, begins_at, ends_at, source, by_name)
select 'far-' || p, d, d + interval '8 hours', 'desk', 'x'
from generate_series(1, 300) p, generate_series(now() - interval '20 days', now() + interval '20 days', '1 day') d;
"""
_PAGES = """
select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) from pg_statio_user_tables
"""


async def test_a_call_reads_as_little_in_a_storm_as_on_a_quiet_day(
    scene: Scene, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(14):
        scene.bed(f"bed-{number}")
        # Far enough from each other to be no rivals.
        scene.run("update bed set lat = lat + %s where id = %s", number / 10, f"bed-{number}")
        for one in range(40):
            scene.responder(f"r{number * 40 + one}", north_m=number * 11_119.5 + one * 20)
    scene.run("analyze")
    scene.run("set track_counts = off")  # what the test itself reads would be counted whenever a second is over
    # One connection, so that what it has counted can be asked for.
    async with AsyncConnectionPool[Connection](database.url("carecircle_alerts"), min_size=1, max_size=1) as pool:
        story = Story(scene, pool, pool)
        for number in range(9):
            await story.press(f"bed-{number}")
        quiet = await _pages_for(story, pool, "bed-9")
        with psycopg.connect(database.admin_url, autocommit=True) as admin:
            admin.execute("set track_counts = off")
            admin.execute(_GROW.encode())
        await story.press("bed-10")  # what is new is read into memory
        kept = await _pages_for(story, pool, "bed-11")
        monkeypatch.setattr("carecircle_alerts.store.PLANS_LAST_S", 0.0)
        await story.press("bed-12")
        anew = await _pages_for(story, pool, "bed-13")
    # Indexes have grown by a level; nothing is read that the call does not want.
    assert anew < 2 * quiet, "by plans of these days"
    assert kept < 4 * quiet, "and not much more by those of the quiet one, as long as they last"


async def _pages_for(story: Story, pool: AsyncConnectionPool[Connection], bed: str) -> int:
    """Pages that the database looks at for one call."""
    before = await _pages(story, pool)
    await story.press(bed)
    return await _pages(story, pool) - before


async def _pages(story: Story, pool: AsyncConnectionPool[Connection]) -> int:
    async with pool.connection() as connection:
        await connection.execute("select pg_stat_force_next_flush()")
    return int(str(story.scene.value(_PAGES)))
