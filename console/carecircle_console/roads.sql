-- name: road_closures
-- Closed and slow roads of an area: those that count or will, and what was ended within the last week, newest first.
select c.id, c.area_code, a.name as area_name, c.corners, c.radius_m, c.slow_factor, c.modes, c.reason, c.begins_at,
    c.until, c.added_at, c.by_name, c.ended_at, c.ended_by_name
from road_closure c
join area a on a.code = c.area_code
where (starts_with(c.area_code, %(area)s) or starts_with(%(area)s, c.area_code))
    and coalesce(c.ended_at, c.until, 'infinity') > %(now)s - interval '7 days'
order by c.ended_at is not null, c.begins_at desc, c.id
limit 500
