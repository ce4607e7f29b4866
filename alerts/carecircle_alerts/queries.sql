-- name: go_by_keys
-- In this transaction rows are found by index and plans are kept: everything is looked up by key, for which a plan stays
-- right whatever the parameters and however a table has grown since it was last counted; a new one takes longer to make
-- than to run.
select
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)

-- name: forget_plans
-- Statements are planned anew when they are next run, for tables as they have become.
discard plans

-- name: lock_incidents
-- Hold incidents: whoever changes anything about them does this first, in one order, so that no two wait for each other.
-- Not a lock of their keys: a timer that another incident sets for them must not wait.
select id from incident where id = any(%(incident_ids)s::uuid[]) order by id for no key update

-- name: incidents_of_cases
-- Incidents with what decisions need to know of their beds.
select
    i.id, i.bed_id, i.kind, i.priority, i.state, i.level, i.epoch, i.helpers_wanted, i.late, i.plan::text as plan,
    i.device,
    i.event_boot, i.event_seq, i.pressed_at, i.opened_at, i.deadline_at, i.owner_account_id, i.acknowledged_by,
    i.acknowledged_at, i.closed_at, i.closed_by, i.verification,
    b.county, coalesce(a.name, '') as area_name, r.name as resident_name,
    b.lat, b.lon, b.terrain, b.provider_id, left(b.division_code, 9) as township
from incident i
join bed b on b.id = i.bed_id
join resident r on r.id = b.resident_id
left join area a on a.code = left(b.division_code, 9)
where i.id = any(%(incident_ids)s::uuid[])

-- name: offers_of
-- All offers of incidents, oldest first, with whether their person could not be reached and can be now.
select o.incident_id, o.id, o.responder_id, p.name as responder_name, o.wave, o.state, o.travel_p50_s, o.expires_at,
    o.forced, o.basis, o.track, o.created_at,
    o.state = 'UNDELIVERABLE' and is_reached_anew(o.responder_id, o.created_at) as is_void
from offer o join responder p on p.id = o.responder_id
where o.incident_id = any(%(incident_ids)s::uuid[])
order by o.wave, o.rank, o.id

-- name: assignments_of
-- All helpers of incidents, first accepted first.
select s.incident_id, s.id, s.responder_id, p.name as responder_name, s.state, s.eta_at
from assignment s join responder p on p.id = s.responder_id
where s.incident_id = any(%(incident_ids)s::uuid[])
order by s.accepted_at, s.id

-- name: take_due
-- Lock incidents whose timers have waited longest, and take all of their timers that are due; incidents that another
-- worker holds are left to it. One row without a timer where somebody was faster.
with held as materialized (
    select i.id
    from due d join incident i on i.id = d.incident_id
    where d.due_at <= %(now)s
    order by d.due_at
    limit %(most)s
    for no key update of i skip locked
), each as (
    select distinct id from held
), taken as (
    delete from due d using each h
    where d.incident_id = h.id and d.due_at <= %(now)s
    returning d.incident_id, d.due_at, d.epoch, d.kind, d.subject
)
select h.id, t.due_at, t.epoch, t.kind, t.subject
from each h left join taken t on t.incident_id = h.id
order by t.due_at, h.id, t.kind

-- name: is_more_due
-- Whether any timer is due that is still there.
select exists (select from due where due_at <= %(now)s) as more

-- name: incident_of_offer
-- Which incident an offer belongs to.
select incident_id from offer where id = %(id)s

-- name: incident_of_assignment
-- Which incident a helper belongs to.
select incident_id from assignment where id = %(id)s

-- name: add_entries
-- Audit rows, numbered in this order.
insert into incident_event (incident_id, at, epoch, step, actor, reason, detail)
select e.incident_id, e.at, e.epoch, e.step, e.actor, e.reason, e.detail
from rows from (json_to_recordset(%(entries)s) as (
    incident_id uuid, at timestamptz, epoch integer, step text, actor text, reason text, detail jsonb
)) with ordinality as e (incident_id, at, epoch, step, actor, reason, detail, number)
order by e.number

-- name: move_incident
-- Change the state, and remember when help was first sought, accepted and at the door.
update incident set
    state = %(state)s,
    dispatched_at = case when %(state)s = 'SEARCHING' then coalesce(dispatched_at, %(now)s) else dispatched_at end,
    accepted_at = case when %(state)s = 'ASSIGNED' then coalesce(accepted_at, %(now)s) else accepted_at end,
    arrived_at = case when %(state)s = 'ON_SCENE' then coalesce(arrived_at, %(now)s) else arrived_at end
