-- name: visit_of
-- An assignment with the bed that it leads to.
select s.id, s.incident_id, s.responder_id, s.state, s.accepted_at, s.released_at, i.bed_id, b.lat, b.lon,
    coalesce(c.generation, 0) as generation
from assignment s
join incident i on i.id = s.incident_id
join bed b on b.id = i.bed_id
left join bed_code c on c.bed_id = b.id
where s.id = %(id)s

-- name: wrong_codes_lately
-- How many wrong codes were tried for this assignment since then; attempts queue up behind each other.
with turn as materialized (select pg_advisory_xact_lock(hashtextextended('bed code ' || %(id)s::text, 45)))
select count(a.at)::int as count
from turn left join arrival_attempt a on a.assignment_id = %(id)s and a.at > %(since)s

-- name: add_wrong_code
-- A wrong code was tried.
insert into arrival_attempt (assignment_id, at) values (%(id)s, %(now)s)

-- name: add_arrival
-- What shows that the helper is there.
insert into arrival (assignment_id, proof, distance_m, accuracy_m, at)
values (%(id)s, %(proof)s, %(distance_m)s, %(accuracy_m)s, %(now)s)
on conflict (assignment_id) do nothing

-- name: write_report
-- What the helper found; a later report of the same visit takes its place.
insert into visit_report (
    assignment_id, incident_id, outcome, consciousness, heart_rate_bpm, respiratory_rate_per_min, spo2_percent,
    systolic_mmhg, diastolic_mmhg, body_temperature_c, note, made_at, written_at
) values (
    %(id)s, %(incident_id)s, %(outcome)s, %(consciousness)s, %(heart_rate_bpm)s, %(respiratory_rate_per_min)s,
    %(spo2_percent)s, %(systolic_mmhg)s, %(diastolic_mmhg)s, %(body_temperature_c)s, %(note)s, %(made_at)s, %(now)s
)
on conflict (assignment_id) do update set
    outcome = excluded.outcome, consciousness = excluded.consciousness, heart_rate_bpm = excluded.heart_rate_bpm,
    respiratory_rate_per_min = excluded.respiratory_rate_per_min, spo2_percent = excluded.spo2_percent,
    systolic_mmhg = excluded.systolic_mmhg, diastolic_mmhg = excluded.diastolic_mmhg,
    body_temperature_c = excluded.body_temperature_c, note = excluded.note, made_at = excluded.made_at,
    written_at = excluded.written_at
where visit_report.made_at < excluded.made_at
returning assignment_id

-- name: hold_consents_of_visit
-- What the resident says changes only before or after this transaction; several visits do not wait for each other.
select pg_advisory_xact_lock_shared(hashtextextended('consent:resident:' || b.resident_id, 0))
from assignment s join incident i on i.id = s.incident_id join bed b on b.id = i.bed_id
where s.id = %(id)s

-- name: photos_agreed
-- Whether the resident of a visit agrees to pictures now.
select has_consent('resident', b.resident_id, 'photos') as agreed
from assignment s join incident i on i.id = s.incident_id join bed b on b.id = i.bed_id
where s.id = %(id)s

-- name: photos_of_visit
-- The pictures of a visit.
select id from visit_photo where assignment_id = %(id)s order by received_at, id

-- name: add_photo
-- A picture; the same one twice is one.
insert into visit_photo (id, assignment_id, incident_id, received_at, jpeg)
values (%(photo_id)s, %(id)s, %(incident_id)s, %(now)s, %(jpeg)s)
on conflict (id) do nothing
returning id

-- name: remove_photo
-- Throw a picture away.
delete from visit_photo where id = %(photo_id)s and assignment_id = %(id)s returning id

-- name: code_generation
-- Which label of a bed counts.
select coalesce((select c.generation from bed_code c where c.bed_id = %(bed)s), 0) as generation

-- name: renew_code
-- From now on another label counts.
insert into bed_code (bed_id, generation, renewed_at, by_name) values (%(bed)s, 1, %(now)s, %(name)s)
on conflict (bed_id) do update
    set generation = bed_code.generation + 1, renewed_at = excluded.renewed_at, by_name = excluded.by_name
returning generation

-- name: set_own_position
-- Where somebody is who is on duty and has agreed; an older position than the one we have is no news. `is_elsewhere`: it
-- was not known lately where they are, or they have come into another cell.
update responder p set lat = %(lat)s, lon = %(lon)s, position_at = %(at)s, position_source = 'phone'
where id = %(id)s and consented_at is not null and is_on_duty(id, on_duty, duty_set_at, %(now)s)
    and (position_at is null or position_at < %(at)s or position_at > %(now)s)
returning (
    -- As it was before.
    select q.lat is null or q.position_at is null or q.position_at < %(silent_since)s
        or search_cell(q.lat, q.lon) <> search_cell(p.lat, p.lon)
    from responder q where q.id = p.id
) as is_elsewhere

-- name: may_send_position
-- Whether somebody is on duty and has agreed.
select consented_at is not null as consents, is_on_duty(id, on_duty, duty_set_at, %(now)s) as on_duty
from responder where id = %(id)s

-- name: set_family_may_call
-- Whether relatives may see a helper's number.
update responder set family_may_call = %(allowed)s where id = %(id)s and family_may_call <> %(allowed)s returning id
