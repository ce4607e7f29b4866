-- Incidents: from a signal to a person at the door. Written by the alert engine and, for people's commands, by its desk.

set role carecircle_owner;

create table incident (
    id uuid primary key,
    bed_id text not null references bed,
    kind text not null
        check (kind in ('sos', 'fall', 'smoke', 'gas', 'carbon_monoxide', 'water', 'unreadable')),
    priority smallint not null check (priority between 1 and 3),
    state text not null check (state in (
        'RECEIVED', 'SEARCHING', 'ASSIGNED', 'EN_ROUTE', 'ON_SCENE', 'HANDED_OVER',
        'CLOSED', 'UNCOVERED', 'CANCELLED_FALSE', 'MERGED'
    )),
    level smallint not null default 0 check (level between 0 and 4),
    verification text not null default 'none'
        check (verification in ('none', 'pending', 'confirmed', 'denied', 'no_answer')),
    epoch integer not null default 0,
    helpers_wanted smallint not null default 1 check (helpers_wanted between 1 and 20),
    late boolean not null default false,
    plan jsonb not null,
    device text not null,
    event_boot integer,
    event_seq bigint,
    pressed_at timestamptz not null,
    opened_at timestamptz not null,
    deadline_at timestamptz not null,
    owner_account_id bigint references account,
    acknowledged_at timestamptz,
    acknowledged_by text,
    dispatched_at timestamptz,
    accepted_at timestamptz,
    arrived_at timestamptz,
    closed_at timestamptz,
    closed_by text,
    outcome_code text,
    merged_into uuid references incident,
    -- Promise 5, as the last defence: only a named person with an outcome code closes.
    check (state <> 'CLOSED' or (closed_at is not null and closed_by is not null and outcome_code is not null)),
    check ((state = 'MERGED') = (merged_into is not null))
);
create unique index incident_one_open on incident (bed_id, kind)
    where state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED');
create index incident_opened on incident (opened_at);

create table signal (
    bed_id text not null references bed,
    device text not null,
    boot integer not null,
    seq bigint not null,
    kind text not null,
    measured_at timestamptz,
    received_at timestamptz not null,
    incident_id uuid not null references incident,
    primary key (bed_id, device, boot, seq)
);
comment on table signal is 'Every message that meant danger, once; a repeat of it finds its incident here.';
create index signal_incident on signal (incident_id);

create table incident_event (
    id bigint generated always as identity primary key,
    incident_id uuid not null references incident,
    at timestamptz not null,
    epoch integer not null,
    step text not null,
    actor text not null,
    reason text not null,
    detail jsonb not null default '{}'
);
comment on table incident_event is 'The audit trail: one row a transition, in the same transaction. Never updated.';
create index incident_event_incident on incident_event (incident_id, id);

create table offer (
    id uuid primary key,
    incident_id uuid not null references incident,
    responder_id text not null references responder,
    wave smallint not null,
    state text not null check (state in (
        'QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN', 'UNDELIVERABLE'
    )),
    rank smallint not null,
    travel_p50_s integer not null,
    travel_p90_s integer not null,
    basis text not null,
    distance_m integer not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    sent_at timestamptz,
    answered_at timestamptz,
    reason text
);
create unique index offer_one_open on offer (incident_id, responder_id)
    where state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ACCEPTED');
create index offer_responder_open on offer (responder_id) where state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN');

create table assignment (
    id uuid primary key,
    incident_id uuid not null references incident,
    responder_id text not null references responder,
    offer_id uuid references offer,
    state text not null check (state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'RELEASED', 'STALLED')),
    forced boolean not null default false,
    eta_at timestamptz not null,
    accepted_at timestamptz not null,
    moving_at timestamptz,
    arrived_at timestamptz,
    released_at timestamptz
);
create unique index assignment_one_active on assignment (responder_id)
    where state in ('ACCEPTED', 'MOVING', 'ARRIVED') and not forced;
create unique index assignment_once on assignment (incident_id, responder_id) where state <> 'RELEASED';
create index assignment_incident on assignment (incident_id);

create table due (
    id bigint generated always as identity primary key,
    due_at timestamptz not null,
    incident_id uuid not null references incident,
    epoch integer not null,
    kind text not null,
    subject text
);
comment on table due is 'What must happen when; a row whose epoch is older than its incident does nothing.';
create index due_at on due (due_at);
create index due_incident on due (incident_id);

create table message (
    id uuid primary key,
    incident_id uuid not null references incident,
    offer_id uuid references offer,
    audience text not null check (audience in ('offer', 'withdrawn', 'family', 'dispatcher', 'device')),
    recipient_id text not null,
    step text not null,
    channel text not null check (channel in ('webhook', 'email', 'device')),
    address text not null,
    content jsonb not null,
    priority smallint not null check (priority between 0 and 9),
    state text not null check (state in (
        'PENDING', 'LEASED', 'PROVIDER_OK', 'DELIVERED', 'READ', 'FAILED_TEMP', 'FAILED_PERM', 'UNKNOWN'
    )),
    attempts smallint not null default 0,
    created_at timestamptz not null,
    due_at timestamptz not null,
    leased_until timestamptz,
    sent_at timestamptz,
    last_error text,
    unique nulls not distinct (incident_id, offer_id, audience, recipient_id, step, channel)
);
comment on table message is 'The outbox; its id is the idempotency key that the channel is given.';
create index message_waiting on message (due_at) where state in ('PENDING', 'LEASED', 'FAILED_TEMP');
create index message_incident on message (incident_id);

create table bed_state (
    bed_id text primary key references bed,
    last_seen_at timestamptz not null,
    metrics jsonb not null default '{}',
    devices jsonb not null default '{}'
) with (fillfactor = 70);
comment on table bed_state is 'The twin: last value and age of every metric, last word of every device.';

create table engine_pulse (
    service text primary key,
    at timestamptz not null,
    detail jsonb not null default '{}'
);
comment on table engine_pulse is 'When each part of the live path last went round; silence here is an alarm of its own.';

grant select, insert, update on incident, offer, assignment, message, bed_state, engine_pulse to carecircle_alerts;
grant select, insert on signal, incident_event to carecircle_alerts;
grant select, insert, update, delete on due to carecircle_alerts;

grant select, insert, update on incident, offer, assignment, message to carecircle_desk;
grant select, insert on signal, incident_event to carecircle_desk;
grant select, insert, update, delete on due to carecircle_desk;

grant select on incident, signal, incident_event, offer, assignment, due, message, bed_state, engine_pulse
    to carecircle_console;

-- The console's stream listens for this; a notification is a hint, the reader polls as well.
create function announce_incident_event() returns trigger language plpgsql as $$
begin
    perform pg_notify('incident_event', '');
    return null;
end $$;
create trigger incident_event_announce after insert on incident_event
    for each statement execute function announce_incident_event();

reset role;

-- A transaction of the live path is short; one that hangs must not hold a bed's incident.
alter role carecircle_alerts set transaction_timeout = '10s';
alter role carecircle_desk set transaction_timeout = '10s';
