-- What travel times learn from arrivals, what they may cost, and who is near each bed when nothing else can tell.

set role carecircle_owner;

alter table offer add column travel_version text not null default '';
comment on column offer.travel_version is
    'Which roads and which calibration travel_p50_s is from, so that what is learnt from it is not learnt twice.';

create table travel_calibration (
    version bigint generated always as identity primary key,
    made_at timestamptz not null,
    arrivals_since timestamptz not null,
    arrivals integer not null check (arrivals >= 0)
);
create table travel_correction (
    version bigint not null references travel_calibration,
    basis text not null,
    mode text not null check (mode in ('walk', 'e_bike', 'car')),
    terrain text not null check (terrain in ('', 'city', 'valley', 'mountain')),
    hour_band text not null check (hour_band in ('', 'peak', 'off_peak')),
    factor real not null check (factor between 0.5 and 3),
    spread real not null check (spread between 1 and 5),
    arrivals integer not null check (arrivals > 0),
    primary key (version, basis, mode, terrain, hour_band)
);
comment on table travel_correction is
    'By how much times on the way are multiplied, from the platform''s own arrivals; the newest version counts, '
    'whole. An empty terrain or hour_band stands for all of them.';

create table bed_candidate (
    bed_id text not null references bed on delete cascade,
    rank smallint not null check (rank between 1 and 100),
    responder_id text not null references responder on delete cascade,
    p50_s integer not null,
    p90_s integer not null,
    distance_m integer not null,
    basis text not null,
    version text not null,
    made_at timestamptz not null,
    primary key (bed_id, rank)
);
comment on table bed_candidate is
    'The nearest responders of each bed as of last night, for when no source of travel times answers. It knows '
    'nothing of today''s duty: who may be asked is checked as ever.';
create index bed_candidate_responder on bed_candidate (responder_id);

create table travel_budget (
    source text not null,
    day date not null,
    used integer not null check (used >= 0),
    primary key (source, day)
);
comment on table travel_budget is 'How many paid questions went to a map service on a day of China''s clock.';

grant select, insert on travel_calibration, travel_correction to carecircle_alerts;
grant select, insert, update, delete on bed_candidate to carecircle_alerts;
grant select, insert, update on travel_budget to carecircle_alerts, carecircle_desk;
grant select on travel_calibration, travel_correction, bed_candidate to carecircle_desk, carecircle_console;
grant select on travel_budget to carecircle_console;

reset role;
