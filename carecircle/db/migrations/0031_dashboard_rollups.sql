-- What the dashboards' rollups hold, kept by `carecircle upkeep`: how messages arrive, what the fleet was like by day,
-- the last word of each device; and the one door to vital signs of a single bed, which writes down who came through it.

set lock_timeout = '5s';
set role carecircle_owner;

-- lag_N: messages that arrived at most N seconds after they were measured, so each column holds the one before it.
-- By time first: a chart reads a stretch of time of all beds at once.
create table reception_hour (
    bucket timestamptz not null,
    bed text not null,
    history text not null check (history in ('vitals', 'environment', 'spot_check')),
    messages integer not null,
    lag_1 integer not null,
    lag_2 integer not null,
    lag_5 integer not null,
    lag_10 integer not null,
    lag_30 integer not null,
    lag_60 integer not null,
    lag_300 integer not null,
    lag_900 integer not null,
    lag_3600 integer not null,
    lag_28800 integer not null,
    lag_86400 integer not null,
    primary key (bucket, bed, history)
);
comment on table reception_hour is 'Messages of a bed by the hour in which they were measured, and how late they came.';
create table reception_day (like reception_hour including indexes including constraints);
select create_hypertable('reception_hour', by_range('bucket', interval '7 days'), create_default_indexes => false);
select create_hypertable('reception_day', by_range('bucket', interval '360 days'), create_default_indexes => false);

create table device_word (
    bed text not null,
    device text not null,
    measured_at timestamptz not null,
    online boolean not null,
    battery real,
    rssi real,
    link_quality real,
    firmware text,
    power text,
    primary key (bed, device)
);
comment on table device_word is 'The last word of each device about itself, taken from device_status.';

-- Sums over samples of an hour each, so that a mean over any days and places is one sum over another.
create table fleet_day (
    day timestamptz not null,
    division_code text not null,
    provider_id text,
    circle text not null,
    samples integer not null,
    beds bigint not null,
    protected bigint not null,
    partly bigint not null,
    silent bigint not null,
    devices bigint not null,
    alive bigint not null,
    low_battery bigint not null,
    unique nulls not distinct (day, division_code, provider_id, circle)
);
comment on table fleet_day is 'State of beds and devices, sampled once an hour and summed by day (China) and place.';
create table fleet_sampled (
    only_one boolean primary key default true check (only_one),
    hour timestamptz not null
);
comment on table fleet_sampled is 'The hour of the newest sample; an hour is sampled once, whoever dies.';
insert into fleet_sampled (hour) values ('-infinity');

