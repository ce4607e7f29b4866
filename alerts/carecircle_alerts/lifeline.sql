-- name: snapshot_areas
-- Names of neighbourhoods, as messages name them.
select code, name from area where length(code) = 9

-- name: snapshot_beds
-- Where every bed is; no name, no address, and how frail somebody is only where a plan differs by it.
select b.id, b.county, b.division_code, b.circle, b.terrain, b.provider_id, b.lat, b.lon,
    case when r.frailty = any(%(decisive)s) then r.frailty else '' end as frailty
from bed b join resident r on r.id = b.resident_id

-- name: snapshot_plan_settings
-- The newest settings of plans, as people have changed them.
select distinct on (kind, area, circle, frailty) version, kind, area, circle, frailty, settings, reason
from plan_setting
order by kind, area, circle, frailty, version desc

-- name: snapshot_people
-- Responders who could be asked now, on duty and consenting, and how they are reached, first way first.
select p.id, c.contacts,
    exists (
        select from assignment s where s.responder_id = p.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    ) as is_going
from responder p
join (
    select responder_id,
        array_agg(array[channel, address, language] order by failed_drills >= 2, place, id) as contacts
    from contact where enabled and responder_id is not null
    group by responder_id
) c on c.responder_id = p.id
where p.consented_at is not null and is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s)
order by p.id

-- name: snapshot_desks
-- The people of the centre who can be reached beside the console, and how.
select a.id::text as id, a.area_code, c.contacts
from account a
join (
    select account_id, array_agg(array[channel, address, language] order by place, id) as contacts
    from contact where enabled and account_id is not null
    group by account_id
) c on c.account_id = a.id
where a.role in ('dispatcher', 'supervisor') and a.disabled_at is null and a.area_code is not null
order by a.id

-- name: facts_of_bed
-- What opening an incident has to know of a bed; nothing where there is no such bed.
select coalesce((select max(version) from rule_setting), 0) as rules_version
from bed b where b.id = %(bed_id)s
    and not exists (select from resident r where r.id = b.resident_id and r.erased_at is not null)

-- name: told_already
-- Which tellings of the lifeline the database knows.
select id from lifeline_telling where id = any(%(ids)s)

-- name: add_lifeline_telling
-- What the lifeline has told whom, when and how.
insert into lifeline_telling (
    id, call_id, incident_id, bed_id, audience, recipient_id, step, channel, told_at, reconciled_at, snapshot_at
) values (
    %(id)s, %(call_id)s, %(incident_id)s, %(bed_id)s, %(audience)s, %(recipient_id)s, %(step)s, %(channel)s,
    %(told_at)s, %(now)s, %(snapshot_at)s
)
on conflict do nothing

-- name: offer_handed_over
-- The lifeline has asked; the outbox need not ask again, unless nothing shows that it came and there is another way.
update message set
    state = 'PROVIDER_OK', sent_at = %(told_at)s, leased_until = null, last_error = null, provider_ref = %(ref)s,
    escalate_at = case
        when not %(is_told)s and escalate_at is not null then %(now)s + make_interval(secs => no_receipt_s)
    end
where incident_id = %(incident_id)s and offer_id = %(offer_id)s and audience = 'offer' and step = 'offer'
    and state in ('PENDING', 'LEASED', 'FAILED_TEMP')

-- name: offer_asked
-- The offer has been with the responder since the lifeline asked.
update offer set state = 'SENT', sent_at = coalesce(sent_at, %(told_at)s)
where id = %(offer_id)s and state = 'QUEUED'

-- name: add_told_message
-- A message of the lifeline's own, as the outbox would have written it.
insert into message (
    id, incident_id, audience, recipient_id, step, channel, address, content, priority, state, attempts, created_at,
    due_at, sent_at
) values (
    %(id)s, %(incident_id)s, %(audience)s, %(recipient_id)s, %(step)s, %(channel)s, %(address)s, %(content)s, 1,
    'PROVIDER_OK', 1, %(told_at)s, %(told_at)s, %(told_at)s
)
on conflict do nothing

-- name: next_wave_not_before
-- The people who were asked get the time of a wave before the next are asked.
update due set due_at = %(at)s where incident_id = %(incident_id)s and kind = 'wave' and due_at < %(at)s