where id = %(incident_id)s

-- name: raise_level
-- Escalate by one level, at most to 4.
update incident set level = least(level + 1, 4) where id = %(incident_id)s

-- name: own_incident
-- A person of the centre takes the incident.
update incident
set owner_account_id = %(account_id)s, acknowledged_at = %(now)s, acknowledged_by = %(name)s
where id = %(incident_id)s

-- name: give_back_incident
-- Whoever took it a moment ago has erred: it is as if nobody had.
update incident set owner_account_id = null, acknowledged_at = null, acknowledged_by = null where id = %(incident_id)s

-- name: verify_incidents
-- What is known of whether each danger is real.
update incident i set verification = v.verification
from json_to_recordset(%(verified)s) as v (incident_id uuid, verification text)
where i.id = v.incident_id

-- name: new_deadline
-- Somebody has to be at the door by then.
update incident set deadline_at = %(at)s where id = %(incident_id)s

-- name: want_helpers
-- How many helpers are wanted in all.
update incident set helpers_wanted = %(count)s where id = %(incident_id)s

-- name: make_offers
-- Ask responders; asking again under the same id changes nothing.
insert into offer (
    id, incident_id, responder_id, wave, state, rank, travel_p50_s, travel_p90_s, basis, travel_version, distance_m,
    created_at, expires_at, forced, track
)
select
    o.id, o.incident_id, o.responder_id, o.wave, 'QUEUED', o.rank, o.travel_p50_s, o.travel_p90_s, o.basis,
    o.travel_version, o.distance_m, %(now)s, o.expires_at, o.forced, o.track
from unnest(
    %(incident_ids)s::uuid[], %(ids)s::uuid[], %(responder_ids)s::text[], %(waves)s::int[], %(ranks)s::int[], %(p50s)s::int[], %(p90s)s::int[],
    %(bases)s::text[], %(versions)s::text[], %(distances)s::int[], %(expire)s::timestamptz[], %(forced)s::bool[],
    %(tracks)s::text[]
) as o (
    incident_id, id, responder_id, wave, rank, travel_p50_s, travel_p90_s, basis, travel_version, distance_m, expires_at, forced,
    track
)
on conflict do nothing

-- name: end_offers
-- End offers that nobody accepted.
update offer set state = %(state)s, answered_at = %(now)s, reason = %(reason)s
where id = any(%(ids)s) and state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')

-- name: accept_offer
-- Compare and set: only an open offer becomes an accepted one.
update offer set state = 'ACCEPTED', answered_at = %(now)s
where id = %(id)s and state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')
returning id

-- name: assign
-- A responder is on it; nothing is returned when they are on something else already.
insert into assignment (id, incident_id, responder_id, offer_id, state, eta_at, accepted_at, forced)
values (%(id)s, %(incident_id)s, %(responder_id)s, %(offer_id)s, 'ACCEPTED', %(eta_at)s, %(now)s, %(forced)s)
on conflict do nothing
returning id

-- name: move_assignment
-- Change the state of one helper and remember when.
update assignment set
    state = %(state)s,
    moving_at = case when %(state)s = 'MOVING' then %(now)s else moving_at end,
    arrived_at = case when %(state)s = 'ARRIVED' then %(now)s else arrived_at end,
    released_at = case when %(state)s = 'RELEASED' then %(now)s else released_at end
where id = %(id)s

-- name: next_epoch
-- Begin a new epoch.
update incident set epoch = epoch + 1 where id = %(incident_id)s

-- name: drop_timers
-- Timers of these kinds end.
delete from due where incident_id = %(incident_id)s and kind = any(%(kinds)s)

-- name: carry_timers
-- The other timers go on in the new epoch.
update due set epoch = %(epoch)s where incident_id = %(incident_id)s

-- name: remind
-- Set timers; one that is alone of its kind ends those that were set before.
with timer as materialized (
    select * from json_to_recordset(%(timers)s) as t (
        incident_id uuid, due_at timestamptz, epoch integer, kind text, subject text, is_alone boolean
    )
), replaced as (
    delete from due d using timer t where t.is_alone and d.incident_id = t.incident_id and d.kind = t.kind
)
insert into due (due_at, incident_id, epoch, kind, subject)
select due_at, incident_id, epoch, kind, subject from timer

-- name: close_incident
-- A named human ends the incident: closed, or cancelled as false.
update incident
set state = %(state)s, closed_at = %(now)s, closed_by = %(by)s, outcome_code = %(outcome)s
where id = %(incident_id)s

