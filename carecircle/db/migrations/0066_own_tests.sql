-- Relatives try for themselves whether an alert would reach them: a test message through one contact of theirs is a drill.
set role carecircle_owner;

alter table drill
    alter column responder_id drop not null,
    alter column contact_id drop not null,
    add column family_member_id text references family_member on delete cascade,
    add constraint drill_of_one_person check (num_nonnulls(responder_id, family_member_id) = 1),
    -- Without its contact only a relative's stays, to say that the address is gone for good.
    add constraint drill_has_contact check (contact_id is not null or (family_member_id is not null and state = 'FAILED'));
comment on table drill is
    'One test message through one contact: of a responder by schedule or on the desk''s word, of a relative on their own. '
    'Kept apart from message: it belongs to no incident.';
comment on column drill.contact_id is 'Null: the address was gone, and the contact was removed.';
create index drill_of_relative on drill (family_member_id, planned_at desc) where family_member_id is not null;

update erasure_rule set which = 't.responder_id = any ({responders}) or t.family_member_id = any ({relatives})'
where target = 'drill' and act = 'delete';

reset role;
