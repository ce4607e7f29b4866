-- Read models of the dashboards: who reads which beds stands in one place, institutions beside areas, and every view
-- gives one row a thing, so that any of the five levels can be summed from it.

set lock_timeout = '5s';
set role carecircle_owner;

create table grafana_institution (
    role_name text not null check (length(role_name) between 1 and 63),
    provider_id text not null references provider,
    health boolean not null default false,
    primary key (role_name, provider_id)
);
comment on table grafana_institution is
    'Which providers'' beds a login role reads in schema read, wherever they stand; beside grafana_scope, which says areas.';
alter table grafana_scope add column health boolean not null default false;
comment on column grafana_scope.health is
    'Whether the role also reads vital signs of single beds; each such read is written down. Off unless somebody decides it.';
comment on column grafana_institution.health is 'As in grafana_scope.';

-- Not granted to anybody: the views below are, and they are the barrier.
create view scoped_bed as
select b.id as bed_id, b.division_code, b.county, a.name as county_name, b.circle, b.terrain, b.provider_id
from bed b
left join area a on a.code = b.county
where exists (
        select 1
        from grafana_scope s
        where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
    )
    or exists (
        select 1 from grafana_institution g where g.role_name = session_user and g.provider_id = b.provider_id
    );
comment on view scoped_bed is 'The beds that the session''s role answers for: the one place that every read view asks.';

create or replace view read.area with (security_barrier) as
select a.code, a.name, a.level
from area a
where exists (
        select 1
        from grafana_scope s
        where s.role_name = session_user
          and (starts_with(a.code, s.area_prefix) or starts_with(s.area_prefix, a.code))
    )
    or exists (
        select 1
        from grafana_institution g
        join bed b on b.provider_id = g.provider_id
        where g.role_name = session_user and starts_with(b.division_code, a.code)
    );

create view read.bed with (security_barrier) as
select b.bed_id, b.division_code, b.county, b.county_name, b.circle, b.terrain, b.provider_id, p.name as provider_name
from scoped_bed b
left join provider p on p.id = b.provider_id;
comment on view read.bed is 'One row a bed of the role''s scope: where it is by division, in which circle, whose it is.';

create view read.provider with (security_barrier) as
select p.id as provider_id, p.name as provider_name, p.kind, p.area_code, p.lat, p.lon
from provider p
where exists (
        select 1
        from grafana_scope s
        where s.role_name = session_user and starts_with(p.area_code, s.area_prefix)
    )
    or exists (select 1 from grafana_institution g where g.role_name = session_user and g.provider_id = p.id);
comment on view read.provider is 'Institutions of the scope with the position of their door, which is public.';

-- The engine says what protects a bed; a word of more than 15 min ago is no proof any more (freshness of a bed sensor).
create or replace view read.bed_watch with (security_barrier) as
select b.bed_id, b.division_code, b.county, b.county_name, b.circle, w.last_seen_at,
    coalesce(w.last_seen_at < now() - interval '15 minutes', true) as is_silent,
    b.provider_id,
    case
        when w.protection ->> 'state' is null or w.last_seen_at is null
            or w.last_seen_at < now() - interval '15 minutes' then 'no'
        else w.protection ->> 'state'
    end as protection
from scoped_bed b
left join bed_state w on w.bed_id = b.bed_id;
comment on view read.bed_watch is
    'One row a bed: when it was last heard, whether it is silent (15 min or never), whether it is protected.';

create view read.device_watch with (security_barrier) as
select b.bed_id, b.division_code, b.county, b.county_name, b.circle, b.provider_id, d.id as device, d.model,
    (w.devices -> d.id ->> 'battery')::double precision as battery,
    proof.heard_at,
    coalesce(proof.holds, false) as is_alive,
    case
        when proof.heard_at is null then 'never_heard'
        when not proof.holds then coalesce(nullif(proof.why, ''), 'silent')
        else 'alive'
    end as word
from scoped_bed b
join device d on d.bed_id = b.bed_id
left join bed_state w on w.bed_id = b.bed_id
left join lateral (
    select to_timestamp(max((c ->> 'heard')::bigint)) as heard_at, bool_and((c ->> 'holds')::boolean) as holds,
        max(c ->> 'why') as why
    from jsonb_array_elements(w.protection -> 'capabilities') c
    where c ->> 'device' = d.id
) proof on true;
comment on view read.device_watch is
    'One row a device: its model, battery in percent, when it last proved to live, and why it does not where it does not.';

