-- Contacts: the ways in which each person is reached, in their order; and an outbox that goes from one to the next.

set role carecircle_owner;

create table contact (
    id bigint generated always as identity primary key,
    person_kind text not null check (person_kind in ('responder', 'family_member', 'account')),
    person_id text not null,
    channel text not null check (channel in (
        'webhook', 'email', 'web_push', 'sms', 'voice', 'wecom', 'dingtalk', 'feishu', 'wechat', 'apprise'
    )),
    address text not null check (length(address) between 1 and 2000),
    place smallint not null check (place between 1 and 999),
    language text not null default 'zh-CN' check (language in ('zh-CN', 'en', 'bo')),
    enabled boolean not null default true,
    quiet_from time,
    quiet_until time,
    verified_at timestamptz,
    failures integer not null default 0 check (failures >= 0),
    created_at timestamptz not null default now(),
    responder_id text generated always as (case when person_kind = 'responder' then person_id end) stored
        references responder on delete cascade,
    family_member_id text generated always as (case when person_kind = 'family_member' then person_id end) stored
        references family_member on delete cascade,
    account_id bigint generated always as (case when person_kind = 'account' then person_id::bigint end) stored
        references account on delete cascade,
    unique (person_kind, person_id, place),
    check ((quiet_from is null) = (quiet_until is null)),
    check (quiet_from <> quiet_until),
    check (quiet_from is null or person_kind = 'family_member')
);
comment on table contact is 'How a person is reached: the first place first. What the address means is the channel''s.';
comment on column contact.place is 'Order among a person''s contacts; the next is tried when one fails or stays silent.';
comment on column contact.quiet_from is 'Beijing time; relatives are left in peace then, unless it is of priority 1.';
comment on column contact.verified_at is 'When a receipt last proved that a message came to this person.';
comment on column contact.failures is 'Messages in a row that this contact has not taken.';

insert into contact (person_kind, person_id, channel, address, place)
select 'responder', id, 'webhook', webhook_url, 10 from responder where webhook_url <> ''
union all select 'responder', id, 'email', email, 20 from responder where email <> ''
union all select 'family_member', id, 'webhook', webhook_url, 10 from family_member where webhook_url <> ''
union all select 'family_member', id, 'email', email, 20 from family_member where email <> ''
union all select 'account', id::text, 'webhook', webhook_url, 10 from account where webhook_url <> ''
union all select 'account', id::text, 'email', email, 20 from account where email <> '';

alter table responder drop column webhook_url, drop column email;
alter table family_member drop column webhook_url, drop column email;
alter table account drop column webhook_url, drop column email;

grant select, update (enabled, verified_at, failures), delete on contact to carecircle_alerts;
grant select, insert, update, delete on contact to carecircle_desk;
grant select (id, person_kind, person_id, channel, place, language, enabled, verified_at, failures) on contact
    to carecircle_console;

-- Runs with the rights of whoever asks; `tried` are the contacts that this message has been sent to already.
create function next_contact(kind text, person text, at timestamptz, is_urgent boolean, tried bigint[])
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
    order by q.is_quiet, c.place, c.id
    limit 1
$$;
comment on function next_contact is 'The first usable contact of a person; due_at is later when all of them are quiet now.';

alter table message
    drop constraint message_channel_check,
    add constraint message_channel_check check (channel in (
        'webhook', 'email', 'web_push', 'sms', 'voice', 'wecom', 'dingtalk', 'feishu', 'wechat', 'apprise', 'device'
    )),
    add column contact_id bigint,
    add column tried bigint[] not null default '{}',
    add column language text not null default 'zh-CN',
    add column no_receipt_s integer not null default 60 check (no_receipt_s > 0),
    add column escalate_at timestamptz,
    add column provider_ref text,
    add column receipt_at timestamptz;
comment on column message.contact_id is 'The contact that it goes to; no foreign key, a contact may be removed meanwhile.';
comment on column message.tried is 'All contacts that this was sent to so far, this one included.';
comment on column message.escalate_at is 'When the person''s next contact is tried, unless this one is known to have worked.';
comment on column message.provider_ref is 'What the channel calls it; its receipts come under this name.';

-- A leased message is due when its lease ends: one order for everything that waits.
update message set due_at = leased_until where state = 'LEASED' and leased_until is not null;
drop index message_waiting;
create index message_waiting on message (channel, priority, due_at)
    where state in ('PENDING', 'LEASED', 'FAILED_TEMP');
create index message_escalating on message (escalate_at) where escalate_at is not null;
create index message_provider_ref on message (channel, provider_ref) where provider_ref is not null;

create table channel_use (
    channel text not null,
    callee text not null,
    at timestamptz[] not null,
    primary key (channel, callee)
);
comment on table channel_use is 'When a callee was last addressed, as many times as the longest quota looks back.';
comment on column channel_use.callee is 'Hash of the address.';

create table channel_budget (
    channel text not null,
    window_s integer not null,
    began_at timestamptz not null,
    used integer not null,
    primary key (channel, window_s)
);
comment on table channel_budget is 'How much of a channel was used in the present window, by all workers together.';

-- One row a callee, locked while it is counted: any number of workers keep to the quota together.
create function take_turn(
    of_channel text, of_address text, moment timestamptz,
    quota_counts integer[], quota_windows_s integer[], budget_counts integer[], budget_windows_s integer[]
) returns timestamptz language plpgsql as $$
declare
    named constant text := md5(of_address);
    past timestamptz[];
    free_at timestamptz;
    later_at timestamptz;
    spent integer;
begin
    -- The channel before the callee, always: two workers that lock in different orders would wait for each other.
    for i in 1 .. cardinality(budget_counts) loop
        insert into channel_budget as b (channel, window_s, began_at, used)
        values (of_channel, budget_windows_s[i], moment, 0)
        on conflict (channel, window_s) do update set
            began_at = case
                when b.began_at + make_interval(secs => b.window_s) <= moment then moment else b.began_at
            end,
            used = case when b.began_at + make_interval(secs => b.window_s) <= moment then 0 else b.used end
        returning b.used, b.began_at + make_interval(secs => b.window_s) into spent, later_at;
        if spent >= budget_counts[i] then
            free_at := greatest(free_at, later_at);
        end if;
    end loop;
    insert into channel_use (channel, callee, at) values (of_channel, named, '{}') on conflict do nothing;
    select array(select t from unnest(u.at) t order by t desc) into past
    from channel_use u where u.channel = of_channel and u.callee = named for update;
    for i in 1 .. cardinality(quota_counts) loop
        later_at := past[quota_counts[i]] + make_interval(secs => quota_windows_s[i]);
        if later_at > moment then
            free_at := greatest(free_at, later_at);
        end if;
    end loop;
    if free_at is not null then
        return free_at;
    end if;
    update channel_use u set at = (moment || past)[1:(select coalesce(max(n), 0) from unnest(quota_counts) n)]
    where u.channel = of_channel and u.callee = named;
    update channel_budget b set used = b.used + 1
    where b.channel = of_channel and b.window_s = any (budget_windows_s);
    return null;
end $$;
comment on function take_turn is 'Take a turn with this callee, null; or when there will be one, and none is taken.';

grant select, insert, update, delete on channel_use, channel_budget to carecircle_alerts;

reset role;
