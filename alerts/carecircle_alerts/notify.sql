-- name: tell_offers
-- Hand responders their offers, or remind them of them, in the way in which they are reached first.
insert into message (
    id, incident_id, offer_id, audience, recipient_id, step, channel, address, contact_id, tried, language, content,
    priority, state, created_at, due_at, no_receipt_s, escalate_at
)
select
    message_id(o.incident_id, o.id, 'offer', o.responder_id, %(step)s, c.channel), o.incident_id, o.id, 'offer',
    o.responder_id, %(step)s, c.channel, c.address, c.id, array[c.id], c.language, t.content::jsonb, 0, 'PENDING',
    %(now)s, c.due_at, t.no_receipt_s, c.due_at + make_interval(secs => t.no_receipt_s)
from unnest(%(offer_ids)s::uuid[], %(contents)s::text[], %(no_receipt_s)s::integer[])
    with ordinality as t (offer_id, content, no_receipt_s, number)
join offer o on o.id = t.offer_id
cross join lateral next_contact('responder', o.responder_id, %(now)s, true, '{}') c
order by t.number
on conflict do nothing

-- name: tell_withdrawn
-- Tell those who were asked and are not needed any more, where the offer reached them.
insert into message (
    id, incident_id, offer_id, audience, recipient_id, step, channel, address, contact_id, tried, language, content,
    priority, state, created_at, due_at, no_receipt_s, escalate_at
)
select
    message_id(o.incident_id, o.id, 'withdrawn', o.responder_id, %(step)s, c.channel), o.incident_id, o.id, 'withdrawn',
    o.responder_id, %(step)s, c.channel, c.address, c.id, array[c.id], c.language, %(content)s, 5, 'PENDING', %(now)s,
    c.due_at, %(no_receipt_s)s, c.due_at + make_interval(secs => %(no_receipt_s)s)
from offer o
cross join lateral next_contact('responder', o.responder_id, %(now)s, true, '{}') c
where o.incident_id = %(incident_id)s and o.state = 'WITHDRAWN' and o.sent_at is not null
on conflict do nothing

-- name: tell_family
-- Tell the relatives whom the resident has allowed to be told; in their quiet hours only what is urgent.
insert into message (
    id, incident_id, audience, recipient_id, step, channel, address, contact_id, tried, language, content, priority,
    state, created_at, due_at, no_receipt_s, escalate_at
)
select
    message_id(t.incident_id, null, 'family', k.family_member_id, t.step, c.channel), t.incident_id, 'family',
    k.family_member_id, t.step, c.channel, c.address, c.id, array[c.id], c.language, t.content, 2, 'PENDING', t.at,
    c.due_at, %(no_receipt_s)s, c.due_at + make_interval(secs => %(no_receipt_s)s)
from json_to_recordset(%(told)s) as t (
    incident_id uuid, bed_id text, at timestamptz, step text, content jsonb, is_urgent boolean
)
join bed b on b.id = t.bed_id
join kinship k on k.resident_id = b.resident_id and k.consented_at is not null
cross join lateral next_contact('family_member', k.family_member_id, t.at, t.is_urgent, '{}') c
on conflict do nothing

-- name: tell_dispatcher
-- Tell the people of the centre whose area covers the bed, beside the console; a group that they share once. Dispatchers
-- alone are told where one of them can be reached; where none can, the supervisors are, so that somebody is.
insert into message (
    id, incident_id, audience, recipient_id, step, channel, address, contact_id, tried, language, content, priority,
    state, created_at, due_at, no_receipt_s, escalate_at
)
select
    message_id(%(incident_id)s, null, 'dispatcher', t.account_id, %(step)s, t.channel), %(incident_id)s, 'dispatcher',
    t.account_id, %(step)s, t.channel, t.address, t.id, array[t.id], t.language, %(content)s, 1, 'PENDING', %(now)s,
    t.due_at, %(no_receipt_s)s, t.due_at + make_interval(secs => %(no_receipt_s)s)
from (
    select distinct on (case when c.channel in ('wecom', 'dingtalk', 'feishu') then c.address else a.id::text end)
        a.id::text as account_id, c.*
    from bed b
    join account a on starts_with(b.division_code, a.area_code)
    cross join lateral next_contact('account', a.id::text, %(now)s, true, '{}') c
    where b.id = %(bed_id)s and a.role in ('dispatcher', 'supervisor') and a.disabled_at is null
        and (
            %(supervisors_too)s or a.role = 'dispatcher' or not exists (
                select from account d
                cross join lateral next_contact('account', d.id::text, %(now)s, true, '{}')
                where d.role = 'dispatcher' and d.disabled_at is null and starts_with(b.division_code, d.area_code)
            )
        )
    order by case when c.channel in ('wecom', 'dingtalk', 'feishu') then c.address else a.id::text end, a.id
) t
on conflict do nothing

