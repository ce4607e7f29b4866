-- Device clocks: what a wrong clock says is kept under a corrected time, with a mark; and which hours of history changed
-- after they had been rolled up.

set lock_timeout = '5s';
set role carecircle_owner;

alter table vitals add column clock_offset_ms bigint;
alter table environment add column clock_offset_ms bigint;
alter table spot_check add column clock_offset_ms bigint;
alter table device_event add column clock_offset_ms bigint;
alter table device_status add column clock_offset_ms bigint;
comment on column vitals.clock_offset_ms is
    'Null: measured_at is what the device said. Otherwise its clock was wild and this was added to it.';

-- The corrections in force. One is never changed: a message that comes twice must get the same time twice, because the
-- time is part of the key under which it counts once.
create table device_clock (
    bed text not null,
    device text not null,
    boot integer not null,
    from_at_ms bigint not null,
    offset_ms bigint not null,
    since timestamptz not null,
    primary key (bed, device, boot, from_at_ms)
);
comment on column device_clock.from_at_ms is
    'The wrong clock''s own time at which it was noticed; what it said before was believed, and stays believed.';
comment on table device_clock is 'Devices whose clock was wild in a boot, and what is added to it (device fault).';
create index device_clock_since on device_clock (since);

-- Minutes before this are rolled up. Writers hold the shared advisory lock 'carecircle.rollup' while they read it and
-- until they commit; who moves it holds the exclusive one, so nothing is committed behind it unnoticed.
create table rollup_boundary (
    only_one boolean primary key default true check (only_one),
    rolled_until timestamptz not null
);
insert into rollup_boundary (rolled_until) values ('-infinity');

create table rollup_touched (
    history text not null check (history in ('vitals', 'environment', 'spot_check')),
    bed text not null,
    hour timestamptz not null,
    primary key (history, bed, hour)
);
comment on table rollup_touched is 'Hours of a bed that got readings after they had been rolled up; upkeep does them again.';

grant select, insert on device_clock, rollup_touched to carecircle_ingest;
grant select on rollup_boundary to carecircle_ingest;
grant select on device_clock to carecircle_console, carecircle_alerts;

reset role;
