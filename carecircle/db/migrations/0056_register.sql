-- The register as administrators keep it: beds with their residents and relatives, and providers, with a version that a
-- change names, and an end instead of a deletion.

set lock_timeout = '5s';
set role carecircle_owner;

alter table bed
    add column version integer not null default 1,
    add column created_at timestamptz not null default now(),
    add column ended_at timestamptz;
comment on column bed.version is
    'Counts what administrators changed about the bed, its resident and their relatives; a change names the version that '
    'it was made on.';
comment on column bed.ended_at is 'When the service ended; its history stays. Null: in service.';

alter table provider
    add column version integer not null default 1,
    add column ended_at timestamptz;
comment on column provider.ended_at is 'Since when nobody is sent from there any more; null: in service.';

alter table kinship add column place smallint not null default 100 check (place between 1 and 999);
comment on column kinship.place is 'Order among a resident''s relatives: whom the desk calls first.';

grant insert on resident, bed, provider, family_member, kinship to carecircle_desk;
grant update (name, birth_year, phone, key_safe, hazards, frailty) on resident to carecircle_desk;
grant update (
    county, division_code, address, circle, terrain, provider_id, lat, lon, altitude_m, version, ended_at
) on bed to carecircle_desk;
grant update (name, kind, area_code, lat, lon, phone, out_at_once, skills, version, ended_at) on provider
    to carecircle_desk;
grant update (name, phone) on family_member to carecircle_desk;
grant update (relation, place), delete on kinship to carecircle_desk;
-- The box of a bed whose service has ended sends nothing any more.
grant select, insert, update on home_account to carecircle_desk;
grant select, delete on pairing_code to carecircle_desk;

reset role;