-- Columns are only added, so that what asks for the old ones goes on working.
create or replace view read.incident_stage with (security_barrier) as
select i.id as incident_id, i.bed_id, b.division_code, b.county, b.county_name, b.circle,
    i.kind, i.priority, i.state, i.late, i.outcome_code,
    i.pressed_at, i.acknowledged_at, i.accepted_at, i.arrived_at, i.closed_at,
    i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED') as is_open,
    extract(epoch from i.acknowledged_at - i.pressed_at)::double precision as press_to_acknowledged_s,
    extract(epoch from i.accepted_at - i.pressed_at)::double precision as press_to_accepted_s,
    extract(epoch from i.arrived_at - i.pressed_at)::double precision as press_to_arrived_s,
    -- A false press counts once somebody went: otherwise a late arrival could be written off as one.
    i.state not in ('CANCELLED_FALSE', 'MERGED')
        and i.outcome_code is distinct from 'test_press'
        and (i.outcome_code is distinct from 'false_press' or i.arrived_at is not null) as is_counted,
    case
        when i.arrived_at is not null then i.arrived_at <= i.pressed_at + interval '15 minutes'
        when i.state = 'CLOSED' or now() > i.pressed_at + interval '15 minutes' then false
    end as within_15_min,
    b.terrain, b.provider_id, i.opened_at, i.owner_account_id as operator,
    extract(epoch from i.acknowledged_at - i.opened_at)::double precision as opened_to_acknowledged_s
from incident i
join scoped_bed b on b.bed_id = i.bed_id
where i.family = 'help';
comment on view read.incident_stage is
    'One row a call for help with the seconds from the press to each stage; within_15_min is null while it is undecided.';

create view read.incident with (security_barrier) as
select i.id as incident_id, i.bed_id, b.division_code, b.county, b.county_name, b.circle, b.provider_id,
    i.kind, i.family, i.priority, i.state, i.level, i.late, i.outcome_code,
    i.pressed_at, i.opened_at, i.acknowledged_at, i.arrived_at, i.cleared_at, i.closed_at, i.deadline_at,
    i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED') as is_open,
    i.owner_account_id as operator
from incident i
join scoped_bed b on b.bed_id = i.bed_id;
comment on view read.incident is 'One row an incident of any family; an operator is a number, not a name.';

create or replace view read.quarantine_hour with (security_barrier) as
select date_trunc('hour', q.received_at, 'UTC') as hour, split_part(q.topic, '/', 3) as county, q.reason,
    count(*) as messages
from quarantine q
where split_part(q.topic, '/', 3) ~ '^[0-9]{6}$'
  and exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(split_part(q.topic, '/', 3), s.area_prefix)
)
group by 1, 2, 3;

-- Not grouped, so that the asked time reaches the index. A bed that is known makes it the bed's own; what names no bed
-- that we know belongs to the county of its topic, and is shown to whoever answers for all of that.
create view read.quarantine_message with (security_barrier) as
select q.received_at, coalesce(b.division_code, q.county) as division_code, b.circle, b.provider_id, q.reason
from (
    select received_at, reason, split_part(topic, '/', 3) as county, split_part(topic, '/', 4) as bed
    from quarantine
) q
left join bed b on b.id = q.bed and b.county = q.county
where q.county ~ '^[0-9]{6}$'
  and (
    exists (
        select 1
        from grafana_scope s
        where s.role_name = session_user and starts_with(coalesce(b.division_code, q.county), s.area_prefix)
    )
    or exists (
        select 1 from grafana_institution g where g.role_name = session_user and g.provider_id = b.provider_id
    )
);
comment on view read.quarantine_message is
    'One row a message that could not be read. One whose topic names no county belongs to no area: console only.';

create or replace view read.telemetry_message with (security_barrier) as
select m.measured_at, m.received_at, b.county
from (
    select measured_at, received_at, bed from vitals
    union all
    select measured_at, received_at, bed from environment
) m
join scoped_bed b on b.bed_id = m.bed;

create view read.alarm with (security_barrier) as
select m.id as alarm_id, m.bed_id, b.division_code, b.county, b.county_name, b.circle, b.provider_id,
    m.kind, split_part(m.device, ':', 1) as device, coalesce(d.model, '') as model, m.priority,
    m.raised_at, m.noted_at, m.cleared_at, m.held_back, m.incident_id,
    i.state as incident_state, i.outcome_code, i.acknowledged_at, i.closed_at, i.owner_account_id as operator,
    coalesce(i.state in ('CLOSED', 'CANCELLED_FALSE'), false) as is_judged,
    coalesce(i.outcome_code in ('false_press', 'false_alarm'), false) as is_false,
    m.cleared_at is null and i.closed_at is null and m.raised_at < now() - interval '24 hours' as is_stale,
    m.correction
from alarm m
join scoped_bed b on b.bed_id = m.bed_id
left join device d on d.bed_id = m.bed_id and d.id = split_part(m.device, ':', 1)
left join incident i on i.id = m.incident_id
where m.held_back is distinct from 'history';
comment on view read.alarm is
    'One row an alarm of a rule, with what became of it; is_judged: a person has ended its incident. What was found in '
    'late history alone reached no desk and is not here.';

create or replace view read.alarm_rate with (security_barrier) as
select to_timestamp(floor(extract(epoch from m.noted_at) / 600) * 600) as ten_minutes, b.county, m.priority,
    count(*) filter (where m.held_back is null) as alarms,
    count(*) filter (where m.held_back is not null) as held_back,
    count(*) filter (where m.held_back is null) > 10 as is_flood
