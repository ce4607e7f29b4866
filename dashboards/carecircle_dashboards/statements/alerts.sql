-- Statements of the alerts about ourselves: one number each, over everything that the organisation's role answers for.

-- name: heartbeat
-- Seconds since the slowest part last went round; a day where none ever did.
select coalesce(max(age_s), 86400) as seconds
from read.pulse;

-- name: due_late
-- Timers that should have gone off more than 30 s ago.
select count(*)::double precision as timers
from read.due_timer
where late_s > 30;

-- name: late_share
-- Of the readings of the last three full hours, the share that came more than a minute late.
select coalesce(1 - sum(lag_60)::double precision / nullif(sum(messages), 0), 0) as share
from read.reception_hour
where bucket >= date_trunc('hour', now(), 'UTC') - interval '3 hours' and bucket < date_trunc('hour', now(), 'UTC');

-- name: quarantine_share
-- Unreadable messages among all of the last three full hours.
select coalesce(q.messages::double precision / nullif(q.messages + r.messages, 0), 0) as share
from (
    select count(*) as messages
    from read.quarantine_message
    where received_at >= date_trunc('hour', now(), 'UTC') - interval '3 hours'
      and received_at < date_trunc('hour', now(), 'UTC')
) q
cross join (
    select coalesce(sum(messages), 0) as messages
    from read.reception_hour
    where bucket >= date_trunc('hour', now(), 'UTC') - interval '3 hours' and bucket < date_trunc('hour', now(), 'UTC')
) r;

-- name: rollup_behind
-- Seconds by which rollups are behind; a day where none were ever made.
select coalesce(max(behind_s), 86400) as seconds
from read.rollup;

-- name: waiting
-- Seconds that the oldest message has waited for a channel.
select coalesce(max(age_s), 0) as seconds
from read.message_waiting;

-- name: silent_share
-- Share of beds that were not heard for 15 minutes: one is a router, many are us.
select coalesce(avg(is_silent::int), 0)::double precision as share
from read.bed_watch;

-- name: straight_line
-- Share of the ways of the last three hours that are straight-line estimates although a source is set up; of fewer than
-- five nobody can tell.
select coalesce((
    select avg((basis = 'straight_line_model')::int)
    from read.travel_offer
    where created_at >= now() - interval '3 hours' and exists (select from read.travel_source)
    having count(*) >= 5
), 0)::double precision as share;

-- name: erasure_failing
-- Erasures of persons whose next step the database refuses.
select count(*)::double precision as erasures
from read.erasure_failing;
