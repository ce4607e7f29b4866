-- name: save_bed_memories
-- Keep what the rules remember of beds, so that history which comes late can be judged from there.
insert into bed_memory (bed_id, slot, settled_at, taken_at, mind)
select bed_id, slot, settled_at, %(now)s, mind
from unnest(
    %(bed_ids)b::text[], %(slots)b::smallint[], %(settled)b::timestamptz[], %(minds)b::bytea[]
) as m (bed_id, slot, settled_at, mind)
on conflict (bed_id, slot) do update set
    settled_at = excluded.settled_at, taken_at = excluded.taken_at, mind = excluded.mind

-- name: memory_before
-- The newest memory of a bed that knows nothing yet of what came late.
select settled_at, taken_at, mind from bed_memory
where bed_id = %(bed_id)s and settled_at <= %(begin)s
order by settled_at desc
limit 1

-- name: add_late_stretch
-- A bed whose history came late; judged when nothing more has come for a while, or half an hour after the first.
insert into late_stretch as l (bed_id, begin_at, until_at, device, boot, seq, noted_at, due_at)
values (%(bed_id)s, %(begin)s, %(until)s, %(device)s, %(boot)s, %(seq)s, %(now)s, %(due)s)
on conflict (bed_id) do update set
    begin_at = least(l.begin_at, excluded.begin_at), until_at = greatest(l.until_at, excluded.until_at),
    device = excluded.device, boot = excluded.boot, seq = excluded.seq,
    due_at = greatest(excluded.noted_at, least(excluded.due_at, l.noted_at + interval '30 minutes'))

-- name: take_late_stretch
-- One bed that is due, for a while; whoever dies with it leaves it to the next.
update late_stretch set due_at = %(lease)s
where bed_id = (
    select bed_id from late_stretch where due_at <= %(now)s order by due_at limit 1 for update skip locked
)
returning bed_id, begin_at, until_at, device, boot, seq, due_at

-- name: postpone_late_stretch
-- Its readings are not stored yet.
update late_stretch set due_at = %(due)s where bed_id = %(bed_id)s and due_at = %(lease)s

-- name: end_late_stretch
-- Judged; nothing is returned where more has come meanwhile, or where somebody else has taken it.
delete from late_stretch where bed_id = %(bed_id)s and due_at = %(lease)s returning bed_id

-- name: alarms_to_judge
-- What the record says of a bed's stretch.
select id, kind, device, raised_at, cleared_at from alarm
where bed_id = %(bed_id)s and raised_at >= %(begin)s and raised_at <= %(until)s
order by id

-- name: correct_alarm
-- What late history says of an alarm; returned only where that is new.
update alarm set correction = %(correction)s, corrected_at = %(now)s, correction_why = %(why)s
where id = %(id)s and correction is distinct from %(correction)s
    and not (held_back is not distinct from 'history' and %(correction)s = 'confirmed')
returning incident_id

-- name: add_missed_alarm
-- What only late history knows: it is over, reaches nobody, and stands in the record.
insert into alarm (
    bed_id, kind, device, priority, raised_at, noted_at, cleared_at, why, held_back, rules_version, correction,
    corrected_at, correction_why
)
values (
    %(bed_id)s, %(kind)s, %(device)s, %(priority)s, %(raised_at)s, %(now)s, %(cleared_at)s, %(why)s, 'history',
    %(version)s, %(correction)s, %(now)s, %(correction_why)s
)
on conflict do nothing
