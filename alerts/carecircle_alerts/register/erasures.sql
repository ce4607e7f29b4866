-- name: erasure_subject
-- Whom an erasure would be about: the divisions they belong to within and outside of an area, and whether they are erased.
select p.erased_at, s.areas, s.within
from (
    select 'resident' as kind, id, erased_at from resident
    union all select 'family_member', id, erased_at from family_member
    union all select 'responder', id, erased_at from responder
) p
cross join lateral (
    select array_agg(a.code order by a.code) as areas, count(*) filter (where starts_with(a.code, %(area)s)) as within
    from (
        select b.division_code as code from bed b where p.kind = 'resident' and b.resident_id = p.id
        union select b.division_code from kinship k join bed b on b.resident_id = k.resident_id
        where p.kind = 'family_member' and k.family_member_id = p.id
        union select r.area_code from responder r where p.kind = 'responder' and r.id = p.id
    ) a
) s
where p.kind = %(kind)s and p.id = %(id)s and s.within > 0

-- name: erasure_obstacle
-- Why somebody cannot be erased now; null: nothing stands against it.
select erasure_obstacle(%(kind)s, %(id)s, %(ends)s) as code

-- name: erasure_preview
-- What an erasure would do to each table; counted up to a bound.
select place, topic, target, act, why, amount from erasure_preview(%(kind)s, %(id)s, %(most)s)

-- name: erasure_open
-- A request about this person that was not withdrawn.
select id, requested_name, requested_at, finished_at from erasure
where subject_kind = %(kind)s and subject_id = %(id)s and withdrawn_at is null

-- name: add_erasure
-- Somebody is to be erased.
insert into erasure (
    subject_kind, subject_id, area_code, asked_by, asked_on, ends_service, reason, requested_at, requested_by,
    requested_name
) values (
    %(kind)s, %(id)s, %(area)s, %(asked_by)s, %(asked_on)s, %(ends)s, %(reason)s, %(now)s, %(account)s, %(name)s
)
returning id

-- name: hold_erasure
-- A request of an area, held until the transaction ends.
select id, subject_kind, subject_id, area_code, ends_service, requested_by, confirmed_at, not_before, withdrawn_at,
    begun_at
from erasure where id = %(id)s and starts_with(area_code, %(area)s)
for update

-- name: confirm_erasure
-- A second person agrees; until `not_before` it can be withdrawn.
update erasure set confirmed_at = %(now)s, confirmed_by = %(account)s, confirmed_name = %(name)s, not_before = %(not_before)s
where id = %(id)s

-- name: withdraw_erasure
-- It does not come to it.
update erasure set withdrawn_at = %(now)s, withdrawn_by = %(account)s, withdrawn_name = %(name)s, withdrawn_reason = %(reason)s
where id = %(id)s
