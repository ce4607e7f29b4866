-- Statements of one bed. Vital signs come through functions that write down who asked.

-- name: beds_to_choose
-- Options of the variable bed: the beds of the chosen places.
select bed_id as __text, bed_id as __value
from read.bed
where :area and :circle
order by bed_id;

-- name: last_word
-- Seconds since the bed was last heard.
select extract(epoch from now() - last_seen_at)::double precision as seconds
from read.bed_watch
where bed_id = ${bed:sqlstring};

-- name: protection
-- Whether it is protected now.
select protection
from read.bed_watch
where bed_id = ${bed:sqlstring};

-- name: open_incidents
-- Incidents of all families that nobody has closed.
select count(*) as incidents
from read.incident
where is_open and bed_id = ${bed:sqlstring};

-- name: incidents
-- Incidents of all families in the time shown.
select count(*) as incidents
from read.incident
where $__timeFilter(opened_at) and state <> 'MERGED' and bed_id = ${bed:sqlstring};

-- name: heard_hours
-- Of the hours that are over and lie wholly in the time shown, the share in which there was a reading.
select (
    select count(distinct bucket)
    from read.reception_hour
    where bucket >= $__timeFrom()::timestamptz
      and bucket < date_trunc('hour', least($__timeTo()::timestamptz, now()), 'UTC')
      and bed_id = ${bed:sqlstring}
)::double precision / nullif(
    floor(extract(epoch from date_trunc('hour', least($__timeTo()::timestamptz, now()), 'UTC') - $__timeFrom()::timestamptz)
        / 3600), 0
)::double precision as share;

-- name: heart_rate
-- Mean with least and most.
select at as "time", heart_rate, heart_rate_min, heart_rate_max
from read.bed_vitals(${bed:sqlstring}, $__timeFrom()::timestamptz, $__timeTo()::timestamptz, ${__user.login:sqlstring})
order by at;

-- name: respiratory_rate
-- Mean.
select at as "time", respiratory_rate
from read.bed_vitals(${bed:sqlstring}, $__timeFrom()::timestamptz, $__timeTo()::timestamptz, ${__user.login:sqlstring})
order by at;

-- name: spo2
-- Mean and least.
select at as "time", spo2, spo2_min
from read.bed_vitals(${bed:sqlstring}, $__timeFrom()::timestamptz, $__timeTo()::timestamptz, ${__user.login:sqlstring})
order by at;

-- name: in_bed
-- Share of readings that say: in bed.
select at as "time", in_bed
from read.bed_vitals(${bed:sqlstring}, $__timeFrom()::timestamptz, $__timeTo()::timestamptz, ${__user.login:sqlstring})
order by at;

-- name: nights
-- Hours in bed, hours with readings and movement of each night.
select night as "time", in_bed_h, heard_h, movement
from read.bed_nights(${bed:sqlstring}, $__timeFrom()::timestamptz, $__timeTo()::timestamptz, ${__user.login:sqlstring})
order by night;

-- name: devices
-- Each device with its proof of life.
select device, model, battery, heard_at, is_alive, word
from read.device_watch
where bed_id = ${bed:sqlstring}
order by device;

-- name: record
-- The latest 100 incidents.
select opened_at, kind, family, priority, state, closed_at, outcome_code
from read.incident
where $__timeFilter(opened_at) and bed_id = ${bed:sqlstring}
order by opened_at desc
limit 100;

-- name: marks
-- The same as marks in the charts.
select opened_at as "time", closed_at as timeend, kind as text, family as tags
from read.incident
where $__timeFilter(opened_at) and bed_id = ${bed:sqlstring}
order by opened_at;
