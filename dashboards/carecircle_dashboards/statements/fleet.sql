-- Statements of the fleet. Words that stand for parts are in postgres.py.

-- name: protected_share
-- Share of beds that every capability protects now.
select avg((protection = 'yes')::int)::double precision as share
from read.bed_watch
where :area and :circle;

-- name: silent_beds
-- Beds that were not heard for 15 minutes, or never.
select count(*) as beds
from read.bed_watch
where is_silent and :area and :circle;

-- name: devices
-- All devices of these beds.
select count(*) as devices
from read.device_watch
where :area and :circle;

-- name: dead_devices
-- Devices without a proof of life that still counts.
select count(*) as devices
from read.device_watch
where not is_alive and :area and :circle;

-- name: low_battery
-- Devices that last said less than 20 % of themselves.
select count(*) as devices
from read.device_watch
where battery < 20 and :area and :circle;

-- name: untested_beds
-- Beds whose button nobody has tried for 7 days.
select count(*) as beds
from read.bed b
where :area and :circle
  and b.bed_id not in (select t.bed_id from read.press_test t where t.measured_at > now() - interval '7 days');

-- name: protected_by_day
-- Means of hourly samples.
select day as "time", sum(protected)::double precision / sum(beds) as protected,
    sum(partly)::double precision / sum(beds) as partly, sum(silent)::double precision / sum(beds) as silent
from read.fleet_day
where $__timeFilter(day) and :area and :circle
group by day
order by day;

-- name: devices_by_day
-- The same for devices.
select day as "time", 1 - sum(alive)::double precision / nullif(sum(devices), 0) as dead,
    sum(low_battery)::double precision / nullif(sum(devices), 0) as low_battery
from read.fleet_day
where $__timeFilter(day) and :area and :circle
group by day
order by day;

-- name: area_ranking
-- One row a place of the chosen level, the worst protected first.
select b.place, coalesce(a.name, b.place) as place_name, b.beds, b.share, b.silent, d.devices, d.dead, d.low,
    :drill
from (
    select :place as place, count(*) as beds, avg((protection = 'yes')::int)::double precision as share,
        count(*) filter (where is_silent) as silent
    from read.bed_watch
    where :area and :circle
    group by 1
) b
left join (
    select :place as place, count(*) as devices, count(*) filter (where not is_alive) as dead,
        count(*) filter (where battery < 20) as low
    from read.device_watch
    where :area and :circle
    group by 1
) d using (place)
left join read.area a on a.code = b.place
order by b.share, b.silent desc, b.place;

-- name: models
-- Devices by model and firmware.
select d.model, coalesce(nullif(w.firmware, ''), 'unknown') as firmware, count(*) as devices,
    avg(d.is_alive::int)::double precision as alive,
    percentile_cont(0.5) within group (order by d.battery) as battery
from read.device_watch d
left join read.device_word w on w.bed_id = d.bed_id and w.device = d.device
where d.bed_id in (select bed_id from read.bed where :area and :circle)
group by 1, 2
order by alive, devices desc, 1, 2;

-- name: batteries
-- Ten classes of ten percent; a class without a device stands with 0.
select c.class * 10 || '–' || case c.class when 9 then 100 else c.class * 10 + 9 end as battery,
    count(d.battery) as devices
from generate_series(0, 9) as c (class)
left join (
    select battery, least(floor(battery / 10), 9)::int as class
    from read.device_watch
    where battery is not null and :area and :circle
) d on d.class = c.class
group by c.class
order by c.class;

-- name: silent_longest
-- Beds that are silent now, the longest first.
select bed_id, county_name, circle, last_seen_at, extract(epoch from now() - last_seen_at)::double precision as silent_s
from read.bed_watch
where is_silent and :area and :circle
order by last_seen_at nulls first, bed_id
limit 50;