-- name: merge_incident
-- A named human makes the incident part of another one.
update incident
set state = 'MERGED', merged_into = %(into)s, closed_at = %(now)s, closed_by = %(by)s
where id = %(incident_id)s

-- name: find_incidents_to_join
-- The open incidents that new dangers of these beds and kinds are part of: first what theirs have become a part of since
-- somebody merged them, however often they were merged on, then their own. Each is looked up by key, however few a plan
-- thought there were.
with recursive wanted as materialized (
    select * from json_to_recordset(%(wanted)s) as w (bed_id text, kind text)
), part (bed_id, kind, id) as (
    select w.bed_id, w.kind, i.merged_into
    from wanted w cross join lateral (
        select m.merged_into from incident m where m.bed_id = w.bed_id and m.kind = w.kind and m.state = 'MERGED' offset 0
    ) as i
    union
    select p.bed_id, p.kind, i.merged_into
    from part p cross join lateral (select m.merged_into from incident m where m.id = p.id offset 0) as i
    where i.merged_into is not null
)
select p.bed_id, p.kind, p.id, true as is_merged
from part p cross join lateral (select m.state from incident m where m.id = p.id offset 0) as i
where i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
union all
select w.bed_id, w.kind, i.id, false
from wanted w cross join lateral (
    select o.id from incident o
    where o.bed_id = w.bed_id and o.kind = w.kind and o.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
    offset 0
) as i
order by is_merged desc

-- name: known_signals
-- Which of these messages were seen already, with their incidents: homes repeat a call until its receipt comes, and a
-- storm of repeats costs this.
select s.bed_id, s.device, s.boot, s.seq, s.incident_id
from json_to_recordset(%(messages)s) as m (bed_id text, device text, boot integer, seq bigint)
join signal s on s.bed_id = m.bed_id and s.device = m.device and s.boot = m.boot and s.seq = m.seq

-- name: find_open_incident
-- The open incident of this bed and kind.
select id from incident
where bed_id = %(bed_id)s and kind = %(kind)s and state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')

-- name: open_incidents
-- Open incidents; those are returned of whose bed and kind none is open already.
insert into incident (
    id, bed_id, kind, family, priority, state, late, plan, plan_version, helpers_wanted, device, event_boot, event_seq,
    pressed_at, opened_at, deadline_at, verification, responsible
)
select
    d.id, d.bed_id, d.kind, d.family, d.priority, 'RECEIVED', d.late, d.plan, d.plan_version, d.helpers_wanted,
    d.device, d.event_boot, d.event_seq, d.pressed_at, d.opened_at, d.deadline_at, d.verification,
    case when d.family = 'technical' then (select b.provider_id from bed b where b.id = d.bed_id) end
from json_to_recordset(%(dangers)s) as d (
    id uuid, bed_id text, kind text, family text, priority smallint, late boolean, plan jsonb, plan_version bigint,
    helpers_wanted smallint, device text, event_boot integer, event_seq bigint, pressed_at timestamptz,
    opened_at timestamptz, deadline_at timestamptz, verification text
)
-- Whoever opens the same ones waits for us, and we for them: in one order, so that not both do.
order by d.bed_id, d.kind
on conflict do nothing
returning id

-- name: beds
-- The next beds with what rules have to know of them.
select b.id, b.county, b.division_code, b.altitude_m,
    array(select d.id from device d where d.bed_id = b.id order by d.id) as devices
from bed b where b.id > %(after)s and b.ended_at is null order by b.id limit %(most)s

-- name: bed_facts
-- One bed with what rules have to know of it; none where its resident is erased.
select b.id, b.county, b.division_code, b.altitude_m,
    array(select d.id from device d where d.bed_id = b.id order by d.id) as devices
from bed b where b.id = %(bed_id)s
    and not exists (select from resident r where r.id = b.resident_id and r.erased_at is not null)

-- name: save_bed_states
-- Checkpoint the twins and minds of the beds of one batch.
insert into bed_state (bed_id, last_seen_at, metrics, devices, mind, next_at, person, protection)
-- Sent as binary: text arrays would be escaped letter by letter, which took half of the engine's time.
select bed_id, seen, metrics::jsonb, devices::jsonb, mind, next_at, person::jsonb, protection::jsonb
from unnest(
    %(bed_ids)b::text[], %(seen)b::timestamptz[], %(metrics)b::text[], %(devices)b::text[], %(minds)b::bytea[],
    %(next_at)b::timestamptz[], %(persons)b::text[], %(protections)b::text[]
) as s (bed_id, seen, metrics, devices, mind, next_at, person, protection)
on conflict (bed_id) do update set
    last_seen_at = excluded.last_seen_at, metrics = excluded.metrics, devices = excluded.devices,
    mind = excluded.mind, next_at = excluded.next_at, person = excluded.person, protection = excluded.protection

