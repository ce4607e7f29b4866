-- Statements of the pipeline. Lag is counted in classes, so a percentile is the upper end of its class; what came later
-- than a day counts as a week.

-- name: beds_now
-- Beds with a reading in the newest minute that is rolled up.
select count(distinct bed_id) as beds
from read.bed_minute
where bucket = (select minutes_until - interval '1 minute' from read.rollup) and :area and :circle;

-- name: lag_p95
-- The class in which the 95th percentile lies.
select case
        when sum(messages) = 0 then null
        when sum(lag_1) >= 0.95 * sum(messages) then 1
        when sum(lag_2) >= 0.95 * sum(messages) then 2
        when sum(lag_5) >= 0.95 * sum(messages) then 5
        when sum(lag_10) >= 0.95 * sum(messages) then 10
        when sum(lag_30) >= 0.95 * sum(messages) then 30
        when sum(lag_60) >= 0.95 * sum(messages) then 60
        when sum(lag_300) >= 0.95 * sum(messages) then 300
        when sum(lag_900) >= 0.95 * sum(messages) then 900
        when sum(lag_3600) >= 0.95 * sum(messages) then 3600
        when sum(lag_28800) >= 0.95 * sum(messages) then 28800
        when sum(lag_86400) >= 0.95 * sum(messages) then 86400
        else 604800
    end::double precision as seconds
from read.reception_day
where $__timeFilter(bucket) and :area and :circle
having count(*) > 0;

-- name: quarantine_share
-- Unreadable messages among all.
select q.messages::double precision / nullif(q.messages + r.messages, 0)::double precision as share
from (
    select count(*) as messages from read.quarantine_message where $__timeFilter(received_at) and :area and :circle
) q
cross join (
    select coalesce(sum(messages), 0) as messages from read.reception_day where $__timeFilter(bucket) and :area and :circle
) r;

-- name: due_late
-- Timers that should have gone off more than 5 s ago.
select count(*) as timers
from read.due_timer
where late_s > 5 and :area and :circle;

-- name: waiting
-- Messages that no channel has taken.
select count(*) as messages
from read.message_waiting
where :area and :circle;

-- name: rollup_behind
-- How far rollups are behind.
select behind_s as seconds
from read.rollup;

-- name: beds_by_minute
-- Beds with a reading, minute by minute.
select bucket as "time", history as metric, count(*) as beds
from read.bed_minute
where $__timeFilter(bucket) and :area and :circle
group by 1, 2
order by 1, 2;

-- name: messages_by_hour
-- Readings by hour of measurement.
select $__timeGroupAlias(bucket, '1h'), history as metric, sum(messages)::bigint as messages
from read.reception_hour
where $__timeFilter(bucket) and :area and :circle
group by 1, 2
order by 1, 2;

-- name: lag_by_day
-- Three percentiles of each day, as the upper ends of their classes.
select s.bucket as "time",
    min(c.seconds) filter (where c.messages >= 0.5 * s.messages) as p50,
    min(c.seconds) filter (where c.messages >= 0.95 * s.messages) as p95,
    min(c.seconds) filter (where c.messages >= 0.99 * s.messages) as p99
from (
    select bucket, sum(messages) as messages, sum(lag_1) as lag_1, sum(lag_2) as lag_2, sum(lag_5) as lag_5,
        sum(lag_10) as lag_10, sum(lag_30) as lag_30, sum(lag_60) as lag_60, sum(lag_300) as lag_300,
        sum(lag_900) as lag_900, sum(lag_3600) as lag_3600, sum(lag_28800) as lag_28800, sum(lag_86400) as lag_86400
    from read.reception_day
    where $__timeFilter(bucket) and :area and :circle
    group by bucket
) s
cross join lateral (
    values (1::double precision, lag_1), (2, lag_2), (5, lag_5), (10, lag_10), (30, lag_30), (60, lag_60),
        (300, lag_300), (900, lag_900), (3600, lag_3600), (28800, lag_28800), (86400, lag_86400), (604800, s.messages)
) c (seconds, messages)
group by s.bucket
order by s.bucket;

-- name: quarantine
-- Unreadable messages by day (Beijing time) and reason.
select date_trunc('day', received_at, 'Asia/Shanghai') as "time", reason as metric, count(*) as messages
from read.quarantine_message
where $__timeFilter(received_at) and :area and :circle
group by 1, 2
order by 1, 2;

-- name: area_ranking
-- One row a place of the chosen level, the latest first.
select r.place, coalesce(a.name, r.place) as place_name, r.messages,
    (
        select min(c.seconds)
        from (
            values (1::double precision, r.lag_1), (2, r.lag_2), (5, r.lag_5), (10, r.lag_10), (30, r.lag_30),
                (60, r.lag_60), (300, r.lag_300), (900, r.lag_900), (3600, r.lag_3600), (28800, r.lag_28800),
                (86400, r.lag_86400), (604800, r.messages)
        ) c (seconds, messages)
        where c.messages >= 0.95 * r.messages
    ) as lag_p95,
    (r.messages - r.lag_60)::double precision / nullif(r.messages, 0) as late_share,
    :drill
from (
    select :place as place, sum(messages)::bigint as messages, sum(lag_1) as lag_1, sum(lag_2) as lag_2,
        sum(lag_5) as lag_5, sum(lag_10) as lag_10, sum(lag_30) as lag_30, sum(lag_60)::bigint as lag_60,
        sum(lag_300) as lag_300, sum(lag_900) as lag_900, sum(lag_3600) as lag_3600, sum(lag_28800) as lag_28800,
        sum(lag_86400) as lag_86400
    from read.reception_day
    where $__timeFilter(bucket) and :area and :circle
    group by 1
) r
left join read.area a on a.code = r.place
order by lag_p95 desc, late_share desc, r.place;

-- name: queues
-- What waits, by channel and state.
select channel, state, count(*) as messages, max(age_s) as oldest_s, max(attempts) as attempts
from read.message_waiting
where :area and :circle
group by channel, state
order by oldest_s desc, channel, state;

-- name: services
-- When each part last went round.
select service, at, age_s
from read.pulse
order by at, service;

-- name: chunks
-- What history takes.
select history, count(*) as chunks, sum(bytes)::double precision as bytes, max(bytes)::double precision as largest,
    min(range_start) as since, count(*) filter (where is_compressed) as compressed
from read.history_chunk
group by history
order by bytes desc, history;
