-- name: beds_after
-- A part of the beds, in the order of their divisions, so that those of a part lie near each other.
select b.id, b.division_code, b.circle, b.terrain, b.lat, b.lon, r.frailty
from bed b
join resident r on r.id = b.resident_id
where (b.division_code, b.id) > (%(division)s, %(bed)s) and starts_with(b.division_code, %(area)s)
    and b.ended_at is null
order by b.division_code, b.id
limit %(most)s

-- name: people_after
-- A part of the people who may ever be asked: where they usually set out from, and at each of these times whether they
-- are on duty: 0 no, 1 by hand, 2 by the roster, which counts whatever is written at the door.
select p.id, p.role, p.provider_id, p.travel_mode, p.lat, p.lon, p.base_lat, p.base_lon,
    v.lat as provider_lat, v.lon as provider_lon, v.out_at_once,
    exists (select from provider_hours h where h.provider_id = v.id) as has_week,
    array(
        select array[h.opens_min, h.closes_min] from provider_hours h
        where h.provider_id = v.id and h.weekday = extract(isodow from %(day)s::date)
    ) as week,
    (
        select case when x.opens_min is null then '{}' else array[x.opens_min, x.closes_min] end
        from provider_exception x where x.provider_id = v.id and x.day = %(day)s::date
    ) as exception,
    array(
        select case
            when not is_on_duty(p.id, p.on_duty, p.duty_set_at, t.at) then 0
            when exists (
                select from shift s where s.responder_id = p.id and s.begins_at <= t.at and s.ends_at > t.at
            ) then 2
            else 1
        end
        from unnest(%(times)s::timestamptz[]) with ordinality as t (at, number)
        order by t.number
    ) as duty
from responder p
left join provider v on v.id = p.provider_id
where p.id > %(person)s and p.consented_at is not null
    and exists (
        select from contact c where c.person_kind = 'responder' and c.person_id = p.id and c.enabled
    )
order by p.id
limit %(most)s

-- name: beds_known
-- How many beds there are, for progress.
select count(*) as beds from bed b where starts_with(b.division_code, %(area)s)
    and b.ended_at is null

-- name: beds_within
-- The beds in a frame of degrees around a post.
select b.id, b.division_code, b.circle, b.terrain, b.lat, b.lon, r.frailty
from bed b
join resident r on r.id = b.resident_id
where b.lat between %(south)s and %(north)s and b.lon between %(west)s and %(east)s
    and starts_with(b.division_code, %(area)s)
order by b.id

-- name: providers
-- Where providers are, in an area.
select v.id, v.area_code as division_code, v.lat, v.lon, v.kind from provider v
where starts_with(v.area_code, %(area)s)
order by v.id

-- name: begin_run
-- A new run, by whoever holds the lock of coverage.
insert into coverage_run (day, began_at, state, basis, version, is_estimate, limits, bands, posts)
values (%(day)s, %(now)s, 'running', %(basis)s, %(version)s, %(is_estimate)s, %(limits)s, %(bands)s, %(posts)s)
returning id

-- name: finish_run
-- All of it is written; from now on it is the latest.
update coverage_run set state = 'done', finished_at = %(now)s, beds = %(beds)s where id = %(run)s

-- name: fail_run
-- It came to an end before its time, and why.
update coverage_run set state = 'failed', finished_at = %(now)s, why = %(why)s where id = %(run)s

-- name: abandon_runs
-- What a process that is gone has left: nobody else can be at work while the lock is ours.
update coverage_run set state = 'failed', finished_at = %(now)s, why = 'its process ended' where state = 'running'

-- name: latest_run
-- The run whose figures count.
select id, day, began_at, finished_at, basis, version, is_estimate, limits, bands, beds, posts
from coverage_run
where state = 'done'
order by id desc
limit 1

-- name: drop_beds
-- A part of the beds of older runs; the latest alone is kept.
delete from coverage_bed
where ctid = any(array(select ctid from coverage_bed where run_id <> %(run)s limit %(most)s))

-- name: drop_posts
-- The posts of older runs.
delete from coverage_post
where ctid = any(array(select ctid from coverage_post where run_id <> %(run)s limit %(most)s))

-- name: drop_areas
-- Of older runs: townships and villages at once, wider divisions after the days that trends are kept for.
delete from coverage_area
where ctid = any(array(
    select c.ctid from coverage_area c join coverage_run r on r.id = c.run_id
    where c.run_id <> %(run)s
        and (length(c.area_code) > 6 or r.day < %(keep_from)s or r.state <> 'done'
            -- The last run of a day stands for it.
            or exists (select from coverage_run l where l.day = r.day and l.state = 'done' and l.id > r.id))
    limit %(most)s
))

-- name: be_the_only_one
-- The lock of coverage, for as long as the connection lives.
select pg_try_advisory_lock(%(lock)s) as is_mine

-- name: area_summary
-- A division's beds by kind of circle in one hour of a run; without a division those of all provinces.
select c.circle, c.covered, c.uncertain, c.not_covered, c.estimated, c.unlocated, c.backed_up
from coverage_area c
where c.run_id = %(run)s and c.hour = %(hour)s
    and (c.area_code = %(area)s or (%(area)s = '' and length(c.area_code) = 2))
order by c.circle

-- name: uncovered
-- Beds that nobody surely reaches in time in an hour of a run, those that miss by most first.
select c.bed_id, c.state, c.p50_s, c.p90_s, c.limit_s, c.post_id, c.provider_id, v.name as provider_name
from coverage_bed c
join bed b on b.id = c.bed_id
left join provider v on v.id = c.provider_id
where c.run_id = %(run)s and c.from_hour <= %(hour)s and c.until_hour > %(hour)s
    and c.state <> 'covered' and starts_with(b.division_code, %(area)s)
order by c.p90_s - c.limit_s desc nulls first, c.bed_id
limit %(most)s

-- name: plan_settings_of_calls
-- What people have changed in the plans of calls for help.
select version, kind, area, circle, frailty, settings, reason from plan_setting
where kind in ('sos', 'help')
order by version

-- name: people_now
-- Everybody who may be asked at all: where they are now, and whether they are free.
select p.id, p.role, p.area_code, p.provider_id, p.travel_mode, p.lat, p.lon, p.position_at, p.base_lat, p.base_lon,
    v.lat as provider_lat, v.lon as provider_lon,
    is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s) as on_duty,
    exists (
        select from assignment s
        where s.responder_id = p.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    ) as busy
from responder p
left join provider v on v.id = p.provider_id
where p.consented_at is not null and exists (
        select from contact c where c.person_kind = 'responder' and c.person_id = p.id and c.enabled
    )
order by p.id

-- name: provider_place
-- Where a provider is, and the terrain of the beds around it.
select v.id, v.lat, v.lon, v.kind,
    coalesce(
        (select mode() within group (order by b.terrain) from bed b where b.provider_id = v.id), 'city'
    ) as terrain
from provider v
where v.id = %(provider)s and starts_with(v.area_code, %(area)s)

-- name: bed_place
-- Where a bed is.
select b.id, b.lat, b.lon, b.terrain, b.circle from bed b
where b.id = %(bed)s and starts_with(b.division_code, %(area)s)