-- name: bed_roster_version
-- Another number means that beds or their devices have changed.
select version from bed_roster

-- name: bed_states
-- The twins and minds of these beds.
select bed_id, last_seen_at, metrics, devices, mind from bed_state where bed_id = any(%(bed_ids)s)

-- name: next_looks
-- When each of the next beds wants to be looked at; null for one that was never looked at.
select b.id, (select s.next_at from bed_state s where s.bed_id = b.id) as next_at
from bed b where b.id > %(after)s and b.ended_at is null order by b.id limit %(most)s

-- name: rule_settings
-- The newest settings of each scope and rule.
select distinct on (scope, rule) version, scope, rule, settings
from rule_setting
order by scope, rule, version desc

-- name: lead
-- Become the leader: whoever led before can commit no more.
update detect_leader set epoch = epoch + 1 returning epoch

-- name: epoch
-- Who leads now; asked every second by the leader, as its sign of life.
select epoch from detect_leader

-- name: end_frozen_leader
-- End the connection of a leader that has been silent for too long, and what it left open while it held its epoch.
with frozen as (
    select a.pid
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = %(lock)s
        and l.database = (select oid from pg_database where datname = current_database())
        and a.state_change < clock_timestamp() - make_interval(secs => %(silent_s)s)
), left_open as (
    select l.pid
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where exists (select from frozen) and l.relation = 'detect_leader'::regclass and l.mode = 'RowShareLock'
        and a.state_change < clock_timestamp() - make_interval(secs => %(silent_s)s)
)
select pid, pg_terminate_backend(pid) from (select pid from frozen union select pid from left_open) f

-- name: leader
-- Who leads; held until the commit, so that a new leader waits for it.
select epoch from detect_leader for share

-- name: add_alarm
-- Write down what a rule has found; nothing is returned for what was written before.
insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, held_back, rules_version)
values (
    %(bed_id)s, %(kind)s, %(device)s, %(priority)s, %(raised_at)s, %(now)s, %(why)s, %(held_back)s, %(version)s
)
on conflict do nothing
returning id

-- name: add_calls
-- Remember calls for help: as messages that meant danger, those that could be read, and as alarms, for those who count
-- them. Another process may have been first.
with call as materialized (
    select * from json_to_recordset(%(calls)s) as c (
        bed_id text, kind text, device text, boot integer, seq bigint, priority smallint, pressed_at timestamptz,
        received_at timestamptz, noted_at timestamptz, why jsonb, incident_id uuid
    )
), message as (
    insert into signal (bed_id, device, boot, seq, kind, measured_at, received_at, incident_id)
    select bed_id, device, boot, seq, kind, pressed_at, received_at, incident_id from call where boot is not null
    on conflict do nothing
)
insert into alarm (bed_id, kind, device, priority, raised_at, noted_at, why, incident_id, rules_version)
select bed_id, kind, device, priority, pressed_at, noted_at, why, incident_id, %(version)s from call
on conflict do nothing

-- name: tie_alarm
-- The incident that an alarm has opened or joined; it is held back no longer.
update alarm set incident_id = %(incident_id)s, held_back = null where id = %(id)s

-- name: hold_back
-- Tell an alarm later, if it still stands.
update alarm set held_back = 'late' where id = %(id)s

-- name: clear_alarms
-- The condition of a device is gone.
update alarm set cleared_at = %(at)s
where bed_id = %(bed_id)s and kind = %(kind)s and device = %(device)s and cleared_at is null
returning incident_id

-- name: is_condition_gone
-- Whether no alarm of an incident still stands.
select not exists (select from alarm where incident_id = %(incident_id)s and cleared_at is null) as gone

-- name: condition_gone
-- The condition of an incident was seen to be gone.
update incident set cleared_at = %(at)s where id = %(incident_id)s and cleared_at is null

-- name: condition_back
-- The condition has come back, perhaps worse.
update incident set cleared_at = null, priority = least(priority, %(priority)s) where id = %(incident_id)s

-- name: is_shelved
-- Whether somebody has put alarms of this bed and kind aside for now.
select exists (
    select from shelf
    where bed_id = %(bed_id)s and kind = %(kind)s and ended_at is null and begins_at <= %(now)s and until > %(now)s
) as shelved

-- name: shelf_of
-- The shelf on which alarms of this bed and kind lie now.
select by_name, until from shelf
where bed_id = %(bed_id)s and kind = %(kind)s and ended_at is null and until > %(now)s

