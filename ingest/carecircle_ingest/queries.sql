-- name: beds
-- Every bed with its county, for reading topics; an empty one where the person is erased, of whom nothing is kept.
select b.id, case when r.erased_at is null then b.county else '' end from bed b join resident r on r.id = b.resident_id

-- name: clocks
-- Corrections of device clocks that may still be asked for, the oldest first.
select bed, device, boot, from_at_ms, offset_ms from device_clock where since > %(since)s order by since

-- name: add_clock
-- A device's clock was found wild: what is added to it for the rest of this boot.
insert into device_clock (bed, device, boot, from_at_ms, offset_ms, since)
values (%(bed)s, %(device)s, %(boot)s, %(from_at_ms)s, %(offset_ms)s, %(since)s)
on conflict do nothing

-- name: rolled_until
-- Two statements: wait until nobody moves the boundary of the rollups, then read it (microseconds since 2000).
select pg_advisory_xact_lock_shared(hashtext('carecircle.rollup'));
select case when isfinite(rolled_until) then (extract(epoch from rolled_until) * 1000000)::bigint - 946684800000000 end
from rollup_boundary

-- name: touch
-- Hours of a bed that are to be rolled up again; times in microseconds since 2000.
insert into rollup_touched (history, bed, hour)
select t.history, t.bed, timestamptz '2000-01-01 00:00:00+00' + t.hour * interval '1 hour'
from unnest(%(histories)s::text[], %(beds)s::text[], %(hours)s::bigint[]) as t (history, bed, hour)
on conflict do nothing

-- name: trim_quarantine
-- Bound the quarantine: the oldest go first.
delete from quarantine where id <= (select max(id) from quarantine) - %(keep)s

-- name: quarantine_reasons
-- How much waits in quarantine, by reason.
select reason, count(*), max(received_at) from quarantine group by reason order by count(*) desc, reason

-- name: quarantine_newest
-- The newest messages in quarantine, of one reason or of all.
select id, received_at, reason, topic, payload_bytes, detail
from quarantine
where %(reason)s::text is null or reason = %(reason)s
order by id desc
limit %(limit)s

-- name: quarantine_payload
-- One message with its bytes.
select id, received_at, reason, topic, payload_bytes, detail, payload from quarantine where id = %(id)s

-- name: quarantine_next
-- The next messages to replay, in the order in which they came.
select id, received_at, topic, payload, payload_bytes
from quarantine
where id > %(after)s and id <= %(until)s
    and (%(reason)s::text is null or reason = %(reason)s)
    and (%(ids)s::bigint[] is null or id = any(%(ids)s))
order by id
limit %(limit)s

-- name: quarantine_end
-- The newest message that waits now.
select coalesce(max(id), 0) from quarantine

-- name: quarantine_release
-- These are in history now.
delete from quarantine where id = any(%(ids)s)

-- name: quarantine_drop
-- Give up what came before a moment, of one reason.
delete from quarantine where reason = %(reason)s and received_at < %(before)s
