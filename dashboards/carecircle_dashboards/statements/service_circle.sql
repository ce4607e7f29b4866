-- Statements of the service circle, with Grafana's macros and variables. Only schema read may be asked: it holds each
-- role's view of its own beds. :area, :circle, :provider, :place and :drill stand for what postgres.py says. A variable is
-- always written with :sqlstring, and only codes are passed, never names.

-- name: providers_to_choose
-- Options of the variable provider: institutions with a bed in the chosen places.
select distinct provider_name as __text, provider_id as __value
from read.bed
where :area and provider_id is not null
order by 2;

-- name: arrivals_within
-- Share of counted calls with somebody at the door within 15 minutes of the press.
select avg(within_15_min::int)::double precision as share
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted
  and within_15_min is not null;

-- name: arrival_p50
-- Median time from the press to somebody at the door, over counted calls with an arrival.
select percentile_cont(0.5) within group (order by press_to_arrived_s) as seconds
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted;

-- name: arrival_p95
-- 95th percentile of the same.
select percentile_cont(0.95) within group (order by press_to_arrived_s) as seconds
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted;

-- name: counted_calls
-- How many calls the figures above rest on.
select count(*) as calls
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted;

-- name: open_calls
-- Calls that nobody has closed yet, whenever they began.
select count(*) as incidents
from read.incident_stage
where is_open
  and :area and :circle and :provider;

-- name: nobody_came
-- Counted calls that were closed without anybody at the door.
select count(*) as calls
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted
  and not is_open
  and arrived_at is null;

-- name: share_by_day
-- Counted calls and the share reached in time, by day of Beijing time; $__timeGroup would cut days at 08:00.
select date_trunc('day', pressed_at, 'Asia/Shanghai') as "time",
    avg(within_15_min::int)::double precision as share,
    count(*) as calls
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
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
  and :area and :circle and :provider
  and is_counted
group by 1
order by 1;

-- name: stages
-- Each stretch of the way from the press to the door, and all of it; a stretch counts where both of its ends are known.
select s.stage, count(s.seconds) as calls,
    percentile_cont(0.5) within group (order by s.seconds) as p50,
    percentile_cont(0.95) within group (order by s.seconds) as p95
from read.incident_stage i
cross join lateral (
    values (1, 'press_to_answer', press_to_acknowledged_s),
        (2, 'answer_to_accept', press_to_accepted_s - press_to_acknowledged_s),
        (3, 'accept_to_arrive', press_to_arrived_s - press_to_accepted_s),
        (4, 'press_to_arrive', press_to_arrived_s)
) s (number, stage, seconds)
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted
group by s.number, s.stage
order by s.number;

-- name: by_hour
-- Share reached in time by the hour of the press, Beijing time; an hour without a decided call has no share.
select lpad(h.hour::text, 2, '0') as hour, avg(i.within_15_min::int)::double precision as share
from generate_series(0, 23) as h (hour)
left join (
    select extract(hour from pressed_at at time zone 'Asia/Shanghai')::int as hour, within_15_min
    from read.incident_stage
    where $__timeFilter(pressed_at)
      and :area and :circle and :provider
      and is_counted
) i on i.hour = h.hour
group by h.hour
order by h.hour;

-- name: by_circle
-- The two circles beside each other.
select circle, count(*) as calls, avg(within_15_min::int)::double precision as share,
    percentile_cont(0.5) within group (order by press_to_arrived_s) as arrived_p50,
    percentile_cont(0.95) within group (order by press_to_arrived_s) as arrived_p95
from read.incident_stage
where $__timeFilter(pressed_at)
  and :area and :circle and :provider
  and is_counted
group by circle
order by circle desc;

-- name: area_ranking
-- One row a place of the chosen level, worst first: by share reached in time, then by the slow end of arrivals.
select r.place, coalesce(a.name, r.place) as place_name, r.calls, r.share, r.acknowledged_p50, r.accepted_p50,
    r.arrived_p50, r.arrived_p95, r.without_arrival,
    :drill
from (
    select :place as place, count(*) as calls, avg(within_15_min::int)::double precision as share,
        percentile_cont(0.5) within group (order by press_to_acknowledged_s) as acknowledged_p50,
        percentile_cont(0.5) within group (order by press_to_accepted_s) as accepted_p50,
        percentile_cont(0.5) within group (order by press_to_arrived_s) as arrived_p50,
        percentile_cont(0.95) within group (order by press_to_arrived_s) as arrived_p95,
        count(*) filter (where arrived_at is null) as without_arrival
    from read.incident_stage
    where $__timeFilter(pressed_at)
      and :area and :circle and :provider
      and is_counted
    group by 1
) r
left join read.area a on a.code = r.place
order by r.share nulls last, r.arrived_p95 desc nulls last, r.place;

