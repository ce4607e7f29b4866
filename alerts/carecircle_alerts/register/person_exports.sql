-- name: lock_exports
-- One after the other for each asker, so that two at once are not both the last that is allowed.
select pg_advisory_xact_lock(hashtextextended('export:' || %(actor)s, 0))

-- name: exports_asked
-- What somebody has asked for since, newest first: of themselves, or of others.
select c.id, c.at, c.object_id, c.reason, c.detail ->> 'person' as person
from register_change c
where c.at > %(since)s and c.kind = 'export' and c.change = 'data_asked_for' and c.actor = %(actor)s
    and (c.detail ->> 'own')::boolean = %(own)s
order by c.at desc, c.id desc

-- name: newest_export
-- What somebody has asked for last.
select c.id, c.at, c.object_id, c.reason, c.detail ->> 'person' as person
from register_change c
where c.kind = 'export' and c.change = 'data_asked_for' and c.actor = %(actor)s
order by c.id desc limit 1

-- name: export_ticket
-- One thing that somebody has asked for themselves, while it is valid.
select c.id, c.at, c.object_id, c.reason, c.detail ->> 'person' as person
from register_change c
where c.id = %(id)s and c.at > %(since)s and c.kind = 'export' and c.change = 'data_asked_for'
    and c.actor = %(actor)s
