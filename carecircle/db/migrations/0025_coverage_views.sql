-- Coverage as dashboards read it: within the scope of the role that asks, and an estimate never as a figure.

set role carecircle_owner;

create view read.coverage_area with (security_barrier) as
select r.day, c.hour, (r.day + make_interval(hours => c.hour)) at time zone 'Asia/Shanghai' as at,
    r.finished_at as made_at,
    r.id = (select max(l.id) from coverage_run l where l.state = 'done') as is_latest,
    c.area_code, a.name as area_name, length(c.area_code) as code_digits, a.level, c.circle,
    c.covered + c.uncertain + c.not_covered + c.estimated + c.unlocated as beds,
    case when not r.is_estimate then c.covered end as covered,
    case when not r.is_estimate then c.uncertain end as uncertain,
    case when not r.is_estimate then c.not_covered end as not_covered,
    case when not r.is_estimate then c.backed_up end as backed_up,
    c.unlocated, c.estimated, r.is_estimate, r.basis, r.version
from coverage_area c
join coverage_run r on r.id = c.run_id
left join area a on a.code = c.area_code
where r.state = 'done' and exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(c.area_code, s.area_prefix)
);
comment on view read.coverage_area is
    'Beds of a division and kind of circle by state, in each hour of each day that was computed; share covered is '
    'sum(covered) / sum(covered + uncertain + not_covered + unlocated), and null where the times were estimates.';

create view read.coverage_bed with (security_barrier) as
select c.bed_id, b.division_code, b.county, a.name as county_name, b.circle, c.from_hour, c.until_hour,
    case when r.is_estimate then 'estimated' else c.state end as state,
    c.p50_s, c.p90_s, c.limit_s, greatest(c.p90_s - c.limit_s, 0) as misses_by_s, c.people, c.provider_id,
    r.is_estimate, r.basis, r.version, r.day, r.finished_at as made_at
from coverage_bed c
join coverage_run r on r.id = c.run_id
join bed b on b.id = c.bed_id
left join area a on a.code = b.county
where r.id = (select max(l.id) from coverage_run l where l.state = 'done') and exists (
    select 1
    from grafana_scope s
    where s.role_name = session_user and starts_with(b.division_code, s.area_prefix)
);
comment on view read.coverage_bed is
    'The cover of each bed from one hour of the day up to another, by the latest run; provider_id: whose people are nearest.';

grant select on read.coverage_area, read.coverage_bed to carecircle_grafana;

reset role;
