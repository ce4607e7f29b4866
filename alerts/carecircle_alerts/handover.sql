-- name: begin_shift
-- A person of the centre begins to watch; one who watches already goes on, and may have heard the sound by now.
insert into desk_shift (account_id, by_name, area_code, began_at, heard_at)
values (%(account_id)s, %(name)s, %(area)s, %(now)s, case when %(heard)s then %(now)s::timestamptz end)
on conflict (account_id) where ended_at is null
do update set heard_at = coalesce(excluded.heard_at, desk_shift.heard_at)

-- name: end_stale_shifts
-- Shifts that nobody has ended are over after so long: no session lasts longer.
update desk_shift set ended_at = %(now)s where ended_at is null and began_at < %(before)s

-- name: end_shift
-- A person of the centre does not watch any more.
update desk_shift set ended_at = %(now)s where account_id = %(account_id)s and ended_at is null

-- name: left_open
-- The open incidents of an area, most urgent first.
select i.id, i.bed_id as bed, i.kind, i.priority, i.state, i.level, i.pressed_at, i.acknowledged_by as owner
from incident i join bed b on b.id = i.bed_id
where starts_with(b.division_code, %(area)s) and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
order by i.priority, i.pressed_at, i.id

-- name: left_aside
-- What is put aside in an area, the first to return first.
select s.id, s.bed_id as bed, s.kind, s.until
from shelf s join bed b on b.id = s.bed_id
where starts_with(b.division_code, %(area)s) and s.ended_at is null and s.until > %(now)s
order by s.until, s.id

-- name: left_silent
-- The beds of an area from which nothing has come since then, those that fell silent last first.
select b.id as bed, t.last_seen_at as seen_at
from bed b left join bed_state t on t.bed_id = b.id
where starts_with(b.division_code, %(area)s) and b.ended_at is null
    and (t.last_seen_at is null or t.last_seen_at < %(before)s)
order by t.last_seen_at desc nulls last, b.id

-- name: write_handover
-- Who goes signs what they leave.
insert into handover (area_code, from_account_id, from_name, written_at, notes, summary)
values (%(area)s, %(account_id)s, %(name)s, %(now)s, %(notes)s, %(summary)s)
returning id

-- name: lock_handover
-- One handover, held until the transaction ends: it is taken once.
select h.id, h.area_code, h.from_account_id, h.to_account_id, h.to_name, h.taken_at
from handover h
where h.id = %(id)s and starts_with(h.area_code, %(area)s)
for update

-- name: take_handover
-- Who comes signs.
update handover set to_account_id = %(account_id)s, to_name = %(name)s, taken_at = %(now)s where id = %(id)s
