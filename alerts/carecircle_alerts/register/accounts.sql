-- name: add_register_change
-- One row in the log of what administrators change.
insert into register_change (at, actor, by_name, kind, object_id, area_code, change, detail, reason)
values (
    %(now)s, %(actor)s, %(name)s, %(kind)s, %(object_id)s, %(area)s, %(change)s, %(detail)s, %(reason)s
)

-- name: last_register_change
-- Who changed something last, and when.
select by_name, at from register_change where kind = %(kind)s and object_id = %(object_id)s order by id desc limit 1

-- name: lock_accounts
-- Roles and areas change one after the other: two administrators must not each remove the other as the last but one.
select pg_advisory_xact_lock(hashtextextended('accounts', 0))

-- name: hold_account
-- An account within an area, until the transaction ends. Phones' accounts lie where their person or resident does.
select a.id, a.login, a.name, a.role, a.area_code, a.responder_id, a.family_member_id, a.disabled_at, a.version
from account a
where a.id = %(id)s and (
    (a.responder_id is null and a.family_member_id is null and starts_with(a.area_code, %(area)s))
    or exists (select from responder p where p.id = a.responder_id and starts_with(p.area_code, %(area)s))
    or exists (
        select from kinship k join bed b on b.resident_id = k.resident_id
        where k.family_member_id = a.family_member_id and starts_with(b.division_code, %(area)s)
    )
)
for update of a

-- name: administrators_who_cover
-- How many other administrators in use answer for an area.
select count(*)::int as rest from account
where role = 'administrator' and disabled_at is null and id <> %(id)s and starts_with(%(covered)s, area_code)

-- name: area_code_exists
-- Whether there is such a division.
select 1 as found from area where code = %(code)s

-- name: responder_in_area
-- Whether there is such a responder in an area.
select 1 as found from responder where id = %(id)s and starts_with(area_code, %(area)s) and erased_at is null

-- name: relative_in_area
-- Whether there is such a relative of somebody in an area.
select 1 as found from kinship k join bed b on b.resident_id = k.resident_id
where k.family_member_id = %(id)s and starts_with(b.division_code, %(area)s)
limit 1

-- name: add_account
-- A new account.
insert into account (
    login, name, role, password_hash, area_code, responder_id, family_member_id, created_at, must_change_password,
    password_expires_at
) values (
    %(login)s, %(name)s, %(role)s, %(password_hash)s, %(area_code)s, %(responder_id)s, %(family_member_id)s, %(now)s,
    %(must_change)s, %(expires_at)s
)
returning id

-- name: change_account
-- Other names, roles and areas.
update account set
    name = %(name)s, role = %(role)s, area_code = %(area_code)s, responder_id = %(responder_id)s,
    family_member_id = %(family_member_id)s, version = version + 1
where id = %(id)s

-- name: disable_account
-- Nobody signs in with it from now on; null: again.
update account set disabled_at = %(at)s, version = version + 1 where id = %(id)s

-- name: set_password
-- Another password; it is the person's own unless it must be changed.
update account set
    password_hash = %(password_hash)s, must_change_password = %(must_change)s, password_expires_at = %(expires_at)s,
    version = version + %(step)s
where id = %(id)s

-- name: forget_invitations
-- Invitations that nobody has used end.
delete from invitation where account_id = %(id)s and used_at is null

-- name: add_invitation
-- A link by which somebody sets their own password.
insert into invitation (token_sha256, account_id, made_at, expires_at)
values (%(token)s, %(id)s, %(now)s, %(expires_at)s)

-- name: use_invitation
-- The first who brings the link has it.
update invitation i set used_at = %(now)s
from account a
where i.token_sha256 = %(token)s and i.used_at is null and i.expires_at > %(now)s and a.id = i.account_id
    and a.disabled_at is null
returning i.account_id, a.login, a.name, a.area_code

-- name: end_sessions
-- Whoever is signed in with this account is not any more: all of its sessions, one, or all but one.
with gone as (
    delete from console_session
    where account_id = %(id)s and (%(only)s::uuid is null or id = %(only)s)
        and (%(spare)s::uuid is null or id <> %(spare)s)
    returning id, account_id
)
insert into session_event (at, account_id, event, session_id, by_account_id)
select %(now)s, account_id, 'revoked', id, %(by)s from gone
returning session_id

-- name: remove_second_factor
-- The account needs no code any more; its recovery codes end with it.
with codes as (delete from recovery_code where account_id = %(id)s)
delete from second_factor where account_id = %(id)s returning account_id

-- name: add_session_event
-- One row about signing in.
insert into session_event (at, account_id, event, by_account_id) values (%(now)s, %(id)s, %(event)s, %(by)s)

-- name: area_of_account
-- Where an account belongs: its own area, its responder's, or that of the first of its relative's residents.
select coalesce(
    case when a.responder_id is null and a.family_member_id is null then a.area_code end,
    (select p.area_code from responder p where p.id = a.responder_id),
    (
        select min(b.division_code) from kinship k join bed b on b.resident_id = k.resident_id
        where k.family_member_id = a.family_member_id
    )
) as area_code
from account a where a.id = %(id)s
