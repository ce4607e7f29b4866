-- A person's export: what the console has to read for it, and had no need to read so far. Nothing more is written.

set lock_timeout = '5s';
set role carecircle_owner;

-- Their own numbers and mailboxes, quiet hours and how often they were addressed.
grant select (address, created_at, quiet_from, quiet_until, responder_id, family_member_id, account_id) on contact
    to carecircle_console;
grant select on channel_use, arrival_attempt to carecircle_console;
-- What devices said of themselves and how messages came; what an import wrote about a responder.
grant select on device_word, late_stretch, reception_hour, reception_day to carecircle_console;
grant select (responder_id, before, after) on register_import_row to carecircle_console;
create index register_change_asked on register_change (actor, at desc) where kind = 'export';

reset role;