-- As in migration 0007, and reception_hour too.
create or replace function drop_history_before(wanted text, before timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    cutoff timestamptz := before;
    chunks integer;
    dropped_until timestamptz;
begin
    if wanted is null or wanted not in (
        'vitals', 'environment', 'spot_check', 'device_event', 'device_status', 'vitals_minute', 'environment_minute',
        'spot_check_minute', 'vitals_hour', 'environment_hour', 'spot_check_hour', 'reception_hour'
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
grant select on device_status to carecircle_upkeep;
grant select (id, division_code, provider_id, circle) on bed to carecircle_upkeep;
grant select (bed_id, id) on device to carecircle_upkeep;
grant select (bed_id, last_seen_at, devices, protection) on bed_state to carecircle_upkeep;
grant select, insert, update on reception_hour, reception_day, device_word, fleet_day to carecircle_upkeep;
grant select, update on fleet_sampled to carecircle_upkeep;

create view read.reception_hour with (security_barrier) as
select r.bucket, r.history, r.messages, r.lag_1, r.lag_2, r.lag_5, r.lag_10, r.lag_30, r.lag_60, r.lag_300, r.lag_900,
    r.lag_3600, r.lag_28800, r.lag_86400, b.bed_id, b.division_code, b.county, b.circle, b.provider_id
from reception_hour r
join scoped_bed b on b.bed_id = r.bed;
comment on view read.reception_hour is 'Messages and their lag by bed and hour of measurement.';

create view read.reception_day with (security_barrier) as
select r.bucket, r.history, r.messages, r.lag_1, r.lag_2, r.lag_5, r.lag_10, r.lag_30, r.lag_60, r.lag_300, r.lag_900,
    r.lag_3600, r.lag_28800, r.lag_86400, b.bed_id, b.division_code, b.county, b.circle, b.provider_id
from reception_day r
join scoped_bed b on b.bed_id = r.bed;
comment on view read.reception_day is 'The same by day (China).';

create view read.bed_minute with (security_barrier) as
select m.bucket, m.history, b.bed_id, b.division_code, b.county, b.circle, b.provider_id
from (
    select bucket, bed, 'vitals' as history from vitals_minute
    union all
    select bucket, bed, 'environment' from environment_minute
) m
join scoped_bed b on b.bed_id = m.bed;
comment on view read.bed_minute is 'One row a minute in which a bed gave readings; filter on bucket.';

create view read.rollup with (security_barrier) as
select minutes_until, extract(epoch from now() - minutes_until)::double precision as behind_s
from rollup_state
where isfinite(minutes_until);
comment on view read.rollup is 'Up to when history is rolled up; no row before upkeep has run.';

create view read.device_word with (security_barrier) as
select w.device, w.measured_at, w.online, w.battery::double precision as battery,
    w.link_quality::double precision as link_quality, coalesce(w.firmware, '') as firmware, w.power,
    d.model, b.bed_id, b.division_code, b.county, b.county_name, b.circle, b.provider_id
from device_word w
join device d on d.bed_id = w.bed and d.id = w.device
join scoped_bed b on b.bed_id = w.bed;
comment on view read.device_word is 'One row a device: what it last said about itself.';

create view read.fleet_day with (security_barrier) as
select f.day, f.division_code, f.provider_id, f.circle, f.samples, f.beds, f.protected, f.partly, f.silent, f.devices,
    f.alive, f.low_battery
from fleet_day f
where exists (
        select 1
        from grafana_scope s
        where s.role_name = session_user and starts_with(f.division_code, s.area_prefix)
    )
    or exists (
        select 1 from grafana_institution g where g.role_name = session_user and g.provider_id = f.provider_id
    );
comment on view read.fleet_day is 'Protected beds and live devices by day and place, as sums over hourly samples.';

grant select on read.reception_hour, read.reception_day, read.bed_minute, read.rollup, read.device_word, read.fleet_day
    to carecircle_grafana;

create table grafana_health_read (
    id bigint generated always as identity primary key,
    role_name text not null,
    viewer text not null,
    bed_id text not null references bed,
    hour timestamptz not null,
    period tstzrange not null,
    times integer not null,
    unique (role_name, viewer, bed_id, hour)
);
comment on table grafana_health_read is
    'Every read of a bed''s vital signs through Grafana, by hour (PIPL art. 56: kept 3 years). role_name is proven by the '
    'database login; viewer is what Grafana''s page says of its user. period: all that was asked for in that hour.';
create index grafana_health_read_bed on grafana_health_read (bed_id, hour);
grant select on grafana_health_read to carecircle_console;

create function note_health_read(asked_bed text, since timestamptz, until timestamptz, shown_to text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if since is null or until is null or since > until or not exists (
        select 1
        from public.bed b
        where b.id = asked_bed and (
            exists (
                select 1
                from public.grafana_scope s
                where s.role_name = session_user and s.health and starts_with(b.division_code, s.area_prefix)
            )
            or exists (
                select 1
                from public.grafana_institution g
                where g.role_name = session_user and g.health and g.provider_id = b.provider_id
            )
        )
    ) then
        return false;
    end if;
    insert into public.grafana_health_read as r (role_name, viewer, bed_id, hour, period, times)
    values (
        session_user, left(coalesce(shown_to, ''), 200), asked_bed, date_trunc('hour', now(), 'UTC'),
        tstzrange(since, until, '[]'), 1
    )
    on conflict (role_name, viewer, bed_id, hour) do update
    set times = r.times + 1, period = range_merge(r.period, excluded.period);
    return true;
end $$;
revoke all on function note_health_read from public;
comment on function note_health_read is 'Whether the session''s role may read this bed''s vital signs; if so it is written down.';

-- Minutes up to two days, hours beyond: a month of minutes would be 43,000 points on a screen of 2,000.
create function read.bed_vitals(asked_bed text, since timestamptz, until timestamptz, shown_to text)
returns table (
    at timestamptz, heart_rate double precision, heart_rate_min double precision, heart_rate_max double precision,
    respiratory_rate double precision, spo2 double precision, spo2_min double precision, movement double precision,
    in_bed double precision
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not public.note_health_read(asked_bed, since, until, shown_to) then
        return;
    end if;
    if until - since <= interval '49 hours' then
        return query
        select v.bucket, v.heart_rate_sum / nullif(v.heart_rate_n, 0), v.heart_rate_min::double precision,
            v.heart_rate_max::double precision, v.respiratory_rate_sum / nullif(v.respiratory_rate_n, 0),
            v.spo2_sum / nullif(v.spo2_n, 0), v.spo2_min::double precision, v.movement_sum / nullif(v.movement_n, 0),
            v.in_bed_true::double precision / nullif(v.in_bed_n, 0)
        from public.vitals_minute v
        where v.bed = asked_bed and v.bucket between since and until
        order by 1;
    else
        return query
        select v.bucket, v.heart_rate_sum / nullif(v.heart_rate_n, 0), v.heart_rate_min::double precision,
            v.heart_rate_max::double precision, v.respiratory_rate_sum / nullif(v.respiratory_rate_n, 0),
            v.spo2_sum / nullif(v.spo2_n, 0), v.spo2_min::double precision, v.movement_sum / nullif(v.movement_n, 0),
            v.in_bed_true::double precision / nullif(v.in_bed_n, 0)
        from public.vitals_hour v
        where v.bed = asked_bed and v.bucket between since and until
        order by 1;
    end if;
end $$;
comment on function read.bed_vitals is
    'A bed''s vital signs by minute (up to 49 h) or hour, for roles with `health`; no row for others. Each call is on record.';

-- A night is 20:00 to 08:00 in China, named by the day on which it begins; hours without a reading count as nothing.
create function read.bed_nights(asked_bed text, since timestamptz, until timestamptz, shown_to text)
returns table (night timestamptz, in_bed_h double precision, heard_h double precision, movement double precision)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not public.note_health_read(asked_bed, since, until, shown_to) then
        return;
    end if;
    return query
    select date_trunc('day', v.bucket - interval '8 hours', 'Asia/Shanghai'),
        sum(v.in_bed_true::double precision / v.in_bed_n), count(*)::double precision,
        sum(v.movement_sum) / nullif(sum(v.movement_n), 0)
    from public.vitals_hour v
    where v.bed = asked_bed and v.bucket between since and until and v.in_bed_n > 0
        and extract(hour from v.bucket at time zone 'Asia/Shanghai') not between 8 and 19
    group by 1
    order by 1;
end $$;
comment on function read.bed_nights is 'Hours in bed and mean movement of each night, for roles with `health`; on record.';

revoke all on function read.bed_vitals, read.bed_nights from public;
grant execute on function read.bed_vitals, read.bed_nights to carecircle_grafana;

reset role;

-- It has nothing that it may write but the record of what it read, and that record has to be written.
alter role carecircle_grafana reset default_transaction_read_only;
