-- name: visits
-- Who came to an incident, what shows it, what they reported and which pictures there are; for the centre.
select
    s.id as assignment_id, s.responder_id, p.name, s.arrived_at, a.proof, a.distance_m, a.accuracy_m,
    r.outcome, r.consciousness, r.heart_rate_bpm, r.respiratory_rate_per_min, r.spo2_percent, r.systolic_mmhg,
    r.diastolic_mmhg, r.body_temperature_c, coalesce(r.note, '') as note, r.made_at, r.written_at,
    array(select f.id from visit_photo f where f.assignment_id = s.id order by f.received_at, f.id) as photos
from assignment s
join incident i on i.id = s.incident_id
join bed b on b.id = i.bed_id
join responder p on p.id = s.responder_id
left join arrival a on a.assignment_id = s.id
left join visit_report r on r.assignment_id = s.id
where s.incident_id = %(id)s and starts_with(b.division_code, %(area)s)
order by s.accepted_at, s.id

-- name: photo
-- One picture, for the centre.
select f.jpeg, b.resident_id
from visit_photo f
join incident i on i.id = f.incident_id
join bed b on b.id = i.bed_id
where f.id = %(id)s and starts_with(b.division_code, %(area)s)
