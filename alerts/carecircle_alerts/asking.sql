-- name: claim
-- Whom nobody else is about to ask at this very moment. The claim ends with the transaction, and nobody waits for one.
select wanted.id from unnest(%(ids)s::text[]) as wanted (id)
where pg_try_advisory_xact_lock(hashtextextended('ask ' || wanted.id, 0))

-- name: taken
-- Of these people, each about to be asked about an incident, who is being asked about something else or is on their
-- way, as everybody can see by now.
select w.id
from unnest(%(ids)s::text[], %(incident_ids)s::uuid[]) as w (id, incident_id)
where exists (
        select from offer o
        where o.responder_id = w.id and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')
            and o.incident_id <> w.incident_id and o.expires_at > %(now)s
    )
    or exists (
        select from assignment s where s.responder_id = w.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    )

-- name: reach_of
-- Who is inside the circle of each bed that one of these people reaches, by last night's lists; only those who are on
-- duty and free now. At most so many beds a person.
with near as (
    select distinct b.bed_id
    from unnest(%(ids)s::text[]) as wanted (id)
    cross join lateral (
        select c.bed_id from bed_candidate c
        where c.responder_id = wanted.id and c.p50_s <= %(circle_s)s
        order by c.p50_s limit %(most)s
    ) as b
)
select n.bed_id, array_agg(c.responder_id) as people
from near n
join bed_candidate c on c.bed_id = n.bed_id and c.p50_s <= %(circle_s)s
join responder p on p.id = c.responder_id and p.consented_at is not null
where is_on_duty(p.id, p.on_duty, p.duty_set_at, %(now)s)
    and not exists (
        select from assignment s where s.responder_id = p.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    )
    and not exists (
        select from offer o
        where o.responder_id = p.id and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') and o.expires_at > %(now)s
    )
group by n.bed_id

-- name: cells_of
-- Around which cells people are looked for, for each of these incidents; none where nobody knows where its bed is.
select id, cell, cells_around(cell) as around from incident where id = any(%(incident_ids)s::uuid[]) and cell is not null

-- name: competing
-- Incidents around these to which nobody is going yet and which ask for people now, by the end of their time; a look,
-- nothing is held. Who has two offers out waits for answers: counting those as well would make each decision of a surge
-- as dear as all of them together, and change nothing about who is free. Each cell is read in this order and no farther
-- than needed, so that thousands of them cost no more than a few dozen.
with others as materialized (
    select i.*
    from (
        select distinct around.cell
        from incident me cross join unnest(cells_around(me.cell)) as around (cell)
        where me.id = any(%(incident_ids)s::uuid[])
    ) as c
    cross join lateral (
        select w.id, w.bed_id, w.priority, w.deadline_at, w.plan, w.cell
        from incident w
        where w.family = 'help' and w.state in ('RECEIVED', 'SEARCHING', 'UNCOVERED')
            and w.id <> all(%(incident_ids)s::uuid[]) and w.cell = c.cell
            and (
                select count(*) from offer o
                where o.incident_id = w.id and o.expires_at > %(now)s
                    -- Open, said so that no index of open offers offers itself to be read from end to end.
                    and o.state not in ('ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN', 'UNDELIVERABLE')
            ) < 2
        order by w.deadline_at, w.id
        limit %(most)s
    ) as i
    order by i.deadline_at, i.id
    limit %(most)s
)
select i.id, i.priority, i.deadline_at, i.plan::text as plan, i.cell, b.lat, b.lon, b.terrain, b.provider_id
from others i join bed b on b.id = i.bed_id
order by i.deadline_at, i.id

-- name: people_near_others
-- Who is near these places, by last position, by base, or at the nearest providers.
select distinct near.id
from unnest(%(lats)s::double precision[], %(lons)s::double precision[]) as o (lat, lon)
cross join lateral (
    (
        select p.id from responder p where p.lat is not null
        order by point(p.lon, p.lat) <-> point(o.lon, o.lat) limit %(most)s
    )
    union all
    (
        select p.id from responder p where p.base_lat is not null
        order by point(p.base_lon, p.base_lat) <-> point(o.lon, o.lat) limit %(most)s
    )
    union all
    (
        select p.id
        from (
            select v.id from provider v where v.lat is not null
            order by point(v.lon, v.lat) <-> point(o.lon, o.lat) limit 4
        ) as v
        join responder p on p.provider_id = v.id and p.role = 'staff'
        limit %(most)s
    )
) as near

-- name: offers_of_competing
-- Whom those incidents have asked already, the last time that each was asked; not who could not be reached and can be now.
select distinct on (o.incident_id, o.responder_id)
    o.incident_id, o.responder_id, o.state, o.travel_p50_s, o.travel_p90_s, o.expires_at
from offer o
where o.incident_id = any(%(ids)s) and not (o.state = 'UNDELIVERABLE' and is_reached_anew(o.responder_id, o.created_at))
order by o.incident_id, o.responder_id, o.wave desc

