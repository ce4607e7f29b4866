-- A provider that opens wakes incidents that have found nobody, as a shift that begins does; each beginning once.

set lock_timeout = '5s';
set role carecircle_owner;

-- The twin of carecircle_alerts.people.hours.is_open, and a test holds them equal. Beijing time is eight hours ahead and
-- has known no summer time since 1991.
create function is_provider_open(who text, at timestamptz) returns boolean language sql stable parallel safe as $$
    with there as (
        select (at at time zone interval '8 hours')::date as day,
            (extract(epoch from (at at time zone interval '8 hours')::time) / 60)::numeric as minute
    )
    select coalesce(
        (
            select coalesce(t.minute >= x.opens_min and t.minute < x.closes_min, false)
            from there t join provider_exception x on x.provider_id = who and x.day = t.day
        ),
        not exists (select from provider_hours h where h.provider_id = who) or exists (
            select from there t join provider_hours h on h.provider_id = who
                and h.weekday = extract(isodow from t.day) and t.minute >= h.opens_min and t.minute < h.closes_min
        )
    )
$$;
comment on function is_provider_open is 'Whether a provider is open at a moment, by its week and its exceptions.';

create table beginning_mark (
    singleton boolean primary key default true check (singleton),
    looked_to timestamptz not null
);
comment on table beginning_mark is 'Up to when shifts that begin and providers that open have woken who waits.';
insert into beginning_mark (looked_to) values ('2000-01-01 00:00Z');

grant select, update on beginning_mark to carecircle_alerts;

reset role;
