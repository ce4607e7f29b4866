-- name: people_nearest
-- The nearest people by last position, base and provider (their staff), by distance in degrees; each list by its index.
-- Those who may be on duty and have agreed to be asked, among the nearest so many; or everybody. A list that was cut
-- short says so in its last row. Nobody is on duty whom neither switch nor roster speaks for; who is, is judged later.
(
    select 'position' as list, case when o.ok then n.id end as id, n.far, n.number = %(scan)s as is_last
    from (
        select p.id, p.on_duty, p.consented_at, p.far, row_number() over (order by p.far) as number
        from (
            select r.id, r.on_duty, r.consented_at, point(r.lon, r.lat) <-> point(%(lon)s::float8, %(lat)s::float8) as far
            from responder r
            where r.lat is not null
            order by point(r.lon, r.lat) <-> point(%(lon)s::float8, %(lat)s::float8)
            limit %(scan)s
        ) p
    ) n
    cross join lateral (
        select %(everybody)s::bool or n.consented_at is not null
            and (n.on_duty or exists (
                select from shift s where s.responder_id = n.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
            )) as ok
        offset 0
    ) o
    where o.ok or n.number = %(scan)s
    order by n.far
    limit %(most)s
)
union all
(
    select 'base' as list, case when o.ok then n.id end as id, n.far, n.number = %(scan)s as is_last
    from (
        select p.id, p.on_duty, p.consented_at, p.far, row_number() over (order by p.far) as number
        from (
            select r.id, r.on_duty, r.consented_at, point(r.base_lon, r.base_lat) <-> point(%(lon)s::float8, %(lat)s::float8) as far
            from responder r
            where r.base_lat is not null
            order by point(r.base_lon, r.base_lat) <-> point(%(lon)s::float8, %(lat)s::float8)
            limit %(scan)s
        ) p
    ) n
    cross join lateral (
        select %(everybody)s::bool or n.consented_at is not null
            and (n.on_duty or exists (
                select from shift s where s.responder_id = n.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
            )) as ok
        offset 0
    ) o
    where o.ok or n.number = %(scan)s
    order by n.far
    limit %(most)s
)
union all
select 'provider', p.id, v.far, false
from (
    select v.id, point(v.lon, v.lat) <-> point(%(lon)s::float8, %(lat)s::float8) as far
    from provider v
    order by point(v.lon, v.lat) <-> point(%(lon)s::float8, %(lat)s::float8)
    limit %(providers)s
) as v
left join responder p on p.provider_id = v.id and p.role = 'staff' and p.base_lat is null
    and (%(everybody)s::bool or p.consented_at is not null and (p.on_duty or exists (
        select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
    )))
union all
-- Who belongs to the contracted provider is considered wherever they are; of many those who are nearest, as whereabouts
-- takes them: by a position that still counts, by their base, staff by their provider.
(
    select 'contracted', p.id, 0, false
    from responder p
    join provider v on v.id = p.provider_id
    where v.id = %(provider_id)s
        and (%(everybody)s::bool or p.consented_at is not null and (p.on_duty or exists (
            select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
        )))
    order by
        point(%(lon)s::float8, %(lat)s::float8) <-> coalesce(
            case when p.position_at >= %(position_since)s then point(p.lon, p.lat) end,
            point(p.base_lon, p.base_lat),
            case when p.role = 'staff' then point(v.lon, v.lat) end
        ),
        p.id
    limit 60
)
union all
(
    -- Who has no place at all is shown.
    select 'placeless', p.id, 0, false from responder p
    where %(everybody)s::bool and p.lat is null and p.base_lat is null and p.provider_id is null
    order by p.id limit 32
)

-- name: people_within
-- Who may be on duty, has agreed to be asked, and is no farther away than so many degrees for their way of moving.
select p.id from responder p
where point(p.lon, p.lat) <@ circle(point(%(lon)s::float8, %(lat)s::float8), %(widest)s::float8)
    and point(p.lon, p.lat) <-> point(%(lon)s::float8, %(lat)s::float8)
        <= case p.travel_mode when 'walk' then %(walk)s::float8 when 'e_bike' then %(e_bike)s else %(car)s end
    and p.consented_at is not null
    and (p.on_duty or exists (
        select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
    ))
union
select p.id from responder p
where point(p.base_lon, p.base_lat) <@ circle(point(%(lon)s::float8, %(lat)s::float8), %(widest)s::float8)
    and point(p.base_lon, p.base_lat) <-> point(%(lon)s::float8, %(lat)s::float8)
        <= case p.travel_mode when 'walk' then %(walk)s::float8 when 'e_bike' then %(e_bike)s else %(car)s end
    and p.consented_at is not null
    and (p.on_duty or exists (
        select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
    ))
union
select p.id
from provider v
join responder p on p.provider_id = v.id and p.role = 'staff' and p.base_lat is null
where point(v.lon, v.lat) <@ circle(point(%(lon)s::float8, %(lat)s::float8), %(widest)s::float8)
    and point(v.lon, v.lat) <-> point(%(lon)s::float8, %(lat)s::float8)
        <= case p.travel_mode when 'walk' then %(walk)s::float8 when 'e_bike' then %(e_bike)s else %(car)s end
    and p.consented_at is not null
    and (p.on_duty or exists (
        select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
    ))
limit %(most)s
