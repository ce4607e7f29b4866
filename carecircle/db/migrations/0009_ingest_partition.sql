-- Partitions of ingest: which part of the counties a process reads, so that a large province is split over several.
--
-- That a county is read by one process alone is held by advisory locks of its session here, which end with it however it
-- dies. This table keeps what locks cannot say.

set lock_timeout = '5s';
set role carecircle_owner;

create table ingest_partition (
    name text primary key check (name <> ''),
    counties text[] not null,
    topics text[] not null,
    backend integer not null,
    reading boolean not null,
    since timestamptz not null
);
comment on table ingest_partition is 'Parts into which ingest is split, also those that are not running now.';
comment on column ingest_partition.name is 'Also the name of its session at the broker.';
comment on column ingest_partition.counties is 'Division codes of 6 digits; empty: all of them.';
comment on column ingest_partition.topics is
    'What its session at the broker may be subscribed to: the broker remembers that, beyond a change of the counties.';
comment on column ingest_partition.backend is 'The server process that holds its locks, while it runs.';
comment on column ingest_partition.reading is 'Its subscriptions were confirmed by the broker.';
comment on column ingest_partition.since is 'When this claim was made.';

grant select, insert, update, delete on ingest_partition to carecircle_ingest;

reset role;
