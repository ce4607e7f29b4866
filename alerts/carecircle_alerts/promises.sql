-- name: broken_promises
-- What must never be, each with the incidents, people or messages in which it is; every look-up goes by an index.
with open_incident as (
    select id, epoch, state, helpers_wanted, owner_account_id, priority
    from incident where state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED')
)
select 'unattended' as promise, i.id::text as subject
from open_incident i
where not exists (select from due d where d.incident_id = i.id and d.epoch = i.epoch)
    and not exists (
        select from console_session s join account a on a.id = s.account_id
        where s.account_id = i.owner_account_id and s.expires_at > %(now)s and a.disabled_at is null
    )
union all
select 'late_due', d.incident_id::text
from due d join open_incident i on i.id = d.incident_id and i.epoch = d.epoch
where d.due_at < %(now)s - make_interval(secs => %(late_s)s)
union all
select 'crowded', i.id::text
from open_incident i join assignment s on s.incident_id = i.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
group by i.id, i.helpers_wanted
having count(*) > i.helpers_wanted
union all
select 'unaudited', i.id::text
from open_incident i
where not exists (select from incident_event e where e.incident_id = i.id and e.step = lower(i.state))
union all
select 'message_stuck', m.id::text
from message m
where (m.state in ('PENDING', 'FAILED_TEMP') and m.due_at < %(now)s - make_interval(secs => %(stuck_s)s))
    or (m.state = 'LEASED' and m.leased_until < %(now)s - make_interval(secs => %(stuck_s)s))
union all
select 'held_press_overdue', t.id::text
from bed_test t
where t.settled_at is null and t.state = 'PRESSED'
    and least(t.confirm_by, t.doubted_at) < %(now)s - make_interval(secs => %(late_s)s)

-- name: disown_incident
-- Whoever had it is gone: somebody else has to take it.
update incident set owner_account_id = null where id = %(incident_id)s

-- name: try_check_lock
-- One process looks at a time; the lock ends with the transaction.
select pg_try_advisory_xact_lock(%(lock)s) as held

-- name: database_time
-- What time it is for everybody.
select clock_timestamp() as now
