-- name: hold_bed_test
-- A test, held until the transaction ends; nothing where there is none of this id.
select id, bed_id, state, opens_at, closes_at, device, boot, seq, confirm_by, doubted_at
from bed_test where id = %(id)s for update

-- name: is_calling
-- Whether a call for help of this bed is open.
select exists (
    select from incident
    where bed_id = %(bed_id)s and family = 'help' and state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
) as calling

-- name: hold_press
-- This press is held as the test until the household says what it was.
update bed_test set
    state = 'PRESSED', topic = %(topic)s, payload = %(payload)s, device = %(device)s, boot = %(boot)s, seq = %(seq)s,
    pressed_at = %(pressed_at)s, received_at = %(received_at)s, confirm_by = %(confirm_by)s
where id = %(id)s and state in ('ANNOUNCED', 'OPEN')

-- name: doubt_bed_tests
-- Something calls from these beds: a press that is held there cannot be called a test any more.
update bed_test set doubted_at = %(now)s
where bed_id = any(%(beds)s) and settled_at is null and state = 'PRESSED' and doubted_at is null

-- name: bed_test_ready
-- The home box marks the next press.
update bed_test set state = 'OPEN', ready_at = %(now)s
where id = any(%(ids)s::uuid[]) and bed_id = %(bed_id)s and state = 'ANNOUNCED' and opens_at <= %(now)s

-- name: next_to_be_real
-- A held press that is a call by now; what another process has in hand is left to it.
select t.id, t.bed_id, t.topic, t.payload, t.received_at, t.doubted_at, t.state, t.opens_at, t.closes_at, t.device,
    t.boot, t.seq, t.confirm_by, t.outcome, exists (
        select from signal s
        where s.bed_id = t.bed_id and s.device = t.device and s.boot = t.boot and s.seq = t.seq
    ) as is_in_incident,
    coalesce((select max(version) from rule_setting), 0) as rules_version
from bed_test t
where t.settled_at is null and t.state = 'PRESSED' and (
    t.confirm_by < %(now)s or t.doubted_at is not null or exists (
        select from signal s
        where s.bed_id = t.bed_id and s.device = t.device and s.boot = t.boot and s.seq = t.seq
    )
)
order by t.confirm_by
limit 1
for update of t skip locked

-- name: bed_test_is_real
-- The held press is part of an incident now.
update bed_test set state = 'REAL', incident_id = %(incident_id)s, settled_at = %(now)s, outcome = %(why)s
where id = %(id)s and state = 'PRESSED'

-- name: bed_test_passed
-- The household has said in time that it was the test.
update bed_test set state = 'PASSED', confirmed_at = %(now)s, confirmed_by = %(by)s, settled_at = %(now)s
where id = %(id)s and state = 'PRESSED'

-- name: bed_test_said_real
-- Somebody says that the press was meant; the runner makes it a call at once.
update bed_test set doubted_at = coalesce(doubted_at, %(now)s), outcome = %(why)s
where id = %(id)s and state = 'PRESSED'

-- name: cancel_bed_test
-- Called off before anybody pressed.
update bed_test set state = 'CANCELLED', settled_at = %(now)s, outcome = %(by)s
where id = %(id)s and state in ('ANNOUNCED', 'OPEN')
returning id

-- name: end_missed_bed_tests
-- Windows that are over: nobody pressed, or the home box never answered. A little later than the window, so that a
-- press of its last second is still judged by it.
update bed_test set
    state = case when ready_at is null then 'FAILED' else 'MISSED' end, settled_at = %(now)s,
    outcome = case when ready_at is null then 'no_answer_of_home' else 'nobody_pressed' end
where settled_at is null and state in ('ANNOUNCED', 'OPEN') and closes_at < %(now)s - %(grace)s::interval
returning id

-- name: bed_tests_to_open
-- Tests whose window has begun and whose home has not answered.
select t.id, t.bed_id, b.county, t.closes_at, t.home_told_at
from bed_test t join bed b on b.id = t.bed_id
where t.settled_at is null and t.state = 'ANNOUNCED' and t.opens_at <= %(now)s and t.closes_at > %(now)s
    and (t.home_told_at is null or t.home_told_at < %(now)s - %(again)s::interval)
order by t.opens_at
limit 50

-- name: home_was_told
-- The broker has the order to the home box.
update bed_test set home_told_at = coalesce(home_told_at, %(now)s) where id = %(id)s and state = 'ANNOUNCED'

-- name: bed_tests_to_invite
-- Tests whose recipient is to be asked to press now, and has not been.
update bed_test t set invited_at = %(now)s
from (
    select id from bed_test
    where settled_at is null and state = 'OPEN' and invited_at is null
    order by ready_at limit 20 for update skip locked
) w, bed b
where t.id = w.id and b.id = t.bed_id
returning t.id, t.bed_id, t.recipient_kind, t.recipient_id, t.closes_at, left(b.division_code, 9) as township

