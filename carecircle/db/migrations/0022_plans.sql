-- Plans as people change them, and offers to people of whom nobody can say how far they have to go.

set role carecircle_owner;

create table plan_setting (
    version bigint generated always as identity primary key,
    area text not null default '' check (area ~ '^([0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?)?$'),
    circle text not null default '' check (circle in ('', 'urban', 'rural', 'herding')),
    kind text not null,
    frailty text not null default ''
        check (frailty in ('', 'unknown', 'able', 'semi_disabled', 'disabled', 'severely_disabled')),
    settings jsonb not null,
    reason text not null check (length(reason) between 1 and 500),
    by_name text not null,
    at timestamptz not null
);
comment on table plan_setting is
    'Settings of plans for a kind of alarm (or a family of kinds), an area, a circle and a grade of frailty; empty: all. '
    'Rows are only added: the newest of a scope counts, an empty object takes it back, and version numbers the whole.';
create index plan_setting_newest on plan_setting (kind, area, circle, frailty, version desc);

grant select on plan_setting to carecircle_alerts, carecircle_desk, carecircle_console;
grant insert on plan_setting to carecircle_desk;

alter table incident add column plan_version bigint not null default 0;
comment on column incident.plan_version is 'The newest version of plan_setting that its plan rests on; 0: the defaults.';

alter table offer
    alter column travel_p50_s drop not null,
    alter column travel_p90_s drop not null,
    alter column distance_m drop not null,
    add column track text,
    add constraint offer_travel_known check (
        (travel_p50_s is null) = (basis = 'unknown')
        and (travel_p50_s is null) = (travel_p90_s is null) and (travel_p50_s is null) = (distance_m is null)
    ) not valid;
comment on column offer.track is 'On which track of the plan they were asked; null: by a person of the desk.';
comment on column offer.travel_p50_s is 'Null with basis unknown: the bed has no position, and they were asked all the same.';

-- Every decision reads the offers of its incident, and the last one to each person: never the offers of all history.
create index offer_incident on offer (incident_id, responder_id, wave desc);

reset role;
