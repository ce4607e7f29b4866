-- Rollups: every history by minute, hour and day, kept by `carecircle upkeep`; and what it may drop when it is old.
--
-- All devices of a bed together. n, min, max and sum rather than a mean, so that any coarser bucket comes out of finer
-- ones. Minutes and hours are UTC, days start at midnight in China; a bucket without a row had no reading.

set lock_timeout = '5s';
set role carecircle_owner;

create table vitals_minute (
    bed text not null,
    bucket timestamptz not null,
    heart_rate_n integer not null,
    heart_rate_min real,
    heart_rate_max real,
    heart_rate_sum double precision,
    respiratory_rate_n integer not null,
    respiratory_rate_min real,
    respiratory_rate_max real,
    respiratory_rate_sum double precision,
    spo2_n integer not null,
    spo2_min real,
    spo2_max real,
    spo2_sum double precision,
    movement_n integer not null,
    movement_min real,
    movement_max real,
    movement_sum double precision,
    in_bed_n integer not null,
    in_bed_true integer not null,
    presence_n integer not null,
    presence_true integer not null,
    primary key (bed, bucket)
);

create table environment_minute (
    bed text not null,
    bucket timestamptz not null,
    room_temperature_n integer not null,
    room_temperature_min real,
    room_temperature_max real,
    room_temperature_sum double precision,
    humidity_n integer not null,
    humidity_min real,
    humidity_max real,
    humidity_sum double precision,
    co2_n integer not null,
    co2_min real,
    co2_max real,
    co2_sum double precision,
    carbon_monoxide_n integer not null,
    carbon_monoxide_min real,
    carbon_monoxide_max real,
    carbon_monoxide_sum double precision,
    illuminance_n integer not null,
    illuminance_min real,
    illuminance_max real,
    illuminance_sum double precision,
    door_open_n integer not null,
    door_open_true integer not null,
    primary key (bed, bucket)
);

create table spot_check_minute (
    bed text not null,
    bucket timestamptz not null,
    body_temperature_n integer not null,
    body_temperature_min real,
    body_temperature_max real,
    body_temperature_sum double precision,
    systolic_pressure_n integer not null,
    systolic_pressure_min real,
    systolic_pressure_max real,
    systolic_pressure_sum double precision,
    diastolic_pressure_n integer not null,
    diastolic_pressure_min real,
    diastolic_pressure_max real,
    diastolic_pressure_sum double precision,
    blood_glucose_n integer not null,
    blood_glucose_min real,
    blood_glucose_max real,
    blood_glucose_sum double precision,
    body_weight_n integer not null,
    body_weight_min real,
    body_weight_max real,
    body_weight_sum double precision,
    primary key (bed, bucket)
);

create table vitals_hour (like vitals_minute including indexes);
create table vitals_day (like vitals_minute including indexes);
create table environment_hour (like environment_minute including indexes);
create table environment_day (like environment_minute including indexes);
create table spot_check_hour (like spot_check_minute including indexes);
create table spot_check_day (like spot_check_minute including indexes);

select create_hypertable('vitals_minute', by_range('bucket', interval '7 days'), create_default_indexes => false);
select create_hypertable('environment_minute', by_range('bucket', interval '7 days'), create_default_indexes => false);
select create_hypertable('spot_check_minute', by_range('bucket', interval '30 days'), create_default_indexes => false);
select create_hypertable('vitals_hour', by_range('bucket', interval '90 days'), create_default_indexes => false);
select create_hypertable('environment_hour', by_range('bucket', interval '90 days'), create_default_indexes => false);
select create_hypertable('spot_check_hour', by_range('bucket', interval '360 days'), create_default_indexes => false);
select create_hypertable('vitals_day', by_range('bucket', interval '1800 days'), create_default_indexes => false);
select create_hypertable('environment_day', by_range('bucket', interval '1800 days'), create_default_indexes => false);
select create_hypertable('spot_check_day', by_range('bucket', interval '1800 days'), create_default_indexes => false);

-- rolled_until is moved first, so that writers note what comes behind it; done_until follows in the transaction that
-- writes the rollups. Whoever dies in between leaves rolled_until ahead, and the next round does what is missing.
alter table rollup_boundary
    add column done_until timestamptz not null default '-infinity',
    add check (done_until <= rolled_until);
comment on column rollup_boundary.done_until is 'The minute rollups are made up to here, all but the touched hours.';

create view rollup_state as
select rolled_until, done_until as minutes_until,
    case when isfinite(done_until) then date_trunc('hour', done_until, 'UTC') else done_until end as hours_until,
    case when isfinite(done_until) then date_trunc('day', done_until, 'Asia/Shanghai') else done_until end as days_until
from rollup_boundary;
comment on view rollup_state is
    'Up to when each resolution is complete. Only ended hours and days have rows; later ones are to be read finer.';

-- A writer that finds its hour noted already does not note it again. So an hour that is being done must not look noted:
-- it is taken first, under the exclusive lock and hence with no writer under way, and deleted when it is done.
alter table rollup_touched
    add column taken boolean not null default false,
    drop constraint rollup_touched_pkey,
    add primary key (history, bed, hour, taken);
