-- name: responders_to_drill
-- Who consents, has a contact of these channels and was not tested for as long as their role says; longest ago first.
select p.id, p.role, t.last_at
from responder p
cross join lateral (
    select max(d.sent_at) as last_at, coalesce(bool_or(d.state in ('WAITING', 'SENDING', 'SENT')), false) as is_open
    from drill d where d.responder_id = p.id
) t
where p.consented_at is not null and not t.is_open
    and (
        t.last_at is null or t.last_at <= %(now)s - make_interval(
            days => case p.role when 'staff' then %(staff_days)s::int else %(others_days)s::int end - 1
        )
    )
    and exists (
        select from contact c
        where c.person_kind = 'responder' and c.person_id = p.id and c.enabled and c.channel = any (%(channels)s)
    )
order by t.last_at nulls first, p.id
limit %(most)s

-- name: responder_of_area
-- Whether there is such a person in an area; holds nobody, so that the engine's role may ask as well as the desk's.
select id from responder where id = %(id)s and starts_with(area_code, %(area)s)

-- name: plan_drills
-- One drill for each contact of these people, a person's one after the other; a contact that is being tested is left
-- alone.
insert into drill (id, responder_id, contact_id, channel, state, planned_at, due_at, by_name)
select gen_random_uuid(), c.person_id, c.id, c.channel, 'WAITING', %(now)s,
    p.due_at + %(between)s::interval * (row_number() over (partition by c.person_id order by c.place, c.id) - 1),
    %(by_name)s
from unnest(%(responder_ids)s::text[], %(due_at)s::timestamptz[]) as p (id, due_at)
join contact c on c.person_kind = 'responder' and c.person_id = p.id and c.enabled
where (%(channels)s::text[] is null or c.channel = any (%(channels)s::text[]))
on conflict (contact_id) where state in ('WAITING', 'SENDING', 'SENT') do update
    set due_at = least(drill.due_at, excluded.due_at), by_name = excluded.by_name
    where drill.state = 'WAITING' and excluded.by_name <> ''
returning id, due_at

-- name: try_drill_turn
-- One process at a time takes drills to send: the bound a minute is for all of them together.
select pg_try_advisory_xact_lock(hashtext('carecircle drills')) as mine

-- name: drills_lately
-- How many were taken to be sent in the last minute.
select count(*) as sent from drill where sent_at > %(now)s - interval '1 minute'

-- name: lease_drills
-- Take drills that are due: of nobody who is on the way or being asked, and only while no real message waits there. At
-- night only relatives' own, who ask to be reached now.
with taken as (
    select d.id, d.state as was
    from drill d
    where d.state in ('WAITING', 'SENDING') and d.due_at <= %(now)s
        and (%(is_day)s or d.family_member_id is not null)
        and not exists (
            select from assignment a
            where a.responder_id = d.responder_id and a.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
        )
        and not exists (
            select from offer o
            where o.responder_id = d.responder_id and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')
        )
        and not exists (
            select from message m
            where m.channel = d.channel and m.state in ('PENDING', 'LEASED', 'FAILED_TEMP') and m.due_at <= %(now)s
        )
    order by d.family_member_id is null, d.due_at, d.id
    limit %(room)s
    for update of d skip locked
)
update drill d
set state = 'SENDING', due_at = %(leased_until)s, attempts = d.attempts + 1, sent_at = %(now)s
from taken t, contact c
where d.id = t.id and c.id = d.contact_id
returning d.id, d.responder_id, d.family_member_id, d.contact_id, d.channel, c.address, c.language, d.planned_at, d.attempts, t.was

-- name: postpone_drill
-- Not now: a quota, or a channel that may take it later.
update drill set state = 'WAITING', due_at = %(due_at)s, sent_at = null
where id = %(id)s and state = 'SENDING' and attempts = %(attempts)s

-- name: write_drill_sent
-- The channel has taken it, or may have; now the person has time to confirm.
update drill
set state = 'SENT', answer_by = %(answer_by)s, came = came or %(came)s, provider_ref = %(ref)s, reason = %(reason)s
where id = %(id)s and state = 'SENDING' and attempts = %(attempts)s

-- name: end_drill
-- The channel has refused it, or cannot be tested.
update drill set state = %(state)s, settled_at = %(now)s, reason = %(reason)s
where id = %(id)s and state = 'SENDING' and attempts = %(attempts)s

-- name: take_drill_receipt
-- A channel's later word on a drill, by our id or by what the channel calls it.
update drill set
    came = came or %(came)s,
    state = case when state = 'SENT' and not %(came)s then 'FAILED' else state end,
    settled_at = case when state = 'SENT' and not %(came)s then %(now)s else settled_at end,
    reason = case when %(came)s then reason else %(reason)s end
where channel = %(channel)s and (id = %(id)s or provider_ref = %(ref)s)
returning responder_id

-- name: responders_to_judge
-- Whose drills have run out of time, or who has accepted an offer since drills spoke against them.
select responder_id from drill where state = 'SENT' and answer_by <= %(now)s and responder_id is not null
union
select r.responder_id from reachability r
where r.state <> 'good' and exists (
    select from assignment a where a.responder_id = r.responder_id and a.accepted_at > r.judged_at
)
limit 100

