-- Accounts that administrators keep: one-time passwords and invitations, second factors, sessions that can be seen and
-- ended; one log of what administrators change; and a ledger of who agreed to what, in which words, and until when.

set lock_timeout = '5s';
set role carecircle_owner;

alter table account
    add column version integer not null default 1,
    add column created_at timestamptz not null default now(),
    add column must_change_password boolean not null default false,
    add column password_expires_at timestamptz;
comment on column account.version is 'Counts what administrators changed; a change names the version that it was made on.';
comment on column account.password_expires_at is 'Until when a one-time password opens the account; null: for good.';

create table register_change (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    by_name text not null,
    kind text not null check (kind in (
        'account', 'area', 'resident', 'bed', 'device', 'provider', 'responder', 'family_member', 'contact', 'import',
        'consent', 'erasure', 'export'
    )),
    object_id text not null,
    area_code text not null,
    change text not null,
    detail jsonb not null default '{}',
    reason text not null default ''
);
comment on table register_change is
    'What administrators changed, when and why. Rows are only added. Names, numbers and addresses are not in detail: it '
    'says which of them changed, so that the log may stay when a person is erased.';
create index register_change_object on register_change (kind, object_id, id desc);
create index register_change_at on register_change (at);

create table invitation (
    token_sha256 bytea primary key,
    account_id bigint not null references account on delete cascade,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
comment on table invitation is 'Links by which somebody sets the password of their own account, once.';
create index invitation_account on invitation (account_id);

create table second_factor (
    account_id bigint primary key references account on delete cascade,
    sealed_secret bytea not null,
    begun_at timestamptz not null,
    confirmed_at timestamptz,
    last_step bigint not null default 0
);
comment on table second_factor is 'TOTP (RFC 6238): the secret is encrypted with a key that only the installation has.';
comment on column second_factor.last_step is 'The 30 s step of the last code that was taken; none up to it is taken again.';

create table recovery_code (
    id bigint generated always as identity primary key,
    account_id bigint not null references account on delete cascade,
    code_hash text not null,
    used_at timestamptz
);
comment on table recovery_code is 'argon2id hashes of codes that stand in for a lost phone, each once.';
create index recovery_code_account on recovery_code (account_id);

alter table console_session
    add column id uuid not null default gen_random_uuid() unique,
    add column device text not null default '',
    add column seen_at timestamptz;
comment on column console_session.device is 'What the browser calls itself, so that people recognise their own.';

create table session_event (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    account_id bigint not null references account on delete cascade,
    event text not null check (event in (
        'signed_in', 'signed_out', 'revoked', 'refused', 'code_refused', 'recovery_code_used', 'password_changed',
        'second_factor_added', 'second_factor_removed', 'invitation_used'
    )),
    session_id uuid,
    device text not null default '',
    by_account_id bigint references account on delete set null
);
comment on table session_event is 'Who signed in, failed to, and signed out; sessions themselves are deleted when they end.';
create index session_event_account on session_event (account_id, id desc);
create index session_event_at on session_event (at);

create table consent_text (
    purpose text not null check (purpose in (
        'family_told', 'family_vitals', 'dispatch_location', 'care_service', 'health_monitoring', 'photos', 'messages',
        'relative_contact'
    )),
    version integer not null check (version > 0),
    language text not null default 'zh-CN' check (language in ('zh-CN', 'en', 'bo')),
    wording text not null check (length(wording) between 1 and 5000),
    published_at timestamptz not null,
    by_name text not null,
    primary key (purpose, version, language)
);
comment on table consent_text is 'What people agree to, word for word. Rows are only added; the highest version counts.';

create table consent_entry (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    subject_kind text not null check (subject_kind in ('resident', 'responder', 'family_member')),
    subject_id text not null,
    purpose text not null,
    about text not null default '',
    given boolean not null,
    since timestamptz not null,
    text_version integer,
    how text not null check (how in ('in_person', 'paper', 'phone', 'own_device', 'guardian', 'register')),
    actor text not null,
    by_name text not null,
    note text not null default '' check (length(note) <= 500)
);
comment on table consent_entry is
    'The consent ledger: every time somebody agreed or withdrew (PIPL art. 14 to 16). Rows are only added; the newest of '
    'subject, purpose and about counts.';
comment on column consent_entry.about is 'The other person, where there is one: the relative who is told.';
comment on column consent_entry.since is 'When they said so, which may be earlier than when it was written down.';
create index consent_entry_newest on consent_entry (subject_kind, subject_id, purpose, about, id desc);
create index consent_entry_at on consent_entry (at);

create function has_consent(of_kind text, of_id text, for_purpose text, about_whom text default '') returns boolean
language sql stable parallel safe as $$
    select coalesce((
        select e.given from consent_entry e
        where e.subject_kind = of_kind and e.subject_id = of_id and e.purpose = for_purpose and e.about = about_whom
        order by e.id desc limit 1
    ), false)
$$;
comment on function has_consent is 'Whether somebody agrees to something now, by the newest entry of the ledger.';

-- Rows that come with a consent (a demo, an import of another system) bring its entry along.
create function write_down_consent() returns trigger language plpgsql security definer set search_path = public as $$
begin
    if tg_table_name = 'kinship' then
        insert into consent_entry (at, subject_kind, subject_id, purpose, about, given, since, how, actor, by_name)
        values (now(), 'resident', new.resident_id, 'family_told', new.family_member_id, true, new.consented_at,
            'register', 'register', '档案');
    else
        insert into consent_entry (at, subject_kind, subject_id, purpose, given, since, how, actor, by_name)
        values (now(), 'responder', new.id, 'dispatch_location', true, new.consented_at, 'register', 'register', '档案');
    end if;
    return null;
end $$;
create trigger kinship_consent after insert on kinship
    for each row when (new.consented_at is not null) execute function write_down_consent();
create trigger responder_consent after insert on responder
    for each row when (new.consented_at is not null) execute function write_down_consent();
insert into consent_entry (at, subject_kind, subject_id, purpose, about, given, since, how, actor, by_name)
select now(), 'resident', resident_id, 'family_told', family_member_id, true, consented_at, 'register', 'register', '档案'
from kinship where consented_at is not null
union all
select now(), 'responder', id, 'dispatch_location', '', true, consented_at, 'register', 'register', '档案'
from responder where consented_at is not null;

-- First wordings. They need a lawyer's eye before anybody signs them.
insert into consent_text (purpose, version, wording, published_at, by_name)
select purpose, 1, wording, now(), '系统' from (values
    ('family_told', '我同意：床位发生报警、有人上门及处理结果时，照护中心通知我指定的这位家属。我可随时撤回，不影响救助服务。'),
    ('family_vitals', '我同意：我指定的这位家属可以查看我的心率、呼吸、体温等监测数值。我可随时撤回，不影响救助服务。'),
    ('dispatch_location', '我同意：在岗期间，照护中心使用我的位置判断谁离求助老人最近，并向我派单。我可随时撤回；撤回后位置即被清除。'),
    ('care_service', '我同意：照护中心为提供家庭养老床位服务，处理我的姓名、住址、电话和紧急联系人。'),
    ('health_monitoring', '我同意：照护中心通过床位设备采集并保存我的健康监测数据（敏感个人信息），用于发现危险和及时救助。'),
    ('photos', '我同意：服务人员到场处置时，可为记录处置结果拍摄照片；照片只供照护中心和我指定的家属查看。'),
    ('messages', '我同意：照护中心通过短信、电话、推送等方式向我发送与服务有关的消息。'),
    ('relative_contact', '我同意：照护中心保存我的姓名和联系方式，作为老人的紧急联系人与我联系。')
) as t (purpose, wording);

-- Administrators act with the desk's role; who signs in how is the console's own.
grant select (login, responder_id, family_member_id, version, created_at, must_change_password) on account
    to carecircle_desk;
grant insert on account to carecircle_desk;
grant update (
    name, role, password_hash, area_code, responder_id, family_member_id, disabled_at, version, must_change_password,
    password_expires_at
) on account to carecircle_desk;
grant select, insert on register_change to carecircle_desk;
grant select, insert, update, delete on invitation to carecircle_desk;
grant select (account_id, confirmed_at), delete on second_factor to carecircle_desk;
grant select (account_id), delete on recovery_code to carecircle_desk;
grant select (account_id, id, expires_at), delete on console_session to carecircle_desk;
grant select (session_id), insert on session_event to carecircle_desk;
grant select, insert on consent_text, consent_entry to carecircle_desk;
grant update (consented_at) on kinship to carecircle_desk;

grant select on register_change, session_event, consent_text, consent_entry to carecircle_console;
grant select on invitation to carecircle_console;
grant select, insert, update, delete on second_factor, recovery_code to carecircle_console;
grant insert on session_event to carecircle_console;
grant select on consent_entry to carecircle_alerts;

reset role;
