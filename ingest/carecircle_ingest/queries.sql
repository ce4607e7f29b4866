-- name: beds
-- Every bed with its county, for reading topics.
select id, county from bed

-- name: quarantine
-- Keep what could not be read, with the reason.
insert into quarantine (received_at, topic, payload, payload_bytes, reason, detail)
values (%(received_at)s, %(topic)s, %(payload)s, %(payload_bytes)s, %(reason)s, %(detail)s)

-- name: trim_quarantine
-- Bound the quarantine: the oldest go first.
delete from quarantine where id <= (select max(id) from quarantine) - %(keep)s
