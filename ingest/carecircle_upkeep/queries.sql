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

-- name: note_device_words
-- What devices said about themselves in this stretch, where it is newer than what is known.
insert into device_word as w (bed, device, measured_at, online, battery, rssi, link_quality, firmware, power)
select b.id, s.device, s.measured_at, s.online, s.battery, s.rssi, s.link_quality, s.firmware, s.power
from bed b
cross join lateral (
    select distinct on (device) device, measured_at, online, battery, rssi, link_quality, firmware, power
    from device_status
    where bed = b.id and measured_at >= %(since)s and measured_at < %(until)s
    order by device, measured_at desc, boot desc, seq desc
) s
on conflict (bed, device) do update
-- A device that goes away says nothing of its battery or firmware: what it said before stays.
set measured_at = excluded.measured_at, online = excluded.online, battery = coalesce(excluded.battery, w.battery),
    rssi = coalesce(excluded.rssi, w.rssi), link_quality = coalesce(excluded.link_quality, w.link_quality),
    firmware = coalesce(excluded.firmware, w.firmware), power = coalesce(excluded.power, w.power)
where w.measured_at < excluded.measured_at

-- name: begin_sample
-- Take this hour for its sample; no row where it has one.
update fleet_sampled set hour = %(hour)s where hour < %(hour)s

-- name: sample_fleet
-- Beds and devices as they are now, by place, added to the sums of the day. 15 min: freshness of a bed sensor; 20 %%: a
-- battery that wants changing (engineering proposals).
insert into fleet_day as f (day, division_code, provider_id, circle, samples, beds, protected, partly, silent, devices, alive, low_battery)
select %(day)s, b.division_code, b.provider_id, b.circle, 1, count(*),
    count(*) filter (where s.is_heard and s.state = 'yes'), count(*) filter (where s.is_heard and s.state = 'partly'),
    count(*) filter (where not s.is_heard), sum(s.devices), sum(s.alive), sum(s.low_battery)
from bed b
left join bed_state w on w.bed_id = b.id
cross join lateral (
    select coalesce(w.last_seen_at >= %(now)s::timestamptz - interval '15 minutes', false) as is_heard,
        coalesce(w.protection ->> 'state', 'no') as state, count(*) as devices,
        count(*) filter (where proof.holds) as alive,
        count(*) filter (where (w.devices -> d.id ->> 'battery')::double precision < 20) as low_battery
    from device d
    left join lateral (
        select bool_and((c ->> 'holds')::boolean) as holds
        from jsonb_array_elements(w.protection -> 'capabilities') c
        where c ->> 'device' = d.id
    ) proof on true
    where d.bed_id = b.id
) s
group by b.division_code, b.provider_id, b.circle
on conflict (day, division_code, provider_id, circle) do update
set samples = f.samples + 1, beds = f.beds + excluded.beds, protected = f.protected + excluded.protected,
    partly = f.partly + excluded.partly, silent = f.silent + excluded.silent, devices = f.devices + excluded.devices,
    alive = f.alive + excluded.alive, low_battery = f.low_battery + excluded.low_battery

-- name: forget_places
-- What was summed of these days.
delete from reception_place where day >= %(since)s and day < %(until)s

-- name: sum_places
-- Sum the days over the beds of each place, as they stand now.
insert into reception_place
select r.bucket, b.division_code, b.provider_id, b.circle, r.history, sum(r.messages), sum(r.lag_1), sum(r.lag_2),
    sum(r.lag_5), sum(r.lag_10), sum(r.lag_30), sum(r.lag_60), sum(r.lag_300), sum(r.lag_900), sum(r.lag_3600),
    sum(r.lag_28800), sum(r.lag_86400)
from reception_day r
join bed b on b.id = r.bed
where r.bucket >= %(since)s and r.bucket < %(until)s
group by 1, 2, 3, 4, 5

-- name: erase_next
-- The next step of erasing a person, in a transaction of its own: which erasure, what, of which table, how many rows.
select erasure_id, step, target, touched from erase_next(%(now)s, %(most)s)
