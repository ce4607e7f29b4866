-- name: bed_of_area
-- The county of a bed where it is in the area; nothing where it is not, as if there were none.
select b.county from bed b where b.id = %(bed)s and starts_with(b.division_code, %(area)s)

-- name: homes
-- The boxes of an area: who is paired since when, and whether a code is open.
select b.id as bed_id, coalesce(h.generation, 0) as generation, h.next_generation is not null as rotates,
    h.paired_at, h.rotated_at, h.revoked_at,
    (select max(c.expires_at) from pairing_code c
     where c.bed_id = b.id and c.used_at is null and c.expires_at > %(now)s) as code_expires_at
from bed b left join home_account h on h.bed_id = b.id
where starts_with(b.division_code, %(area)s) and b.ended_at is null
order by b.id

-- name: new_code
-- A code for a bed in service; older ones for the same bed end with it.
with gone as (delete from pairing_code where bed_id = %(bed)s and used_at is null or expires_at < %(long_ago)s)
insert into pairing_code (code_hash, bed_id, made_by, made_at, expires_at)
select %(hash)s, b.id, %(account)s, %(now)s, %(expires)s from bed b where b.id = %(bed)s and b.ended_at is null
returning bed_id

-- name: use_code
-- The first who brings the code has it; its home gets a new generation, and every older one ends at once.
with used as (
    update pairing_code set used_at = %(now)s
    where code_hash = %(hash)s and used_at is null and expires_at > %(now)s
    returning bed_id
)
insert into home_account as h (bed_id, generation, paired_at)
select bed_id, 1, %(now)s from used
on conflict (bed_id) do update
set generation = coalesce(h.next_generation, h.generation) + 1, next_generation = null, paired_at = %(now)s,
    revoked_at = null
returning h.bed_id, h.generation, (select county from bed where id = h.bed_id) as county

-- name: home_in_force
-- The county of a home whose account of this generation is valid now.
select b.county, b.id as bed_id
from bed b left join home_account h on h.bed_id = b.id
where b.id = %(bed)s and h.revoked_at is null
    and %(generation)s in (coalesce(h.generation, 0), coalesce(h.next_generation, -1))

-- name: begin_rotation
-- The generation to come, the same however often it is asked for; asked with the coming one, that one is in force first.
insert into home_account as h (bed_id, generation, next_generation) values (%(bed)s, %(generation)s, %(generation)s + 1)
on conflict (bed_id) do update
set generation = %(generation)s, next_generation = %(generation)s + 1
where h.revoked_at is null and %(generation)s in (h.generation, coalesce(h.next_generation, -1))
returning h.next_generation as generation

-- name: end_rotation
-- The home has used what it was given: the older one ends.
update home_account set generation = %(generation)s, next_generation = null, rotated_at = %(now)s
where bed_id = %(bed)s and revoked_at is null and next_generation = %(generation)s
returning bed_id

-- name: revoke
-- The home's account ends, and its open codes.
with codes as (delete from pairing_code where bed_id = %(bed)s and used_at is null)
insert into home_account as h (bed_id, revoked_at) values (%(bed)s, %(now)s)
on conflict (bed_id) do update set revoked_at = %(now)s, next_generation = null

-- name: failures_since
-- How often somebody guessed wrong of late.
select count(*) as failures from pairing_failure where failed_at > %(since)s

-- name: count_failure
-- One more wrong guess; what is older than the window is forgotten.
with old as (delete from pairing_failure where failed_at < %(since)s)
insert into pairing_failure (failed_at) values (%(now)s)
