-- Closed and slow roads, as dispatchers enter them; travel times follow within seconds.

set role carecircle_owner;

create table road_closure (
    id bigint generated always as identity primary key,
    area_code text not null references area,
    corners jsonb not null
        check (jsonb_typeof(corners) = 'array' and jsonb_array_length(corners) between 1 and 200),
    radius_m real check (radius_m between 5 and 20000),
    slow_factor real check (slow_factor > 1 and slow_factor <= 100),
    modes text[] not null default '{walk,e_bike,car}'
        check (modes <@ '{walk,e_bike,car}'::text[] and cardinality(modes) between 1 and 3),
    reason text not null check (length(reason) between 1 and 500),
    begins_at timestamptz not null,
    until timestamptz check (until > begins_at),
    added_at timestamptz not null,
    by_account_id bigint not null references account,
    by_name text not null,
    ended_at timestamptz,
    ended_by_account_id bigint references account,
    ended_by_name text,
    -- One point and a radius, or a polygon.
    check ((radius_m is null) = (jsonb_array_length(corners) >= 3)),
    check (radius_m is null or jsonb_array_length(corners) = 1),
    check ((ended_at is null) = (ended_by_name is null))
);
comment on table road_closure is
    'Where roads are closed (slow_factor null) or slow, for whom, until when, by whom. Rows are added and ended, never '
    'changed: who knew what at the time of an incident can be read here.';
comment on column road_closure.corners is 'Points [longitude, latitude], WGS-84: three or more of a polygon, or one.';
create index road_closure_open on road_closure (begins_at) where ended_at is null;

grant select on road_closure to carecircle_alerts, carecircle_console;
grant select, insert, update (ended_at, ended_by_account_id, ended_by_name) on road_closure to carecircle_desk;

-- A hint for those who compute travel times; they look every few seconds as well.
create function announce_road_closure() returns trigger language plpgsql as $$
begin
    perform pg_notify('road_closure', '');
    return null;
end $$;
create trigger road_closure_announce after insert or update on road_closure
    for each statement execute function announce_road_closure();

reset role;
