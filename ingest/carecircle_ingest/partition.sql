-- name: watch_closely
-- A holder whose machine vanished loses its locks after 25 s, before a process that was started anew gives up waiting.
select
    set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false)

-- name: claim
-- Lock the name, the whole or a share in it, and every county; false for each that somebody else has.
select
    pg_try_advisory_lock(hashtext('carecircle.ingest.name'), hashtext(%(name)s)),
    case when %(counties)s::text[] = '{}' then pg_try_advisory_lock(hashtext('carecircle.ingest.county'), 0)
        else pg_try_advisory_lock_shared(hashtext('carecircle.ingest.county'), 0)
            and (
                select bool_and(pg_try_advisory_lock(hashtext('carecircle.ingest.county'), one::integer))
                from unnest(%(counties)s::text[]) as one
            )
    end

-- name: release
-- Let go of what was locked of a claim that failed.
select pg_advisory_unlock_all()

-- name: holders
-- Who has locked something that this claim wants.
select p.name, p.counties, p.since
from ingest_partition p
where p.name <> %(name)s
    and (p.counties = '{}' or %(counties)s::text[] = '{}' or p.counties && %(counties)s::text[])
    and exists (
        select 1 from pg_locks l
        where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.pid = p.backend
            and l.database = (select oid from pg_database where datname = current_database())
            and l.classid = (hashtext('carecircle.ingest.county')::bigint & 4294967295)::oid
    )
order by p.name

-- name: register
-- Write the claim down before anything is subscribed; gives back everything that may be subscribed.
-- The number of a server process may have been somebody else's before.
with reused as (update ingest_partition set backend = 0 where backend = pg_backend_pid() and name <> %(name)s)
insert into ingest_partition as p (name, counties, topics, backend, reading, since)
values (%(name)s, %(counties)s, %(topics)s, pg_backend_pid(), %(reading)s, %(since)s)
on conflict (name) do update set
    counties = excluded.counties,
    topics = (select array_agg(distinct one) from unnest(p.topics || excluded.topics) as one),
    backend = excluded.backend,
    reading = excluded.reading,
    since = excluded.since
returning topics

-- name: reads
-- The broker has confirmed the subscriptions.
update ingest_partition set reading = true where name = %(name)s

-- name: forget_topics
-- The broker has ended the subscriptions of an earlier claim.
update ingest_partition set topics = %(topics)s where name = %(name)s

-- name: coverage
-- Every county that has beds or a claim: how many beds, who has claimed it and whether it is being read.
with claimed as (
    select p.name, p.reading, l.objid::bigint as county
    from pg_locks l
    join ingest_partition p on p.backend = l.pid
    where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.mode = 'ExclusiveLock'
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid = (hashtext('carecircle.ingest.county')::bigint & 4294967295)::oid
),
beds as (select county, count(*) as beds from bed group by county)
select beds.county, beds.beds, claimed.name, coalesce(claimed.reading, false)
from beds left join claimed on claimed.county in (beds.county::bigint, 0)
order by beds.county

-- name: partitions
-- All parts, also those that are not running, whose sessions may still collect messages at the broker.
select p.name, p.topics, p.since, exists (
    select 1 from pg_locks l
    where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.pid = p.backend
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid = (hashtext('carecircle.ingest.county')::bigint & 4294967295)::oid
)
from ingest_partition p
order by p.name
