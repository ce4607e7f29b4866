-- Statements of the monthly report: the figures of the other pages, for the time shown and the stretch before it.

-- name: figures
-- One row a figure, in the order of figures/report.py, beside the same figure of the stretch of equal length before.
with calls as (
    select case when pressed_at >= $__timeFrom()::timestamptz then 'now' else 'before' end as which, i.*
    from read.incident_stage i
    where pressed_at >= $__timeFrom()::timestamptz - ($__timeTo()::timestamptz - $__timeFrom()::timestamptz)
        and pressed_at < $__timeTo()::timestamptz
        and :area and :circle
), answered as (
    select case when opened_at >= $__timeFrom()::timestamptz then 'now' else 'before' end as which, i.*
    from read.incident_stage i
    where opened_at >= $__timeFrom()::timestamptz - ($__timeTo()::timestamptz - $__timeFrom()::timestamptz)
        and opened_at < $__timeTo()::timestamptz
        and state <> 'MERGED' and :area and :circle
), found as (
    select which, 'arrivals_within' as figure,
        (avg(within_15_min::int) filter (where is_counted and within_15_min is not null))::double precision as value
    from calls group by which
    union all
    select which, 'arrival_p50', percentile_cont(0.5) within group (order by press_to_arrived_s) filter (where is_counted)
    from calls group by which
    union all
    select which, 'arrival_p95', percentile_cont(0.95) within group (order by press_to_arrived_s) filter (where is_counted)
    from calls group by which
    union all
    select which, 'calls', (count(*) filter (where is_counted))::double precision from calls group by which
    union all
    select which, 'nobody_came',
        (count(*) filter (where is_counted and not is_open and arrived_at is null))::double precision
    from calls group by which
    union all
    select which, 'in_60', (avg((coalesce(opened_to_acknowledged_s, 1e9) <= 60)::int) filter (
        where acknowledged_at is not null or not is_open or opened_at < now() - interval '60 seconds'
    ))::double precision
    from answered group by which
    union all
    select which, 'in_180', (avg((coalesce(opened_to_acknowledged_s, 1e9) <= 180)::int) filter (
        where acknowledged_at is not null or not is_open or opened_at < now() - interval '180 seconds'
    ))::double precision
    from answered group by which
    union all
    select which, 'drills', (count(*) filter (where outcome_code = 'test_press'))::double precision
    from answered group by which
    union all
    select which, 'protected', sum(protected)::double precision / nullif(sum(beds), 0)
    from (
        select case when day >= $__timeFrom()::timestamptz then 'now' else 'before' end as which, protected, beds
        from read.fleet_day
        where day >= $__timeFrom()::timestamptz - ($__timeTo()::timestamptz - $__timeFrom()::timestamptz)
        and day < $__timeTo()::timestamptz
            and :area and :circle
    ) f
    group by which
    union all
    select which, 'false_share', (avg(is_false::int) filter (where is_judged))::double precision
    from (
        select case when noted_at >= $__timeFrom()::timestamptz then 'now' else 'before' end as which, is_false, is_judged
        from read.alarm
        where noted_at >= $__timeFrom()::timestamptz - ($__timeTo()::timestamptz - $__timeFrom()::timestamptz)
        and noted_at < $__timeTo()::timestamptz
            and :area and :circle
    ) a
    group by which
    union all
    select r.which, 'lag_p95', min(c.seconds)
    from (
        select case when bucket >= $__timeFrom()::timestamptz then 'now' else 'before' end as which, sum(messages) as messages, sum(lag_1) as lag_1, sum(lag_2) as lag_2, sum(lag_5) as lag_5,
            sum(lag_10) as lag_10, sum(lag_30) as lag_30, sum(lag_60) as lag_60, sum(lag_300) as lag_300,
            sum(lag_900) as lag_900, sum(lag_3600) as lag_3600, sum(lag_28800) as lag_28800, sum(lag_86400) as lag_86400
        from read.reception_day
        where bucket >= $__timeFrom()::timestamptz - ($__timeTo()::timestamptz - $__timeFrom()::timestamptz)
        and bucket < $__timeTo()::timestamptz
            and :area and :circle
        group by 1
    ) r
    cross join lateral (
        values (1::double precision, lag_1), (2, lag_2), (5, lag_5), (10, lag_10), (30, lag_30), (60, lag_60),
            (300, lag_300), (900, lag_900), (3600, lag_3600), (28800, lag_28800), (86400, lag_86400),
            (604800, r.messages)
    ) c (seconds, messages)
    where c.messages >= 0.95 * r.messages
    group by r.which
)
select f.figure, n.value as now_value, b.value as before_value,
    case f.unit
        when 'share' then to_char(100 * n.value, 'FM990.0') || ' %'
        when 'seconds' then to_char(n.value, 'FM999990') || ' 秒'
        else to_char(n.value, 'FM9999990')
    end as now,
    case f.unit
        when 'share' then to_char(100 * b.value, 'FM990.0') || ' %'
        when 'seconds' then to_char(b.value, 'FM999990') || ' 秒'
        else to_char(b.value, 'FM9999990')
    end as before
from (
    values (1, 'arrivals_within', 'share'), (2, 'arrival_p50', 'seconds'), (3, 'arrival_p95', 'seconds'),
        (4, 'calls', 'count'), (5, 'nobody_came', 'count'), (6, 'in_60', 'share'), (7, 'in_180', 'share'),
        (8, 'drills', 'count'), (9, 'protected', 'share'), (10, 'false_share', 'share'), (11, 'lag_p95', 'seconds')
) f (place, figure, unit)
left join found n on n.figure = f.figure and n.which = 'now'
left join found b on b.figure = f.figure and b.which = 'before'
order by f.place;

-- name: by_area
-- One row a place of the chosen level, worst first.
select r.place, coalesce(a.name, r.place) as place_name, r.calls, r.share, r.arrived_p50, r.arrived_p95, r.nobody_came,
    :drill
from (
    select :place as place, count(*) as calls, avg(within_15_min::int)::double precision as share,
        percentile_cont(0.5) within group (order by press_to_arrived_s) as arrived_p50,
        percentile_cont(0.95) within group (order by press_to_arrived_s) as arrived_p95,
        count(*) filter (where not is_open and arrived_at is null) as nobody_came
    from read.incident_stage
    where $__timeFilter(pressed_at)
      and :area and :circle
      and is_counted
    group by 1
) r
left join read.area a on a.code = r.place
order by r.share nulls last, r.arrived_p95 desc nulls last, r.place;

-- name: share_by_day
-- Counted calls and the share reached in time, by day of Beijing time.
select date_trunc('day', pressed_at, 'Asia/Shanghai') as "time",
    avg(within_15_min::int)::double precision as share,
    count(*) as calls
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle
  and is_counted
group by 1
order by 1;
