-- What the console reads. Every query about residents takes a scope (scope.py): area, responder, family.

-- name: account_for_login
-- The account that a login names, for checking its password.
select a.id, a.role, a.password_hash, a.password_expires_at, f.sealed_secret, f.last_step
from account a left join second_factor f on f.account_id = a.id and f.confirmed_at is not null
where a.login = %(login)s and a.disabled_at is null

-- name: lock_login
-- Let attempts on one login queue up, so that guessing in parallel is counted like guessing in turn.
select pg_advisory_xact_lock(hashtextextended('login:' || %(login)s, 0))

-- name: count_login_attempt
-- Count an attempt before its password is looked at; no row: too many failures lately.
insert into login_failure (login, at)
select %(login)s, %(now)s
where (
    select count(*) from login_failure
    where login = %(login)s and at > %(now)s - make_interval(secs => %(window_s)s)
) < %(most)s
returning at

-- name: forget_login_failures
-- A right password ends the count.
delete from login_failure where login = %(login)s

-- name: open_session
-- Remember a sign-in under the hash of its token.
with session as (
    insert into console_session (token_sha256, account_id, created_at, expires_at, device, seen_at)
    values (%(token)s, %(account_id)s, %(now)s, %(expires_at)s, %(device)s, %(now)s)
    returning id, account_id, device
)
insert into session_event (at, account_id, event, session_id, device)
select %(now)s, account_id, 'signed_in', id, device from session

-- name: close_session
-- Sign out.
with gone as (delete from console_session where token_sha256 = %(token)s returning id, account_id, device)
insert into session_event (at, account_id, event, session_id, device)
select %(now)s, account_id, 'signed_out', id, device from gone

-- name: viewer_of_session
-- Who has signed in with this token.
select a.id as account_id, a.login, a.name, a.role, a.area_code, area.name as area_name, a.responder_id,
    a.family_member_id, a.must_change_password, s.id as session_id, s.seen_at,
    exists (select from second_factor f where f.account_id = a.id and f.confirmed_at is not null) as has_second_factor
from console_session s
join account a on a.id = s.account_id
left join area on area.code = a.area_code
where s.token_sha256 = %(token)s and s.expires_at > %(now)s and a.disabled_at is null

-- name: live_sessions
-- Which of these sessions still hold, with the role and scope they stand for now.
select s.token_sha256, a.role, a.area_code, a.responder_id, a.family_member_id
from console_session s join account a on a.id = s.account_id
where s.token_sha256 = any(%(tokens)s) and s.expires_at > %(now)s and a.disabled_at is null

-- name: sweep_sessions
-- Drop sessions that have run out.
delete from console_session where expires_at <= %(now)s

-- name: sweep_login_failures
-- Drop failures that no longer count.
delete from login_failure where at <= %(now)s - make_interval(secs => %(window_s)s)

-- name: record_access
-- Put reads of health data on record.
insert into health_access (at, account_id, resident_id, purpose, period)
select %(now)s, account_id, resident_id, %(purpose)s,
    case when %(start)s::timestamptz is not null then tstzrange(%(start)s, %(until)s) end
from unnest(%(accounts)s::bigint[], %(residents)s::text[]) as read (account_id, resident_id)

-- name: incident_ids
-- Incidents in scope: the open ones, most urgent first, or the latest of all.
select i.id
from incident i join bed b on b.id = i.bed_id
where (not %(open)s or i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED'))
    and (
        starts_with(b.division_code, %(area)s)
        or exists (
            select from assignment s
            where s.incident_id = i.id and s.responder_id = %(responder)s
                and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'STALLED')
        )
        or exists (
            select from kinship k
            where k.resident_id = b.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
        )
    )
order by case when %(open)s then i.priority end, i.opened_at desc, i.id
limit %(most)s

-- name: incident_summary
-- The current summary of these incidents, as far as they are in scope.
select
    i.id, i.bed_id, b.resident_id, r.name as resident_name, b.address, b.county,
    coalesce(county.name, b.county) as county_name, b.lat, b.lon, b.circle,
    i.kind, i.priority, i.state, i.level, i.late, i.verification,
    i.opened_at, i.pressed_at, i.deadline_at, i.acknowledged_at, i.acknowledged_by, i.dispatched_at,
    i.accepted_at, i.arrived_at, i.closed_at, i.closed_by, i.outcome_code,
    owner.name as owner,
    helpers.list as helpers,
    (
        select count(*)::int from offer o
        where o.incident_id = i.id and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')
    ) as offers_open,
    coalesce(
        (
            select e.reason from incident_event e
            where e.incident_id = i.id and not starts_with(e.step, 'told_')
            order by e.id desc limit 1
        ), ''
    ) as reason
