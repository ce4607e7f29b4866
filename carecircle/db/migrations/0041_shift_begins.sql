-- Which shifts have begun in the last seconds is asked every second.

set lock_timeout = '5s';
set role carecircle_owner;

create index shift_begins on shift (begins_at);

reset role;
