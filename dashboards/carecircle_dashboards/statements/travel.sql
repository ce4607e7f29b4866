-- Statements of the ways that were expected and taken, with Grafana's macros and variables; see service_circle.sql.

-- name: answers
-- How many offers the shares rest on.
select count(*) as offers
from read.travel_offer
where $__timeFilter(created_at) and :area and :circle;

-- name: straight_share
-- Share of them whose way is an estimate by the straight line.
select avg((basis = 'straight_line_model')::int)::double precision as share
from read.travel_offer
where $__timeFilter(created_at) and :area and :circle;

-- name: hit_p50
-- Share of arrivals within the median that was expected.
select avg((took_s <= p50_s)::int)::double precision as share
from read.travel_offer
where $__timeFilter(created_at) and took_s is not null and :area and :circle;

-- name: hit_p90
-- Share of arrivals within what nine in ten were expected to take.
select avg((took_s <= p90_s)::int)::double precision as share
from read.travel_offer
where $__timeFilter(created_at) and took_s is not null and :area and :circle;

-- name: calibration_age
-- Seconds since the newest calibration.
select max(age_s) as age_s from read.travel_correction;

-- name: budget_left
-- Paid questions that are left today.
select sum(budget_left)::double precision as questions from read.travel_source;

-- name: by_day
-- Share of each basis by day of Beijing time.
select day as "time", basis as metric, (count(*) / sum(count(*)) over (partition by day))::double precision as share
from read.travel_offer
cross join lateral date_trunc('day', created_at, 'Asia/Shanghai') as d (day)
where $__timeFilter(created_at) and :area and :circle
group by day, basis
order by day, basis;

-- name: by_basis
-- One row a basis, the most frequent first.
select basis, count(*) as offers, (count(*) / sum(count(*)) over ())::double precision as share,
    count(took_s) as arrivals,
    avg((took_s <= p50_s)::int)::double precision as hit_p50, avg((took_s <= p90_s)::int)::double precision as hit_p90
from read.travel_offer
where $__timeFilter(created_at) and :area and :circle
group by basis
order by offers desc, basis;

-- name: by_mode
-- One row a way of moving and time of the day.
select travel_mode, hour_band, count(*) as arrivals,
    avg((took_s <= p50_s)::int)::double precision as hit_p50, avg((took_s <= p90_s)::int)::double precision as hit_p90,
    percentile_cont(0.5) within group (order by took_s / nullif(p50_s, 0)) as slower
from read.travel_offer
where $__timeFilter(created_at) and took_s is not null and :area and :circle
group by travel_mode, hour_band
order by travel_mode, hour_band;

-- name: corrections
-- The newest calibration, those of most arrivals first.
select version::text as version, made_at, basis, mode, terrain, hour_band, factor::double precision as factor,
    spread::double precision as spread, arrivals
from read.travel_correction
where basis is not null
order by arrivals desc, basis, mode, terrain, hour_band
limit 100;

-- name: sources
-- One row a source, in the order of trust.
select source, is_left_alone::int as left_alone, answered, unknown, failed, p50_ms, p95_ms, budget_left
from read.travel_source
order by place;

-- name: area_ranking
-- One row a place of the chosen level, where expectations come true least first.
select r.place, coalesce(a.name, r.place) as place_name, r.offers, r.arrivals, r.hit_p50, r.hit_p90, r.straight,
    :drill
from (
    select :place as place, count(*) as offers, count(took_s) as arrivals,
        avg((took_s <= p50_s)::int)::double precision as hit_p50,
        avg((took_s <= p90_s)::int)::double precision as hit_p90,
        avg((basis = 'straight_line_model')::int)::double precision as straight
    from read.travel_offer
    where $__timeFilter(created_at) and :area and :circle
    group by 1
) r
left join read.area a on a.code = r.place
order by r.hit_p90 nulls last, r.offers desc, r.place;
