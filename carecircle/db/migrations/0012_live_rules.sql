-- What rules find: alarms, and incidents that want a look or a repair; the memory of each bed; settings of rules.

set role carecircle_owner;

alter table incident drop constraint incident_kind_check;
alter table incident add constraint incident_kind_check check (kind in (
    'sos', 'fall', 'smoke', 'gas', 'carbon_monoxide', 'water', 'unreadable',
    'heart_rate', 'respiratory_rate', 'spo2', 'temperature', 'apnoea', 'news2',
    'bed_exit', 'not_in_bed', 'out_of_bed', 'inactivity', 'wandering', 'check_in_missed',
    'lost_signal', 'unstable_signal', 'sensor_error', 'low_battery', 'tamper', 'mains_lost', 'clock_fault',
    'gateway_silent', 'press_test_overdue'
));
alter table incident
    add column family text not null default 'help'
        check (family in ('help', 'clinical', 'behaviour', 'technical')),
    add column cleared_at timestamptz,
    add column confidence text check (confidence in ('low', 'medium', 'high')),
    add column responsible text references provider,
    -- Promise 5: what ends by itself is never a call for help, nor what the body of a person has done.
    add constraint incident_ends_by_itself check (
        outcome_code is distinct from 'cleared' or family in ('technical', 'behaviour')
    );
comment on column incident.family is 'What answer it wants: somebody at the door, a look by the desk, or a repair.';
comment on column incident.cleared_at is 'When the condition was seen to be gone; the incident stays until it is closed.';
comment on column incident.confidence is 'How far other sensors speak for a fall; it never keeps one from being answered.';
comment on column incident.responsible is 'Of a repair: the provider whose work it is, to be done by deadline_at.';

create table alarm (
    id bigint generated always as identity primary key,
    bed_id text not null references bed,
    kind text not null,
    device text not null,
    priority smallint not null check (priority between 1 and 3),
    raised_at timestamptz not null,
    noted_at timestamptz not null,
    cleared_at timestamptz,
    why jsonb not null,
    incident_id uuid references incident,
    held_back text check (held_back in ('shelved', 'flood', 'late')),
    rules_version bigint not null,
    -- A batch that is handled again after a crash finds the same alarms, and says them once.
    unique (bed_id, kind, device, raised_at)
);
comment on table alarm is 'Every time a rule found its condition, in event time (raised_at) and as it was told (noted_at).';
create index alarm_noted on alarm (noted_at);
create index alarm_active on alarm (bed_id, kind) where cleared_at is null;
create index alarm_held_back on alarm (held_back) where held_back is not null and cleared_at is null;
create index alarm_incident on alarm (incident_id);

create table shelf (
    id bigint generated always as identity primary key,
    bed_id text not null references bed,
    kind text not null check (kind not in (
        'sos', 'fall', 'smoke', 'gas', 'carbon_monoxide', 'water', 'unreadable'
    )),
    reason text not null check (length(reason) between 1 and 500),
    by_account_id bigint not null references account,
    by_name text not null,
    begins_at timestamptz not null,
    until timestamptz not null check (until > begins_at and until <= begins_at + interval '7 days'),
    ended_at timestamptz
);
comment on table shelf is 'Alarms that somebody has put aside for a time, with a reason; they return by themselves.';
create index shelf_open on shelf (bed_id, kind) where ended_at is null;