-- name: tell_device
-- Tell the resident, through the device that was pressed.
insert into message (
    id, incident_id, audience, recipient_id, step, channel, address, content, priority, state, created_at, due_at
) values (
    message_id(%(incident_id)s, null, 'device', %(bed_id)s, %(step)s, 'device'), %(incident_id)s, 'device', %(bed_id)s,
    %(step)s, 'device', %(address)s, %(content)s, 1, 'PENDING', %(now)s, %(now)s
)
on conflict do nothing

-- name: lease_messages
-- Take messages to send, for each channel as many as it has room for; a lease that ran out is taken again.
with taken as (
    select m.id, m.state
    from unnest(%(channels)s::text[], %(rooms)s::int[]) as c (channel, room)
    cross join lateral (
        select w.id, w.state from message w
        where w.channel = c.channel and w.state in ('PENDING', 'LEASED', 'FAILED_TEMP') and w.due_at <= %(now)s
        order by w.priority, w.due_at
        limit c.room
        for update skip locked
    ) m
)
update message m
set state = 'LEASED', due_at = %(leased_until)s, leased_until = %(leased_until)s, attempts = m.attempts + 1
from taken t left join lateral (
    select o.expires_at, o.state from message s join offer o on o.id = s.offer_id where s.id = t.id
) o on true
where m.id = t.id
returning m.id, m.incident_id, m.offer_id, m.audience, m.recipient_id, m.step, m.channel, m.address, m.content,
    m.attempts, m.created_at, m.language, o.expires_at as offer_expires_at, o.state as offer_state, t.state as was,
    m.priority

-- name: take_turn
-- A turn with this callee on this channel; or when there will be one.
select take_turn(
    %(channel)s, %(address)s, %(now)s, %(quota_counts)s::int[], %(quota_windows_s)s::int[], %(budget_counts)s::int[],
    %(budget_windows_s)s::int[]
) as free_at

-- name: write_sent
-- Write down what channels have taken: messages, offers and the audit trail, of incidents that nobody else holds now.
-- The incident first, as everywhere; a shared lock is enough, because decisions hold it alone.
with result as (
    select * from unnest(
        %(ids)s::uuid[], %(incident_ids)s::uuid[], %(attempts)s::int[], %(refs)s::text[], %(are_told)s::bool[],
        %(names)s::text[]
    ) as r (id, incident_id, attempts, ref, is_told, name)
), held as (
    select i.id, i.epoch from incident i
    where i.id = any (%(incident_ids)s::uuid[])
    order by i.id
    for key share skip locked
), done as (
    update message m set
        state = 'PROVIDER_OK', sent_at = %(now)s, leased_until = null, last_error = null, provider_ref = r.ref,
        escalate_at = case
            when not r.is_told and m.escalate_at is not null then %(now)s + make_interval(secs => m.no_receipt_s)
        end
    from result r join held h on h.id = r.incident_id
    where m.id = r.id and m.state = 'LEASED' and m.attempts = r.attempts
    returning m.id, m.incident_id, m.offer_id, m.audience, m.recipient_id, m.step, m.contact_id, r.is_told, r.name,
        h.epoch
), offers as (
    update offer o set state = 'SENT', sent_at = %(now)s
    from done d where d.audience = 'offer' and o.id = d.offer_id and o.state = 'QUEUED'
), worked as (
    update contact c set failures = 0 from done d where c.id = d.contact_id and c.failures > 0
), others as (
    -- What still waits to go to the same person about the same thing by another way is not needed any more.
    update message m set state = 'FAILED_PERM', escalate_at = null, last_error = 'told by another channel'
    from done d
    where d.is_told and m.incident_id = d.incident_id and m.offer_id is not distinct from d.offer_id
        and m.audience = d.audience and m.recipient_id = d.recipient_id and m.step = d.step and m.id <> d.id
        and m.state in ('PENDING', 'FAILED_TEMP')
), told as (
    insert into incident_event (incident_id, at, epoch, step, actor, reason, detail)
    select d.incident_id, %(now)s, d.epoch, 'told_' || d.audience, 'notify', d.name, '{}' from done d
)
select id from held

-- name: write_again
-- Channels have not taken these messages now: again later.
update message m set state = 'FAILED_TEMP', due_at = r.due_at, leased_until = null, last_error = r.error
from unnest(%(ids)s::uuid[], %(attempts)s::int[], %(due_at)s::timestamptz[], %(errors)s::text[])
    as r (id, attempts, due_at, error)
where m.id = r.id and m.state = 'LEASED' and m.attempts = r.attempts

