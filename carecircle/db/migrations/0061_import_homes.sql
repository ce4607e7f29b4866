-- Files of beds at home: an import says which kind of thing each of its rows is about, and can be taken back.

set lock_timeout = '5s';
set role carecircle_owner;

alter table register_import drop constraint register_import_kind_check;
alter table register_import add constraint register_import_kind_check check (kind in ('responders', 'homes'));

alter table register_import_row drop constraint register_import_row_pkey;
alter table register_import_row alter column responder_id drop not null;
alter table register_import_row add column bed_id text references bed on delete cascade;
alter table register_import_row add column object_id text not null
    generated always as (coalesce(responder_id, bed_id)) stored;
alter table register_import_row add constraint register_import_row_one check (num_nonnulls(responder_id, bed_id) = 1);
alter table register_import_row add primary key (import_id, object_id);
create index register_import_row_bed on register_import_row (bed_id);
comment on table register_import_row is
    'What an import wrote, and what stood there before (null: nothing); names and numbers, so it goes with the person or '
    'the bed, and when undoing is over.';

-- What an import made and nobody has used is gone again when the import is taken back.
grant delete on bed, resident, family_member to carecircle_desk;
-- Of a resident who has been looked at, an empty row stays: that somebody looked is kept (PIPL art. 56).
grant select (resident_id) on health_access to carecircle_desk;

reset role;
