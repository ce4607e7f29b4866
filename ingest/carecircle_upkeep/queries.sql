-- name: be_the_only_one
-- Whether this session is the one that does the upkeep; it is until its connection ends.
select pg_try_advisory_lock(hashtext('carecircle.upkeep'))

-- name: wait_for_writers
-- From here to the end of this transaction no batch is under way, and none begins; see migration 0006.
select pg_advisory_xact_lock(hashtext('carecircle.rollup'))

-- name: boundary
-- How far the boundary has been moved, and how far rollups are made; null: never.
select nullif(rolled_until, '-infinity'), nullif(done_until, '-infinity') from rollup_boundary

-- name: oldest
-- A time before which no reading is stored: the start of the oldest chunk.
select min(range_start)
from timescaledb_information.chunks
where hypertable_schema = 'public' and hypertable_name in ('vitals', 'environment', 'spot_check')

-- name: start
-- The first start: nothing before this is stored, so everything before it is rolled up.
update rollup_boundary set rolled_until = %(at)s, done_until = %(at)s

-- name: move
-- Readings from before this that are committed from now on note their hour.
update rollup_boundary set rolled_until = %(at)s

-- name: done
-- Rollups are made up to here.
update rollup_boundary set done_until = %(at)s

-- name: take
-- The oldest hours that got late readings; only while no batch is under way, or one could be missed.
update rollup_touched t
set taken = true
from (
    select history, bed, hour from rollup_touched where not taken order by hour, bed, history limit %(limit)s
) oldest
where (t.history, t.bed, t.hour) = (oldest.history, oldest.bed, oldest.hour) and not t.taken

-- name: taken
-- What is taken: for each history the first and the last hour and how many there are.
select history, min(hour), max(hour), count(*) from rollup_touched where taken group by history order by history

-- name: finished
-- The taken hours of a history are rolled up again; how many were too old for that, because readings are dropped.
with gone as (delete from rollup_touched where taken and history = %(history)s returning hour)
select count(*) filter (where hour < %(kept_since)s) from gone

-- name: waiting
-- How many hours of beds wait to be rolled up again.
select count(*) from rollup_touched

-- name: kept_since
-- Before which time readings and rollups are dropped, by table.
select history, since from history_kept

-- name: drop_before
-- Drop whole chunks; how many.
select drop_history_before(%(history)s, %(before)s)

-- name: chunk_sizes
-- For each table the present chunk length and the newest chunk that is full, with the size of its index.
select d.hypertable_name, extract(epoch from d.time_interval)::bigint / 3600,
    extract(epoch from c.range_end - c.range_start)::bigint / 3600,
    pg_indexes_size(format('%%I.%%I', c.chunk_schema, c.chunk_name)::regclass)
from timescaledb_information.dimensions d
cross join lateral (
    select c.*
    from timescaledb_information.chunks c
    where c.hypertable_schema = d.hypertable_schema and c.hypertable_name = d.hypertable_name
        and c.range_end <= %(now)s and not c.is_compressed
    order by c.range_end desc
    limit 1
) c
where d.hypertable_schema = 'public' and d.hypertable_name = any(%(histories)s)

-- name: set_chunk_hours
-- How long the chunks are that will be made from now on.
select set_history_chunk_hours(%(history)s, %(hours)s)
