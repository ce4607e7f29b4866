-- Coverage of the service circle: what each bed has in each hour of a day, and what that makes of each division.
-- What every figure means stands in carecircle_alerts/coverage/figures.py.

set role carecircle_owner;

create index bed_division on bed (division_code, id);

create table coverage_run (
    id bigint generated always as identity primary key,
    day date not null,
    began_at timestamptz not null,
    finished_at timestamptz,
    state text not null check (state in ('running', 'done', 'failed')),
    basis text not null,
    version text not null,
    is_estimate boolean not null,
    limits jsonb not null,
    bands jsonb not null,
    beds integer not null default 0,
    posts integer not null default 0,
    why text,
    check ((state = 'running') = (finished_at is null)),
    check ((state = 'failed') = (why is not null))
);
comment on table coverage_run is
    'One computation of coverage for the 24 hours of a local day: basis and version of its travel times, seconds by kind '
    'of circle (limits), and which hours roads are equally fast in (bands).';
comment on column coverage_run.is_estimate is 'Straight-line times: shown as such, never counted, never published.';
create index coverage_run_finished on coverage_run (finished_at desc) where state = 'done';

-- Made anew each night from other tables: no reference to the bed, which may go at any time.
create table coverage_bed (
    run_id bigint not null references coverage_run,
    bed_id text not null,
    from_hour smallint not null check (from_hour between 0 and 23),
    until_hour smallint not null check (until_hour between 1 and 24),
    state text not null check (state in ('covered', 'uncertain', 'not_covered', 'estimated', 'unlocated')),
    p50_s integer check (p50_s >= 0),
    p90_s integer check (p90_s >= p50_s),
    limit_s integer not null check (limit_s > 0),
    people smallint not null check (people >= 0),
    post_id text,
    provider_id text,
    primary key (run_id, bed_id, from_hour),
    check (from_hour < until_hour),
    -- The last defence of the figures: covered is what somebody surely reaches in time.
    check ((state = 'covered') = (people > 0)),
    check (state <> 'covered' or p90_s <= limit_s),
    check (state <> 'uncertain' or (p50_s <= limit_s and p90_s > limit_s)),
    check (state <> 'unlocated' or p50_s is null)
);
comment on table coverage_bed is
    'The cover of a bed from one hour of the day up to another, in which it does not change; of the latest run only. '
    'post_id: the nearest provider, or responder who stands alone.';

create table coverage_area (
    run_id bigint not null references coverage_run,
    area_code text not null,
    circle text not null,
    hour smallint not null check (hour between 0 and 23),
    covered integer not null check (covered >= 0),
    uncertain integer not null check (uncertain >= 0),
    not_covered integer not null check (not_covered >= 0),
    estimated integer not null check (estimated >= 0),
    unlocated integer not null check (unlocated >= 0),
    backed_up integer not null check (backed_up between 0 and covered),
    primary key (run_id, area_code, circle, hour),
    -- An estimate is never counted beside what is known.
    check (estimated = 0 or covered + uncertain + not_covered = 0)
);
comment on table coverage_area is 'Beds of a division and kind of circle by state, in each hour of the run''s day.';
create index coverage_area_trend on coverage_area (area_code, run_id);

create table coverage_post (
    run_id bigint not null references coverage_run,
    post_id text not null,
    mode text not null,
    hour smallint not null check (hour between 0 and 23),
    people smallint not null check (people > 0),
    sole_beds integer not null check (sole_beds >= 0),
    second_beds integer not null check (second_beds >= 0),
    primary key (run_id, post_id, mode, hour)
);
comment on table coverage_post is
    'What one person''s leaving a post would take away: beds that nobody else covers, and beds that lose their backup. '
    'Only hours in which somebody is there and something would be lost; of the latest run only.';

grant select, insert, update, delete on coverage_run to carecircle_alerts;
grant select, insert, delete on coverage_bed, coverage_area, coverage_post to carecircle_alerts;
grant select on coverage_run, coverage_bed, coverage_area, coverage_post to carecircle_console, carecircle_desk;

reset role;
