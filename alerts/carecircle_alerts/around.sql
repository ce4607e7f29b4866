-- name: people_nearest
-- The people around each of these beds: those nearest by last position, by base and at providers, each list by its index.
-- Those who may be on duty and have agreed to be asked, among the nearest so many; or everybody. `beyond` is the distance
-- in degrees of the last one where a list was cut short. Nobody is on duty whom neither switch nor roster speaks for; who
-- is, is judged later.
select bed.number, near.ids, near.beyond
from unnest(
    %(lats)s::float8[], %(lons)s::float8[], %(provider_ids)s::text[], %(positions_since)s::timestamptz[]
) with ordinality as bed (lat, lon, provider_id, position_since, number)
cross join lateral (
    (
        select
            array_agg(l.id) filter (where l.ok) as ids,
            case when count(*) >= %(most)s or bool_or(l.is_last) then max(l.far) end as beyond
        from (
            select n.id, n.far, o.ok, n.number = %(scan)s as is_last
            from (
                select p.id, p.on_duty, p.consented_at, p.far, row_number() over (order by p.far) as number
                from (
                    select
                        r.id, r.on_duty, r.consented_at,
                        point(r.lon, r.lat) <-> point(bed.lon, bed.lat) as far
                    from responder r
                    where r.lat is not null
                    order by point(r.lon, r.lat) <-> point(bed.lon, bed.lat)
                    limit %(scan)s
                ) p
            ) n
            cross join lateral (
                select %(everybody)s::bool or n.consented_at is not null
                    and (n.on_duty or exists (
                        select from shift s
                        where s.responder_id = n.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
                    )) as ok
                offset 0
            ) o
            where o.ok or n.number = %(scan)s
            order by n.far
            limit %(most)s
        ) l
    )
    union all
    (
        select
            array_agg(l.id) filter (where l.ok) as ids,
            case when count(*) >= %(most)s or bool_or(l.is_last) then max(l.far) end as beyond
        from (
            select n.id, n.far, o.ok, n.number = %(scan)s as is_last
            from (
                select p.id, p.on_duty, p.consented_at, p.far, row_number() over (order by p.far) as number
                from (
                    select
                        r.id, r.on_duty, r.consented_at,
                        point(r.base_lon, r.base_lat) <-> point(bed.lon, bed.lat) as far
                    from responder r
                    where r.base_lat is not null
                    order by point(r.base_lon, r.base_lat) <-> point(bed.lon, bed.lat)
                    limit %(scan)s
                ) p
            ) n
            cross join lateral (
                select %(everybody)s::bool or n.consented_at is not null
                    and (n.on_duty or exists (
                        select from shift s
                        where s.responder_id = n.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
                    )) as ok
                offset 0
            ) o
            where o.ok or n.number = %(scan)s
            order by n.far
            limit %(most)s
        ) l
    )
    union all
    select
        array_agg(p.id) filter (where p.id is not null),
        case when count(distinct v.id) >= %(providers)s then max(v.far) end
    from (
        select w.id, point(w.lon, w.lat) <-> point(bed.lon, bed.lat) as far
        from provider w
        order by point(w.lon, w.lat) <-> point(bed.lon, bed.lat)
        limit %(providers)s
    ) as v
    left join responder p on p.provider_id = v.id and p.role = 'staff' and p.base_lat is null
        and (%(everybody)s::bool or p.consented_at is not null and (p.on_duty or exists (
            select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
        )))
    union all
    -- Who belongs to the contracted provider is considered wherever they are; of many those who are nearest, as
    -- whereabouts takes them: by a position that still counts, by their base, staff by their provider.
    select
        array(
            select p.id
            from responder p
            join provider v on v.id = p.provider_id
            where v.id = bed.provider_id
                and (%(everybody)s::bool or p.consented_at is not null and (p.on_duty or exists (
                    select from shift s where s.responder_id = p.id and s.begins_at <= %(now)s and s.ends_at > %(now)s
                )))
            order by
                point(bed.lon, bed.lat) <-> coalesce(
                    case when p.position_at >= bed.position_since then point(p.lon, p.lat) end,
                    point(p.base_lon, p.base_lat),
                    case when p.role = 'staff' then point(v.lon, v.lat) end
                ),
                p.id
            limit 60
        ),
        null
    union all
    -- Who has no place at all is shown.
    select
        array(
            select p.id from responder p
            where %(everybody)s::bool and p.lat is null and p.base_lat is null and p.provider_id is null
            order by p.id limit 32
        ),
        null
) as near
order by bed.number

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
