-- name: visits
-- Who came to an incident, what shows it, what they reported and which pictures there are; for the centre.
select
    s.id as assignment_id, s.responder_id, p.name, s.arrived_at, a.proof, a.distance_m, a.accuracy_m,
    r.outcome, r.consciousness, r.heart_rate_bpm, r.respiratory_rate_per_min, r.spo2_percent, r.systolic_mmhg,
    r.diastolic_mmhg, r.body_temperature_c, coalesce(r.note, '') as note, r.made_at, r.written_at,
    has_consent('resident', b.resident_id, 'photos') as photos_allowed,
    array(
        select f.id from visit_photo f
        where f.assignment_id = s.id and has_consent('resident', b.resident_id, 'photos')
        order by f.received_at, f.id
    ) as photos
from assignment s
join incident i on i.id = s.incident_id
join bed b on b.id = i.bed_id
join responder p on p.id = s.responder_id
left join arrival a on a.assignment_id = s.id
left join visit_report r on r.assignment_id = s.id
where s.incident_id = %(id)s and starts_with(b.division_code, %(area)s)
order by s.accepted_at, s.id

-- name: photo
-- One picture, for the centre, while the resident agrees to pictures.
select f.jpeg, b.resident_id
from visit_photo f
join incident i on i.id = f.incident_id
join bed b on b.id = i.bed_id
where f.id = %(id)s and starts_with(b.division_code, %(area)s) and has_consent('resident', b.resident_id, 'photos')

-- name: family_phones
-- Whom a relative may call about their residents: the centre, and who is on the way and has allowed it.
select b.resident_id, 'helper' as whose, p.name, p.phone
from kinship k
join bed b on b.resident_id = k.resident_id
join incident i on i.bed_id = b.id and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
join assignment s on s.incident_id = i.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
join responder p on p.id = s.responder_id
where k.family_member_id = %(family)s and k.consented_at is not null and p.family_may_call and p.phone <> ''
union
select b.resident_id, 'centre', centre.name, centre.phone
from kinship k
join bed b on b.resident_id = k.resident_id
cross join lateral (
    select v.name, v.phone from provider v
    where v.phone <> '' and (v.id = b.provider_id or (v.kind = 'call_centre' and starts_with(b.division_code, v.area_code)))
    order by v.kind = 'call_centre' desc, length(v.area_code) desc, v.id
    limit 1
) centre
where k.family_member_id = %(family)s and k.consented_at is not null
order by 2, 3

-- name: family_resident
-- Whether a resident has agreed that this relative is told.
select r.id from resident r join kinship k on k.resident_id = r.id
where r.id = %(resident)s and k.family_member_id = %(family)s and k.consented_at is not null

-- name: family_history
-- What has happened to a resident of this relative, newest first; who came, and how it ended.
select i.id, i.kind, i.pressed_at, i.accepted_at, i.arrived_at, i.closed_at, i.outcome_code,
    array(
        select p.name from assignment s join responder p on p.id = s.responder_id
        where s.incident_id = i.id and s.arrived_at is not null order by s.arrived_at
    ) as came
from incident i
join bed b on b.id = i.bed_id
join kinship k on k.resident_id = b.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
where b.resident_id = %(resident)s and i.family = 'help' and i.state in ('CLOSED', 'CANCELLED_FALSE')
    and i.pressed_at > %(since)s
order by i.pressed_at desc
limit 100

-- name: family_told
-- Which relatives a resident wants told, or does not; for a relative who is told.
select f.name, o.relation, o.consented_at, o.family_member_id = %(family)s as is_me
from kinship o
join family_member f on f.id = o.family_member_id
where o.resident_id = %(resident)s
    and exists (
        select from kinship k
        where k.resident_id = o.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
    )
order by o.consented_at is null, f.name, f.id

-- name: family_lookers
-- Who has looked at a resident's health data lately, by role and purpose; for a relative who is told.
select a.role, h.purpose, count(*)::int as times, max(h.at) as last_at
from health_access h
join account a on a.id = h.account_id
where h.resident_id = %(resident)s and h.at > %(since)s
    and exists (
        select from kinship k
        where k.resident_id = h.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
    )
group by a.role, h.purpose
order by max(h.at) desc
