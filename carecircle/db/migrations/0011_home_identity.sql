-- Who a home is: which password of its own is in force, and one-time codes by which a box learns it. No password stands
-- here: each is derived from the installation's secret, the bed and a generation.

set lock_timeout = '5s';
set role carecircle_owner;

create table home_account (
    bed_id text primary key references bed on delete cascade,
    generation integer not null default 0 check (generation >= 0),
    next_generation integer check (next_generation = generation + 1),
    paired_at timestamptz,
    rotated_at timestamptz,
    revoked_at timestamptz
);
comment on table home_account is 'A bed without a row has generation 0, as every home of a demo.';
comment on column home_account.next_generation is 'Handed out and not yet used; both are valid until it is.';

create table pairing_code (
    code_hash bytea primary key,
    bed_id text not null references bed on delete cascade,
    made_by bigint not null references account,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
comment on table pairing_code is 'A code itself is shown once, to whoever made it.';
create index pairing_code_bed on pairing_code (bed_id);

create table pairing_failure (
    failed_at timestamptz not null
);
comment on table pairing_failure is 'Wrong codes and passwords of homes, so that guessing is stopped for everybody at once.';
create index pairing_failure_at on pairing_failure (failed_at);

grant select, insert, update on home_account to carecircle_console;
grant select, insert, update, delete on pairing_code to carecircle_console;
grant select, insert, delete on pairing_failure to carecircle_console;
grant select on home_account to carecircle_ingest;

reset role;
