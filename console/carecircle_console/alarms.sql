-- name: residents_in_area
-- Whose beds lie in an area, or whose this one bed is.
select b.resident_id
from bed b
where starts_with(b.division_code, %(area)s) and (%(bed)s::text is null or b.id = %(bed)s)

-- name: alarms_of_bed
-- What rules have found at a bed: all that still stands, and the latest of what is over.
select m.id, m.bed_id, m.kind, m.device, m.priority, m.raised_at, m.noted_at, m.cleared_at, m.why, m.held_back,
    m.incident_id, m.rules_version, m.correction, m.corrected_at, m.correction_why
from alarm m
join bed b on b.id = m.bed_id
where m.bed_id = %(bed)s and starts_with(b.division_code, %(area)s)
    and (m.cleared_at is null or m.noted_at > %(since)s)
order by m.cleared_at is not null, m.noted_at desc
limit 200

-- name: alarms_of_incident
-- What rules have found that belongs to an incident, oldest first.
select m.id, m.bed_id, m.kind, m.device, m.priority, m.raised_at, m.noted_at, m.cleared_at, m.why, m.held_back,
    m.incident_id, m.rules_version, m.correction, m.corrected_at, m.correction_why
from alarm m
join bed b on b.id = m.bed_id
where m.incident_id = %(incident)s and starts_with(b.division_code, %(area)s)
order by m.noted_at
limit 200

-- name: shelves
-- What is put aside now in an area, or at one bed, the first to return first.
select s.bed_id, s.kind, s.reason, s.by_name, s.begins_at, s.until
from shelf s
join bed b on b.id = s.bed_id
where starts_with(b.division_code, %(area)s) and (%(bed)s::text is null or s.bed_id = %(bed)s)
    and s.ended_at is null and s.until > %(now)s
order by s.until, s.bed_id, s.kind

-- name: rule_settings
-- Who changed which setting, newest first: those that count in the area, whether made for it, around it or within it.
select r.version, r.scope, r.rule, r.settings, r.reason, r.by_name, r.at
from rule_setting r
where starts_with(r.scope, %(area)s) or starts_with(%(area)s, r.scope)
    or exists (select from bed b where b.id = r.scope and starts_with(b.division_code, %(area)s))
order by r.version desc
limit 500
