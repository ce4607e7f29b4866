-- The desk's own shifts: who sits there and has heard the alarm sound, and what one shift leaves to the next.

set role carecircle_owner;

create table desk_shift (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    by_name text not null,
    area_code text not null references area,
    began_at timestamptz not null,
    heard_at timestamptz,
    ended_at timestamptz,
    check (ended_at is null or ended_at >= began_at)
);
comment on table desk_shift is 'Who has begun to watch the alarms of an area, from when to when.';
comment on column desk_shift.heard_at is 'When the person has confirmed to hear the alarm sound; null: they have not.';
create unique index desk_shift_open on desk_shift (account_id) where ended_at is null;
create index desk_shift_began on desk_shift (began_at);

create table handover (
    id bigint generated always as identity primary key,
    area_code text not null references area,
    from_account_id bigint not null references account,
    from_name text not null,
    written_at timestamptz not null,
    notes text not null check (length(notes) <= 4000),
    summary jsonb not null,
    to_account_id bigint references account,
    to_name text,
    taken_at timestamptz,
    check ((to_account_id is null) = (taken_at is null) and (to_name is null) = (taken_at is null)),
    check (to_account_id is distinct from from_account_id)
);
comment on table handover is
    'What one shift leaves to the next, signed by who goes when it is written and by who comes when it is taken. Rows '
    'are only added, and taken once.';
comment on column handover.summary is
    'What was open, put aside and silent at that moment, by ids: names are read when it is shown, and only in scope.';
create index handover_written on handover (written_at desc);

grant select, insert, update (heard_at, ended_at) on desk_shift to carecircle_desk;
grant select, insert, update (to_account_id, to_name, taken_at) on handover to carecircle_desk;
grant select (bed_id, last_seen_at) on bed_state to carecircle_desk;
grant select on desk_shift, handover to carecircle_console;

reset role;
