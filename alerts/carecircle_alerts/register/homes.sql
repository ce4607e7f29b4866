-- name: hold_home
-- A bed with its resident, until the transaction ends; an incident cannot open meanwhile.
select b.id as bed_id, b.division_code, b.address, b.circle, b.terrain, b.altitude_m, r.name as resident_name,
    b.provider_id, b.lat, b.lon, r.birth_year, r.phone, r.key_safe, r.hazards, r.frailty, b.resident_id, b.version,
    b.created_at, b.ended_at, r.erased_at
from bed b join resident r on r.id = b.resident_id
where b.id = %(bed)s
for update

-- name: relatives_of_home
-- A resident's relatives in the order in which they are called, with the ways to reach them in theirs.
select f.id, f.name, k.relation, f.phone, k.consented_at,
    (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', c.id, 'channel', c.channel, 'address', c.address, 'enabled', c.enabled,
            'failures', c.failures, 'verified_at', c.verified_at
        ) order by c.place, c.id), '[]')
        from contact c where c.person_kind = 'family_member' and c.person_id = f.id
    ) as ways
from kinship k join family_member f on f.id = k.family_member_id
where k.resident_id = %(resident)s
order by k.place, f.name, f.id

-- name: division_known
-- Whether there is such a division.
select name from area where code = %(code)s

-- name: middle_of_county
-- The middle of what is known to lie in a county, without this bed.
select avg(p.lat) as lat, avg(p.lon) as lon
from (
    select lat, lon from bed
    where division_code between %(county)s and %(county)s || '999999' and county = %(county)s and id <> %(bed)s
        and lat is not null and ended_at is null
    union all
    select lat, lon from provider where left(area_code, 6) = %(county)s and ended_at is null
) p

-- name: provider_in_service
-- Whether beds may be given to a provider: it is in service, and lies where the administrator answers, or around it.
select v.id from provider v
where v.id = %(provider)s and v.ended_at is null
    and (starts_with(v.area_code, %(area)s) or starts_with(%(area)s, v.area_code))

-- name: add_resident
-- A resident.
insert into resident (id, name, birth_year, phone, key_safe, hazards, frailty)
values (%(resident)s, %(resident_name)s, %(birth_year)s, %(phone)s, %(key_safe)s, %(hazards)s, %(frailty)s)

-- name: add_bed
-- A bed at the resident's home.
insert into bed (
    id, resident_id, county, division_code, address, circle, terrain, provider_id, lat, lon, altitude_m
) values (
    %(bed_id)s, %(resident)s, left(%(division_code)s, 6), %(division_code)s, %(address)s, %(circle)s, %(terrain)s,
    %(provider_id)s, %(lat)s, %(lon)s, %(altitude_m)s
)

-- name: change_resident
-- What a resident is from now on.
update resident set
    name = %(resident_name)s, birth_year = %(birth_year)s, phone = %(phone)s, key_safe = %(key_safe)s,
    hazards = %(hazards)s, frailty = %(frailty)s
where id = %(resident)s

-- name: change_bed
-- What a bed is from now on.
update bed set
    division_code = %(division_code)s, address = %(address)s, circle = %(circle)s, terrain = %(terrain)s,
    provider_id = %(provider_id)s, lat = %(lat)s, lon = %(lon)s, altitude_m = %(altitude_m)s
where id = %(bed_id)s

-- name: count_home_change
-- Another version of every bed whose form shows this resident.
update bed set version = version + 1 where resident_id = %(resident)s

-- name: open_incidents_of_bed
-- How many incidents of a bed are open.
select count(*)::int as open from incident
where bed_id = %(bed)s and state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')

-- name: end_bed
-- The service ends, or goes on; null: goes on.
update bed set ended_at = %(at)s, version = version + 1 where id = %(bed)s

-- name: end_home_account
-- The box of a bed is let in no more, and no open code lets one in.
with codes as (delete from pairing_code where bed_id = %(bed)s and used_at is null)
insert into home_account as h (bed_id, revoked_at) values (%(bed)s, %(now)s)
on conflict (bed_id) do update set revoked_at = %(now)s, next_generation = null

-- name: add_relative
-- A relative.
insert into family_member (id, name, phone) values (%(relative)s, %(name)s, %(phone)s)

-- name: change_relative
-- A relative's name and number.
update family_member set name = %(name)s, phone = %(phone)s
where id = %(relative)s and (name, phone) is distinct from (%(name)s, %(phone)s)

-- name: add_kinship
-- Somebody is a relative of a resident. Whether they are told is the resident's to say.
insert into kinship (family_member_id, resident_id, relation, place)
values (%(relative)s, %(resident)s, %(relation)s, %(place)s)

-- name: change_kinship
-- What they are to the resident, and when they are called.
update kinship set relation = %(relation)s, place = %(place)s
where family_member_id = %(relative)s and resident_id = %(resident)s

-- name: remove_kinship
-- They are no relative of the resident any more.
delete from kinship where family_member_id = %(relative)s and resident_id = %(resident)s returning consented_at

-- name: contacts_of_relative
-- The ways to reach a relative, held until the transaction ends.
select id, channel, address, place from contact
where person_kind = 'family_member' and person_id = %(relative)s
order by place, id for update

-- name: remove_contact
-- A way that is not to be used any more.
delete from contact where id = %(id)s and person_kind = 'family_member' and person_id = %(relative)s

-- name: readdress_contact
-- Another number or address of the same kind; what was known about the old one is forgotten.
update contact set address = %(address)s, enabled = true, failures = 0, verified_at = null
where id = %(id)s and person_id = %(relative)s and person_kind = 'family_member' and address <> %(address)s

-- name: put_contact
-- A way at a place.
update contact set place = %(place)s
where id = %(id)s and person_kind = 'family_member' and person_id = %(relative)s

-- name: add_contact
-- A new way, at a place that is free.
insert into contact (person_kind, person_id, channel, address, place)
values ('family_member', %(relative)s, %(channel)s, %(address)s, %(place)s)
returning id
