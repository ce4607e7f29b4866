-- What late history says about alarms that were told, and about some that were not; memories of beds to judge it from.

set role carecircle_owner;

alter table alarm
    drop constraint alarm_held_back_check,
    add constraint alarm_held_back_check check (held_back in ('shelved', 'flood', 'late', 'history')),
    add column correction text check (correction in ('confirmed', 'disproved', 'delayed', 'missed')),
    add column corrected_at timestamptz,
    add column correction_why jsonb,
    add constraint alarm_correction_is_whole check (
        (correction is null) = (corrected_at is null) and (correction is null) = (correction_why is null)
    ),
    -- Promise 3: what only history knows is over, and is never told as if it were now.
    add constraint alarm_of_history_is_over check (
        held_back is distinct from 'history' or (cleared_at is not null and incident_id is null)
    );
comment on column alarm.correction is
    'What readings that came late say of it: confirmed, disproved, delayed (only the way was cut), missed (never told).';
comment on column alarm.held_back is
    'Why nobody was told yet: shelved, flood, late; history for what was found in late readings and is never told.';

create table bed_memory (
    bed_id text not null references bed,
    slot smallint not null,
    settled_at timestamptz not null,
    taken_at timestamptz not null,
    mind bytea not null,
    primary key (bed_id, slot)
);
comment on table bed_memory is
    'What the rules remembered of a bed, every 12 h, the last few of them: from there late history is judged.';

create table late_stretch (
    bed_id text primary key references bed,
    begin_at timestamptz not null,
    until_at timestamptz not null,
    device text not null,
    boot bigint not null,
    seq bigint not null,
    noted_at timestamptz not null,
    due_at timestamptz not null
);
comment on table late_stretch is
    'Beds whose history came late: from the first such reading until the last arrival, to be judged at due_at.';
create index late_stretch_due on late_stretch (due_at);

grant select, insert, update on bed_memory to carecircle_alerts;
grant select, insert, update, delete on late_stretch to carecircle_alerts;

-- What was found in history alone has reached no desk: it is neither an alarm of a rate nor chatter.
create or replace view read.alarm_rate with (security_barrier) as
select to_timestamp(floor(extract(epoch from m.noted_at) / 600) * 600) as ten_minutes, b.county, m.priority,
    count(*) filter (where m.held_back is null) as alarms,
    count(*) filter (where m.held_back is not null) as held_back,
    count(*) filter (where m.held_back is null) > 10 as is_flood
from alarm m
join bed b on b.id = m.bed_id
where m.held_back is distinct from 'history' and exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3;

create or replace view read.alarm_chatter with (security_barrier) as
select m.bed_id, b.county, m.kind, m.device, date_trunc('hour', m.raised_at, 'UTC') as hour, count(*) as times
from alarm m
join bed b on b.id = m.bed_id
where m.held_back is distinct from 'history' and exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3, 4, 5
having count(*) >= 3;

create or replace view read.alarm_worth with (security_barrier) as
select m.kind, b.county, coalesce(d.model, '') as model, date_trunc('day', m.noted_at, 'Asia/Shanghai') as day,
    count(*) filter (where m.held_back is distinct from 'history') as alarms,
    count(*) filter (where i.state = 'CLOSED') as closed,
    count(*) filter (where i.outcome_code in ('false_press', 'false_alarm')) as false_ones,
    count(*) filter (where m.correction = 'confirmed') as confirmed,
    count(*) filter (where m.correction = 'disproved' and m.held_back is distinct from 'history') as disproved,
    count(*) filter (where m.correction = 'delayed') as delayed,
    count(*) filter (where m.correction = 'missed') as missed
from alarm m
join bed b on b.id = m.bed_id
left join device d on d.bed_id = m.bed_id and d.id = split_part(m.device, ':', 1)
left join incident i on i.id = m.incident_id
where exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3, 4;
comment on view read.alarm_worth is
    'Of the alarms of a day: how many are closed, how many of these were false, and what late history says of them.';

reset role;