-- name: hold_reachability
-- One judgement of a person at a time.
select pg_advisory_xact_lock(hashtext('reachability ' || %(responder_id)s))

-- name: settle_drills
-- Nobody has confirmed these in time.
update drill set state = case when came then 'DELIVERED' else 'NO_ANSWER' end, settled_at = answer_by
where responder_id = %(responder_id)s and state = 'SENT' and answer_by <= %(now)s

-- name: confirm_drill
-- The person says that it came, in time or later.
update drill set state = 'CONFIRMED', came = true, settled_at = %(now)s
where id = %(id)s and state in ('SENDING', 'SENT', 'DELIVERED', 'NO_ANSWER')

-- name: drill_of
-- Whose drill it is, and how it stands.
select responder_id, state, planned_at from drill where id = %(id)s

-- name: drill_results
-- The last results of every contact in use, a row without one for a contact that has none.
select c.id as contact_id, d.state, d.settled_at
from contact c
left join lateral (
    select r.state, r.settled_at from drill r
    where r.contact_id = c.id and r.settled_at is not null and r.state <> 'SKIPPED'
    order by r.settled_at desc
    limit 5
) d on true
where c.person_kind = 'responder' and c.person_id = %(responder_id)s and c.enabled

-- name: last_accepted
-- When a person last accepted an offer.
select max(accepted_at) as at from assignment where responder_id = %(responder_id)s

-- name: write_reachability
-- The verdict that decisions read.
insert into reachability (responder_id, state, evidence, evidence_at, valid_until, judged_at)
values (%(responder_id)s, %(state)s, %(evidence)s, %(at)s, %(valid_until)s, %(now)s)
on conflict (responder_id) do update set
    state = excluded.state, evidence = excluded.evidence, evidence_at = excluded.evidence_at,
    valid_until = excluded.valid_until, judged_at = excluded.judged_at

-- name: write_failed_drills
-- How many drills of a contact went wrong in a row; a confirmed one proves the contact.
update contact set failed_drills = %(failed)s where id = %(contact_id)s and failed_drills <> %(failed)s

-- name: shown_reachability
-- Everybody of an area, or one of them, with the verdict and the last drill of every contact; never an address.
select p.id, p.name, p.role,
    case when r.valid_until > %(now)s then r.state else 'untested' end as state,
    case when r.valid_until > %(now)s then r.evidence else 'no_result' end as evidence,
    case when r.valid_until > %(now)s then r.evidence_at end as evidence_at,
    (
        select coalesce(jsonb_agg(jsonb_build_object(
            'channel', c.channel, 'tried_last', c.failed_drills >= 2, 'state', d.state, 'sent_at', d.sent_at,
            'settled_at', d.settled_at, 'due_at', case when d.state = 'WAITING' then d.due_at end, 'reason', d.reason
        ) order by c.place, c.id), '[]')
        from contact c
        left join lateral (
            select l.state, l.sent_at, l.settled_at, l.due_at, coalesce(l.reason, '') as reason from drill l
            where l.contact_id = c.id
            order by l.planned_at desc
            limit 1
        ) d on true
        where c.person_kind = 'responder' and c.person_id = p.id and c.enabled
    ) as contacts
from responder p
left join reachability r on r.responder_id = p.id
where starts_with(p.area_code, %(area)s) and (%(responder_id)s::text is null or p.id = %(responder_id)s)
    and p.consented_at is not null
order by array_position(array['unreachable', 'doubtful', 'untested', 'good'],
    case when r.valid_until > %(now)s then r.state else 'untested' end), p.id
limit %(most)s

-- name: own_contact
-- A contact in use of a relative, by its id.
select id, channel from contact
where id = %(contact_id)s and person_kind = 'family_member' and person_id = %(person)s and enabled

-- name: own_tests
-- The tests that a relative has asked for lately, newest first.
select d.id, d.contact_id, d.channel, d.state, d.planned_at, d.sent_at, d.came, d.settled_at, d.reason
from drill d where d.family_member_id = %(person)s and d.planned_at > %(since)s
order by d.planned_at desc, d.id
limit 200

-- name: hold_own_tests
-- One request of a relative at a time.
select pg_advisory_xact_lock(hashtext('own tests ' || %(person)s))

-- name: end_own_test
-- An earlier test of the contact that nobody has confirmed gives way to the next.
update drill set state = case when came then 'DELIVERED' else 'NO_ANSWER' end, settled_at = %(now)s
where contact_id = %(contact_id)s and family_member_id = %(person)s and state = 'SENT'

-- name: ask_own_test
-- A test message through a contact of a relative, from now on.
insert into drill (id, family_member_id, contact_id, channel, state, planned_at, due_at, by_name)
select gen_random_uuid(), %(person)s, c.id, c.channel, 'WAITING', %(now)s, %(now)s, %(by_name)s
from contact c where c.id = %(contact_id)s

-- name: settle_own_tests
-- Relatives have not confirmed these in time.
update drill set state = case when came then 'DELIVERED' else 'NO_ANSWER' end, settled_at = answer_by
where family_member_id is not null and state = 'SENT' and answer_by <= %(now)s

-- name: drill_without_contact
-- The address is gone for good; the contact goes, and what the test says of it stays.
update drill set contact_id = null where id = %(id)s and state = 'FAILED'