create table rule_setting (
    version bigint generated always as identity primary key,
    scope text not null,
    rule text not null,
    settings jsonb not null,
    reason text not null check (length(reason) between 1 and 500),
    by_name text not null,
    at timestamptz not null
);
comment on table rule_setting is
    'Settings of rules for everybody (scope ''''), an area (its division code) or a bed (its id). Rows are only added: '
    'the newest of a scope and rule counts, an empty object returns to the wider scope, and version numbers the whole.';
create index rule_setting_newest on rule_setting (scope, rule, version desc);

alter table bed_state
    add column mind bytea,
    add column next_at timestamptz,
    add column person jsonb not null default '{}',
    add column protection jsonb not null default '{}';
-- A row is rewritten with every message of its bed: compressing and moving a few kilobytes each time costs more than
-- the space is worth.
alter table bed_state set (toast_tuple_target = 8160);
create index bed_state_next on bed_state (next_at) where next_at is not null;
comment on column bed_state.mind is 'What the rules remember, for the alert engine alone; written with what they found.';
comment on column bed_state.next_at is 'When the bed wants to be looked at although nothing has come.';
comment on column bed_state.protection is 'Whether the bed is protected now, and by which proof of life.';

create table detect_leader (
    singleton boolean primary key default true check (singleton),
    epoch bigint not null
);
comment on table detect_leader is 'Counts leaders of the detecting process; one that was replaced can commit no more.';
insert into detect_leader (epoch) values (0);

grant select, insert, update on alarm to carecircle_alerts;
grant select on shelf, rule_setting to carecircle_alerts;
grant select, update on detect_leader to carecircle_alerts;
grant select on vitals, environment, spot_check, device_event, device_status to carecircle_alerts;
grant select, insert, update on shelf to carecircle_desk;
grant select, insert on rule_setting to carecircle_desk;
grant select, update (held_back) on alarm to carecircle_desk;
grant select on alarm, shelf, rule_setting to carecircle_console;

-- The service circle is about calls for help; what rules find has views of its own.
create or replace view read.incident_stage with (security_barrier) as
select i.id as incident_id, i.bed_id, b.division_code, b.county, a.name as county_name, b.circle,
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
    end as within_15_min
from incident i
join bed b on b.id = i.bed_id
left join area a on a.code = b.county
where i.family = 'help' and exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
);

-- ISA-18.2, per county and ten minutes: what reached a desk, what a flood is (more than 10), and what was held back.
create view read.alarm_rate with (security_barrier) as
select to_timestamp(floor(extract(epoch from m.noted_at) / 600) * 600) as ten_minutes, b.county, m.priority,
    count(*) filter (where m.held_back is null) as alarms,
    count(*) filter (where m.held_back is not null) as held_back,
    count(*) filter (where m.held_back is null) > 10 as is_flood
from alarm m
join bed b on b.id = m.bed_id
where exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3;
comment on view read.alarm_rate is 'Alarms per county, ten minutes and priority; more than ten in ten minutes is a flood.';

-- Chattering: the same alarm of the same device three times or more within an hour.
create view read.alarm_chatter with (security_barrier) as
select m.bed_id, b.county, m.kind, m.device, date_trunc('hour', m.raised_at, 'UTC') as hour, count(*) as times
from alarm m
join bed b on b.id = m.bed_id
where exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3, 4, 5
having count(*) >= 3;
comment on view read.alarm_chatter is 'Alarms that came three times or more within an hour, by bed, kind and device.';

create view read.alarm_stale with (security_barrier) as
select m.id as alarm_id, m.bed_id, b.county, m.kind, m.device, m.priority, m.raised_at, now() - m.raised_at as age
from alarm m
join bed b on b.id = m.bed_id
left join incident i on i.id = m.incident_id
where m.cleared_at is null and m.raised_at < now() - interval '24 hours' and i.closed_at is null
    and exists (
        select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
    );
comment on view read.alarm_stale is 'Alarms that have stood for more than 24 hours, which nobody has closed (ISA-18.2).';

create view read.alarm_worth with (security_barrier) as
select m.kind, b.county, coalesce(d.model, '') as model, date_trunc('day', m.noted_at, 'Asia/Shanghai') as day,
    count(*) as alarms,
    count(*) filter (where i.state = 'CLOSED') as closed,
    count(*) filter (where i.outcome_code in ('false_press', 'false_alarm')) as false_ones
from alarm m
join bed b on b.id = m.bed_id
left join device d on d.bed_id = m.bed_id and d.id = split_part(m.device, ':', 1)
left join incident i on i.id = m.incident_id
where exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3, 4;
comment on view read.alarm_worth is 'Of the alarms of a day: how many are closed, and how many of these were false; by kind and model.';

grant select on read.alarm_rate, read.alarm_chatter, read.alarm_stale, read.alarm_worth to carecircle_grafana;

reset role;