-- name: hold_leased
-- Hold a message that is still leased to us; nothing is returned when the lease is another's by now.
select contact_id from message where id = %(id)s and state = 'LEASED' and attempts = %(attempts)s for update

-- name: settle_message
-- A message that a channel has not taken, or whose fate is unknown.
update message set
    state = %(state)s, due_at = %(due_at)s, leased_until = null, last_error = %(error)s,
    escalate_at = case when %(state)s = 'FAILED_TEMP' then escalate_at end
where id = %(id)s and state = 'LEASED'

-- name: share_incident
-- Wait until nobody holds an incident alone, and keep it so.
select id from incident where id = %(incident_id)s for key share

-- name: count_failure
-- A contact has not taken a message.
update contact set failures = failures + 1 where id = %(contact_id)s

-- name: remove_contact
-- Nobody can be reached there any more.
delete from contact where id = %(contact_id)s

-- name: tell_by_next_contact
-- Send the same message to the person's next contact; nothing is returned when all were tried.
insert into message as n (
    id, incident_id, offer_id, audience, recipient_id, step, channel, address, contact_id, tried, language, content,
    priority, state, created_at, due_at, no_receipt_s, escalate_at
)
select
    message_id(m.incident_id, m.offer_id, m.audience, m.recipient_id, m.step, c.channel), m.incident_id, m.offer_id,
    m.audience, m.recipient_id, m.step, c.channel, c.address, c.id, coalesce(t.ids, '{}') || c.id, c.language, m.content, m.priority,
    'PENDING', %(now)s, c.due_at, m.no_receipt_s, c.due_at + make_interval(secs => m.no_receipt_s)
from message m
join incident i on i.id = m.incident_id
cross join lateral (
    select array_agg(distinct tried_id) as ids
    from message s cross join unnest(s.tried) tried_id
    where s.incident_id = m.incident_id and s.offer_id is not distinct from m.offer_id and s.audience = m.audience
        and s.recipient_id = m.recipient_id and s.step = m.step
) t
cross join lateral next_contact(
    case when m.audience in ('offer', 'withdrawn') then 'responder' when m.audience = 'family' then 'family_member'
        else 'account' end,
    m.recipient_id, %(now)s, m.audience <> 'family' or i.priority = 1, coalesce(t.ids, '{}')
) c
where m.id = %(id)s and m.audience <> 'device'
on conflict (id) do update set
    address = excluded.address, contact_id = excluded.contact_id, tried = excluded.tried, language = excluded.language,
    state = 'PENDING', due_at = excluded.due_at, leased_until = null, escalate_at = excluded.escalate_at,
    provider_ref = null
returning n.channel

-- name: message_fate
-- Where a message stands, and whether its offer may still be answered.
select m.state, m.audience, m.offer_id, m.attempts, m.channel, m.step, m.incident_id, m.contact_id,
    o.state as offer_state, m.escalate_at
from message m left join offer o on o.id = m.offer_id
where m.id = %(id)s

-- name: silent_messages
-- Messages of which too long nobody knows whether they came; their incidents are locked one after the other.
select id, incident_id from message where escalate_at <= %(now)s order by escalate_at limit %(limit)s

-- name: lock_free_incident
-- Hold an incident unless somebody else does.
select id from incident where id = %(incident_id)s for update skip locked

-- name: stop_escalating
-- The next contact has been tried, or there is none, or it is not needed.
update message set escalate_at = null where id = %(id)s

-- name: messages_of_receipt
-- The message that a channel's receipt is about.
select id, incident_id from message where channel = %(channel)s and provider_ref = %(ref)s

-- name: message_of_id
-- A message by its own id.
select id, incident_id from message where id = %(id)s

-- name: write_receipt
-- What a receipt says of a message.
update message set
    state = %(state)s, receipt_at = %(now)s, escalate_at = null, leased_until = null,
    last_error = coalesce(%(error)s, last_error)
where id = %(id)s
returning contact_id

-- name: drop_other_ways
-- What still waits to go to the same person about the same thing by another way is not needed any more.
update message m set
    escalate_at = null,
    state = case when m.state in ('PENDING', 'FAILED_TEMP') then 'FAILED_PERM' else m.state end,
    last_error = case when m.state in ('PENDING', 'FAILED_TEMP') then 'told by another channel' else m.last_error end
from message d
where d.id = %(id)s and m.incident_id = d.incident_id and m.offer_id is not distinct from d.offer_id
    and m.audience = d.audience and m.recipient_id = d.recipient_id and m.step = d.step and m.id <> d.id
    and (m.state in ('PENDING', 'FAILED_TEMP') or m.escalate_at is not null)

