-- name: people_around
-- The nearest people by last position, base and provider (their staff), by distance in degrees; each list by its index.
(
    select 'position' as list, p.id, point(p.lon, p.lat) <-> point(%(lon)s::float8, %(lat)s::float8) as far
    from responder p
    where p.lat is not null
    order by point(p.lon, p.lat) <-> point(%(lon)s::float8, %(lat)s::float8)
    limit %(most)s
)
union all
(
    select 'base', p.id, point(p.base_lon, p.base_lat) <-> point(%(lon)s::float8, %(lat)s::float8)
    from responder p
    where p.base_lat is not null
    order by point(p.base_lon, p.base_lat) <-> point(%(lon)s::float8, %(lat)s::float8)
    limit %(most)s
)
union all
select 'provider', p.id, v.far
from (
    select v.id, point(v.lon, v.lat) <-> point(%(lon)s::float8, %(lat)s::float8) as far
    from provider v
    order by point(v.lon, v.lat) <-> point(%(lon)s::float8, %(lat)s::float8)
    limit %(providers)s
) as v
left join responder p on p.provider_id = v.id and p.role = 'staff' and p.base_lat is null
union all
-- Who belongs to the contracted provider is considered wherever they are; who has no place at all is shown.
(select 'always', p.id, 0 from responder p where p.provider_id = %(provider_id)s order by p.id limit 60)
union all
(
    select 'always', p.id, 0 from responder p
    where p.lat is null and p.base_lat is null and p.provider_id is null
    order by p.id limit 32
)
