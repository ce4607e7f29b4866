-- Bed tests: an announced press of a bed's button that travels the whole way and calls nobody, if the household says so.

set role carecircle_owner;

create table bed_test (
    id uuid primary key,
    bed_id text not null references bed on delete cascade,
    state text not null check (state in (
        'ANNOUNCED', 'OPEN', 'PRESSED', 'PASSED', 'REAL', 'MISSED', 'FAILED', 'CANCELLED'
    )),
    planned_at timestamptz not null,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    by_name text not null default '',
    reason text not null default '',
    recipient_kind text not null check (recipient_kind in ('family_member', 'responder')),
    recipient_id text not null,
    invited_at timestamptz,
    home_told_at timestamptz,
    ready_at timestamptz,
    topic text,
    payload bytea,
    device text,
    boot integer,
    seq bigint,
    pressed_at timestamptz,
    received_at timestamptz,
    confirm_by timestamptz,
    doubted_at timestamptz,
    decided_at timestamptz,
    decision jsonb,
    message_id uuid,
    channel text,
    provider_ref text,
    told_at timestamptz,
    came_at timestamptz,
    confirmed_at timestamptz,
    confirmed_by text,
    incident_id uuid references incident,
    settled_at timestamptz,
    outcome text not null default '',
    check (closes_at > opens_at),
    check ((state in ('ANNOUNCED', 'OPEN', 'PRESSED')) = (settled_at is null)),
    check (state <> 'PRESSED' or (payload is not null and pressed_at is not null and confirm_by is not null)),
    check (state not in ('MISSED', 'FAILED', 'CANCELLED') or payload is null),
    check (state <> 'REAL' or incident_id is not null),
    check (state <> 'PASSED' or (confirmed_at is not null and confirmed_by is not null and doubted_at is null))
);
comment on table bed_test is 'One end-to-end test of a bed, step by step. A press that it holds is a call unless the household says in time that it was the test.';
comment on column bed_test.by_name is 'Who asked for it; empty: the schedule.';
comment on column bed_test.home_told_at is 'When the broker had the order to the home box; said again until the home answers.';
comment on column bed_test.payload is 'The message of the press that is held, so that it can become the call that it may be.';
comment on column bed_test.doubted_at is 'Since when something speaks against its being the test; from then on nobody can say that it was.';
comment on column bed_test.decision is 'Whom the platform would have asked, and on what that rests; nobody was asked.';
create unique index bed_test_open on bed_test (bed_id) where settled_at is null;
create index bed_test_waiting on bed_test (state, opens_at) where settled_at is null;
create index bed_test_of_bed on bed_test (bed_id, planned_at desc);
create index bed_test_receipt on bed_test (channel, provider_ref) where provider_ref is not null;
create index bed_test_message on bed_test (message_id) where message_id is not null;

grant select, insert, update on bed_test to carecircle_alerts, carecircle_desk;
grant select on bed_test to carecircle_console;

reset role;
