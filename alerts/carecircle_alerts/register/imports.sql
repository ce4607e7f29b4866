-- name: lock_imports
-- Imports and their undoing come one after the other.
select pg_advisory_xact_lock(hashtextextended('register_import', 0))

-- name: hold_responders
-- Nobody else changes these people of an area until the transaction ends; incidents may still ask them.
select id from responder where id = any (%(ids)s) and starts_with(area_code, %(area)s) order by id for no key update

-- name: responders_in_file
-- Those people of an area whom a file names, as files describe them.
select id, name, role, area_code, provider_id, travel_mode, phone, skills, languages
from responder where id = any (%(ids)s) and starts_with(area_code, %(area)s) and erased_at is null

-- name: import_that_came_true
-- The import that this report has become already, where it was sent twice.
select id from register_import
where fingerprint = %(fingerprint)s and area_code = %(area)s and actor = %(actor)s and undone_at is null
order by id desc limit 1

-- name: responders_to_export
-- People of an area as files describe them.
select id, name, role, area_code, provider_id, travel_mode, phone, skills, languages
from responder where starts_with(area_code, %(area)s) and erased_at is null order by id

-- name: responders_elsewhere
-- Which of some numbers belong to somebody of another area, or to somebody who is erased.
select id from responder
where id = any (%(ids)s) and (not starts_with(area_code, %(area)s) or erased_at is not null)

-- name: areas_within
-- The divisions of an area, itself included.
select code from area where starts_with(code, %(area)s)

-- name: providers_within
-- The providers of an area that are in service.
select id from provider where starts_with(area_code, %(area)s) and ended_at is null

-- name: insert_responders
-- New people; nobody is asked before they have agreed.
insert into responder (id, name, role, area_code, provider_id, travel_mode, phone, skills, languages)
select id, name, role, area_code, provider_id, travel_mode, phone, skills, languages
from jsonb_to_recordset(%(people)s) as t (
    id text, name text, role text, area_code text, provider_id text, travel_mode text, phone text, skills text[],
    languages text[]
)

-- name: update_responders
-- What files describe of people who are there.
update responder r set
    name = t.name, role = t.role, area_code = t.area_code, provider_id = t.provider_id, travel_mode = t.travel_mode,
    phone = t.phone, skills = t.skills, languages = t.languages
from jsonb_to_recordset(%(people)s) as t (
    id text, name text, role text, area_code text, provider_id text, travel_mode text, phone text, skills text[],
    languages text[]
)
where r.id = t.id

-- name: add_import
-- A file that was imported.
insert into register_import (at, kind, area_code, actor, by_name, reason, fingerprint, created, changed)
values (
    %(now)s, %(kind)s, %(area)s, %(actor)s, %(name)s, %(reason)s, %(fingerprint)s, %(created)s, %(changed)s
)
returning id

-- name: add_import_rows
-- What an import wrote, and one row in the log for each: which columns, not their content.
with told as (
    select * from jsonb_to_recordset(%(rows)s) as t (id text, area text, before jsonb, after jsonb, detail jsonb)
), kept as (
    insert into register_import_row (import_id, responder_id, bed_id, before, after)
    select %(import_id)s, case when %(kind)s = 'responder' then id end, case when %(kind)s = 'bed' then id end,
        nullif(before, 'null'), after
    from told
)
insert into register_change (at, actor, by_name, kind, object_id, area_code, change, detail, reason)
select %(now)s, %(actor)s, %(name)s, %(kind)s, id, area,
    case when nullif(before, 'null') is null then 'created' else 'changed' end,
    detail || jsonb_build_object('import', %(import_id)s::bigint), %(reason)s
from told

-- name: forget_import_rows
-- What can no longer be undone need not be kept.
delete from register_import_row r using register_import i where i.id = r.import_id and i.at < %(before)s

-- name: hold_import
-- An import by somebody of this area, until the transaction ends.
select id, at, kind, created, changed, undone_at from register_import
where id = %(id)s and starts_with(area_code, %(area)s) for update

-- name: import_rows
-- What an import wrote.
select object_id as id, before, after from register_import_row where import_id = %(id)s order by object_id

-- name: responders_in_use
-- Which of some people have something by now that goes back to nobody: a way to be reached, an account, a drill.
select r.id from responder r
where r.id = any (%(ids)s) and (
    r.on_duty or r.consented_at is not null or r.consent_withdrawn_at is not null
    or exists (select from contact c where c.responder_id = r.id)
    or exists (select from account a where a.responder_id = r.id)
    or exists (select from shift s where s.responder_id = r.id)
    or exists (select from drill d where d.responder_id = r.id)
    or exists (select from people_change p where p.responder_id = r.id)
)

-- name: delete_responders
-- People whom an import made are gone again.
delete from responder where id = any (%(ids)s)

-- name: end_import
-- An import has been undone.
update register_import set undone_at = %(now)s, undone_by = %(name)s where id = %(id)s

-- name: imports_of
-- The latest imports of an area.
select id, at, kind, by_name, reason, created, changed, undone_at, undone_by,
    undone_at is null and at >= %(undo_since)s as can_undo
from register_import where starts_with(area_code, %(area)s) order by id desc limit 20