-- name: other_ways
-- Whether the same person may still be told about the same thing by another way, or has been.
select exists (
    select from message d join message m on m.incident_id = d.incident_id
        and m.offer_id is not distinct from d.offer_id and m.audience = d.audience
        and m.recipient_id = d.recipient_id and m.step = d.step and m.id <> d.id
    where d.id = %(id)s and m.state not in ('FAILED_PERM', 'UNKNOWN')
) as are_open

-- name: contact_proved
-- A receipt has proved that this contact reaches its person.
update contact set verified_at = %(now)s, failures = 0 where id = %(contact_id)s

-- name: offer_delivered
-- A receipt says that an offer came to its responder.
update offer set state = 'DELIVERED', sent_at = coalesce(sent_at, %(now)s)
where id = %(id)s and state in ('QUEUED', 'SENT')
returning id

-- name: offer_seen
-- The responder has opened the offer.
update offer set state = 'SEEN', sent_at = coalesce(sent_at, %(now)s)
where id = %(id)s and state in ('QUEUED', 'SENT', 'DELIVERED')
returning id

-- name: offers_unseen
-- Which of these offers were not seen so far.
select id, incident_id from offer
where id = any(%(ids)s) and state in ('QUEUED', 'SENT', 'DELIVERED')

-- name: messages_seen
-- Who has opened an offer has read what told of it, and need not be told of it in other ways.
update message set
    state = case when state in ('PENDING', 'FAILED_TEMP') then 'FAILED_PERM' else 'READ' end,
    last_error = case when state in ('PENDING', 'FAILED_TEMP') then 'already seen' else last_error end,
    receipt_at = %(now)s, escalate_at = null, leased_until = null
where offer_id = %(id)s and audience = 'offer'
    and state in ('PENDING', 'FAILED_TEMP', 'LEASED', 'PROVIDER_OK', 'DELIVERED', 'UNKNOWN')

-- name: lock_contacts
-- One change of a person's contacts at a time.
select pg_advisory_xact_lock(hashtextextended(%(person)s, 18))

-- name: subscriptions
-- A person's subscriptions to Web Push.
select id, address::jsonb ->> 'endpoint' as endpoint, address, enabled from contact
where person_kind = %(kind)s and person_id = %(person)s and channel = 'web_push'
order by place

-- name: add_subscription
-- A subscription before all other contacts of the person, on a place that is free.
insert into contact (person_kind, person_id, channel, address, language, place, quiet_from, quiet_until, renewed_at)
select
    %(kind)s, %(person)s, 'web_push', %(address)s, %(language)s, min(p), min(q.quiet_from), min(q.quiet_until), %(now)s
from generate_series(1, 999) p
left join lateral (
    -- Who is left in peace at night is so on a new phone as well.
    select c.quiet_from, c.quiet_until from contact c
    where c.person_kind = %(kind)s and c.person_id = %(person)s and c.quiet_from is not null
    order by c.place limit 1
) q on true
where not exists (
    select from contact c where c.person_kind = %(kind)s and c.person_id = %(person)s and c.place = p
)

-- name: refresh_subscription
-- What the phone says of a subscription that is known already: it is renewed where its keys are new or it was switched off.
update contact set
    address = %(address)s, language = %(language)s, enabled = true, failures = 0,
    renewed_at = case when enabled and address = %(address)s then renewed_at else %(now)s end
where id = %(id)s

-- name: not_reached
-- Which open incidents could not reach this person at last, and cannot so far; in the order in which incidents are held.
select o.incident_id, p.name
from offer o
join incident i on i.id = o.incident_id and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
join responder p on p.id = o.responder_id
where o.responder_id = %(id)s and o.state = 'UNDELIVERABLE' and not is_reached_anew(o.responder_id, o.created_at)
    and not exists (
        select from offer q
        where q.incident_id = o.incident_id and q.responder_id = o.responder_id and q.wave > o.wave
    )
order by o.incident_id

-- name: own_contacts
-- A person's contacts in their order; the address only as far as its owner recognises it.
select id, channel, place, enabled, quiet_from, quiet_until, verified_at, failures, created_at,
    case
        when channel in ('sms', 'voice') then repeat('•', 4) || right(address, 4)
        when channel = 'email' then left(address, 1) || '•••' || substring(address from '@.*$')
        else ''
    end as shown
from contact
where person_kind = %(kind)s and person_id = %(person)s
order by place, id

-- name: place_contact
-- Move one contact of a person to another place.
update contact set place = %(place)s where id = %(id)s and person_kind = %(kind)s and person_id = %(person)s

-- name: set_quiet
-- When a relative is left in peace, on all of their contacts; nulls: never.
update contact set quiet_from = %(quiet_from)s, quiet_until = %(quiet_until)s
where person_kind = 'family_member' and person_id = %(person)s
returning id
