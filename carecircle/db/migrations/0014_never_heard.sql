-- A bed that time passes for has a row although nothing was ever heard of it: then nothing says when it was.

set role carecircle_owner;

alter table bed_state alter column last_seen_at drop not null;
update bed_state set last_seen_at = null where last_seen_at = to_timestamp(0);
comment on column bed_state.last_seen_at is 'When the bed was last heard; null where it never was.';

reset role;
