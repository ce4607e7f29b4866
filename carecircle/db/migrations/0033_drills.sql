-- Drills: test messages through every contact of a responder, what came of them, and what that says of reaching them.

set role carecircle_owner;

create table drill (
    id uuid primary key,
    responder_id text not null references responder on delete cascade,
    contact_id bigint not null references contact on delete cascade,
    channel text not null,
    state text not null check (state in (
        'WAITING', 'SENDING', 'SENT', 'CONFIRMED', 'DELIVERED', 'NO_ANSWER', 'FAILED', 'SKIPPED'
    )),
    planned_at timestamptz not null,
    due_at timestamptz not null,
    by_name text not null default '',
    attempts smallint not null default 0,
    sent_at timestamptz,
    came boolean not null default false,
    provider_ref text,
    answer_by timestamptz,
    settled_at timestamptz,
    reason text not null default '',
    check ((state in ('WAITING', 'SENDING', 'SENT')) = (settled_at is null)),
    check (state <> 'SENT' or (sent_at is not null and answer_by is not null))
);
comment on table drill is 'One test message through one contact. Kept apart from message: it belongs to no incident.';
comment on column drill.due_at is 'When it is sent; while it is being sent, when somebody else may take it over.';
comment on column drill.came is 'Whether the channel''s word shows that it came, by what taking it means or by a receipt.';
comment on column drill.by_name is 'Who asked for it; empty: the schedule.';
create unique index drill_open on drill (contact_id) where state in ('WAITING', 'SENDING', 'SENT');
create index drill_waiting on drill (due_at) where state in ('WAITING', 'SENDING');
create index drill_unanswered on drill (answer_by) where state = 'SENT';
create index drill_of_contact on drill (contact_id, settled_at desc) where settled_at is not null;
create index drill_of_responder on drill (responder_id, planned_at desc);
create index drill_sent on drill (sent_at) where sent_at is not null;
create index drill_provider_ref on drill (channel, provider_ref) where provider_ref is not null;

create table reachability (
    responder_id text primary key references responder on delete cascade,
    state text not null check (state in ('good', 'doubtful', 'unreachable', 'untested')),
    evidence text not null,
    evidence_at timestamptz,
    valid_until timestamptz,
    judged_at timestamptz not null
);
comment on table reachability is 'What drills and accepted offers say of reaching a responder; one row is read for a decision.';
comment on column reachability.valid_until is 'When the evidence is too old to say anything; null: there is none.';
create index reachability_not_good on reachability (judged_at) where state <> 'good';

alter table contact add column failed_drills smallint not null default 0 check (failed_drills >= 0);
comment on column contact.failed_drills is 'Its last drills in a row that failed or were not answered; from two on it is tried last.';

-- As in 0018, but a contact that failed its last drills comes after the others.
create or replace function next_contact(kind text, person text, at timestamptz, is_urgent boolean, tried bigint[])
returns table (id bigint, channel text, address text, language text, due_at timestamptz)
language sql stable as $$
    select c.id, c.channel, c.address, c.language, case
        when not q.is_quiet then at
        when q.clock < c.quiet_until then (q.today + c.quiet_until) at time zone 'Asia/Shanghai'
        else (q.today + c.quiet_until + interval '1 day') at time zone 'Asia/Shanghai'
    end
    from contact c
    cross join lateral (
        select (at at time zone 'Asia/Shanghai')::time as clock, (at at time zone 'Asia/Shanghai')::date as today
    ) t
    cross join lateral (
        select t.clock, t.today, not is_urgent and c.quiet_from is not null and case
            when c.quiet_from < c.quiet_until then t.clock >= c.quiet_from and t.clock < c.quiet_until
            else t.clock >= c.quiet_from or t.clock < c.quiet_until
        end as is_quiet
    ) q
    where c.person_kind = kind and c.person_id = person and c.enabled and c.id <> all (tried)
    order by q.is_quiet, c.failed_drills >= 2, c.place, c.id
    limit 1
$$;

grant select, insert, update on drill, reachability to carecircle_alerts, carecircle_desk;
grant select on drill, reachability to carecircle_console;
grant select on reachability to carecircle_lifeline;
grant update (failed_drills) on contact to carecircle_alerts;
grant select (failed_drills) on contact to carecircle_console;
grant insert on people_change to carecircle_alerts;

reset role;
