-- What dashboards read of travel times: what was expected of whoever was asked and how it came, corrections, services.

set lock_timeout = '5s';
set role carecircle_owner;

create view read.travel_offer with (security_barrier) as
select o.created_at, b.bed_id, b.division_code, b.county, b.county_name, b.circle, b.provider_id, b.terrain,
    p.travel_mode, o.basis, o.travel_version as version,
    o.travel_p50_s as p50_s, o.travel_p90_s as p90_s,
    s.accepted_at, s.arrived_at,
    case when i.outcome_code is distinct from 'test_press'
        then extract(epoch from s.arrived_at - s.accepted_at)::double precision
    end as took_s,
    -- The twin of carecircle_alerts.travel.roads.speeds.hour_band, and a test holds them equal.
    case when extract(isodow from t.there) < 6
            and (t.there::time >= '07:30' and t.there::time < '09:00' or t.there::time >= '17:30' and t.there::time < '19:00')
        then 'peak' else 'off_peak'
    end as hour_band
from offer o
join incident i on i.id = o.incident_id
join scoped_bed b on b.bed_id = i.bed_id
join responder p on p.id = o.responder_id
left join assignment s on s.offer_id = o.id
cross join lateral (select coalesce(s.accepted_at, o.created_at) at time zone interval '8 hours' as there) t
where o.basis <> 'unknown';
comment on view read.travel_offer is
    'One row an offer whose way was known: on what that rested, what was expected from acceptance to the door in seconds '
    '(half, and nine in ten, should be there by then), and how long it took; null for tests and where nobody has arrived.';

-- Of the platform and not of any area; they name nobody.
create view read.travel_correction with (security_barrier) as
select k.version, k.made_at, extract(epoch from now() - k.made_at)::double precision as age_s,
    c.basis, c.mode, c.terrain, c.hour_band, c.factor, c.spread, c.arrivals
from (select version, made_at from travel_calibration order by version desc limit 1) k
left join travel_correction c on c.version = k.version;
comment on view read.travel_correction is
    'The newest calibration: one row a correction, by which times on the way are multiplied; one without any where it has '
    'none.';

create view read.travel_source with (security_barrier) as
select s.key as source, (s.value ->> 'place')::int as place, p.at, (s.value ->> 'is_remote')::boolean as is_remote,
    (s.value ->> 'is_left_alone')::boolean as is_left_alone,
    (s.value ->> 'answered')::bigint as answered, (s.value ->> 'unknown')::bigint as unknown,
    (s.value ->> 'failed')::bigint as failed,
    (s.value ->> 'p50_ms')::double precision as p50_ms, (s.value ->> 'p95_ms')::double precision as p95_ms,
    (s.value ->> 'daily_budget')::bigint as daily_budget,
    case when s.value ? 'daily_budget' then greatest(
        (s.value ->> 'daily_budget')::bigint - coalesce((
            select u.used from travel_budget u
            where u.source = s.key and u.day = (now() at time zone interval '8 hours')::date
        ), 0), 0)
    end as budget_left
from engine_pulse p
cross join lateral jsonb_each(
    case when jsonb_typeof(p.detail #> '{travel,sources}') = 'object' then p.detail #> '{travel,sources}' else '{}' end
) s
where p.service = 'alerts';
comment on view read.travel_source is
    'One row a source of travel times that is set up, `place` in the order of trust, as the engine said with its last pulse: whether '
    'it is left alone, people answered since its start, times of its last questions in ms, and what is left of today''s budget.';

grant select on read.travel_offer, read.travel_correction, read.travel_source to carecircle_grafana;

-- Offers of a month, of all that there ever were.
create index offer_created on offer (created_at);

reset role;
