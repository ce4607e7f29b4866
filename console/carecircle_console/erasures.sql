-- name: erasures
-- Requests of erasure of an area, the newest first; names of those who are still there, numbers of the others.
select e.id, e.origin, e.subject_kind, e.subject_id, n.name as subject_name, n.bed_id, e.area_code, a.name as area_name,
    e.asked_by, e.asked_on, e.ends_service, e.reason, e.requested_at, e.requested_name, e.confirmed_at,
    e.confirmed_name, e.not_before, e.withdrawn_at, e.withdrawn_name, e.withdrawn_reason, e.begun_at, e.finished_at,
    e.failing_since, e.failed_at, e.failed_times, e.failed_target, e.failed_code,
    (select min(r.topic) from erasure_rule r where r.target = e.failed_target) as failed_topic,
    case
        when e.finished_at is not null then 'done'
        when e.withdrawn_at is not null then 'withdrawn'
        when e.begun_at is not null then 'running'
        when e.not_before <= %(now)s then 'due'
        when e.confirmed_at is not null then 'cooling'
        else 'requested'
    end as state,
    e.requested_by is not distinct from %(account)s as is_mine,
    (select count(*)::int from erasure_entry j where j.erasure_id = e.id and j.done_at is not null) as steps_done,
    (select count(*)::int from erasure_rule) as steps
from erasure e
left join area a on a.code = e.area_code
left join lateral (
    select r.name, (select min(b.id) from bed b where b.resident_id = r.id) as bed_id
    from resident r where e.subject_kind = 'resident' and r.id = e.subject_id
    union all
    select f.name, null from family_member f where e.subject_kind = 'family_member' and f.id = e.subject_id
    union all
    select p.name, null from responder p where e.subject_kind = 'responder' and p.id = e.subject_id
) n on true
where starts_with(e.area_code, %(area)s)
    and (%(id)s::bigint is null or e.id = %(id)s)
    and (%(subject)s::text is null or (e.subject_id = %(subject)s and e.subject_kind = %(kind)s))
    and (%(before)s::bigint is null or e.id < %(before)s)
    and (not %(failing)s or e.failing_since is not null)
order by e.id desc
limit %(most)s

-- name: erasure_entries
-- What was done so far of an erasure, table by table.
select j.place, j.topic, j.target, j.act, j.why, j.touched as amount, j.began_at, j.done_at
from erasure_entry j where j.erasure_id = %(id)s order by j.place

-- name: erasure_persons
-- Whom an erasure was about, by number.
select kind, person_id from erasure_person where erasure_id = %(id)s order by kind desc, person_id
