-- name: shifts_on
-- Who watches an area now: a shift that has not ended, by somebody who is signed in.
select s.account_id, s.by_name as name, a.role, s.area_code, s.began_at, s.heard_at
from desk_shift s join account a on a.id = s.account_id
where s.ended_at is null and s.began_at > %(since)s
    and (starts_with(s.area_code, %(area)s) or starts_with(%(area)s, s.area_code))
    and exists (select from console_session c where c.account_id = s.account_id and c.expires_at > %(now)s)
order by s.began_at, s.id

-- name: handovers
-- What shifts have left to the next, newest first; those that wait for somebody, or one of them, or all.
select h.id, h.area_code, coalesce(area.name, h.area_code) as area_name, h.from_account_id, h.from_name, h.written_at,
    h.notes, h.summary, h.to_name, h.taken_at
from handover h left join area on area.code = h.area_code
where starts_with(h.area_code, %(area)s) and (%(id)s::bigint is null or h.id = %(id)s)
    and (%(since)s::timestamptz is null or (h.taken_at is null and h.written_at > %(since)s))
order by h.written_at desc, h.id desc
limit %(most)s

-- name: beds_by_id
-- Whose beds these are, and where; only those in the area.
select b.id, b.resident_id, r.name as resident_name, b.address
from bed b join resident r on r.id = b.resident_id
where b.id = any(%(beds)s) and starts_with(b.division_code, %(area)s)

-- name: shelves_by_id
-- Why these alarms were put aside, and by whom; only those in the area.
select s.id, s.reason, s.by_name
from shelf s join bed b on b.id = s.bed_id
where s.id = any(%(shelves)s) and starts_with(b.division_code, %(area)s)

-- name: incidents_of_bed
-- What has happened at a bed of the area before, newest first.
select i.id, i.kind, i.priority, i.state, i.pressed_at, i.arrived_at, i.closed_at, i.closed_by, i.outcome_code
from incident i join bed b on b.id = i.bed_id
where i.bed_id = %(bed)s and starts_with(b.division_code, %(area)s) and i.state in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
order by i.pressed_at desc, i.id
limit %(most)s

-- name: home_of_bed
-- What somebody at the door, or on the phone, has to know of a bed of the area.
select r.phone, r.key_safe, r.hazards
from bed b join resident r on r.id = b.resident_id
where b.id = %(bed)s and starts_with(b.division_code, %(area)s)
