-- name: coverage_run
-- The run whose figures count.
select id, day, finished_at, basis, version, is_estimate, limits, bands, beds, posts
from coverage_run
where state = 'done'
order by id desc
limit 1

-- name: coverage_of_areas
-- A division (within) and those right below it (of so many digits), in one hour of a run, by kind of circle.
select c.area_code, a.name as area_name, c.circle,
    c.covered, c.uncertain, c.not_covered, c.estimated, c.unlocated, c.backed_up
from coverage_area c
left join area a on a.code = c.area_code
where c.run_id = %(run)s and c.hour = %(hour)s
    and starts_with(c.area_code, %(area)s) and starts_with(c.area_code, %(within)s)
    and length(c.area_code) in (length(%(within)s), %(digits)s)
    and (%(circle)s::text is null or c.circle = %(circle)s)
order by c.area_code, c.circle

-- name: coverage_of_hours
-- An area in each hour of a run, all kinds of circle or one.
select c.hour, sum(c.covered)::integer as covered, sum(c.uncertain)::integer as uncertain,
    sum(c.not_covered)::integer as not_covered, sum(c.estimated)::integer as estimated,
    sum(c.unlocated)::integer as unlocated, sum(c.backed_up)::integer as backed_up
from coverage_area c
where c.run_id = %(run)s and c.area_code = %(within)s and starts_with(c.area_code, %(area)s)
    and (%(circle)s::text is null or c.circle = %(circle)s)
group by c.hour
order by c.hour

-- name: coverage_uncovered
-- Beds of an area that nobody surely reaches in time in one hour of a run, in the order of their ids.
select c.bed_id, b.division_code, a.name as area_name, b.circle, b.lat, b.lon, c.state, c.from_hour, c.until_hour,
    c.p50_s, c.p90_s, c.limit_s, greatest(c.p90_s - c.limit_s, 0) as misses_by_s, c.provider_id,
    v.name as provider_name
from coverage_bed c
join bed b on b.id = c.bed_id
left join area a on a.code = left(b.division_code, 9)
left join provider v on v.id = c.provider_id
where c.run_id = %(run)s and c.from_hour <= %(hour)s and c.until_hour > %(hour)s and c.state <> 'covered'
    and starts_with(b.division_code, %(area)s) and starts_with(b.division_code, %(within)s)
    and (%(circle)s::text is null or b.circle = %(circle)s)
    and (%(state)s::text is null or c.state = %(state)s) and c.bed_id > %(after)s
order by c.bed_id
limit %(most)s

-- name: coverage_place
-- Where a bed or a provider of an area is; no row for one that is not of the area.
select b.lat, b.lon, b.terrain from bed b where b.id = %(bed)s and starts_with(b.division_code, %(area)s)
union all
select v.lat, v.lon, null from provider v where v.id = %(provider)s and starts_with(v.area_code, %(area)s)
limit 1

-- name: coverage_responder
-- Whether a responder is of an area.
select 1 from responder p where p.id = %(responder)s and starts_with(p.area_code, %(area)s)
