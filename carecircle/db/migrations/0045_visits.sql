-- Visits: what shows that a helper was at the bed, what they found there, and the pictures they took.

set lock_timeout = '5s';
set role carecircle_owner;

create table bed_code (
    bed_id text primary key references bed on delete cascade,
    generation integer not null check (generation > 0),
    renewed_at timestamptz not null,
    by_name text not null
);
comment on table bed_code is
    'Which label at the bed counts: codes derive from the installation''s secret, the bed and this number; no row: 0.';

create table arrival (
    assignment_id uuid primary key references assignment on delete cascade,
    proof text not null check (proof in ('geofence', 'bed_code', 'said')),
    distance_m integer check (distance_m >= 0),
    accuracy_m integer check (accuracy_m >= 0),
    at timestamptz not null
);
comment on table arrival is 'What shows that a helper was there. Where the phone was is not kept, only how far from the bed.';
comment on column arrival.proof is 'said: the helper says so, and nothing speaks for it.';

create table arrival_attempt (
    assignment_id uuid not null references assignment on delete cascade,
    at timestamptz not null
);
comment on table arrival_attempt is 'Wrong codes, so that nobody tries them all.';
create index arrival_attempt_lately on arrival_attempt (assignment_id, at);

create table visit_report (
    assignment_id uuid primary key references assignment on delete cascade,
    incident_id uuid not null references incident on delete cascade,
    outcome text not null check (outcome in (
        'helped_on_site', 'taken_to_hospital', 'false_press', 'no_one_found', 'false_alarm', 'other'
    )),
    consciousness text check (consciousness in ('alert', 'confused', 'voice', 'pain', 'unresponsive')),
    heart_rate_bpm smallint check (heart_rate_bpm between 0 and 300),
    respiratory_rate_per_min smallint check (respiratory_rate_per_min between 0 and 100),
    spo2_percent smallint check (spo2_percent between 0 and 100),
    systolic_mmhg smallint check (systolic_mmhg between 30 and 300),
    diastolic_mmhg smallint check (diastolic_mmhg between 10 and 200),
    body_temperature_c real check (body_temperature_c between 20 and 45),
    note text not null default '' check (length(note) <= 2000),
    made_at timestamptz not null,
    written_at timestamptz not null
);
comment on table visit_report is 'What a helper found and measured; made_at is the phone''s word, written_at ours. Health data.';
comment on column visit_report.consciousness is 'ACVPU, as in NEWS2.';
create index visit_report_incident on visit_report (incident_id);

create table visit_photo (
    id uuid primary key,
    assignment_id uuid not null references assignment on delete cascade,
    incident_id uuid not null references incident on delete cascade,
    received_at timestamptz not null,
    bytes integer not null generated always as (octet_length(jpeg)) stored,
    jpeg bytea not null check (octet_length(jpeg) between 100 and 409600)
);
comment on table visit_photo is 'Pictures without any metadata of the camera. Health data: every look is put on record.';
alter table visit_photo alter column jpeg set storage external;
create index visit_photo_assignment on visit_photo (assignment_id);
create index visit_photo_incident on visit_photo (incident_id);

grant select, insert, update on bed_code to carecircle_desk;
grant select, insert on arrival, arrival_attempt to carecircle_desk;
grant select, insert, update, delete on visit_report to carecircle_desk;
-- The desk's role takes pictures in and throws them away; only the console shows them.
grant select (id, assignment_id, incident_id, received_at, bytes), insert, delete on visit_photo to carecircle_desk;
grant select on bed_code, arrival, visit_report, visit_photo to carecircle_console;

-- A responder says whether relatives may call them while they are on the way.
alter table responder add column family_may_call boolean not null default false;
comment on column responder.family_may_call is 'Whether relatives see their number from accepting to handing over; their own choice.';
grant update (family_may_call) on responder to carecircle_desk;

reset role;
