-- name: register_homes
-- Beds of an area with their residents, by area and number; a page after the last one seen.
select b.id as bed_id, r.name as resident_name, b.address, b.division_code, a.name as area_name, b.circle,
    b.provider_id, v.name as provider_name, r.frailty, b.lat is not null as has_position, t.last_seen_at, b.ended_at,
    b.version, (select count(*)::int from device d where d.bed_id = b.id) as devices
from bed b
join resident r on r.id = b.resident_id
left join area a on a.code = b.division_code
left join provider v on v.id = b.provider_id
left join bed_state t on t.bed_id = b.id
where b.division_code between %(area)s and %(area)s || '999999999999' and starts_with(b.division_code, %(area)s)
    and (b.division_code, b.id) > (%(after_area)s, %(after)s)
    and (%(provider)s::text is null or b.provider_id = %(provider)s)
    and (%(state)s = 'all' or (b.ended_at is null) = (%(state)s = 'active'))
order by b.division_code, b.id
limit %(most)s

-- name: register_homes_found
-- Those of them in whose number, address, name or telephone number a text occurs.
with hit as materialized (
    select b.id from bed b
    where search_grams(b.id || ' ' || b.address) @> search_grams(%(search)s)
        and replace(lower(b.id || ' ' || b.address), ' ', '') like lower(%(like)s)
    union
    select b.id from resident r join bed b on b.resident_id = r.id
    where search_grams(r.name || ' ' || coalesce(r.phone, '')) @> search_grams(%(search)s)
        and replace(lower(r.name || ' ' || coalesce(r.phone, '')), ' ', '') like lower(%(like)s)
)
select b.id as bed_id, r.name as resident_name, b.address, b.division_code, a.name as area_name, b.circle,
    b.provider_id, v.name as provider_name, r.frailty, b.lat is not null as has_position, t.last_seen_at, b.ended_at,
    b.version, (select count(*)::int from device d where d.bed_id = b.id) as devices
from hit
join bed b on b.id = hit.id
join resident r on r.id = b.resident_id
left join area a on a.code = b.division_code
left join provider v on v.id = b.provider_id
left join bed_state t on t.bed_id = b.id
where starts_with(b.division_code, %(area)s)
    and (b.division_code, b.id) > (%(after_area)s, %(after)s)
    and (%(provider)s::text is null or b.provider_id = %(provider)s)
    and (%(state)s = 'all' or (b.ended_at is null) = (%(state)s = 'active'))
order by b.division_code, b.id
limit %(most)s

-- name: register_devices
-- The devices of a bed of the area, and the last that was heard of each.
select d.id, d.model, d.label, (s.devices -> d.id ->> 'last_seen_at')::timestamptz as last_seen_at,
    (s.devices -> d.id ->> 'online')::boolean as online, (s.devices -> d.id ->> 'battery')::double precision as battery
from device d join bed b on b.id = d.bed_id left join bed_state s on s.bed_id = d.bed_id
where d.bed_id = %(bed)s and starts_with(b.division_code, %(area)s)
order by d.id

-- name: register_box
-- The box of a bed of the area: since when it is paired, and whether a code is open.
select b.ended_at, h.paired_at, h.revoked_at, t.last_seen_at,
    (
        select max(c.expires_at) from pairing_code c
        where c.bed_id = b.id and c.used_at is null and c.expires_at > %(now)s
    ) as code_expires_at
from bed b left join home_account h on h.bed_id = b.id left join bed_state t on t.bed_id = b.id
where b.id = %(bed)s and starts_with(b.division_code, %(area)s)

-- name: register_providers
-- Providers of an area, by name, or one of them; how many beds and people belong to each.
select v.id as provider_id, v.name, v.kind, v.area_code, a.name as area_name, v.lat, v.lon, v.phone, v.out_at_once,
    v.skills, v.version, v.ended_at,
    (select count(*)::int from bed b where b.provider_id = v.id and b.ended_at is null) as beds,
    (select count(*)::int from responder p where p.provider_id = v.id) as people
from provider v left join area a on a.code = v.area_code
where starts_with(v.area_code, %(area)s) and (%(id)s::text is null or v.id = %(id)s)
    and (%(state)s = 'all' or (v.ended_at is null) = (%(state)s = 'active'))
    and (%(like)s = '%%' or v.name like %(like)s or v.id like %(like)s)
    and (v.name, v.id) > (%(after_name)s, %(after)s)
order by v.name, v.id
limit %(most)s

-- name: register_areas
-- The divisions right below one, with how many beds are in service in each.
with counted as (
    select left(b.division_code, %(digits)s) as code, count(*)::int as beds
    from bed b
    where b.division_code between %(parent)s and %(parent)s || '999999999999'
        and starts_with(b.division_code, %(parent)s) and starts_with(b.division_code, %(area)s)
        and b.ended_at is null
    group by 1
)
select a.code, a.name, a.level, coalesce(c.beds, 0) as beds,
    exists (
        select from area x where x.code between a.code || '0' and a.code || '9999999999' and starts_with(x.code, a.code)
    ) as has_more
from area a left join counted c on c.code = a.code
where length(a.code) = %(digits)s and starts_with(a.code, %(parent)s) and starts_with(a.code, %(area)s)
order by a.code

-- name: register_area_path
-- A division and those that it lies in, the widest first.
select a.code, a.name, a.level from area a where starts_with(%(code)s, a.code) order by length(a.code)