-- name: providers
-- Institutions, held against what calls of the same kind (circle, terrain, day or night) make of it on the whole. Wilson's
-- interval with z = 1.96. Ordered by rounded differences: equal ones differ in the last bits by the order of summing.
with decided as (
    select provider_id, within_15_min::int::double precision as within,
        avg(within_15_min::int) over (
            partition by circle, terrain, extract(hour from pressed_at at time zone 'Asia/Shanghai') between 7 and 21
        )::double precision as expected
    from read.incident_stage
    where $__timeFilter(pressed_at)
      and :area and :circle
      and is_counted and within_15_min is not null
), summed as (
    select provider_id, count(*)::double precision as n, avg(within) as share, avg(expected) as expected
    from decided
    where provider_id is not null and :provider
    group by provider_id
)
select s.provider_id, coalesce(p.provider_name, s.provider_id) as provider_name, s.n::bigint as calls, s.share,
    s.expected, s.share - s.expected as difference,
    (s.share + 1.9208 / s.n - 1.96 * sqrt(s.share * (1 - s.share) / s.n + 0.9604 / (s.n * s.n))) / (1 + 3.8416 / s.n)
        as low,
    (s.share + 1.9208 / s.n + 1.96 * sqrt(s.share * (1 - s.share) / s.n + 0.9604 / (s.n * s.n))) / (1 + 3.8416 / s.n)
        as high
from summed s
left join (select distinct provider_id, provider_name from read.bed) p on p.provider_id = s.provider_id
order by round((s.share - s.expected)::numeric, 9), s.provider_id;

-- name: stations
-- Where institutions are, and how calls from their beds went.
select p.provider_name, p.lat, p.lon, count(i.within_15_min) as calls,
    avg(i.within_15_min::int)::double precision as share
from read.provider p
left join (
    select provider_id, within_15_min
    from read.incident_stage
    where $__timeFilter(pressed_at)
      and :area and :circle
      and is_counted
) i on i.provider_id = p.provider_id
where p.provider_id in (select provider_id from read.bed where :area and :circle and :provider)
group by p.provider_id, p.provider_name, p.lat, p.lon
order by p.provider_id;

-- name: covered_now
-- Of the beds whose way is known, those that somebody surely reaches in time at this hour.
select (count(*) filter (where state = 'covered'))::double precision
    / nullif(count(*) filter (where state <> 'estimated'), 0) as share
from read.coverage_bed
where from_hour <= extract(hour from now() at time zone 'Asia/Shanghai')
  and until_hour > extract(hour from now() at time zone 'Asia/Shanghai')
  and :area and :circle;

-- name: backed_up_now
-- The same, where a second one could come as well.
select (count(*) filter (where people >= 2))::double precision
    / nullif(count(*) filter (where state <> 'estimated'), 0) as share
from read.coverage_bed
where from_hour <= extract(hour from now() at time zone 'Asia/Shanghai')
  and until_hour > extract(hour from now() at time zone 'Asia/Shanghai')
  and :area and :circle;

-- name: coverage_by_hour
-- Both through the day.
select lpad(h.hour::text, 2, '0') as hour,
    (count(*) filter (where c.state = 'covered'))::double precision
        / nullif(count(*) filter (where c.state <> 'estimated'), 0) as covered,
    (count(*) filter (where c.people >= 2))::double precision
        / nullif(count(*) filter (where c.state <> 'estimated'), 0) as backed_up
from generate_series(0, 23) as h (hour)
left join (
    select from_hour, until_hour, state, people
    from read.coverage_bed
    where :area and :circle
) c on c.from_hour <= h.hour and c.until_hour > h.hour
group by h.hour
order by h.hour;

-- name: not_reached
-- Beds that nobody surely reaches in time at this hour, the farthest first; those without a position come before them.
select bed_id, county_name, circle, state, p50_s, p90_s, misses_by_s
from read.coverage_bed
where state <> 'covered'
  and from_hour <= extract(hour from now() at time zone 'Asia/Shanghai')
  and until_hour > extract(hour from now() at time zone 'Asia/Shanghai')
  and :area and :circle
order by p90_s is not null, misses_by_s desc, bed_id
limit 50;

-- name: recent_calls
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
  and :area and :circle and :provider
order by pressed_at desc
limit 100;