from unnest(%(ids)s::uuid[]) with ordinality as wanted (id, place)
join incident i on i.id = wanted.id
join bed b on b.id = i.bed_id
join resident r on r.id = b.resident_id
left join area county on county.code = b.county
left join account owner on owner.id = i.owner_account_id
cross join lateral (
    select coalesce(
        jsonb_agg(
            jsonb_build_object(
                'assignment_id', s.id, 'responder_id', s.responder_id, 'name', p.name, 'state', s.state,
                'eta_at', s.eta_at, 'accepted_at', s.accepted_at, 'arrived_at', s.arrived_at
            ) order by s.accepted_at, s.id
        ), '[]'
    ) as list
    from assignment s join responder p on p.id = s.responder_id
    where s.incident_id = i.id
) as helpers
where starts_with(b.division_code, %(area)s)
    or exists (
        select from assignment s
        where s.incident_id = i.id and s.responder_id = %(responder)s
            and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'STALLED')
    )
    or exists (
        select from kinship k
        where k.resident_id = b.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
    )
order by wanted.place

-- name: incident_audience
-- Who may be shown these incidents: the same rule as a scope, turned round, for the stream.
select
    i.id, b.resident_id, b.division_code,
    array(
        select s.responder_id from assignment s
        where s.incident_id = i.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'STALLED')
    ) as responders,
    array(select o.responder_id from offer o where o.incident_id = i.id) as asked,
    array(
        select k.family_member_id from kinship k
        where k.resident_id = b.resident_id and k.consented_at is not null
    ) as families
from incident i join bed b on b.id = i.bed_id
where i.id = any(%(ids)s::uuid[])

-- name: timeline
-- The audit trail of an incident, for the centre.
select e.id, e.at, e.step, e.actor, e.reason, e.detail
from incident_event e
join incident i on i.id = e.incident_id
join bed b on b.id = i.bed_id
where e.incident_id = %(id)s and starts_with(b.division_code, %(area)s)
order by e.id

-- name: messages
-- What was sent to whom about an incident, for the centre.
select m.id, m.channel,
    coalesce(
        case when m.audience in ('offer', 'withdrawn') then p.name
            when m.audience = 'family' then f.name
            when m.audience = 'dispatcher' then a.name end,
        m.recipient_id
    ) as recipient,
    m.state, m.sent_at, m.attempts, m.last_error as reason
from message m
join incident i on i.id = m.incident_id
join bed b on b.id = i.bed_id
left join responder p on p.id = m.recipient_id
left join family_member f on f.id = m.recipient_id
left join account a on a.id::text = m.recipient_id
where m.incident_id = %(id)s and starts_with(b.division_code, %(area)s)
order by m.created_at, m.id

-- name: latest_offers
-- The last offer of an incident to each responder, for the centre.
select distinct on (o.responder_id) o.responder_id, o.id, o.state
from offer o
join incident i on i.id = o.incident_id
join bed b on b.id = i.bed_id
where o.incident_id = %(id)s and starts_with(b.division_code, %(area)s)
order by o.responder_id, o.wave desc

-- name: responder_name
-- Under which name a responder acts.
select p.name, is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s) as on_duty from responder p where p.id = %(responder)s

-- name: own_state
-- What a responder has agreed to, and since when their position is known.
select p.consented_at is not null as consents, p.family_may_call, p.position_at from responder p where p.id = %(responder)s

-- name: own_offers
-- What a responder is being asked now, or one offer of theirs; neither name nor exact address.
select o.id, o.incident_id, i.kind, coalesce(area.name, county.name, '') as area_name, o.distance_m, o.travel_p50_s,
    o.basis, coalesce(o.sent_at, o.created_at) as sent_at, o.expires_at, o.state
from offer o
join incident i on i.id = o.incident_id
join bed b on b.id = i.bed_id
left join area on area.code = left(b.division_code, 9)
left join area county on county.code = b.county
where o.responder_id = %(responder)s
    and (
        o.id = %(offer)s::uuid
        or (%(offer)s::uuid is null and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') and o.expires_at > %(now)s)
    )
order by i.priority, o.expires_at, o.id

-- name: own_assignment
-- Where a responder is going, with what they need at the door; only while they are on it.
select s.id, s.incident_id, i.kind, b.resident_id, r.name as resident_name, b.address, b.lat, b.lon, r.phone,
    r.key_safe, r.hazards, s.state, s.accepted_at, s.eta_at,
    has_consent('resident', r.id, 'photos') as photos_allowed
from assignment s
join incident i on i.id = s.incident_id
join bed b on b.id = i.bed_id
join resident r on r.id = b.resident_id
where s.responder_id = %(responder)s
    and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'STALLED')
    and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
    and (%(offer)s::uuid is null or s.offer_id = %(offer)s::uuid)
