-- name: responder_detail
-- One person of an area as the centre keeps them, on duty or not; whereabouts only with consent.
select
    p.id, p.name, p.role, p.provider_id, v.name as provider_name, p.skills, p.languages, p.travel_mode,
    is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s) as on_duty, p.on_duty as switched_on, p.duty_set_at,
    p.consented_at, p.consent_withdrawn_at, p.position_at, p.position_source
from responder p left join provider v on v.id = p.provider_id
where p.id = %(id)s and starts_with(p.area_code, %(area)s) and p.erased_at is null

-- name: shifts_of
-- The roster of one person from a moment on; the caller has checked the area.
select s.id, s.begins_at, s.ends_at, s.source, s.by_name
from shift s
where s.responder_id = %(id)s and s.ends_at > %(since)s
order by s.begins_at
limit 200

-- name: rostered_people
-- Everybody of an area, so that a roster also shows who is not on it.
select
    p.id, p.name, p.role, p.provider_id, v.name as provider_name, p.skills,
    is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s) as on_duty,
    p.consented_at is not null as consents
from responder p left join provider v on v.id = p.provider_id
where starts_with(p.area_code, %(area)s) and p.erased_at is null
order by v.name nulls last, p.role, p.name, p.id

-- name: shifts_in_area
-- The roster of an area from a moment up to another.
select s.id, s.responder_id, s.begins_at, s.ends_at, s.source, s.by_name
from shift s join responder p on p.id = s.responder_id
where starts_with(p.area_code, %(area)s) and s.ends_at > %(since)s and s.begins_at < %(until)s
order by s.begins_at, s.id

-- name: people_changes
-- What was changed about people and providers of an area, or about one of them, newest first.
select c.id, c.at, c.by_name, c.responder_id, c.provider_id, c.change, c.detail, c.reason
from people_change c
left join responder p on p.id = c.responder_id
left join provider v on v.id = c.provider_id
where starts_with(coalesce(p.area_code, v.area_code), %(area)s)
    and (%(responder)s::text is null or c.responder_id = %(responder)s)
    and (%(provider)s::text is null or c.provider_id = %(provider)s)
order by c.id desc
limit 200

-- name: providers
-- The providers of an area with their hours, those exceptions that are not over, and who of their staff is out.
select
    v.id, v.name, v.kind, v.lat, v.lon, v.out_at_once, v.skills,
    (
        select count(distinct q.id)::int
        from responder q join assignment s on s.responder_id = q.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
        where q.provider_id = v.id and q.role = 'staff'
    ) as staff_out,
    exists (select from provider_hours h where h.provider_id = v.id) as has_week,
    array(
        select array[h.opens_min, h.closes_min] from provider_hours h
        where h.provider_id = v.id and h.weekday = extract(isodow from %(today)s::date)
    ) as week,
    (
        select case when x.opens_min is null then '{}' else array[x.opens_min, x.closes_min] end
        from provider_exception x where x.provider_id = v.id and x.day = %(today)s::date
    ) as exception,
    (
        select coalesce(
            jsonb_agg(
                jsonb_build_object('weekday', h.weekday, 'opens_min', h.opens_min, 'closes_min', h.closes_min)
                order by h.weekday, h.opens_min
            ), '[]'
        )
        from provider_hours h where h.provider_id = v.id
    ) as hours,
    (
        select coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'day', x.day, 'opens_min', x.opens_min, 'closes_min', x.closes_min, 'reason', x.reason
                ) order by x.day
            ), '[]'
        )
        from provider_exception x where x.provider_id = v.id and x.day >= %(today)s
    ) as exceptions
from provider v
where starts_with(v.area_code, %(area)s) and v.ended_at is null
order by v.name, v.id

-- name: plan_settings
-- Who changed which plan, newest first: those that count in the area, whether made for it, around it or within it.
select s.version, s.kind, s.area, s.circle, s.frailty, s.settings, s.reason, s.by_name, s.at
from plan_setting s
where starts_with(s.area, %(area)s) or starts_with(%(area)s, s.area)
order by s.version desc
limit 500
