-- Imports: files of an administrator that were written into the register as a whole, and what was there before them.

set lock_timeout = '5s';
set role carecircle_owner;

create table register_import (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    kind text not null check (kind in ('responders')),
    area_code text not null,
    actor text not null,
    by_name text not null,
    reason text not null,
    fingerprint text not null,
    created integer not null check (created >= 0),
    changed integer not null check (changed >= 0),
    undone_at timestamptz,
    undone_by text
);
comment on table register_import is 'Files that were imported; each counts as a whole and is undone as a whole.';
comment on column register_import.fingerprint is 'Of the report that came true: the same command twice counts once.';
comment on column register_import.area_code is 'The area of who imported it: nobody of another area sees or undoes it.';
create index register_import_area on register_import (area_code text_pattern_ops, id desc);

create table register_import_row (
    import_id bigint not null references register_import on delete cascade,
    responder_id text not null references responder on delete cascade,
    before jsonb,
    after jsonb not null,
    primary key (import_id, responder_id)
);
comment on table register_import_row is
    'What an import wrote, and what stood there before (null: nobody); names and numbers, so it goes with the person, and '
    'when undoing is over.';
create index register_import_row_responder on register_import_row (responder_id);

grant select, insert on register_import to carecircle_desk;
grant update (undone_at, undone_by) on register_import to carecircle_desk;
grant select, insert, delete on register_import_row to carecircle_desk;
grant insert (id, name, role, provider_id, area_code, travel_mode, phone, skills, languages) on responder
    to carecircle_desk;
grant update (name, role, provider_id, area_code, travel_mode, phone, skills, languages) on responder
    to carecircle_desk;
grant delete on responder to carecircle_desk;

reset role;
