-- Read views: what administrators may ask through Grafana, limited to the areas that their database role answers for.
--
-- Whoever may look at a dashboard may also send any SQL of their own through its data source, so the limit stands here:
-- security-barrier views, keyed on session_user, which no statement of an ordinary role can change. The tables under
-- them are granted to nobody else; row-level security would not do, because hypertable chunks do not inherit it.
-- No name, address, phone number or vital value is in any of these views.

create schema read authorization carecircle_owner;

set role carecircle_owner;

create table grafana_scope (
    role_name text not null check (length(role_name) between 1 and 63),
    area_prefix text not null
        check (area_prefix ~ '^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$'),
    primary key (role_name, area_prefix)
);
comment on table grafana_scope is
    'Which divisions a login role reads in schema read; one row an area, a role without a row sees nothing.';

create view read.area with (security_barrier) as
select a.code, a.name, a.level
from area a
where exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user
      and (starts_with(a.code, s.area_prefix) or starts_with(s.area_prefix, a.code))
);
comment on view read.area is 'The divisions of the role''s scope, and those that contain them, for names and variables.';

create view read.bed_watch with (security_barrier) as
select b.id as bed_id, b.division_code, b.county, a.name as county_name, b.circle, w.last_seen_at,
    -- 15 min: freshness expected of a bed sensor; the engine's own proof of life per capability is stricter.
    coalesce(w.last_seen_at < now() - interval '15 minutes', true) as is_silent
from bed b
left join area a on a.code = b.county
left join bed_state w on w.bed_id = b.id
where exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
);
comment on view read.bed_watch is 'One row a bed: when it was last heard, and whether it is silent (15 min or never).';

create view read.incident_stage with (security_barrier) as
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
where exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
);
comment on view read.incident_stage is
    'One row an incident with the seconds from the press to each stage; within_15_min is null while it is undecided.';

create view read.quarantine_hour with (security_barrier) as
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
comment on view read.quarantine_hour is
    'Unreadable messages per hour, county and reason. One whose topic names no county belongs to no area: console only.';

create view read.telemetry_message with (security_barrier) as
select m.measured_at, m.received_at, b.county
from (
    select measured_at, received_at, bed from vitals
    union all
    select measured_at, received_at, bed from environment
) m
join bed b on b.id = m.bed
where exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
);
comment on view read.telemetry_message is
    'One row a telemetry message, times and county only; filter on measured_at, which is what chunks are chosen by.';

grant usage on schema read to carecircle_grafana;
grant select on all tables in schema read to carecircle_grafana;

reset role;

-- Guards against a clumsy query, not against a hostile one: a session can change these for itself.
alter role carecircle_grafana set default_transaction_read_only = on;
alter role carecircle_grafana set statement_timeout = '30s';