order by s.state = 'STALLED', s.accepted_at desc
limit 1

-- name: own_offer_exists
-- Whether an offer was made to this responder.
select id from offer where id = %(id)s and responder_id = %(responder)s

-- name: own_assignment_exists
-- Whether an assignment is this responder's, and came out of that offer where a link speaks for one.
select id from assignment
where id = %(id)s and responder_id = %(responder)s and (%(offer)s::uuid is null or offer_id = %(offer)s::uuid)

-- name: account_of_responder
-- The account under which a responder's reads are put on record.
select id from account where responder_id = %(responder)s and disabled_at is null order by id limit 1

-- name: family
-- What the sentence for a relative rests on: one row a resident who agreed to it.
select
    r.id as resident_id, r.name as resident_name, k.relation, signs.last_seen_at, signs.vitals_at,
    has_consent('resident', r.id, 'family_vitals', k.family_member_id) as shares_vitals,
    open_one.id as open_incident_id, ended.pressed_at as ended_pressed_at, ended.closed_at as ended_closed_at,
    ended.kind as ended_kind
from kinship k
join resident r on r.id = k.resident_id
left join lateral (
    select max(t.last_seen_at) as last_seen_at, max(v.at) as vitals_at
    from bed b
    join bed_state t on t.bed_id = b.id
    left join lateral (
        select max((m.value ->> 'measured_at')::timestamptz) as at
        from jsonb_each(t.metrics) m
        where m.key in ('heart_rate', 'respiratory_rate', 'spo2')
    ) v on true
    where b.resident_id = r.id
) signs on true
left join lateral (
    select i.id
    from incident i join bed b on b.id = i.bed_id
    where b.resident_id = r.id and i.family = 'help' and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
    order by i.priority, i.opened_at desc
    limit 1
) open_one on true
left join lateral (
    select i.pressed_at, i.closed_at, i.kind
    from incident i join bed b on b.id = i.bed_id
    where b.resident_id = r.id and i.family = 'help' and i.state in ('CLOSED', 'CANCELLED_FALSE')
        and i.closed_at > %(now)s - interval '24 hours'
    order by i.closed_at desc
    limit 1
) ended on true
where k.family_member_id = %(family)s and k.consented_at is not null
order by r.name, r.id

-- name: beds
-- Beds in scope with their present state; a value older than its freshness is absent, never shown as current.
select
    b.id, b.resident_id, r.name as resident_name, b.address, b.lat, b.lon, b.county,
    coalesce(county.name, b.county) as county_name, b.circle, t.last_seen_at,
    fresh.in_bed, fresh.heart_rate, fresh.respiratory_rate, fresh.spo2, t.protection ->> 'state' as protection,
    (
        select i.id from incident i
        where i.bed_id = b.id and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
        order by i.priority, i.opened_at limit 1
    ) as open_incident_id
from bed b
join resident r on r.id = b.resident_id
left join area county on county.code = b.county
left join bed_state t on t.bed_id = b.id
left join lateral (
    select
        bool_or((m.value ->> 'value')::boolean) filter (where m.key = 'in_bed') as in_bed,
        max((m.value ->> 'value')::double precision) filter (where m.key = 'heart_rate') as heart_rate,
        max((m.value ->> 'value')::double precision) filter (where m.key = 'respiratory_rate') as respiratory_rate,
        max((m.value ->> 'value')::double precision) filter (where m.key = 'spo2') as spo2
    from jsonb_each(t.metrics) m
    where m.key in ('in_bed', 'heart_rate', 'respiratory_rate', 'spo2')
        and (m.value ->> 'measured_at')::timestamptz > %(now)s - make_interval(secs => %(fresh_s)s)
        -- What was measured is for relatives of whom the resident has agreed to that.
        and (%(family)s::text is null or has_consent('resident', b.resident_id, 'family_vitals', %(family)s))
) fresh on true
-- A bed whose service has ended is found by its id, and in no list.
where (b.id = %(bed)s or (%(bed)s::text is null and b.ended_at is null))
    and (
        starts_with(b.division_code, %(area)s)
        or exists (
            select from assignment s join incident i on i.id = s.incident_id
            where i.bed_id = b.id and s.responder_id = %(responder)s
                and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'STALLED')
                and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
        )
        or exists (
            select from kinship k
            where k.resident_id = b.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
        )
    )
order by b.id

-- name: resident_of_bed
-- Whose bed it is, where it is in scope, and whether what was measured there is shared with who asks.
select b.resident_id,
    %(family)s::text is null or has_consent('resident', b.resident_id, 'family_vitals', %(family)s) as shares_vitals
