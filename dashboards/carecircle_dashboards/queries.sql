-- Statements of the panels, with Grafana's macros and variables. Only schema read may be asked: it holds each role's
-- view of its own area. A variable is always written with :sqlstring, and only codes are passed, never names.

-- name: cities
-- Options of the variable city: prefectures with a bed in the role's scope.
select a.name as __text, a.code as __value
from read.area a
where a.level = 2 and exists (select 1 from read.bed_watch b where starts_with(b.county, a.code))
order by a.code;

-- name: counties
-- Options of the variable county: counties of the chosen prefectures with a bed in the role's scope.
select a.name as __text, a.code as __value
from read.area a
where a.level = 3
  and left(a.code, 4) = any(array[${city:sqlstring}]::text[])
  and exists (select 1 from read.bed_watch b where b.county = a.code)
order by a.code;

-- name: arrivals_within
-- Share of counted calls with somebody at the door within 15 minutes of the press.
select avg(within_15_min::int)::double precision as share
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted
  and within_15_min is not null;

-- name: arrival_p50
-- Median time from the press to somebody at the door, over counted calls with an arrival.
select percentile_cont(0.5) within group (order by press_to_arrived_s) as seconds
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted;

-- name: arrival_p95
-- 95th percentile of the same.
select percentile_cont(0.95) within group (order by press_to_arrived_s) as seconds
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted;

-- name: counted_calls
-- How many calls the figures above rest on.
select count(*) as calls
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted;

-- name: open_incidents
-- Incidents that nobody has closed yet, whenever they began.
select count(*) as incidents
from read.incident_stage
where is_open
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring});

-- name: silent_beds
-- Beds that were not heard for 15 minutes, or never.
select count(*) as beds
from read.bed_watch
where is_silent
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring});

-- name: share_by_day
-- Counted calls and the share reached in time, by day of Beijing time; $__timeGroup would cut days at 08:00.
select date_trunc('day', pressed_at, 'Asia/Shanghai') as "time",
    avg(within_15_min::int)::double precision as share,
    count(*) as calls
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted
group by 1
order by 1;

-- name: stages_by_day
-- Times from the press to acceptance and to arrival, by day of Beijing time.
select date_trunc('day', pressed_at, 'Asia/Shanghai') as "time",
    percentile_cont(0.5) within group (order by press_to_accepted_s) as accepted_p50,
    percentile_cont(0.5) within group (order by press_to_arrived_s) as arrived_p50,
    percentile_cont(0.95) within group (order by press_to_arrived_s) as arrived_p95
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted
group by 1
order by 1;

-- name: county_ranking
-- One row a county, worst first: by share reached in time, then by the slow end of arrivals.
select county, county_name,
    count(*) as calls,
    avg(within_15_min::int)::double precision as share,
    percentile_cont(0.5) within group (order by press_to_acknowledged_s) as acknowledged_p50,
    percentile_cont(0.5) within group (order by press_to_accepted_s) as accepted_p50,
    percentile_cont(0.5) within group (order by press_to_arrived_s) as arrived_p50,
    percentile_cont(0.95) within group (order by press_to_arrived_s) as arrived_p95,
    count(*) filter (where arrived_at is null) as without_arrival
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
  and is_counted
group by county, county_name
order by share nulls last, arrived_p95 desc nulls last, county;

-- name: recent_incidents
-- The latest 100 calls with their stages; what does not count is shown as such.
select pressed_at, county_name, bed_id, circle, kind, state,
    press_to_acknowledged_s, press_to_accepted_s, press_to_arrived_s,
    case
        when not is_counted then 'not_counted'
        when within_15_min then 'within'
        when not within_15_min then 'beyond'
        else 'undecided'
    end as verdict,
    outcome_code
from read.incident_stage
where $__timeFilter(pressed_at)
  and county = any(array[${county:sqlstring}]::text[])
  and circle in (${circle:sqlstring})
order by pressed_at desc
limit 100;

-- name: telemetry_by_minute
-- Readings by minute of measurement: help calls come over the same way, so a gap here is a gap in protection.
select $__timeGroupAlias(measured_at, '1m'), count(*) as messages
from read.telemetry_message
where $__timeFilter(measured_at)
  and county = any(array[${county:sqlstring}]::text[])
group by 1
order by 1;

-- name: quarantine_by_hour
-- Messages that could not be read, by hour and reason.
select hour as "time", reason as metric, sum(messages)::bigint as messages
from read.quarantine_hour
where $__timeFilter(hour)
  and county = any(array[${county:sqlstring}]::text[])
group by 1, 2
order by 1, 2;
