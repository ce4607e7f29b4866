-- name: hold_provider
-- A provider, until the transaction ends.
select id as provider_id, name, kind, area_code, lat, lon, phone, out_at_once, skills, version, ended_at from provider
where id = %(provider)s
for update

-- name: add_provider
-- A provider; it is always open until hours are set.
insert into provider (id, name, kind, area_code, lat, lon, phone, out_at_once, skills) values (
    %(provider_id)s, %(name)s, %(kind)s, %(area_code)s, %(lat)s, %(lon)s, %(phone)s, %(out_at_once)s, %(skills)s
)

-- name: change_provider
-- What a provider is from now on.
update provider set
    name = %(name)s, kind = %(kind)s, area_code = %(area_code)s, lat = %(lat)s, lon = %(lon)s, phone = %(phone)s,
    out_at_once = %(out_at_once)s, skills = %(skills)s, version = version + 1
where id = %(provider_id)s

-- name: end_provider
-- Nobody is sent from there any more; null: again.
update provider set ended_at = %(at)s, version = version + 1 where id = %(provider)s

-- name: who_needs_provider
-- How many beds in service and how many people belong to a provider.
select
    (select count(*)::int from bed where provider_id = %(provider)s and ended_at is null) as beds,
    (select count(*)::int from responder where provider_id = %(provider)s and consented_at is not null) as people
