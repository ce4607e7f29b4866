-- The audit log in one place: who read it is on record too, and each of its sources is found by time.

set lock_timeout = '5s';
set role carecircle_owner;

create table audit_read (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    account_id bigint not null references account,
    area_code text not null,
    what text not null check (what in ('page', 'export')),
    asked jsonb not null default '{}'
);
comment on table audit_read is
    'Every look into the audit log, by whom and for what. Rows are only added. A name that was searched for is not kept, '
    'only that one was.';
create index audit_read_at on audit_read (at);
create index incident_event_at on incident_event (at);
create index health_access_at on health_access (at);
create index people_change_at on people_change (at);
create index bed_test_planned on bed_test (planned_at);

grant select, insert on audit_read to carecircle_console;

reset role;
