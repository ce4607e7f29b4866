-- name: responder_ids_of_area
-- Who may know a bed that has no position: the contracted provider's people, and those of its township.
select p.id from responder p
where p.provider_id = %(provider_id)s
    or (length(%(township)s) = 9 and p.area_code ~>=~ %(township)s and p.area_code ~<~ (%(township)s || ':'))
order by p.provider_id is distinct from %(provider_id)s, p.id
limit 200

-- name: people_by_id
-- What eligibility has to know of these people, for whatever incident; each by its own index, by id.
select
    p.id, p.name, p.role, p.provider_id, p.area_code, p.travel_mode,
    p.lat, p.lon, p.position_at, p.base_lat, p.base_lon, p.skills, p.languages,
    p.on_duty, p.duty_set_at, roster.began_at as shift_began_at, past.over_at as shift_over_at,
    roster.next_at as next_shift_at,
    p.consented_at is not null as consented, p.consent_withdrawn_at,
    exists (
        select from contact c where c.person_kind = 'responder' and c.person_id = p.id and c.enabled
    ) as reachable,
    coalesce(t.asked * fading(%(now)s - t.as_of, interval '90 days'), 0) as standing_asked,
    coalesce(t.accepted * fading(%(now)s - t.as_of, interval '90 days'), 0) as standing_accepted,
    coalesce(t.asked_lately * fading(%(now)s - t.as_of, interval '12 hours'), 0) as asked_lately,
    coalesce(t.went_lately * fading(%(now)s - t.as_of, interval '12 hours'), 0) as went_lately,
    coalesce(h.state = 'unreachable' and h.valid_until > %(now)s, false) as unreachable,
    exists (
        select from assignment s
        where s.responder_id = p.id and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    ) as is_out,
    array(
        select q.incident_id from offer q
        where q.responder_id = p.id and q.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') and q.expires_at > %(now)s
    ) as asked_by,
    -- Only who was at a door has to rest: being released while still at home is no visit.
    (
        select max(s.released_at) from assignment s
        where s.responder_id = p.id and s.released_at > %(now)s - interval '1 day' and s.arrived_at is not null
    ) as visit_ended_at,
    array(
        select s.accepted_at from assignment s
        where s.responder_id = p.id and s.accepted_at >= %(now)s - interval '1 day'
    ) as taken
from unnest(%(ids)s::text[]) as wanted (id)
join responder p on p.id = wanted.id
left join standing t on t.responder_id = p.id
left join reachability h on h.responder_id = p.id
cross join lateral (
    select
        max(s.begins_at) filter (where s.begins_at <= %(now)s) as began_at,
        min(s.begins_at) filter (where s.begins_at > %(now)s) as next_at
    from shift s where s.responder_id = p.id and s.ends_at > %(now)s
) as roster
cross join lateral (
    select max(s.ends_at) as over_at from shift s where s.responder_id = p.id and s.ends_at <= %(now)s
) as past
order by p.id

-- name: houses_of
-- The providers of these people, once each: where they are, when they are open that day, how many are out of the house.
select
    v.id, v.name, v.lat, v.lon, v.skills, v.out_at_once,
    (
        select count(distinct q.id) from assignment s join responder q on q.id = s.responder_id
        where q.provider_id = v.id and q.role = 'staff' and s.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
    ) as people_out,
    exists (select from provider_hours h where h.provider_id = v.id) as has_week,
    array(
        select array[h.opens_min, h.closes_min] from provider_hours h
        where h.provider_id = v.id and h.weekday = extract(isodow from %(day)s::date)
    ) as week,
    (
        select case when x.opens_min is null then '{}' else array[x.opens_min, x.closes_min] end
        from provider_exception x where x.provider_id = v.id and x.day = %(day)s::date
    ) as exception
from (
    select distinct p.provider_id as id from unnest(%(ids)s::text[]) as wanted (id) join responder p on p.id = wanted.id
) as theirs
join provider v on v.id = theirs.id

-- name: set_duty
-- A responder goes on or off duty; the moment is kept, because the later word of switch and roster counts.
update responder set on_duty = %(on_duty)s, duty_set_at = %(now)s where id = %(id)s returning id, area_code

-- name: hold_responder
-- Whether there is such a person in an area; two changes of one person wait for each other.
select id from responder where id = %(id)s and starts_with(area_code, %(area)s) and erased_at is null
for no key update

-- name: find_provider
-- Whether there is such a provider in an area.
select id from provider where id = %(id)s and starts_with(area_code, %(area)s)

-- name: add_people_change
-- One audit row about a person or a provider.
insert into people_change (at, actor, by_name, responder_id, provider_id, change, detail, reason)
values (%(now)s, %(actor)s, %(name)s, %(responder_id)s, %(provider_id)s, %(change)s, %(detail)s, %(reason)s)

-- name: withdraw_consent
-- They do not want to be asked any more; without consent their position may not be kept either.
update responder set
    consented_at = null, consent_withdrawn_at = %(now)s, lat = null, lon = null, position_at = null,
    position_source = null
where id = %(id)s and consented_at is not null
returning id, name

-- name: give_consent
-- They have agreed to be asked and found.
update responder set consented_at = %(at)s, consent_withdrawn_at = null where id = %(id)s returning id

-- name: add_responder_consent
-- The ledger's entry; without a named version, to the words of now.
insert into consent_entry (
    at, subject_kind, subject_id, purpose, given, since, text_version, how, actor, by_name, note
) values (
    %(now)s, 'responder', %(id)s, 'dispatch_location', %(given)s, %(since)s,
    coalesce(
        %(text_version)s::integer,
        case when %(given)s then (select max(version) from consent_text where purpose = 'dispatch_location') end
    ),
    %(how)s, %(actor)s, %(name)s, %(note)s
)

-- name: open_offers_of
-- What somebody is being asked now, in the order in which incidents are held.
select id, incident_id from offer
where responder_id = %(responder_id)s and state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN')
order by incident_id

-- name: active_assignments_of
-- What somebody is on now.
select id, incident_id from assignment
where responder_id = %(responder_id)s and state in ('ACCEPTED', 'MOVING', 'ARRIVED')
order by incident_id

-- name: shifts_between
-- Shifts of a person that touch a time.
select id from shift
where responder_id = %(responder_id)s and ends_at > %(begins_at)s and begins_at < %(ends_at)s

-- name: add_shift
-- Put somebody on the roster.
insert into shift (responder_id, begins_at, ends_at, source, by_name)
values (%(responder_id)s, %(begins_at)s, %(ends_at)s, 'desk', %(name)s)
returning id

-- name: remove_shift
-- Take somebody off the roster, unless it is over.
delete from shift where id = %(id)s and responder_id = %(responder_id)s and ends_at > %(now)s
returning begins_at, ends_at

-- name: clear_hours
-- Forget a provider's week.
delete from provider_hours where provider_id = %(provider_id)s

-- name: add_hours
-- One span of a provider's week.
insert into provider_hours (provider_id, weekday, opens_min, closes_min)
values (%(provider_id)s, %(weekday)s, %(opens_min)s, %(closes_min)s)

-- name: clear_exception
-- Forget an exception.
delete from provider_exception where provider_id = %(provider_id)s and day = %(day)s

-- name: add_exception
-- Other hours on one day; null: closed.
insert into provider_exception (provider_id, day, opens_min, closes_min, reason)
values (%(provider_id)s, %(day)s, %(opens_min)s, %(closes_min)s, %(reason)s)
