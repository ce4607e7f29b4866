-- Places, people and what is promised to whom. The console's administrators will write these tables; services read them.

create extension if not exists timescaledb;

-- Any role that calls merge_chunks crashes TimescaleDB 2.19.3 (Apache edition): nobody may.
do $$
begin
    execute 'revoke all on procedure merge_chunks(regclass, regclass) from public';
exception when undefined_function then null;
end $$;

grant usage, create on schema public to carecircle_owner;
set role carecircle_owner;

create table area (
    code text primary key check (code ~ '^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$'),
    name text not null,
    level smallint not null generated always as (
        case length(code) when 2 then 1 when 4 then 2 when 6 then 3 when 9 then 4 else 5 end
    ) stored
);
comment on table area is 'Administrative divisions, five levels; an area contains every code that starts with its own.';

create table provider (
    id text primary key,
    name text not null,
    kind text not null check (kind in ('station', 'mutual_aid_home', 'call_centre')),
    area_code text not null references area,
    lat double precision not null check (lat between -90 and 90),
    lon double precision not null check (lon between -180 and 180),
    phone text
);

create table responder (
    id text primary key,
    name text not null,
    role text not null check (role in ('staff', 'neighbour', 'volunteer')),
    provider_id text references provider,
    area_code text not null references area,
    travel_mode text not null check (travel_mode in ('walk', 'e_bike', 'car')),
    lat double precision check (lat between -90 and 90),
    lon double precision check (lon between -180 and 180),
    position_at timestamptz,
    on_duty boolean not null default false,
    consented_at timestamptz,
    webhook_url text,
    email text,
    phone text
);
comment on column responder.consented_at is 'Whereabouts are sensitive (PIPL art. 28): without consent nobody is asked.';

create table resident (
    id text primary key,
    name text not null,
    birth_year smallint check (birth_year between 1900 and 2100),
    phone text,
    key_safe text,
    hazards text
);

create table bed (
    id text primary key check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    resident_id text not null references resident,
    county text not null check (county ~ '^[0-9]{6}$'),
    division_code text not null references area,
    address text not null,
    circle text not null check (circle in ('urban', 'rural')),
    terrain text not null check (terrain in ('city', 'valley', 'mountain')),
    provider_id text references provider,
    lat double precision check (lat between -90 and 90),
    lon double precision check (lon between -180 and 180),
    altitude_m integer not null,
    check (left(division_code, 6) = county)
);
comment on table bed is 'Family care beds; positions are WGS-84.';
create index bed_resident on bed (resident_id);

create table device (
    bed_id text not null references bed,
    id text not null check (id ~ '^[A-Za-z0-9_-]{1,64}$'),
    model text not null,
    label text not null,
    primary key (bed_id, id)
);

create table family_member (
    id text primary key,
    name text not null,
    webhook_url text,
    email text,
    phone text
);

create table kinship (
    family_member_id text not null references family_member,
    resident_id text not null references resident,
    relation text not null,
    consented_at timestamptz,
    primary key (family_member_id, resident_id)
);
comment on column kinship.consented_at is 'When the resident agreed that this relative is told; null: not told.';
create index kinship_resident on kinship (resident_id);

create table account (
    id bigint generated always as identity primary key,
    login text not null unique check (login ~ '^[a-z0-9._-]{1,64}$'),
    name text not null,
    role text not null
        check (role in ('dispatcher', 'supervisor', 'responder', 'family', 'administrator', 'auditor')),
    password_hash text not null,
    area_code text references area,
    responder_id text references responder,
    family_member_id text references family_member,
    webhook_url text,
    email text,
    disabled_at timestamptz,
    check ((role = 'responder') = (responder_id is not null)),
    check ((role = 'family') = (family_member_id is not null)),
    check (role in ('responder', 'family') or area_code is not null)
);

create table console_session (
    token_sha256 bytea primary key,
    account_id bigint not null references account on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index console_session_account on console_session (account_id);

create table login_failure (
    login text not null,
    at timestamptz not null
);
create index login_failure_recent on login_failure (login, at);

create table health_access (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    account_id bigint not null references account,
    resident_id text not null references resident,
    purpose text not null
);
comment on table health_access is 'Every read of a resident''s health data, by whom and why (PIPL art. 56: kept 3 years).';
create index health_access_resident on health_access (resident_id, at);

grant select on area, provider, responder, resident, bed, device, family_member, kinship
    to carecircle_ingest, carecircle_alerts, carecircle_desk, carecircle_console;
grant select (id, name, role, area_code, webhook_url, email, disabled_at) on account
    to carecircle_alerts, carecircle_desk;
grant select on account to carecircle_console;
grant select, insert, update, delete on console_session to carecircle_console;
grant select, insert, delete on login_failure to carecircle_console;
grant select, insert on health_access to carecircle_console;
grant update (on_duty, lat, lon, position_at) on responder to carecircle_desk;

reset role;
