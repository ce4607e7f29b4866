-- name: touch_session
-- Somebody has used their session; written every few minutes at most.
update console_session set seen_at = %(now)s where id = %(id)s

-- name: note_session_event
-- One row about signing in.
insert into session_event (at, account_id, event, device, by_account_id)
values (%(now)s, %(account)s, %(event)s, %(device)s, %(account)s)

-- name: take_step
-- A code of this step is taken, once: another request with the same code finds it gone.
update second_factor set last_step = %(step)s
where account_id = %(account)s and last_step < %(step)s and confirmed_at is not null
returning account_id

-- name: recovery_codes
-- Codes of somebody that were not used yet.
select id, code_hash from recovery_code where account_id = %(account)s and used_at is null order by id

-- name: use_recovery_code
-- A recovery code is used, once.
update recovery_code set used_at = %(now)s where id = %(id)s and used_at is null returning id

-- name: second_factor_of
-- Somebody's second factor, confirmed or not.
select sealed_secret, begun_at, confirmed_at, last_step,
    (select count(*)::int from recovery_code r where r.account_id = f.account_id and r.used_at is null) as codes_left
from second_factor f where account_id = %(account)s

-- name: begin_second_factor
-- A secret that somebody is about to put into their phone; a confirmed one is not replaced.
insert into second_factor as f (account_id, sealed_secret, begun_at) values (%(account)s, %(sealed)s, %(now)s)
on conflict (account_id) do update set sealed_secret = excluded.sealed_secret, begun_at = excluded.begun_at
where f.confirmed_at is null
returning account_id

-- name: confirm_second_factor
-- The first code was right: from now on signing in needs one.
update second_factor set confirmed_at = %(now)s, last_step = %(step)s
where account_id = %(account)s and confirmed_at is null
returning account_id

-- name: drop_second_factor
-- Somebody does without it again.
with codes as (delete from recovery_code where account_id = %(account)s)
delete from second_factor where account_id = %(account)s returning account_id

-- name: replace_recovery_codes
-- New recovery codes; the old ones end.
with gone as (delete from recovery_code where account_id = %(account)s)
insert into recovery_code (account_id, code_hash) select %(account)s, unnest(%(hashes)s::text[])

-- name: password_of
-- The hash to check a person's present password against.
select password_hash from account where id = %(account)s and disabled_at is null

-- name: sessions_of
-- Where somebody is signed in, the latest first.
select s.id, s.created_at, s.seen_at, s.expires_at, s.device
from console_session s
where s.account_id = %(account)s and s.expires_at > %(now)s
order by s.created_at desc, s.id
limit 200

-- name: account_in_area
-- Whether an account lies within an area, as the desk holds it.
select a.id from account a
where a.id = %(id)s and (
    (a.responder_id is null and a.family_member_id is null and starts_with(a.area_code, %(area)s))
    or exists (select from responder p where p.id = a.responder_id and starts_with(p.area_code, %(area)s))
    or exists (
        select from kinship k join bed b on b.resident_id = k.resident_id
        where k.family_member_id = a.family_member_id and starts_with(b.division_code, %(area)s)
    )
)

-- name: accounts
-- Accounts of an area, by login; a page after the last login seen.
select a.id, a.login, a.name, a.role, a.area_code, area.name as area_name, a.responder_id, p.name as responder_name,
    a.family_member_id, f.name as family_member_name, a.disabled_at, a.created_at, a.version, a.must_change_password,
    a.password_expires_at, a.password_hash = '!' as has_no_password,
    exists (select from second_factor t where t.account_id = a.id and t.confirmed_at is not null) as has_second_factor,
    (
        select max(i.expires_at) from invitation i
        where i.account_id = a.id and i.used_at is null and i.expires_at > %(now)s
    ) as invited_until,
    (
        select count(*)::int from console_session s where s.account_id = a.id and s.expires_at > %(now)s
    ) as sessions,
    (
        select max(e.at) from session_event e where e.account_id = a.id and e.event = 'signed_in'
    ) as signed_in_at
from account a
left join area on area.code = a.area_code
left join responder p on p.id = a.responder_id
left join family_member f on f.id = a.family_member_id
where a.login > %(after)s
    and (%(id)s::bigint is null or a.id = %(id)s)
    and (%(role)s::text is null or a.role = %(role)s)
    and (%(state)s = 'all' or (a.disabled_at is null) = (%(state)s = 'active'))
    and (%(search)s = '' or a.login like %(like)s or a.name like %(like)s)
    and (
        (a.responder_id is null and a.family_member_id is null and starts_with(a.area_code, %(area)s))
        or starts_with(p.area_code, %(area)s)
        or exists (
            select from kinship k join bed b on b.resident_id = k.resident_id
            where k.family_member_id = a.family_member_id and starts_with(b.division_code, %(area)s)
        )
    )
order by a.login
limit %(most)s

-- name: register_changes
-- What administrators changed in an area, or about one thing, newest first; a page before the last number seen.
select c.id, c.at, c.by_name, c.kind, c.object_id, c.area_code, c.change, c.detail, c.reason
from register_change c
where starts_with(c.area_code, %(area)s)
    and (%(kind)s::text is null or c.kind = %(kind)s)
    and (%(object)s::text is null or c.object_id = %(object)s)
    and (%(before)s::bigint is null or c.id < %(before)s)
order by c.id desc
limit %(most)s

-- name: invitation_of
-- Whose invitation a link is, while it can be used.
select a.login, a.name, i.expires_at
from invitation i join account a on a.id = i.account_id
where i.token_sha256 = %(token)s and i.used_at is null and i.expires_at > %(now)s and a.disabled_at is null