from alarm m
join scoped_bed b on b.bed_id = m.bed_id
where m.held_back is distinct from 'history'
group by 1, 2, 3;

create or replace view read.alarm_chatter with (security_barrier) as
select m.bed_id, b.county, m.kind, m.device, date_trunc('hour', m.raised_at, 'UTC') as hour, count(*) as times
from alarm m
join scoped_bed b on b.bed_id = m.bed_id
where m.held_back is distinct from 'history'
group by 1, 2, 3, 4, 5
having count(*) >= 3;

create or replace view read.alarm_stale with (security_barrier) as
select m.id as alarm_id, m.bed_id, b.county, m.kind, m.device, m.priority, m.raised_at, now() - m.raised_at as age
from alarm m
join scoped_bed b on b.bed_id = m.bed_id
left join incident i on i.id = m.incident_id
where m.cleared_at is null and m.raised_at < now() - interval '24 hours' and i.closed_at is null;

create or replace view read.alarm_worth with (security_barrier) as
select m.kind, b.county, coalesce(d.model, '') as model, date_trunc('day', m.noted_at, 'Asia/Shanghai') as day,
    count(*) filter (where m.held_back is distinct from 'history') as alarms,
    count(*) filter (where i.state in ('CLOSED', 'CANCELLED_FALSE')) as closed,
    count(*) filter (where i.outcome_code in ('false_press', 'false_alarm')) as false_ones,
    count(*) filter (where m.correction = 'confirmed') as confirmed,
    count(*) filter (where m.correction = 'disproved' and m.held_back is distinct from 'history') as disproved,
    count(*) filter (where m.correction = 'delayed') as delayed,
    count(*) filter (where m.correction = 'missed') as missed
from alarm m
join scoped_bed b on b.bed_id = m.bed_id
left join device d on d.bed_id = m.bed_id and d.id = split_part(m.device, ':', 1)
left join incident i on i.id = m.incident_id
group by 1, 2, 3, 4;

-- What the platform owes: timers that should have gone off, messages that should have left.
create view read.due_timer with (security_barrier) as
select d.due_at, d.kind, i.kind as incident_kind, b.division_code, b.county, b.circle, b.provider_id,
    extract(epoch from now() - d.due_at)::double precision as late_s
from due d
join incident i on i.id = d.incident_id and i.epoch = d.epoch
join scoped_bed b on b.bed_id = i.bed_id;
comment on view read.due_timer is 'One row a timer that still means something; late_s is positive once it should have gone off.';

create view read.message_waiting with (security_barrier) as
select m.channel, m.audience, m.state, m.attempts, m.created_at, m.due_at, b.division_code, b.county, b.circle,
    b.provider_id, extract(epoch from now() - m.created_at)::double precision as age_s
from message m
join incident i on i.id = m.incident_id
join scoped_bed b on b.bed_id = i.bed_id
where m.state in ('PENDING', 'LEASED', 'FAILED_TEMP');
comment on view read.message_waiting is 'One row a message that no channel has taken yet; without recipient and content.';

-- Of the platform and not of any area; they name no bed.
create view read.pulse with (security_barrier) as
select service, at, extract(epoch from now() - at)::double precision as age_s from engine_pulse;
comment on view read.pulse is 'When each part of the live path last went round.';

create view read.history_chunk with (security_barrier) as
select c.hypertable_name as history, c.range_start, c.range_end, c.is_compressed,
    pg_total_relation_size(format('%I.%I', c.chunk_schema, c.chunk_name)::regclass) as bytes
from timescaledb_information.chunks c
where c.hypertable_schema = 'public';
comment on view read.history_chunk is 'One row a chunk of history: the time it spans and the bytes that it takes.';

create function read.lies_in(
    code text, provinces text[], cities text[], counties text[], streets text[], communities text[]
) returns boolean language sql immutable parallel safe as $$
    -- Where all of a level is chosen, its part is true before the query begins, and the planner guesses rightly.
    select ('' = any (provinces) or code ^@ any (provinces)) and ('' = any (cities) or code ^@ any (cities))
        and ('' = any (counties) or code ^@ any (counties)) and ('' = any (streets) or code ^@ any (streets))
        and ('' = any (communities) or code ^@ any (communities))
$$;
comment on function read.lies_in is
    'Whether a division lies in what was chosen on each of the five levels; an empty prefix stands for all of a level.';

grant select on all tables in schema read to carecircle_grafana;

-- Weekly presses that test the button, among millions of other events.
create index device_event_press_test on device_event (measured_at) where event = 'press_test';

create view read.press_test with (security_barrier) as
select e.measured_at, e.device, b.bed_id, b.division_code, b.county, b.circle, b.provider_id
from device_event e
join scoped_bed b on b.bed_id = e.bed
where e.event = 'press_test';
comment on view read.press_test is 'One row a press by which somebody tried a button.';
grant select on read.press_test to carecircle_grafana;

reset role;
