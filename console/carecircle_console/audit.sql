-- name: who_is_meant
-- Who is meant by a part of a name or by an actor: looked up once, so that no row of the log has to be joined for it.
select 'account:' || a.id as actor, a.id as account_id from account a
where strpos(lower(a.name), lower(%(who)s)) > 0 or 'account:' || a.id = %(who)s
union all
select 'responder:' || r.id, null from responder r
where strpos(lower(r.name), lower(%(who)s)) > 0 or 'responder:' || r.id = %(who)s

-- name: audit_incident
-- What was done about incidents, by people and by the platform.
select
    e.at, lpad(e.id::text, 19, '0') as key, e.actor, coalesce(a.name, r.name, '') as by_name,
    'incident' as object_kind, e.incident_id::text as object_id, i.bed_id, b.division_code as area_code,
    e.step as change, e.reason, e.detail
from incident_event e
join incident i on i.id = e.incident_id
join bed b on b.id = i.bed_id
left join account a on a.id = case when e.actor ~ '^account:[0-9]{1,18}$' then substr(e.actor, 9)::bigint end
left join responder r on r.id = case when e.actor like 'responder:%%' then substr(e.actor, 11) end
where e.at >= %(since)s and e.at <= %(before)s
    and (e.at < %(before)s or lpad(e.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(b.division_code, %(area)s)
    -- People are found by an index of people alone; what the platform itself has written, along the time.
    and (
        %(who)s = ''
        or (e.actor = any (%(actors)s::text[]) and (e.actor like '%%:%%' or %(is_platform)s::boolean))
    )
    and (%(object)s = '' or %(object)s in (e.incident_id::text, i.bed_id, b.resident_id))
order by e.at desc, lpad(e.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_people
-- What was changed about people and providers.
select
    c.at, lpad(c.id::text, 19, '0') as key, c.actor, c.by_name,
    case when c.provider_id is null then 'responder' else 'provider' end as object_kind,
    coalesce(c.responder_id, c.provider_id) as object_id, null as bed_id,
    coalesce(p.area_code, v.area_code) as area_code, c.change, c.reason, c.detail
from people_change c
left join responder p on p.id = c.responder_id
left join provider v on v.id = c.provider_id
where c.at >= %(since)s and c.at <= %(before)s
    and (c.at < %(before)s or lpad(c.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(coalesce(p.area_code, v.area_code), %(area)s)
    and (%(who)s = '' or strpos(lower(c.by_name), lower(%(who)s)) > 0 or c.actor = %(who)s)
    and (%(object)s = '' or %(object)s in (c.responder_id, c.provider_id))
order by c.at desc, lpad(c.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_rule
-- Settings of rules: of the area, of its beds, and wider ones that count here too.
select
    s.at, lpad(s.version::text, 19, '0') as key, '' as actor, s.by_name, 'rule' as object_kind, s.rule as object_id,
    b.id as bed_id, coalesce(b.division_code, s.scope) as area_code, 'rule_set' as change, s.reason,
    s.settings as detail
from rule_setting s
left join bed b on b.id = s.scope
where s.at >= %(since)s and s.at <= %(before)s
    and (s.at < %(before)s or lpad(s.version::text, 19, '0') collate "C" < %(before_key)s)
    and (starts_with(coalesce(b.division_code, s.scope), %(area)s) or (b.id is null and starts_with(%(area)s, s.scope)))
    and (%(who)s = '' or strpos(lower(s.by_name), lower(%(who)s)) > 0)
    and (%(object)s = '' or %(object)s in (s.rule, b.id, b.resident_id))
order by s.at desc, lpad(s.version::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_plan
-- Settings of plans: of the area, and wider ones that count here too.
select
    s.at, lpad(s.version::text, 19, '0') as key, '' as actor, s.by_name, 'plan' as object_kind, s.kind as object_id,
    null as bed_id, s.area as area_code, 'plan_set' as change, s.reason,
    s.settings || jsonb_build_object('circle', s.circle, 'frailty', s.frailty) as detail
from plan_setting s
where s.at >= %(since)s and s.at <= %(before)s
    and (s.at < %(before)s or lpad(s.version::text, 19, '0') collate "C" < %(before_key)s)
    and (starts_with(s.area, %(area)s) or starts_with(%(area)s, s.area))
    and (%(who)s = '' or strpos(lower(s.by_name), lower(%(who)s)) > 0)
    and (%(object)s = '' or %(object)s in (s.kind, s.area))
order by s.at desc, lpad(s.version::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_road_closed
-- Roads that were closed or slowed down.
select
    c.added_at as at, lpad(c.id::text, 19, '0') as key, coalesce('account:' || c.by_account_id, '') as actor,
    c.by_name, 'road' as object_kind, c.id::text as object_id, null as bed_id, c.area_code, 'road_closed' as change,
    c.reason, jsonb_build_object('modes', c.modes, 'until', c.until) as detail
from road_closure c
where c.added_at >= %(since)s and c.added_at <= %(before)s
    and (c.added_at < %(before)s or lpad(c.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(c.area_code, %(area)s)
    and (%(who)s = ''
        or strpos(lower(c.by_name), lower(%(who)s)) > 0
        or coalesce('account:' || c.by_account_id, '') = %(who)s)
    and (%(object)s = '' or %(object)s in (c.id::text, c.area_code))
order by c.added_at desc, lpad(c.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_road_opened
-- Roads that were opened again before their time.
select
    c.ended_at as at, lpad(c.id::text, 19, '0') as key, coalesce('account:' || c.ended_by_account_id, '') as actor,
    c.ended_by_name as by_name, 'road' as object_kind, c.id::text as object_id, null as bed_id, c.area_code,
    'road_opened' as change, '' as reason, jsonb_build_object('modes', c.modes, 'until', c.until) as detail
from road_closure c
where c.ended_at >= %(since)s and c.ended_at <= %(before)s
    and (c.ended_at < %(before)s or lpad(c.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(c.area_code, %(area)s)
    and (%(who)s = ''
        or strpos(lower(c.ended_by_name), lower(%(who)s)) > 0
        or coalesce('account:' || c.ended_by_account_id, '') = %(who)s)
    and (%(object)s = '' or %(object)s in (c.id::text, c.area_code))
order by c.ended_at desc, lpad(c.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_register
-- What administrators changed, took out and erased.
select
    c.at, lpad(c.id::text, 19, '0') as key, c.actor, c.by_name, c.kind as object_kind, c.object_id,
    (select b.id from bed b where b.id = c.object_id) as bed_id, c.area_code, c.change, c.reason, c.detail
from register_change c
where c.at >= %(since)s and c.at <= %(before)s
    and (c.at < %(before)s or lpad(c.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(c.area_code, %(area)s)
    and (%(who)s = '' or strpos(lower(c.by_name), lower(%(who)s)) > 0 or c.actor = %(who)s)
    and (%(object)s = '' or %(object)s in (c.object_id))
order by c.at desc, lpad(c.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_consent
-- Who agreed to what or withdrew it, and who wrote that down.
select
    e.at, lpad(e.id::text, 19, '0') as key, e.actor, e.by_name, e.subject_kind as object_kind,
    e.subject_id as object_id, null as bed_id, s.area_code,
    case when e.given then 'consent_given' else 'consent_withdrawn' end as change, '' as reason,
    jsonb_build_object('purpose', e.purpose, 'how', e.how) as detail
from consent_entry e
join lateral (
    select b.division_code as area_code from bed b
    where e.subject_kind = 'resident' and b.resident_id = e.subject_id and starts_with(b.division_code, %(area)s)
    union all
    select p.area_code from responder p where e.subject_kind = 'responder' and p.id = e.subject_id
    union all
    select b.division_code from kinship k join bed b on b.resident_id = k.resident_id
    where e.subject_kind = 'family_member' and k.family_member_id = e.subject_id
        and starts_with(b.division_code, %(area)s)
    limit 1
) s on true
where e.at >= %(since)s and e.at <= %(before)s
    and (e.at < %(before)s or lpad(e.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(s.area_code, %(area)s)
    and (%(who)s = '' or strpos(lower(e.by_name), lower(%(who)s)) > 0 or e.actor = %(who)s)
    and (%(object)s = '' or %(object)s in (e.subject_id, e.about))
order by e.at desc, lpad(e.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_session
-- Who signed in, failed to, and signed out.
select
    e.at, lpad(e.id::text, 19, '0') as key, 'account:' || coalesce(e.by_account_id, e.account_id) as actor,
    coalesce(y.name, a.name) as by_name, 'account' as object_kind, e.account_id::text as object_id, null as bed_id,
    s.area_code, e.event as change, '' as reason, jsonb_build_object('login', a.login, 'device', e.device) as detail
from session_event e
join account a on a.id = e.account_id
left join account y on y.id = e.by_account_id
join lateral (
    select a.area_code where a.responder_id is null and a.family_member_id is null
    union all
    select p.area_code from responder p where p.id = a.responder_id
    union all
    select b.division_code from kinship k join bed b on b.resident_id = k.resident_id
    where k.family_member_id = a.family_member_id and starts_with(b.division_code, %(area)s)
    limit 1
) s on true
where e.at >= %(since)s and e.at <= %(before)s
    and (e.at < %(before)s or lpad(e.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(s.area_code, %(area)s)
    and (%(who)s = '' or coalesce(e.by_account_id, e.account_id) = any (%(accounts)s::bigint[]))
    and (%(object)s = '' or %(object)s in (e.account_id::text, a.login))
order by e.at desc, lpad(e.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_shift_began
-- Who began to watch the alarms.
select
    s.began_at as at, lpad(s.id::text, 19, '0') as key, 'account:' || s.account_id as actor, s.by_name,
    'shift' as object_kind, s.id::text as object_id, null as bed_id, s.area_code, 'shift_began' as change,
    '' as reason, jsonb_build_object('sound_heard', s.heard_at is not null) as detail
from desk_shift s
where s.began_at >= %(since)s and s.began_at <= %(before)s
    and (s.began_at < %(before)s or lpad(s.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(s.area_code, %(area)s)
    and (%(who)s = '' or strpos(lower(s.by_name), lower(%(who)s)) > 0 or 'account:' || s.account_id = %(who)s)
    and (%(object)s = '' or %(object)s in (s.id::text, s.account_id::text))
order by s.began_at desc, lpad(s.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_shift_ended
-- Who ended their watch.
select
    s.ended_at as at, lpad(s.id::text, 19, '0') as key, 'account:' || s.account_id as actor, s.by_name,
    'shift' as object_kind, s.id::text as object_id, null as bed_id, s.area_code, 'shift_ended' as change,
    '' as reason, '{}'::jsonb as detail
from desk_shift s
where s.ended_at >= %(since)s and s.ended_at <= %(before)s
    and (s.ended_at < %(before)s or lpad(s.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(s.area_code, %(area)s)
    and (%(who)s = '' or strpos(lower(s.by_name), lower(%(who)s)) > 0 or 'account:' || s.account_id = %(who)s)
    and (%(object)s = '' or %(object)s in (s.id::text, s.account_id::text))
order by s.ended_at desc, lpad(s.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_handover_written
-- Handovers that were written.
select
    h.written_at as at, lpad(h.id::text, 19, '0') as key, 'account:' || h.from_account_id as actor,
    h.from_name as by_name, 'handover' as object_kind, h.id::text as object_id, null as bed_id, h.area_code,
    'handover_written' as change, '' as reason, '{}'::jsonb as detail
from handover h
where h.written_at >= %(since)s and h.written_at <= %(before)s
    and (h.written_at < %(before)s or lpad(h.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(h.area_code, %(area)s)
    and (%(who)s = '' or strpos(lower(h.from_name), lower(%(who)s)) > 0 or 'account:' || h.from_account_id = %(who)s)
    and (%(object)s = '' or %(object)s in (h.id::text, h.from_account_id::text))
order by h.written_at desc, lpad(h.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_handover_taken
-- Handovers that were taken over.
select
    h.taken_at as at, lpad(h.id::text, 19, '0') as key, 'account:' || h.to_account_id as actor, h.to_name as by_name,
    'handover' as object_kind, h.id::text as object_id, null as bed_id, h.area_code, 'handover_taken' as change,
    '' as reason, '{}'::jsonb as detail
from handover h
where h.taken_at >= %(since)s and h.taken_at <= %(before)s
    and (h.taken_at < %(before)s or lpad(h.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(h.area_code, %(area)s)
    and (%(who)s = '' or strpos(lower(h.to_name), lower(%(who)s)) > 0 or 'account:' || h.to_account_id = %(who)s)
    and (%(object)s = '' or %(object)s in (h.id::text, h.to_account_id::text))
order by h.taken_at desc, lpad(h.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_bed_test_planned
-- Tests of call buttons that were planned.
select
    t.planned_at as at, t.id::text as key, '' as actor, t.by_name, 'bed' as object_kind, t.bed_id as object_id,
    t.bed_id, b.division_code as area_code, 'press_test_planned' as change, t.reason, '{}'::jsonb as detail
from bed_test t
join bed b on b.id = t.bed_id
where t.planned_at >= %(since)s and t.planned_at <= %(before)s
    and (t.planned_at < %(before)s or t.id::text collate "C" < %(before_key)s)
    and starts_with(b.division_code, %(area)s)
    and (%(who)s = '' or strpos(lower(t.by_name), lower(%(who)s)) > 0)
    and (%(object)s = '' or %(object)s in (t.id::text, t.bed_id, b.resident_id))
order by t.planned_at desc, t.id::text collate "C" desc
limit %(most)s

-- name: audit_bed_test_settled
-- Tests of call buttons that were settled.
select
    t.settled_at as at, t.id::text as key, '' as actor, coalesce(t.confirmed_by, '') as by_name, 'bed' as object_kind,
    t.bed_id as object_id, t.bed_id, b.division_code as area_code, 'press_test_' || lower(t.state) as change,
    t.outcome as reason, '{}'::jsonb as detail
from bed_test t
join bed b on b.id = t.bed_id
where t.settled_at >= %(since)s and t.settled_at <= %(before)s
    and (t.settled_at < %(before)s or t.id::text collate "C" < %(before_key)s)
    and starts_with(b.division_code, %(area)s)
    and (%(who)s = '' or strpos(lower(coalesce(t.confirmed_by, '')), lower(%(who)s)) > 0)
    and (%(object)s = '' or %(object)s in (t.id::text, t.bed_id, b.resident_id))
order by t.settled_at desc, t.id::text collate "C" desc
limit %(most)s

-- name: audit_shelf
-- Alarms that somebody put aside for a time.
select
    s.begins_at as at, lpad(s.id::text, 19, '0') as key, 'account:' || s.by_account_id as actor, s.by_name,
    'bed' as object_kind, s.bed_id as object_id, s.bed_id, b.division_code as area_code, 'shelved' as change,
    s.reason, jsonb_build_object('kind', s.kind, 'until', s.until) as detail
from shelf s
join bed b on b.id = s.bed_id
where s.begins_at >= %(since)s and s.begins_at <= %(before)s
    and (s.begins_at < %(before)s or lpad(s.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(b.division_code, %(area)s)
    and (%(who)s = '' or strpos(lower(s.by_name), lower(%(who)s)) > 0 or 'account:' || s.by_account_id = %(who)s)
    and (%(object)s = '' or %(object)s in (s.bed_id, b.resident_id))
order by s.begins_at desc, lpad(s.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_health
-- Who read whose health data, and why.
select
    h.at, lpad(h.id::text, 19, '0') as key, 'account:' || h.account_id as actor, a.name as by_name,
    'resident' as object_kind, h.resident_id as object_id, b.id as bed_id, b.division_code as area_code,
    'read_' || h.purpose as change, '' as reason,
    case
        when h.period is null then '{}'
        else jsonb_build_object('from', lower(h.period), 'until', upper(h.period))
    end as detail
from health_access h
join account a on a.id = h.account_id
join lateral (
    select b.id, b.division_code from bed b
    where b.resident_id = h.resident_id and starts_with(b.division_code, %(area)s)
    order by b.id = %(object)s desc, b.id
    limit 1
) b on true
where h.at >= %(since)s and h.at <= %(before)s
    and (h.at < %(before)s or lpad(h.id::text, 19, '0') collate "C" < %(before_key)s)
    and b.id is not null
    and (%(who)s = '' or h.account_id = any (%(accounts)s::bigint[]))
    and (%(object)s = '' or %(object)s in (h.resident_id, b.id))
order by h.at desc, lpad(h.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: audit_audit
-- Who looked into this log.
select
    r.at, lpad(r.id::text, 19, '0') as key, 'account:' || r.account_id as actor, a.name as by_name,
    'audit' as object_kind, r.area_code as object_id, null as bed_id, r.area_code, 'audit_' || r.what as change,
    '' as reason, r.asked as detail
from audit_read r
join account a on a.id = r.account_id
where r.at >= %(since)s and r.at <= %(before)s
    and (r.at < %(before)s or lpad(r.id::text, 19, '0') collate "C" < %(before_key)s)
    and starts_with(r.area_code, %(area)s)
    and (%(who)s = '' or r.account_id = any (%(accounts)s::bigint[]))
    and (%(object)s = '' or %(object)s in (r.area_code, r.account_id::text))
order by r.at desc, lpad(r.id::text, 19, '0') collate "C" desc
limit %(most)s

-- name: record_audit_read
-- Put a look into the log on record.
insert into audit_read (at, account_id, area_code, what, asked)
values (%(now)s, %(account)s, %(area)s, %(what)s, %(asked)s)