-- name: bed_tests_to_decide
-- Held presses for which nobody has worked out yet who would be asked; tried once.
update bed_test t set decided_at = %(now)s
from (
    select id from bed_test
    where settled_at is null and state = 'PRESSED' and decided_at is null
    order by received_at limit 5 for update skip locked
) w, bed b
left join area a on a.code = left(b.division_code, 9)
where t.id = w.id and b.id = t.bed_id
returning t.id, t.bed_id, t.device, t.boot, t.seq, t.pressed_at, t.closes_at, t.confirm_by, t.recipient_kind,
    t.recipient_id, b.county, b.lat, b.lon, b.terrain, b.provider_id, left(b.division_code, 9) as township,
    coalesce(a.name, '') as area_name

-- name: write_bed_test_decision
-- Whom the platform would have asked.
update bed_test set decision = %(decision)s, decided_at = %(now)s where id = %(id)s

-- name: bed_test_told
-- The test message is with its channel.
update bed_test set
    message_id = %(message_id)s, channel = %(channel)s, provider_ref = %(ref)s, told_at = %(now)s,
    came_at = case when %(came)s then %(now)s::timestamptz end
where id = %(id)s

-- name: take_bed_test_receipt
-- A channel's later word on a test message.
update bed_test set came_at = coalesce(came_at, %(now)s)
where channel = %(channel)s and (message_id = %(id)s or provider_ref = %(ref)s) and %(came)s
returning id

-- name: contact_of_recipient
-- The way by which a recipient is told of a test; nothing where there is none.
select c.id, c.channel, c.address, c.language
from contact c
where c.person_kind = %(kind)s and c.person_id = %(person)s and c.enabled and c.channel = any(%(channels)s)
order by c.failed_drills >= 2, c.place, c.id
limit 1

-- name: recipient_for_bed
-- Who is told of tests of a bed: a relative of whom the resident has agreed that they are told, else somebody of the
-- contracted provider who has consented; of those who can be told at all.
select kind, id from (
    select 'family_member' as kind, k.family_member_id as id, k.place as turn
    from bed b join kinship k on k.resident_id = b.resident_id and k.consented_at is not null
    where b.id = %(bed_id)s
    union all
    select 'responder', p.id, 1000
    from bed b join responder p on p.provider_id = b.provider_id and p.role = 'staff' and p.consented_at is not null
    where b.id = %(bed_id)s
) r
where exists (
    select from contact c
    where c.person_kind = r.kind and c.person_id = r.id and c.enabled and c.channel = any(%(channels)s)
)
order by turn, id
limit 1

-- name: bed_of_area
-- Whether there is such a bed in an area.
select id from bed where id = %(bed_id)s and starts_with(division_code, %(area)s)

-- name: plan_bed_test
-- Announce a test; nothing is returned where the bed has one that is not over.
insert into bed_test (
    id, bed_id, state, planned_at, opens_at, closes_at, by_name, reason, recipient_kind, recipient_id
) values (
    %(id)s, %(bed_id)s, 'ANNOUNCED', %(now)s, %(opens_at)s, %(closes_at)s, %(by_name)s, %(reason)s, %(kind)s, %(person)s
)
on conflict (bed_id) where settled_at is null do nothing
returning id

-- name: bed_test_of_area
-- One test of a bed in an area.
select t.id, t.bed_id, t.state from bed_test t join bed b on b.id = t.bed_id
where t.id = %(id)s and starts_with(b.division_code, %(area)s)

-- name: bed_test_state
-- Where a test stands, for whoever holds its link.
select state, confirm_by, doubted_at, outcome from bed_test where id = %(id)s

-- name: shown_bed_tests
-- Tests of an area or of one bed with all their steps, what waits first, then the newest.
select t.id, t.bed_id, coalesce(a.name, '') as area_name, t.state, t.by_name, t.reason, t.planned_at, t.opens_at,
    t.closes_at, t.invited_at, t.home_told_at, t.ready_at, t.pressed_at, t.received_at, t.confirm_by, t.doubted_at,
    t.decided_at, t.decision, t.channel, t.told_at, t.came_at, t.confirmed_at, t.confirmed_by, t.incident_id,
    t.settled_at, t.outcome
from bed_test t
join bed b on b.id = t.bed_id
left join area a on a.code = left(b.division_code, 9)
where starts_with(b.division_code, %(area)s) and (%(bed_id)s::text is null or t.bed_id = %(bed_id)s)
order by t.settled_at is not null, t.planned_at desc, t.id
limit %(most)s

-- name: bed_tests_overdue
-- Beds with a box that answers and somebody to tell whose last test is longest ago; none that waits or was planned today.
select b.id
from bed b
left join lateral (
    select max(t.planned_at) as last_at, bool_or(t.settled_at is null) as waits from bed_test t where t.bed_id = b.id
) l on true
where coalesce(not l.waits, true) and (l.last_at is null or l.last_at <= %(now)s - make_interval(days => %(days)s))
    and exists (
        select from bed_state s where s.bed_id = b.id and s.last_seen_at > %(now)s - interval '1 hour'
    )
order by l.last_at nulls first, b.id
limit %(most)s

-- name: bed_tests_planned_since
-- How many tests the schedule has announced since then.
select count(*) as planned from bed_test where planned_at >= %(since)s and by_name = ''
