-- How an incident can end beside being closed, what was found out about it, and who was sent although they are busy.

set role carecircle_owner;

alter table incident
    -- Promise 5 for every ending: a named person, and why.
    add constraint incident_cancelled_by_a_person check (
        state <> 'CANCELLED_FALSE'
        or (closed_at is not null and closed_by is not null and outcome_code in ('false_press', 'false_alarm', 'test_press'))
    ) not valid,
    add constraint incident_merged_by_a_person check (
        state <> 'MERGED' or (closed_at is not null and closed_by is not null)
    ) not valid;
create index incident_merged on incident (bed_id, kind) where state = 'MERGED';

alter table offer add column forced boolean not null default false;
comment on column offer.forced is 'The desk has asked somebody who is on something else, with a reason in the audit trail.';

-- The checker of promises asks whether an owner is there.
grant select (account_id, expires_at) on console_session to carecircle_alerts;

-- A false call to which nobody had to come is cancelled now, and is an answered alarm like any closed one.
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
join bed b on b.id = m.bed_id
left join device d on d.bed_id = m.bed_id and d.id = split_part(m.device, ':', 1)
left join incident i on i.id = m.incident_id
where exists (
    select 1 from grafana_scope s where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
)
group by 1, 2, 3, 4;

reset role;