-- name: wake_those_alone
-- Somebody has become free: incidents nearby that have nobody and ask nobody look round again, the gravest first of those
-- whose time ends next in each cell.
insert into due (due_at, incident_id, epoch, kind)
select %(now)s, i.id, i.epoch, 'freed'
from incident me
cross join unnest(cells_around(me.cell)) as around (cell)
cross join lateral (
    select w.id, w.epoch, w.priority, w.deadline_at
    from left_alone(%(now)s) w
    where w.cell = around.cell and w.id <> me.id
        and not exists (select from due d where d.incident_id = w.id and d.kind = 'freed')
    order by w.deadline_at, w.id
    limit 50
) as i
where me.id = %(incident_id)s
order by i.priority, i.deadline_at, i.id
limit %(most)s

-- name: run_out
-- Offers that nobody has answered until their time was over, since a moment, of people who are asked about nothing else
-- by now and are not on their way.
select o.id
from offer o join responder p on p.id = o.responder_id and p.consented_at is not null
where o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') and o.answered_at is null
    and o.expires_at > %(since)s and o.expires_at <= %(now)s
    and not exists (
        select from offer q
        where q.responder_id = o.responder_id and q.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')
            and q.expires_at > %(now)s
    )
    and not exists (
        select from assignment s where s.responder_id = o.responder_id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    )
order by o.expires_at, o.id
limit %(most)s

-- name: wake_those_unasked
-- These offers have run out: incidents nearby that have nobody, ask nobody and have not asked that person look round, the
-- gravest first of the two whose time ends next in each cell. Who has asked them in vain waits for its round, so that
-- two do not ask one person in turns for ever.
insert into due (due_at, incident_id, epoch, kind)
select %(now)s, i.id, i.epoch, 'freed'
from (
    select distinct n.id, n.epoch, n.priority, n.deadline_at
    from offer o
    join incident me on me.id = o.incident_id
    cross join unnest(cells_around(me.cell)) as around (cell)
    cross join lateral (
        select w.id, w.epoch, w.priority, w.deadline_at
        from left_alone(%(now)s) w
        where w.cell = around.cell and w.id <> me.id
            and not exists (select from offer q where q.incident_id = w.id and q.responder_id = o.responder_id)
            and not exists (select from due d where d.incident_id = w.id and d.kind = 'freed')
        order by w.deadline_at, w.id
        limit 2
    ) as n
    where o.id = any(%(ids)s::uuid[])
) as i
order by i.priority, i.deadline_at, i.id
limit %(most)s
returning incident_id

-- name: beginning_mark
-- Up to when those who begin have woken who waits.
select looked_to from beginning_mark

-- name: hold_beginning_mark
-- The same until the transaction ends; nothing where another process has it, or has moved it on since it was read.
select looked_to from beginning_mark where looked_to = %(read)s for update skip locked

-- name: move_beginning_mark
-- Who began until then has woken who waits.
update beginning_mark set looked_to = %(now)s

-- name: people_begun
-- Who may be asked from now on and could not at `since`, of those who have agreed to be asked: whose shift has begun, and
-- staff whose provider has opened, by its week or an exception, which happens on full minutes only.
select s.responder_id as id
from shift s join responder p on p.id = s.responder_id
where s.begins_at at time zone 'UTC' > %(since)s::timestamptz at time zone 'UTC'
    and s.begins_at at time zone 'UTC' <= %(now)s::timestamptz at time zone 'UTC'
    and s.ends_at > %(now)s and p.consented_at is not null
union
select p.id
from (
    -- Who keeps neither hours nor exceptions never opens.
    select v.id from (
        select h.provider_id as id from provider_hours h
        union
        select x.provider_id from provider_exception x
        where x.day >= (%(since)s::timestamptz at time zone interval '8 hours')::date
            and x.day <= (%(now)s::timestamptz at time zone interval '8 hours')::date
    ) as v
    where date_trunc('minute', %(since)s::timestamptz) < date_trunc('minute', %(now)s::timestamptz)
        and is_provider_open(v.id, %(now)s) and not is_provider_open(v.id, %(since)s)
) as opened
join responder p on p.provider_id = opened.id and p.role = 'staff' and p.consented_at is not null
order by id

-- name: staff_of
-- Whom a provider may send, of those who have agreed to be asked.
select p.id from responder p
where p.provider_id = %(provider_id)s and p.role = 'staff' and p.consented_at is not null
order by p.id

-- name: may_go_out
-- These people, and the colleagues of whose provider only so many may be out at once.
select p.id from responder p where p.id = any(%(ids)s::text[])
union
select c.id
from responder p
join provider v on v.id = p.provider_id and v.out_at_once is not null
join responder c on c.provider_id = v.id and c.role = 'staff'
where p.id = any(%(ids)s::text[]) and p.role = 'staff'
order by id

