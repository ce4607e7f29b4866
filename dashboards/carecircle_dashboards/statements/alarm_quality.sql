-- Statements of alarm quality. What reached a desk is what was not held back. Words that stand for parts are in postgres.py.

-- name: rate
-- Mean over the 10 minutes that had an alarm: alarms for each operator who took something in that hour.
with ten as (
    select date_bin('10 minutes', noted_at, 'epoch') as ten, count(*) as alarms
    from read.alarm
    where $__timeFilter(noted_at) and held_back is null and :area and :circle
    group by 1
), at_work as (
    select date_trunc('hour', acknowledged_at, 'UTC') as hour, count(distinct operator) as operators
    from read.incident
    where $__timeFilter(acknowledged_at) and :area and :circle
    group by 1
)
select avg(t.alarms::double precision / greatest(coalesce(w.operators, 1), 1)) as rate
from ten t
left join at_work w on w.hour = date_trunc('hour', t.ten, 'UTC');

-- name: flood_time
-- Of all 10 minutes of the time shown, the share with more than ten alarms.
select (
    select count(*)
    from (
        select 1
        from read.alarm
        where $__timeFilter(noted_at) and held_back is null and :area and :circle
        group by date_bin('10 minutes', noted_at, 'epoch')
        having count(*) > 10
    ) flooded
) / greatest(extract(epoch from $__timeTo()::timestamptz - $__timeFrom()::timestamptz) / 600, 1)::double precision as share;

-- name: false_share
-- Of the alarms that somebody has judged.
select avg(is_false::int)::double precision as share
from read.alarm
where $__timeFilter(noted_at) and is_judged and :area and :circle;

-- name: stale
-- Alarms that have stood for a day and that nobody has closed.
select count(*) as alarms
from read.alarm
where is_stale and :area and :circle;

-- name: chattering
-- Hours in which the same alarm of the same device came three times or more.
select count(*) as times
from (
    select 1
    from read.alarm
    where $__timeFilter(raised_at) and :area and :circle
    group by bed_id, device, kind, date_trunc('hour', raised_at, 'UTC')
    having count(*) >= 3
) chattered;

-- name: held_back
-- Share of alarms that were written down and disturbed nobody.
select avg((held_back is not null)::int)::double precision as share
from read.alarm
where $__timeFilter(noted_at) and :area and :circle;

-- name: by_hour
-- Alarms that reached a desk, by hour and priority; an hour without any is 0.
select $__timeGroupAlias(noted_at, '1h', 0), 'P' || priority as metric, count(*) as alarms
from read.alarm
where $__timeFilter(noted_at) and held_back is null and :area and :circle
group by 1, 2
order by 1, 2;

-- name: worst_ten
-- Of each day (Beijing time) the 10 minutes with the most alarms.
select date_trunc('day', ten, 'Asia/Shanghai') as "time", max(alarms) as alarms
from (
    select date_bin('10 minutes', noted_at, 'epoch') as ten, count(*) as alarms
    from read.alarm
    where $__timeFilter(noted_at) and held_back is null and :area and :circle
    group by 1
) t
group by 1
order by 1;

-- name: priorities
-- Of what reached a desk; the reference is the mix that ISA-18.2 gives.
select 'P' || p.priority as priority, count(a.alarm_id) as alarms,
    count(a.alarm_id)::double precision / nullif(sum(count(a.alarm_id)) over (), 0)::double precision as share,
    p.reference
from (values (1, 0.05::double precision), (2, 0.15), (3, 0.80)) as p (priority, reference)
left join (
    select alarm_id, priority
    from read.alarm
    where $__timeFilter(noted_at) and held_back is null and :area and :circle
) a on a.priority = p.priority
group by p.priority, p.reference
order by p.priority;

-- name: by_model
-- Alarms by the model of the device that they rest on.
select coalesce(nullif(model, ''), 'unknown') as model, count(*) as alarms,
    count(*) filter (where is_judged) as judged,
    (avg(is_false::int) filter (where is_judged))::double precision as false_share
from read.alarm
where $__timeFilter(noted_at) and :area and :circle
group by 1
order by 4 desc nulls last, 1;

-- name: by_kind
-- Alarms by kind, with the time until somebody took them.
select kind, count(*) as alarms, count(*) filter (where is_judged) as judged,
    (avg(is_false::int) filter (where is_judged))::double precision as false_share,
    percentile_cont(0.5) within group (order by extract(epoch from acknowledged_at - noted_at)) as taken_p50
from read.alarm
where $__timeFilter(noted_at) and :area and :circle
group by kind
order by 2 desc, 1;

-- name: area_ranking
-- One row a place of the chosen level, the most alarms a bed first.
select b.place, coalesce(a.name, b.place) as place_name, b.beds, coalesce(m.alarms, 0) as alarms,
    coalesce(m.alarms, 0) * 100.0::double precision / b.beds
        / greatest(extract(epoch from $__timeTo()::timestamptz - $__timeFrom()::timestamptz) / 86400, 1)::double precision
        as a_day,
    m.false_share,
    :drill
from (
    select :place as place, count(*) as beds
    from read.bed
    where :area and :circle
    group by 1
) b
left join (
    select :place as place, count(*) filter (where held_back is null) as alarms,
        (avg(is_false::int) filter (where is_judged))::double precision as false_share
    from read.alarm
    where $__timeFilter(noted_at) and :area and :circle
    group by 1
) m using (place)
left join read.area a on a.code = b.place
order by 5 desc, b.place;

-- name: chatter_list
-- The devices that chatter most.
select bed_id, device, model, kind, count(*) as times, sum(alarms)::bigint as alarms
from (
    select bed_id, device, model, kind, count(*) as alarms
    from read.alarm
    where $__timeFilter(raised_at) and :area and :circle
    group by bed_id, device, model, kind, date_trunc('hour', raised_at, 'UTC')
    having count(*) >= 3
) chattered
group by bed_id, device, model, kind
order by alarms desc, bed_id, device, kind
limit 30;

-- name: stale_list
-- The alarms that have stood longest.
select bed_id, county_name, kind, device, priority, raised_at,
    extract(epoch from now() - raised_at)::double precision as stands_s
from read.alarm
where is_stale and :area and :circle
order by raised_at, bed_id
limit 30;
