-- name: hold_homes
-- Nobody else changes these beds of an area and their residents until the transaction ends; incidents may still open.
select b.id from bed b join resident r on r.id = b.resident_id
where b.id = any (%(ids)s) and starts_with(b.division_code, %(area)s)
order by b.id for no key update

-- name: homes_in_file
-- Those beds of an area that a file names, with residents and relatives, as files describe them.
select b.id as bed_id, b.division_code, b.address, b.circle, b.terrain, b.altitude_m, r.name as resident_name,
    b.provider_id, b.lat, b.lon, r.birth_year, r.phone, r.key_safe, r.hazards, r.frailty, b.resident_id,
    b.ended_at is not null as has_ended, k.relatives, k.told
from bed b
join resident r on r.id = b.resident_id
cross join lateral (
    select
        coalesce(jsonb_agg(jsonb_build_object(
            'id', f.id, 'name', f.name, 'relation', k.relation, 'phone', f.phone, 'ways', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', c.id, 'channel', c.channel, 'address', c.address
                ) order by c.place, c.id), '[]')
                from contact c where c.person_kind = 'family_member' and c.person_id = f.id
            )
        ) order by k.place, f.name, f.id), '[]') as relatives,
        coalesce(array_agg(f.id) filter (where k.consented_at is not null), '{}') as told
    from kinship k join family_member f on f.id = k.family_member_id
    where k.resident_id = b.resident_id
) k
where (%(ids)s::text[] is null or b.id = any (%(ids)s)) and starts_with(b.division_code, %(area)s)
    and (%(ids)s::text[] is not null or b.ended_at is null)
order by b.division_code, b.id

-- name: homes_elsewhere
-- Which of some numbers belong to a bed of another area.
select id from bed where id = any (%(ids)s) and not starts_with(division_code, %(area)s)

-- name: areas_known
-- Which of some divisions of an area there are.
select code from area where code = any (%(codes)s) and starts_with(code, %(area)s)

-- name: providers_in_service
-- The providers to which beds of an area may be given: in service, within the area or around it.
select id from provider
where ended_at is null and (starts_with(area_code, %(area)s) or starts_with(%(area)s, area_code))

-- name: positions_of_counties
-- Sums over what is known to lie in some counties.
select county, sum(lat) as lat, sum(lon) as lon, count(*)::int as count
from (
    select county, lat, lon from bed where county = any (%(counties)s) and lat is not null and ended_at is null
    union all
    select left(area_code, 6), lat, lon from provider
    where left(area_code, 6) = any (%(counties)s) and ended_at is null
) p
group by county

-- name: insert_residents
-- New residents.
insert into resident (id, name, birth_year, phone, key_safe, hazards, frailty)
select resident_id, resident_name, birth_year, phone, key_safe, hazards, frailty
from jsonb_to_recordset(%(homes)s) as t (
    resident_id text, resident_name text, birth_year smallint, phone text, key_safe text, hazards text, frailty text
)

-- name: insert_beds
-- New beds at their homes.
insert into bed (
    id, resident_id, county, division_code, address, circle, terrain, provider_id, lat, lon, altitude_m
)
select bed_id, resident_id, left(division_code, 6), division_code, address, circle, terrain, provider_id, lat, lon,
    altitude_m
from jsonb_to_recordset(%(homes)s) as t (
    bed_id text, resident_id text, division_code text, address text, circle text, terrain text, provider_id text,
    lat double precision, lon double precision, altitude_m integer
)

-- name: insert_relatives
-- New relatives of residents; whether they are told is the resident's to say.
with given as (
    select * from jsonb_to_recordset(%(relatives)s) as t (
        id text, resident_id text, name text, phone text, relation text, place smallint
    )
), made as (
    insert into family_member (id, name, phone) select id, name, phone from given
)
insert into kinship (family_member_id, resident_id, relation, place) select id, resident_id, relation, place from given

-- name: insert_ways
-- New ways to reach relatives.
insert into contact (person_kind, person_id, channel, address, place)
select 'family_member', relative, channel, address, place
from jsonb_to_recordset(%(ways)s) as t (relative text, channel text, address text, place smallint)

-- name: update_residents
-- What files describe of residents who are there.
update resident r set
    name = t.resident_name, birth_year = t.birth_year, phone = t.phone, key_safe = t.key_safe, hazards = t.hazards,
    frailty = t.frailty
from jsonb_to_recordset(%(homes)s) as t (
    resident_id text, resident_name text, birth_year smallint, phone text, key_safe text, hazards text, frailty text
)
where r.id = t.resident_id

-- name: update_beds
-- What files describe of beds that are there.
update bed b set
    division_code = t.division_code, address = t.address, circle = t.circle, terrain = t.terrain,
    provider_id = t.provider_id, lat = t.lat, lon = t.lon, altitude_m = t.altitude_m
from jsonb_to_recordset(%(homes)s) as t (
    bed_id text, division_code text, address text, circle text, terrain text, provider_id text, lat double precision,
    lon double precision, altitude_m integer
)
where b.id = t.bed_id

-- name: count_home_changes
-- Another version of every bed whose form shows one of these residents.
update bed set version = version + 1 where resident_id = any (%(residents)s)

-- name: homes_in_use
-- Which of some beds have something by now that goes back to nothing: a box, a code for one, a label, a test.
select b.id from bed b
where b.id = any (%(ids)s) and (
    b.ended_at is not null
    or exists (select from home_account h where h.bed_id = b.id)
    or exists (select from pairing_code p where p.bed_id = b.id)
    or exists (select from bed_code c where c.bed_id = b.id)
    or exists (select from bed_test t where t.bed_id = b.id)
)

-- name: restore_kinships
-- Relatives whom an import took off are relatives again; where they stand in the order is written afterwards.
insert into kinship (family_member_id, resident_id, relation, place)
select id, resident_id, relation, place
from jsonb_to_recordset(%(relatives)s) as t (id text, resident_id text, relation text, place smallint)
on conflict do nothing

-- name: delete_relatives
-- Relatives whom an import made are gone again, with their ways; refused where they are anybody else's by now.
delete from family_member where id = any (%(ids)s)

-- name: end_kinships
-- Nobody is a relative of these residents any more.
delete from kinship where resident_id = any (%(residents)s)

-- name: delete_homes
-- Beds that an import made are gone again.
delete from bed where id = any (%(ids)s)

-- name: delete_residents
-- Their residents too, unless somebody has looked at one: that is kept.
delete from resident r
where r.id = any (%(ids)s) and not exists (select from health_access h where h.resident_id = r.id)

-- name: empty_residents
-- Of those nothing but their number stays.
update resident set
    name = '—', birth_year = null, phone = null, key_safe = null, hazards = null, frailty = 'unknown'
where id = any (%(ids)s)
