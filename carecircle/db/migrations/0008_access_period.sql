-- Who read or took away a resident's history: also of which time.

set lock_timeout = '5s';
set role carecircle_owner;

alter table health_access add column period tstzrange;
comment on column health_access.period is 'For history and exports: what was measured when; null for the present state.';

reset role;
