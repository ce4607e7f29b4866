-- How messages arrive, by day and place: what charts of a month sum, at a twentieth of the rows; and coverage of beds for
-- institutions as well.

set lock_timeout = '5s';
set role carecircle_owner;

create table reception_place (
    day timestamptz not null,
    division_code text not null,
    provider_id text,
    circle text not null,
    history text not null check (history in ('vitals', 'environment', 'spot_check')),
    messages bigint not null,
    lag_1 bigint not null,
    lag_2 bigint not null,
    lag_5 bigint not null,
    lag_10 bigint not null,
    lag_30 bigint not null,
    lag_60 bigint not null,
    lag_300 bigint not null,
    lag_900 bigint not null,
    lag_3600 bigint not null,
    lag_28800 bigint not null,
    lag_86400 bigint not null,
    unique nulls not distinct (day, division_code, provider_id, circle, history)
);
comment on table reception_place is 'reception_day summed over the beds of a place, as they stood when it was summed.';
grant select, insert, delete on reception_place to carecircle_upkeep;

insert into reception_place
select r.bucket, b.division_code, b.provider_id, b.circle, r.history, sum(r.messages), sum(r.lag_1), sum(r.lag_2),
    sum(r.lag_5), sum(r.lag_10), sum(r.lag_30), sum(r.lag_60), sum(r.lag_300), sum(r.lag_900), sum(r.lag_3600),
    sum(r.lag_28800), sum(r.lag_86400)
from reception_day r
join bed b on b.id = r.bed
group by 1, 2, 3, 4, 5;

drop view read.reception_day;
create view read.reception_day with (security_barrier) as
select r.day as bucket, r.history, r.messages, r.lag_1, r.lag_2, r.lag_5, r.lag_10, r.lag_30, r.lag_60, r.lag_300,
    r.lag_900, r.lag_3600, r.lag_28800, r.lag_86400, r.division_code, r.circle, r.provider_id
from reception_place r
where exists (
        select 1
        from grafana_scope s
        where s.role_name = session_user and starts_with(r.division_code, s.area_prefix)
    )
    or exists (
        select 1 from grafana_institution g where g.role_name = session_user and g.provider_id = r.provider_id
    );
comment on view read.reception_day is 'Messages and their lag by day (China) and place.';
grant select on read.reception_day to carecircle_grafana;

create or replace view read.coverage_bed with (security_barrier) as
select c.bed_id, b.division_code, b.county, b.county_name, b.circle, c.from_hour, c.until_hour,
    case when r.is_estimate then 'estimated' else c.state end as state,
    c.p50_s, c.p90_s, c.limit_s, greatest(c.p90_s - c.limit_s, 0) as misses_by_s, c.people, c.provider_id,
    r.is_estimate, r.basis, r.version, r.day, r.finished_at as made_at
from coverage_bed c
join coverage_run r on r.id = c.run_id
join scoped_bed b on b.bed_id = c.bed_id
where r.id = (select max(l.id) from coverage_run l where l.state = 'done');

reset role;
