-- Whoever listens is told whether an engine wrote an entry itself, or somebody outside of it did.

set role carecircle_owner;

-- The engine that writes knows what it has set going. Woken by its own entries, every worker of every engine looked for
-- something due several times a call, which in a storm was half of its time. The payload of the notification is
-- 'outside' where anybody else wrote: a person at the desk or on a phone, the lifeline.
create or replace function announce_incident_event() returns trigger language plpgsql as $$
begin
    perform pg_notify('incident_event', case
        when exists (select from written where actor not in ('detect', 'engine', 'notify')) then 'outside' else ''
    end);
    return null;
end $$;

drop trigger incident_event_announce on incident_event;
create trigger incident_event_announce after insert on incident_event
    referencing new table as written
    for each statement execute function announce_incident_event();

reset role;
