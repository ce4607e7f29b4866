-- Decisions keep their plans from when tables were empty and every index looked alike: no index may stand beside the right
-- one that finds the same rows by reading all of itself.

set lock_timeout = '5s';
set role carecircle_owner;

-- By the person first. By the incident there is another one, and whoever looked for a person's offers here read them all.
drop index offer_one_open;
create unique index offer_one_open on offer (responder_id, incident_id)
    where state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ACCEPTED');

-- Only for whose shifts begin now, whosever they are; whoever wants the shifts of one person cannot come by it.
drop index shift_begins;
create index shift_begins on shift ((begins_at at time zone 'UTC'));

-- Who of a provider's staff waits at the provider's own place: a station may have hundreds who do not.
create index responder_at_provider on responder (provider_id) where role = 'staff' and base_lat is null;

reset role;
