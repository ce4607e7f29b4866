-- A search of the audit log for somebody finds their entries by index, and at once that there are none. What the
-- platform writes itself (detect, engine) stays out of the index: it is most of the trail, and written under load.
set role carecircle_owner;

create index incident_event_person on incident_event (actor, at) where actor like '%:%';
create index health_access_account on health_access (account_id, at);

reset role;
