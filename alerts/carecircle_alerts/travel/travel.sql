-- name: closures_to_come
-- Closed and slow roads that count now or will within the hour.
select id, corners, radius_m, slow_factor, modes, begins_at, until
from road_closure
where ended_at is null and begins_at < %(now)s + interval '1 hour' and (until is null or until > %(now)s)
order by id

-- name: newest_corrections
-- The newest calibration, whole.
select c.version, c.basis, c.mode, c.terrain, c.hour_band, c.factor, c.spread
from travel_correction c
where c.version = (select max(version) from travel_calibration)

-- name: newest_calibration
-- Which calibration is the newest, and when it was made.
select version, made_at from travel_calibration order by version desc limit 1

-- name: spend_budget
-- Take questions out of a day's budget; no row where it is used up.
insert into travel_budget as b (source, day, used)
select %(source)s, %(day)s, %(count)s where %(count)s <= %(most)s
on conflict (source, day) do update set used = b.used + excluded.used
    where b.used + excluded.used <= %(most)s
returning used

-- name: add_closure
-- Close or slow roads; the reader of an incident's past sees who knew it when.
insert into road_closure (
    area_code, corners, radius_m, slow_factor, modes, reason, begins_at, until, added_at, by_account_id, by_name
) values (
    %(area_code)s, %(corners)s, %(radius_m)s, %(slow_factor)s, %(modes)s, %(reason)s, %(begins_at)s, %(until)s,
    %(now)s, %(account_id)s, %(name)s
)
returning id

-- name: end_closure
-- Open roads again, within an area; no row where it was ended before or lies elsewhere.
update road_closure
set ended_at = %(now)s, ended_by_account_id = %(account_id)s, ended_by_name = %(name)s
where id = %(id)s and ended_at is null and starts_with(area_code, %(area)s)
returning id

-- name: area_exists
-- Whether a division is known.
select true as found from area where code = %(code)s

-- name: arrivals_of_travel
-- Everybody who was sent and arrived: what was expected and when they accepted, set out and were there.
select o.travel_p50_s, o.basis, o.travel_version, p.travel_mode, b.terrain, s.accepted_at, s.moving_at, s.arrived_at
from assignment s
join offer o on o.id = s.offer_id
join incident i on i.id = s.incident_id
join bed b on b.id = i.bed_id
join responder p on p.id = s.responder_id
where s.arrived_at >= %(since)s and o.travel_version <> ''
    and i.outcome_code is distinct from 'test_press' and o.basis <> 'nightly_list'

-- name: corrections_of
-- The corrections of some versions, to take them out of what was expected then.
select version, basis, mode, terrain, hour_band, factor
from travel_correction
where version = any(%(versions)s)

-- name: add_calibration
-- Begin a new version of corrections.
insert into travel_calibration (made_at, arrivals_since, arrivals)
values (%(now)s, %(since)s, %(arrivals)s)
returning version

-- name: add_correction
-- One group's correction in a version.
insert into travel_correction (version, basis, mode, terrain, hour_band, factor, spread, arrivals)
values (%(version)s, %(basis)s, %(mode)s, %(terrain)s, %(hour_band)s, %(factor)s, %(spread)s, %(arrivals)s)

-- name: candidate_lists_made_at
-- When the lists of candidates were last made.
select max(made_at) as made_at from bed_candidate

-- name: people_to_list
-- Where everybody is found who could ever be asked: their usual place, else their last position, else their station.
select p.id, p.travel_mode, coalesce(p.base_lat, p.lat, v.lat) as lat, coalesce(p.base_lon, p.lon, v.lon) as lon
from responder p
left join provider v on v.id = p.provider_id
where p.consented_at is not null and coalesce(p.base_lat, p.lat, v.lat) is not null
    and coalesce(p.base_lon, p.lon, v.lon) is not null
order by p.id

-- name: beds_to_list
-- The next beds after one, by area, so that neighbours are listed together.
select b.id, b.lat, b.lon, b.terrain, b.division_code
from bed b
where b.lat is not null and b.lon is not null and (b.division_code, b.id) > (%(area)s, %(bed)s)
order by b.division_code, b.id
limit %(most)s

-- name: drop_candidates
-- Forget the lists of these beds.
delete from bed_candidate where bed_id = any(%(beds)s)

-- name: add_candidate
-- One place in a bed's list.
insert into bed_candidate (bed_id, rank, responder_id, p50_s, p90_s, distance_m, basis, version, made_at)
values (%(bed_id)s, %(rank)s, %(responder_id)s, %(p50_s)s, %(p90_s)s, %(distance_m)s, %(basis)s, %(version)s, %(now)s)

-- name: candidates_of_bed
-- The list of a bed, nearest first.
select responder_id, p50_s, p90_s, distance_m, basis, version, made_at
from bed_candidate
where bed_id = %(bed_id)s
order by rank

-- name: lock_night_work
-- Be the one process that does the night's work.
select pg_try_advisory_lock(%(key)s) as taken

-- name: unlock_night_work
-- Let another do it the next night.
select pg_advisory_unlock(%(key)s) as given