comment on column rollup_touched.taken is
    'Upkeep is at it; readings that come meanwhile note the hour once more, so an hour may stand here twice.';

create table history_kept (
    history text primary key,
    since timestamptz not null
);
comment on table history_kept is
    'Whatever was measured before is dropped from that table; rollups of such hours are never made again.';

-- Only the owner may drop chunks. 10 days: a clock is believed 8 days back, and what comes late is rolled up first.
create function drop_history_before(wanted text, before timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    cutoff timestamptz := before;
    chunks integer;
    dropped_until timestamptz;
begin
    if wanted is null or wanted not in (
        'vitals', 'environment', 'spot_check', 'device_event', 'device_status', 'vitals_minute', 'environment_minute',
        'spot_check_minute', 'vitals_hour', 'environment_hour', 'spot_check_hour'
    ) then
        raise exception '% is not history that may be dropped', wanted using errcode = 'invalid_parameter_value';
    end if;
    if before is null or before > now() - interval '10 days' then
        raise exception 'history younger than 10 days is kept' using errcode = 'invalid_parameter_value';
    end if;
    if wanted not in ('device_event', 'device_status') then
        cutoff := least(
            before,
            (select days_until from public.rollup_state),
            (select min(t.hour) from public.rollup_touched t where wanted in (t.history, t.history || '_hour'))
        );
    end if;
    select count(*), max(c.range_end) into chunks, dropped_until
    from timescaledb_information.chunks c
    where c.hypertable_schema = 'public' and c.hypertable_name = wanted and c.range_end <= cutoff;
    if chunks > 0 then
        perform public.drop_chunks(format('public.%I', wanted)::regclass, older_than => cutoff);
        insert into public.history_kept as k (history, since) values (wanted, dropped_until)
        on conflict (history) do update set since = greatest(k.since, excluded.since);
    end if;
    return chunks;
end $$;
comment on function drop_history_before is
    'Drops the chunks that ended before; never readings whose rollups are not made. Returns how many.';

create function set_history_chunk_hours(wanted text, hours integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if wanted is null or wanted not in ('vitals', 'environment', 'spot_check', 'device_event', 'device_status') then
        raise exception '% has no chunk length to choose', wanted using errcode = 'invalid_parameter_value';
    end if;
    if hours is null or hours not between 1 and 720 then
        raise exception 'a chunk holds between an hour and 30 days' using errcode = 'invalid_parameter_value';
    end if;
    perform public.set_chunk_time_interval(format('public.%I', wanted)::regclass, make_interval(hours => hours));
end $$;
comment on function set_history_chunk_hours is 'How long the chunks are that will be made from now on.';

revoke all on function drop_history_before, set_history_chunk_hours from public;
grant execute on function drop_history_before, set_history_chunk_hours to carecircle_upkeep;

grant select on vitals, environment, spot_check, history_kept, rollup_state to carecircle_upkeep;
grant select (id) on bed to carecircle_upkeep;
grant select, update on rollup_boundary to carecircle_upkeep;
grant select, update, delete on rollup_touched to carecircle_upkeep;
grant select, insert, update, delete on
    vitals_minute, vitals_hour, vitals_day, environment_minute, environment_hour, environment_day,
    spot_check_minute, spot_check_hour, spot_check_day
    to carecircle_upkeep;
grant select on
    vitals_minute, vitals_hour, vitals_day, environment_minute, environment_hour, environment_day,
    spot_check_minute, spot_check_hour, spot_check_day, rollup_boundary, rollup_state, rollup_touched, history_kept
    to carecircle_console;

-- The Community edition can keep old chunks in columns, at about a tenth of the size. After 10 days, when no clock is
-- believed any more, so that what comes late meets rows. A replay from quarantine may still hit a compressed chunk;
-- the bound on rows that one transaction may unpack would then stop ingest for good.
do $$
declare
    one record;
begin
    if current_setting('timescaledb.license') <> 'timescale' then
        return;
    end if;
    for one in
        select * from (values
            ('vitals', 'measured_at, device, boot, seq'),
            ('environment', 'measured_at, device, boot, seq'),
            ('spot_check', 'measured_at, device, boot, seq'),
            ('vitals_minute', 'bucket'),
            ('environment_minute', 'bucket')
        ) as t (history, ordering)
    loop
        execute format(
            'alter table %I set (timescaledb.compress, timescaledb.compress_segmentby = %L, '
            'timescaledb.compress_orderby = %L)',
            one.history, 'bed', one.ordering
        );
        perform add_compression_policy(one.history::regclass, compress_after => interval '10 days');
    end loop;
end $$;

reset role;

do $$
begin
    if current_setting('timescaledb.license') = 'timescale' then
        alter role carecircle_ingest set timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
        alter role carecircle_upkeep set timescaledb.max_tuples_decompressed_per_dml_transaction = 0;
    end if;
end $$;

alter role carecircle_upkeep set lock_timeout = '5s';
