-- The lifeline: what it told while the way above it was stuck, and a role that can open an incident and close none.

set lock_timeout = '5s';
set role carecircle_owner;

create table lifeline_telling (
    id uuid primary key,
    call_id uuid not null,
    incident_id uuid references incident,
    bed_id text not null,
    audience text not null,
    recipient_id text not null,
    step text not null,
    channel text not null,
    told_at timestamptz not null,
    reconciled_at timestamptz not null,
    snapshot_at timestamptz not null
);
comment on table lifeline_telling is 'Whom the lifeline told of which call; its id is the idempotency key that was used.';
comment on column lifeline_telling.call_id is 'The id that the call would give to an incident; it may have joined another.';
comment on column lifeline_telling.incident_id is 'Null where the bed is none of ours.';
comment on column lifeline_telling.snapshot_at is 'Of when the list was by which people were chosen.';
create index lifeline_telling_incident on lifeline_telling (incident_id);

-- Its snapshot, places and the people who can be asked; what eligibility and contacts rest on follows with their tables.
grant select on area, provider, responder to carecircle_lifeline;
grant select (id, resident_id, county, division_code, circle, terrain, provider_id, lat, lon) on bed
    to carecircle_lifeline;

-- Its account of what it did: an incident is opened, or joined, as the engine does it, and its offers are written.
grant select on rule_setting, assignment to carecircle_lifeline;
grant select, insert, update on offer, message to carecircle_lifeline;
grant select, insert on incident, signal, incident_event, alarm, lifeline_telling to carecircle_lifeline;
-- Not the columns that an ending needs: the tables' constraints refuse an end without a name.
grant update (
    state, level, verification, epoch, helpers_wanted, deadline_at, dispatched_at, accepted_at, arrived_at
) on incident to carecircle_lifeline;
grant select, insert, update, delete on due to carecircle_lifeline;
grant select, insert, update on engine_pulse to carecircle_lifeline;

grant select on lifeline_telling to carecircle_alerts, carecircle_console;

reset role;

alter role carecircle_lifeline set transaction_timeout = '10s';