-- name: bed_exists
-- Whether there is such a bed.
select id from bed where id = %(bed_id)s

-- name: add_shelf
-- Put alarms of a bed and kind aside for a time.
insert into shelf (bed_id, kind, reason, by_account_id, by_name, begins_at, until)
values (%(bed_id)s, %(kind)s, %(reason)s, %(account_id)s, %(name)s, %(now)s, %(until)s)

-- name: hold_back_shelved
-- What stands now is told anew when the shelf ends.
update alarm set held_back = 'shelved'
where bed_id = %(bed_id)s and kind = %(kind)s and cleared_at is null and held_back is distinct from 'doubtful'

-- name: end_shelf
-- Take alarms from the shelf before its time.
update shelf set ended_at = %(now)s
where bed_id = %(bed_id)s and kind = %(kind)s and ended_at is null and until > %(now)s
returning id

-- name: add_rule_setting
-- Settings of a rule for a scope; the row's number is the version of the whole book.
insert into rule_setting (scope, rule, settings, reason, by_name, at)
values (%(scope)s, %(rule)s, %(settings)s, %(reason)s, %(name)s, %(now)s)
returning version

-- name: recent_technical
-- How many technical alarms a county's desk has been given since then.
select count(*) as alarms
from incident i join bed b on b.id = i.bed_id
where b.county = %(county)s and i.family = 'technical' and i.opened_at > %(since)s

-- name: held_back
-- Alarms that stand and were held back for a reason that may be over; what is doubtful is raised anew by the watch.
select m.id, m.bed_id, m.kind, m.device, m.priority, m.raised_at, m.why, m.held_back, b.county
from alarm m join bed b on b.id = m.bed_id
where m.held_back <> 'doubtful' and m.cleared_at is null
    and (m.held_back <> 'late' or m.noted_at < %(now)s - interval '1 minute')
order by m.priority, m.raised_at
limit 200

-- name: set_confidence
-- How far other sensors speak for a fall.
update incident set confidence = %(confidence)s
where bed_id = %(bed_id)s and kind = 'fall' and state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
returning id

-- name: pulse
-- Say that a part of the live path has gone round.
insert into engine_pulse (service, at, detail) values (%(service)s, %(now)s, %(detail)s)
on conflict (service) do update set at = excluded.at, detail = excluded.detail

-- name: replay_vitals
-- What a bed said, by its arrival; a message is measured at most eight days before it comes.
select measured_at, received_at, device, boot, seq, clock_offset_ms, quality, heart_rate, respiratory_rate, spo2, movement, in_bed, presence
from vitals
where bed = %(bed)s and measured_at >= %(begin)s - interval '8 days' and measured_at < %(end)s + interval '1 hour'
    and received_at >= %(begin)s and received_at < %(end)s

-- name: replay_environment
-- What a bed said, by its arrival; a message is measured at most eight days before it comes.
select measured_at, received_at, device, boot, seq, clock_offset_ms, quality, room_temperature, humidity, co2, carbon_monoxide, illuminance, door_open
from environment
where bed = %(bed)s and measured_at >= %(begin)s - interval '8 days' and measured_at < %(end)s + interval '1 hour'
    and received_at >= %(begin)s and received_at < %(end)s

-- name: replay_spot_check
-- What a bed said, by its arrival; a message is measured at most eight days before it comes.
select measured_at, received_at, device, boot, seq, clock_offset_ms, quality, body_temperature, systolic_pressure, diastolic_pressure, blood_glucose, body_weight
from spot_check
where bed = %(bed)s and measured_at >= %(begin)s - interval '8 days' and measured_at < %(end)s + interval '1 hour'
    and received_at >= %(begin)s and received_at < %(end)s

-- name: replay_device_event
-- What a bed said, by its arrival; a message is measured at most eight days before it comes.
select measured_at, received_at, device, boot, seq, clock_offset_ms, event, detail
from device_event
where bed = %(bed)s and measured_at >= %(begin)s - interval '8 days' and measured_at < %(end)s + interval '1 hour'
    and received_at >= %(begin)s and received_at < %(end)s

-- name: replay_device_status
-- What a bed said, by its arrival; a message is measured at most eight days before it comes.
select measured_at, received_at, device, boot, seq, clock_offset_ms, online, battery, link_quality, power,
    firmware
from device_status
where bed = %(bed)s and measured_at >= %(begin)s - interval '8 days' and measured_at < %(end)s + interval '1 hour'
    and received_at >= %(begin)s and received_at < %(end)s