from bed b
where b.id = %(bed)s
    and (
        starts_with(b.division_code, %(area)s)
        or exists (
            select from assignment s join incident i on i.id = s.incident_id
            where i.bed_id = b.id and s.responder_id = %(responder)s
                and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED', 'STALLED')
                and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
        )
        or exists (
            select from kinship k
            where k.resident_id = b.resident_id and k.family_member_id = %(family)s and k.consented_at is not null
        )
    )

-- name: history_recent
-- From when on the newest readings are looked for among the rows: all that the rollups of hours do not have.
select greatest(%(now)s - interval '8 days', least(%(now)s - interval '2 hours', hours_until)) as at from rollup_state

-- name: bed_twin
-- The last value of every metric and the last word of every device; the caller has checked the scope with `beds`.
select
    case when shared.is then t.metrics else '{}' end as metrics, t.devices,
    case when shared.is then t.person else '{}' end as person, t.protection
from bed_state t
join bed b on b.id = t.bed_id
cross join lateral (
    select %(family)s::text is null or has_consent('resident', b.resident_id, 'family_vitals', %(family)s) as is
) shared
where t.bed_id = %(bed)s

-- name: bed_devices
-- The devices of a bed; the caller has checked the scope with `beds`.
select d.id, d.model from device d where d.bed_id = %(bed)s order by d.id

-- name: bed_contacts
-- Relatives who may be called, in the order that the register gives; the caller has checked the scope with `beds`.
select f.name, k.relation, f.phone, k.place
from bed b
join kinship k on k.resident_id = b.resident_id and k.consented_at is not null
join family_member f on f.id = k.family_member_id
where b.id = %(bed)s
order by k.place, k.relation, f.name

-- name: responders
-- Who could be sent, in an area; whereabouts only with consent.
select
    p.id, p.name, p.role, v.name as provider_name,
    case when p.consented_at is not null then p.lat end as lat,
    case when p.consented_at is not null then p.lon end as lon,
    is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s) as on_duty,
    exists (
        select from assignment s where s.responder_id = p.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    ) as busy,
    case when p.consented_at is not null then p.position_at end as position_at
from responder p left join provider v on v.id = p.provider_id
where starts_with(p.area_code, %(area)s) and p.erased_at is null
order by p.name, p.id

-- name: quarantine_by_reason
-- How many messages could not be read, and why; those of other areas' counties are left out.
select q.reason, count(*)::int as count, max(q.received_at) as last_at
from quarantine q
where starts_with(split_part(q.topic, '/', 3), %(area)s) or starts_with(%(area)s, split_part(q.topic, '/', 3))
    or split_part(q.topic, '/', 3) !~ '^[0-9]{6}$'
group by q.reason
order by count(*) desc, q.reason

-- name: quarantine_latest
-- The latest messages that could not be read, without their content; those of other areas' counties are left out.
select q.id, q.received_at, q.topic, q.reason, q.detail, q.payload_bytes
from quarantine q
where starts_with(split_part(q.topic, '/', 3), %(area)s) or starts_with(%(area)s, split_part(q.topic, '/', 3))
    or split_part(q.topic, '/', 3) !~ '^[0-9]{6}$'
order by q.id desc
limit 50

-- name: quarantined_since
-- How many messages could not be read since then, by way of the index on reason.
select count(*)::int as count from quarantine where reason = any(%(reasons)s) and received_at >= %(since)s

-- name: never_silent
-- Promise 4 in figures: open incidents, those with neither a timer nor an owner who is there, and timers nobody answers.
with open_incident as (
    select id, epoch, owner_account_id from incident where state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
)
select
    count(*)::int as open,
    (count(*) filter (
        where not exists (select from due d where d.incident_id = i.id and d.epoch = i.epoch)
            and not exists (
                select from console_session s join account a on a.id = s.account_id
                where s.account_id = i.owner_account_id and s.expires_at > %(now)s and a.disabled_at is null
            )
    ))::int as unattended,
    (
        select count(*)::int from due d join open_incident o on o.id = d.incident_id and o.epoch = d.epoch
        where d.due_at < %(now)s - make_interval(secs => %(late_s)s)
    ) as late_due
from open_incident i

-- name: pulses
-- When each part of the live path last went round.
select service, at, detail from engine_pulse order by service

-- name: feed_head
-- The newest audit row there is.
select coalesce(max(id), 0) as last from incident_event

-- name: feed_recent
-- Which audit rows above this number are there already.
select id from incident_event where id > %(after)s

-- name: feed_news
-- Audit rows after the last one seen, and those that were skipped because their transaction was still open.
(select id, incident_id, at, step, actor, reason, detail from incident_event
    where id > %(last)s order by id limit %(most)s)
union all
(select id, incident_id, at, step, actor, reason, detail from incident_event
    where id = any(%(missing)s::bigint[]) order by id)
