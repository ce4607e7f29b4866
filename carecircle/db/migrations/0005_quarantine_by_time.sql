-- The administrator's page shows the newest messages in quarantine and counts those of today.

set lock_timeout = '5s';
set role carecircle_owner;
create index quarantine_received on quarantine (received_at);
reset role;
