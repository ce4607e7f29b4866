-- Statements of the desk. A call is undecided while it is younger than the limit and nobody has it.

-- name: in_60
-- Share answered within 60 s of the platform having it.
select avg((coalesce(opened_to_acknowledged_s, 1e9) <= 60)::int)::double precision as share
from read.incident_stage
where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle
  and (acknowledged_at is not null or not is_open or opened_at < now() - interval '60 seconds');

-- name: in_180
-- The same within 180 s.
select avg((coalesce(opened_to_acknowledged_s, 1e9) <= 180)::int)::double precision as share
from read.incident_stage
where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle
  and (acknowledged_at is not null or not is_open or opened_at < now() - interval '180 seconds');

-- name: unanswered
-- Calls that nobody had within 180 s.
select count(*) as calls
from read.incident_stage
where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle
  and coalesce(opened_to_acknowledged_s, 1e9) > 180
  and (acknowledged_at is not null or not is_open or opened_at < now() - interval '180 seconds');

-- name: answer_p95
-- Of the answered ones.
select percentile_cont(0.95) within group (order by opened_to_acknowledged_s) as seconds
from read.incident_stage
where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle;

-- name: drills
-- Calls that were closed as tests.
select count(*) as calls
from read.incident_stage
where $__timeFilter(opened_at) and outcome_code = 'test_press' and :area and :circle;

-- name: operators
-- How many people took a call.
select count(distinct operator) as operators
from read.incident_stage
where $__timeFilter(opened_at) and :area and :circle;

-- name: by_month
-- The last 12 months of Beijing time, whatever time is shown.
select to_char(m.month at time zone 'Asia/Shanghai', 'YYYY-MM') as month, count(*) as calls,
    (avg((coalesce(opened_to_acknowledged_s, 1e9) <= 60)::int) filter (
        where acknowledged_at is not null or not is_open or opened_at < now() - interval '60 seconds'
    ))::double precision as in_60,
    (avg((coalesce(opened_to_acknowledged_s, 1e9) <= 180)::int) filter (
        where acknowledged_at is not null or not is_open or opened_at < now() - interval '180 seconds'
    ))::double precision as in_180,
    0.975::double precision as wanted_60, 0.99::double precision as wanted_180
from read.incident_stage
cross join lateral date_trunc('month', opened_at, 'Asia/Shanghai') as m (month)
where opened_at >= date_trunc('month', now(), 'Asia/Shanghai') - interval '11 months'
  and state <> 'MERGED' and :area and :circle
group by m.month
order by m.month;

-- name: by_day
-- Times to the answer by day of Beijing time.
select date_trunc('day', opened_at, 'Asia/Shanghai') as "time",
    percentile_cont(0.5) within group (order by opened_to_acknowledged_s) as p50,
    percentile_cont(0.95) within group (order by opened_to_acknowledged_s) as p95
from read.incident_stage
where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle
group by 1
order by 1;

-- name: load_by_hour
-- Calls and alarms a day by the hour in which they came, Beijing time.
select lpad(h.hour::text, 2, '0') as hour, coalesce(c.calls, 0) / d.days as calls, coalesce(a.alarms, 0) / d.days as alarms
from generate_series(0, 23) as h (hour)
cross join (
    select greatest(extract(epoch from $__timeTo()::timestamptz - $__timeFrom()::timestamptz) / 86400, 1)::double precision
        as days
) d
left join (
    select extract(hour from opened_at at time zone 'Asia/Shanghai')::int as hour, count(*) as calls
    from read.incident_stage
    where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle
    group by 1
) c on c.hour = h.hour
left join (
    select extract(hour from noted_at at time zone 'Asia/Shanghai')::int as hour, count(*) as alarms
    from read.alarm
    where $__timeFilter(noted_at) and held_back is null and :area and :circle
    group by 1
) a on a.hour = h.hour
order by h.hour;

-- name: by_operator
-- One row an operator, by number.
select operator::text as operator, count(*) as calls,
    avg((opened_to_acknowledged_s <= 60)::int)::double precision as in_60,
    percentile_cont(0.5) within group (order by opened_to_acknowledged_s) as p50
from read.incident_stage
where $__timeFilter(opened_at) and operator is not null and state <> 'MERGED' and :area and :circle
group by operator
order by calls desc, 1;

-- name: area_ranking
-- One row a place of the chosen level, the slowest first.
select r.place, coalesce(a.name, r.place) as place_name, r.calls, r.in_60, r.in_180, r.p95,
    :drill
from (
    select :place as place, count(*) as calls,
        (avg((coalesce(opened_to_acknowledged_s, 1e9) <= 60)::int) filter (
            where acknowledged_at is not null or not is_open or opened_at < now() - interval '60 seconds'
        ))::double precision as in_60,
        (avg((coalesce(opened_to_acknowledged_s, 1e9) <= 180)::int) filter (
            where acknowledged_at is not null or not is_open or opened_at < now() - interval '180 seconds'
        ))::double precision as in_180,
        percentile_cont(0.95) within group (order by opened_to_acknowledged_s) as p95
    from read.incident_stage
    where $__timeFilter(opened_at) and state <> 'MERGED' and :area and :circle
    group by 1
) r
left join read.area a on a.code = r.place
order by r.in_60 nulls last, r.p95 desc nulls last, r.place;

-- name: drill_list
-- The latest 50 tests with their stages.
select opened_at, county_name, bed_id, kind, opened_to_acknowledged_s, press_to_accepted_s, press_to_arrived_s
from read.incident_stage
where $__timeFilter(opened_at) and outcome_code = 'test_press' and :area and :circle
order by opened_at desc
limit 50;