-- name: wake_beds
-- Something else is known of where these beds are and who answers for them: incidents of theirs that have nobody and ask
-- nobody look round at once, and count among those around the place where the bed is known to be by now.
with placed as (
    update incident i set cell = search_cell(b.lat, b.lon)
    from bed b
    where b.id = any(%(ids)s::text[]) and i.bed_id = b.id and i.family = 'help'
        and i.state in ('RECEIVED', 'SEARCHING', 'UNCOVERED')
        and i.cell is distinct from search_cell(b.lat, b.lon)
)
insert into due (due_at, incident_id, epoch, kind)
select %(now)s, i.id, i.epoch, 'freed'
from left_alone(%(now)s) i
where i.bed_id = any(%(ids)s::text[])
    and not exists (select from due d where d.incident_id = i.id and d.kind = 'freed')

-- name: wake_incidents
-- These incidents look round at once, where they have nobody and ask nobody.
insert into due (due_at, incident_id, epoch, kind)
select %(now)s, i.id, i.epoch, 'freed'
from left_alone(%(now)s) i
where i.id = any(%(ids)s::uuid[])
    and not exists (select from due d where d.incident_id = i.id and d.kind = 'freed')

-- name: wake_around
-- These people may be asked now: incidents around every place where they may be that have nobody and ask nobody look
-- round at once, the gravest first. A bed without a position is known by its provider and its township, and the
-- contracted provider's people are asked wherever they are.
with begun as materialized (
    select p.id, p.provider_id, p.area_code, p.lat, p.lon, p.base_lat, p.base_lon
    from responder p where p.id = any(%(ids)s::text[]) and p.consented_at is not null
),
around as materialized (
    select distinct unnest(cells_around(search_cell(known.lat, known.lon))) as cell
    from begun b
    left join provider v on v.id = b.provider_id
    cross join lateral (values (b.lat, b.lon), (b.base_lat, b.base_lon), (v.lat, v.lon)) as known (lat, lon)
    where known.lat is not null
),
waiting as (
    -- Each by its own index: in a storm thousands wait, hardly any of them around these people.
    select i.id, i.epoch, i.priority, i.deadline_at from around a join left_alone(%(now)s) i on i.cell = a.cell
    union
    select i.id, i.epoch, i.priority, i.deadline_at
    from bed b join left_alone(%(now)s) i on i.bed_id = b.id
    where b.provider_id in (select p.provider_id from begun p)
    union
    select i.id, i.epoch, i.priority, i.deadline_at
    from left_alone(%(now)s) i join bed b on b.id = i.bed_id
    where i.cell is null and exists (select from begun p where starts_with(p.area_code, substr(b.division_code, 1, 9)))
)
insert into due (due_at, incident_id, epoch, kind)
select %(now)s, i.id, i.epoch, 'freed'
from waiting i
where not exists (select from due d where d.incident_id = i.id and d.kind = 'freed')
order by i.priority, i.deadline_at, i.id
limit %(most)s
returning incident_id

-- name: wake_those_helped
-- These incidents look round soon, where they ask nobody and would not look before.
insert into due (due_at, incident_id, epoch, kind)
select %(at)s, i.id, i.epoch, 'freed'
from left_alone(%(now)s) i
where i.id = any(%(ids)s::uuid[])
    and not exists (
        select from due d
        where d.incident_id = i.id and d.kind in ('freed', 'wave', 'recheck') and d.due_at <= %(at)s
    )

-- name: standing_mark_of
-- Up to when finished offers are folded; nothing is returned while another process folds.
select folded_to from standing_mark for update skip locked

-- name: fold_offers
-- Fold the offers that were finished since the last time into how each person answers. One that was withdrawn before
-- its time says nothing of who was asked, except that they were asked.
with finished as (
    select
        o.responder_id, o.state = 'ACCEPTED' as went,
        o.state <> 'WITHDRAWN' or o.answered_at >= o.expires_at as is_answer,
        fading(%(until)s - o.answered_at, interval '90 days') as long,
        fading(%(until)s - o.answered_at, interval '12 hours') as short
    from offer o
    where o.answered_at > %(since)s and o.answered_at <= %(until)s and o.state <> 'UNDELIVERABLE'
)
insert into standing as s (responder_id, asked, accepted, asked_lately, went_lately, as_of)
select
    f.responder_id, coalesce(sum(f.long) filter (where f.is_answer), 0), coalesce(sum(f.long) filter (where f.went), 0),
    sum(f.short), coalesce(sum(f.short) filter (where f.went), 0), %(until)s
from finished f
group by f.responder_id
on conflict (responder_id) do update set
    asked = s.asked * fading(excluded.as_of - s.as_of, interval '90 days') + excluded.asked,
    accepted = s.accepted * fading(excluded.as_of - s.as_of, interval '90 days') + excluded.accepted,
    asked_lately = s.asked_lately * fading(excluded.as_of - s.as_of, interval '12 hours') + excluded.asked_lately,
    went_lately = s.went_lately * fading(excluded.as_of - s.as_of, interval '12 hours') + excluded.went_lately,
    as_of = excluded.as_of

-- name: move_standing_mark
-- What was finished until then is folded.
update standing_mark set folded_to = %(until)s
