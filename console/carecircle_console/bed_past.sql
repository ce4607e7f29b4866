-- name: bed_at_altitude
-- Where a bed is, for what is expected there; within an area.
select b.division_code, b.altitude_m
from bed b
where b.id = %(bed)s and starts_with(b.division_code, %(area)s)

-- name: rule_settings_of_bed
-- What was set for a bed or for an area around it, oldest first, so that the latest word is laid on last.
select r.rule, r.scope, r.settings
from rule_setting r
join bed b on b.id = %(bed)s
where starts_with(b.division_code, %(area)s) and (r.scope = b.id or starts_with(b.division_code, r.scope))
order by r.version

-- name: past_incidents_of_bed
-- Incidents of a bed since a time, open or over, newest first; within an area.
select i.id, i.kind, i.priority, i.state, i.pressed_at, i.closed_at, i.outcome_code
from incident i
join bed b on b.id = i.bed_id
where i.bed_id = %(bed)s and starts_with(b.division_code, %(area)s) and i.opened_at > %(since)s
order by i.opened_at desc, i.id
limit 200
