-- History: wide tables, one row a message, partitioned by the time of measurement. Written by ingest alone.
--
-- The unique key holds (device, boot, seq), under which a message counts once, and starts with (bed, measured_at), so
-- that one index serves both the check for duplicates and the charts.

set role carecircle_owner;

create table vitals (
    measured_at timestamptz not null,
    received_at timestamptz not null,
    bed text not null,
    device text not null,
    boot integer not null,
    seq bigint not null,
    quality real,
    heart_rate real,
    respiratory_rate real,
    spo2 real,
    movement real,
    in_bed boolean,
    presence boolean,
    unique (bed, measured_at, device, boot, seq)
);

create table environment (
    measured_at timestamptz not null,
    received_at timestamptz not null,
    bed text not null,
    device text not null,
    boot integer not null,
    seq bigint not null,
    quality real,
    room_temperature real,
    humidity real,
    co2 real,
    carbon_monoxide real,
    illuminance real,
    door_open boolean,
    unique (bed, measured_at, device, boot, seq)
);

create table spot_check (
    measured_at timestamptz not null,
    received_at timestamptz not null,
    bed text not null,
    device text not null,
    boot integer not null,
    seq bigint not null,
    quality real,
    body_temperature real,
    systolic_pressure real,
    diastolic_pressure real,
    blood_glucose real,
    body_weight real,
    unique (bed, measured_at, device, boot, seq)
);

create table device_event (
    measured_at timestamptz not null,
    received_at timestamptz not null,
    bed text not null,
    device text not null,
    boot integer not null,
    seq bigint not null,
    event text not null,
    code smallint,
    detail jsonb not null,
    unique (bed, measured_at, device, boot, seq)
);

create table device_status (
    measured_at timestamptz not null,
    received_at timestamptz not null,
    bed text not null,
    device text not null,
    boot integer not null,
    seq bigint not null,
    online boolean not null,
    battery real,
    rssi real,
    firmware text,
    power text,
    unique (bed, measured_at, device, boot, seq)
);

create table quarantine (
    id bigint generated always as identity primary key,
    received_at timestamptz not null,
    topic text not null,
    payload bytea not null,
    payload_bytes integer not null,
    reason text not null,
    detail text not null
);
comment on table quarantine is 'Messages that could not be read, with the reason; the first 64 KiB of each.';
create index quarantine_reason on quarantine (reason, received_at);

grant select, insert on vitals, environment, spot_check, device_event, device_status to carecircle_ingest;
grant select, insert, delete on quarantine to carecircle_ingest;
grant select on vitals, environment, spot_check, device_event, device_status, quarantine to carecircle_console;

-- create_hypertable runs as the owner of the table; the index of the unique key is the only one.
select create_hypertable('vitals', by_range('measured_at', interval '1 day'), create_default_indexes => false);
select create_hypertable('environment', by_range('measured_at', interval '7 days'), create_default_indexes => false);
select create_hypertable('spot_check', by_range('measured_at', interval '30 days'), create_default_indexes => false);
select create_hypertable('device_event', by_range('measured_at', interval '30 days'), create_default_indexes => false);
select create_hypertable('device_status', by_range('measured_at', interval '7 days'), create_default_indexes => false);

reset role;
