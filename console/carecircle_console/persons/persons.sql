-- name: beds_of_resident
-- The beds of a resident, also those whose service has ended, and whether the asker may see each.
select b.id, %(area)s::text is null or starts_with(b.division_code, %(area)s) as is_seen
from bed b where b.resident_id = %(person)s
order by b.created_at, b.id

-- name: accounts_of_person
-- The accounts of a relative or responder.
select a.id from account a
where (%(kind)s = 'family_member' and a.family_member_id = %(person)s)
    or (%(kind)s = 'responder' and a.responder_id = %(person)s)

-- name: own_names
-- What the person is called and which number is theirs, which free text about them may say.
select r.name, r.phone from resident r where %(kind)s = 'resident' and r.id = %(person)s
union all select f.name, f.phone from family_member f where %(kind)s = 'family_member' and f.id = %(person)s
union all select p.name, p.phone from responder p where %(kind)s = 'responder' and p.id = %(person)s

-- name: names_of_others
-- Who else can be named in free text about a person: helpers, relatives, staff who acted, residents who were helped.
with asked as (
    select i.id from incident i where i.bed_id = any(%(beds)s)
    union select o.incident_id from offer o where %(kind)s = 'responder' and o.responder_id = %(person)s
)
select p.name from responder p where p.id in (select o.responder_id from offer o join asked on asked.id = o.incident_id)
union select p.name from responder p
    where p.id in (select s.responder_id from assignment s join asked on asked.id = s.incident_id)
union select f.name from kinship k join family_member f on f.id = k.family_member_id
    where k.resident_id in (
        select b.resident_id from bed b where b.id = any(%(beds)s)
        union select b.resident_id from asked join incident i on i.id = asked.id join bed b on b.id = i.bed_id
        union select n.resident_id from kinship n
            where %(kind)s = 'family_member' and n.family_member_id = %(person)s
    )
union select r.name from resident r
    where r.id in (
        select b.resident_id from asked join incident i on i.id = asked.id join bed b on b.id = i.bed_id
        union select n.resident_id from kinship n
            where %(kind)s = 'family_member' and n.family_member_id = %(person)s
    )
union select a.name from incident_event e join asked on asked.id = e.incident_id
    join account a on a.id = case when e.actor ~ '^account:[0-9]{1,18}$' then substr(e.actor, 9)::bigint end
union select c.by_name from people_change c where %(kind)s = 'responder' and c.responder_id = %(person)s
union select c.by_name from register_change c where c.object_id = %(person)s or c.object_id = any(%(beds)s)
union select e.by_name from consent_entry e where e.subject_id = %(person)s
union select s.by_name from shelf s where s.bed_id = any(%(beds)s)
union select t.by_name from bed_test t where t.bed_id = any(%(beds)s)
union select s.by_name from rule_setting s where s.scope = any(%(beds)s)

-- name: pictures_of_beds
-- The pictures of visits to some beds, oldest first.
select v.id, v.received_at from visit_photo v join incident i on i.id = v.incident_id
where i.bed_id = any(%(beds)s)
order by v.received_at, v.id

-- name: picture_of_beds
-- One of them, unless it has been thrown away meanwhile.
select v.jpeg from visit_photo v join incident i on i.id = v.incident_id
where v.id = %(id)s and i.bed_id = any(%(beds)s)

-- name: exports_of_person
-- Who has taken out what is held of a person, newest first.
select c.at, c.by_name, c.reason, (c.detail ->> 'own')::boolean as is_own
from register_change c
where c.kind = 'export' and c.object_id = %(person)s and c.detail ->> 'person' = %(kind)s
    and c.change = 'data_asked_for'
order by c.id desc limit 10
