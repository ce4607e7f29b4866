-- People who may be sent: when a provider is open, who is on the roster, what they can, and how much is too much.

set role carecircle_owner;

alter table bed drop constraint bed_circle_check;
alter table bed add constraint bed_circle_check check (circle in ('urban', 'rural', 'herding'));

alter table resident add column frailty text not null default 'unknown'
    check (frailty in ('unknown', 'able', 'semi_disabled', 'disabled', 'severely_disabled'));
comment on column resident.frailty is 'What the resident was assessed as when the bed was granted; a plan may differ by it.';

alter table provider
    add column out_at_once smallint check (out_at_once > 0),
    add column skills text[] not null default '{}'
        check (skills <@ array['first_aid', 'lifting', 'nursing', 'fire_safety', 'repair']);
comment on column provider.out_at_once is 'How many of its staff may be out of the house at once; null: no limit.';
comment on column provider.skills is 'What every member of its staff is trained or equipped for.';

-- Minutes after midnight in Beijing time; a night from 20:00 to 08:00 is two rows.
create table provider_hours (
    provider_id text not null references provider,
    weekday smallint not null check (weekday between 1 and 7),
    opens_min smallint not null check (opens_min between 0 and 1439),
    closes_min smallint not null check (closes_min between 1 and 1440),
    primary key (provider_id, weekday, opens_min),
    check (opens_min < closes_min)
);
comment on table provider_hours is 'Weekly opening hours (1 = Monday); a provider without a row is always open.';

create table provider_exception (
    provider_id text not null references provider,
    day date not null,
    opens_min smallint check (opens_min between 0 and 1439),
    closes_min smallint check (closes_min between 1 and 1440),
    reason text not null check (length(reason) between 1 and 500),
    primary key (provider_id, day),
    check (opens_min < closes_min),
    check ((opens_min is null) = (closes_min is null))
);
comment on table provider_exception is 'A day on which other hours hold; null: closed all day.';

alter table responder
    add column duty_set_at timestamptz,
    add column consent_withdrawn_at timestamptz,
    add column position_source text check (position_source in ('phone', 'desk', 'register')),
    add column base_lat double precision check (base_lat between -90 and 90),
    add column base_lon double precision check (base_lon between -180 and 180),
    add column skills text[] not null default '{}'
        check (skills <@ array['first_aid', 'lifting', 'nursing', 'fire_safety', 'repair']),
    add column languages text[] not null default '{zh}' check (languages <@ array['zh', 'bo', 'mn', 'tu', 'en']),
    add constraint responder_withdrew check (consent_withdrawn_at is null or consented_at is null);
comment on column responder.duty_set_at is 'When the switch on_duty was last set by hand; null: before everything else.';
comment on column responder.position_at is 'When lat and lon were true; an old position is not used as if it were now.';
comment on column responder.base_lat is 'Where they usually are, home or desk; used, and said so, when no fresh position is known.';
-- What was known of somebody until now was where they usually are.
update responder set base_lat = lat, base_lon = lon, position_source = case when lat is not null then 'register' end;
create index responder_provider on responder (provider_id);
create index responder_area on responder (area_code text_pattern_ops);

create table shift (
    id bigint generated always as identity primary key,
    responder_id text not null references responder,
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    source text not null check (source in ('desk', 'import', 'demo')),
    by_name text not null,
    unique (responder_id, begins_at),
    check (ends_at > begins_at and ends_at <= begins_at + interval '24 hours')
);
comment on table shift is 'The roster: who is on duty from when to when, and where that is known from.';
create index shift_end on shift (responder_id, ends_at);

-- The one definition of being on duty, for every query; carecircle_alerts.people.duty is its twin, and a test holds them
-- equal. The last word counts: the switch, the beginning of a shift, or its end.
create function is_on_duty(who text, switched_on boolean, switched_at timestamptz, at timestamptz)
returns boolean language sql stable parallel safe as $$
    select coalesce(
        (
            select switched_on or s.begins_at > coalesce(switched_at, '-infinity')
            from shift s
            where s.responder_id = who and s.begins_at <= at and s.ends_at > at
            order by s.begins_at desc
            limit 1
        ),
        switched_on and not exists (
            select from shift s
            where s.responder_id = who and s.ends_at > coalesce(switched_at, '-infinity') and s.ends_at <= at
        )
    )
$$;
comment on function is_on_duty is 'Whether a responder is on duty at a moment: by hand or by roster, the later word counts.';

create table people_change (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    by_name text not null,
    responder_id text references responder,
    provider_id text references provider,
    change text not null,
    detail jsonb not null default '{}',
    reason text not null default '',
    check ((responder_id is null) <> (provider_id is null))
);
comment on table people_change is 'Who changed duty, rosters, consent or hours, of whom and why. Never updated.';
create index people_change_responder on people_change (responder_id, id);
create index people_change_provider on people_change (provider_id, id);

-- What eligibility looks up for each of a few dozen people; none of these may grow with history.
create index assignment_active on assignment (responder_id) where state in ('ACCEPTED', 'MOVING', 'ARRIVED');
create index assignment_released on assignment (responder_id, released_at desc) where released_at is not null;
create index assignment_accepted on assignment (responder_id, accepted_at desc);

grant select on provider_hours, provider_exception, shift, people_change
    to carecircle_alerts, carecircle_desk, carecircle_console;
grant insert, delete on shift, provider_hours, provider_exception to carecircle_desk;
grant insert on people_change to carecircle_desk;
grant update (duty_set_at, consented_at, consent_withdrawn_at, position_source) on responder to carecircle_desk;

reset role;
