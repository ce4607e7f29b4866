-- A way to be reached that is written down by whatever means is new from then on; those that were there before are not.

set lock_timeout = '5s';
set role carecircle_owner;

alter table contact alter column renewed_at set default now();
comment on column contact.renewed_at is
    'When this way was added or its person has put it right; null: before anybody kept that. An offer that could not be '
    'delivered before then does not speak against asking a responder again.';

reset role;
