-- Whoever may be asked from now on is asked about the beds of their provider, wherever those stand.

set lock_timeout = '5s';
set role carecircle_owner;

create index bed_provider on bed (provider_id);

reset role;
