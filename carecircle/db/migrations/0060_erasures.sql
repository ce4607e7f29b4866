-- Erasing a person (PIPL art. 47): asked for by one person, confirmed by another, done in small steps by upkeep.
--
-- What is erased, what stays and why stands in `erasure_rule`; the dry run, the doing and the certificate all read it, so
-- that they cannot come to differ. See docs/decisions/0016.

set lock_timeout = '5s';
set role carecircle_owner;

alter table resident add column erased_at timestamptz;
alter table family_member add column erased_at timestamptz;
alter table responder add column erased_at timestamptz;
comment on column resident.erased_at is 'Since when this person is being erased; the row stays empty, so that what points at it holds.';

create table erasure (
    id bigint generated always as identity primary key,
    origin text not null default 'request' check (origin in ('request', 'ledger')),
    subject_kind text not null check (subject_kind in ('resident', 'family_member', 'responder')),
    subject_id text not null,
    area_code text not null,
    asked_by text not null check (asked_by in ('person', 'guardian', 'relative', 'ledger')),
    asked_on date not null,
    ends_service boolean not null default false,
    reason text not null check (length(reason) <= 500),
    requested_at timestamptz not null,
    requested_by bigint references account,
    requested_name text not null,
    confirmed_at timestamptz,
    confirmed_by bigint references account,
    confirmed_name text,
    not_before timestamptz,
    withdrawn_at timestamptz,
    withdrawn_by bigint references account,
    withdrawn_name text,
    withdrawn_reason text not null default '' check (length(withdrawn_reason) <= 500),
    begun_at timestamptz,
    finished_at timestamptz,
    -- Two people, whoever writes here: one may err or be pressed, and this cannot be undone.
    constraint erasure_two_people check (confirmed_by is distinct from requested_by or confirmed_at is null or origin = 'ledger'),
    check (origin = 'ledger' or requested_by is not null),
    check ((confirmed_at is null) = (not_before is null) and (confirmed_at is null) = (confirmed_name is null)),
    check (origin = 'ledger' or (confirmed_at is null) = (confirmed_by is null)),
    check (not_before >= confirmed_at),
    check ((withdrawn_at is null) = (withdrawn_name is null)),
    check (begun_at is null or (confirmed_at is not null and withdrawn_at is null and begun_at >= not_before)),
    check (finished_at is null or begun_at is not null)
);
comment on table erasure is 'Requests to erase a person, and what became of them; after the end it names the person by number only.';
comment on column erasure.origin is 'ledger: it had been erased before, and a backup brought it back.';
comment on column erasure.not_before is 'End of the time in which it can still be withdrawn.';
comment on column erasure.ends_service is 'Beds that are in service end with it; otherwise they have to have ended before.';
create unique index erasure_one_each on erasure (subject_kind, subject_id) where withdrawn_at is null;
create index erasure_waiting on erasure (not_before) where finished_at is null and withdrawn_at is null;

create table erasure_person (
    erasure_id bigint not null references erasure,
    kind text not null,
    person_id text not null,
    primary key (erasure_id, kind, person_id)
);
comment on table erasure_person is 'Whom an erasure is about: the subject, and relatives who were there for nobody else.';

create table erasure_rule (
    place integer primary key,
    topic text not null,
    target text not null,
    act text not null check (act in ('delete', 'empty', 'strike', 'keep')),
    which text not null,
    columns text[] not null default '{}',
    become text[] not null default '{}',
    by_time text,
    why text not null default '',
    check (cardinality(columns) = cardinality(become)),
    check ((act in ('empty', 'strike')) = (cardinality(columns) > 0)),
    check ((act = 'keep') = (why <> ''))
);
comment on table erasure_rule is
    'What becomes of each table, in this order. delete: rows go; empty: columns are emptied; strike: names are taken out of '
    'text; keep: rows stay, and why. `which` says which rows of t, in terms of the scope.';
comment on column erasure_rule.by_time is 'The time column of history, which is deleted bed by bed along its index.';

create table erasure_entry (
    erasure_id bigint not null references erasure,
    place integer not null,
    topic text not null,
    target text not null,
    act text not null,
    why text not null default '',
    touched bigint not null default 0,
    began_at timestamptz not null,
    done_at timestamptz,
    swept_at timestamptz,
    primary key (erasure_id, place)
);
comment on table erasure_entry is
    'The journal: how many rows so far, in the transaction that touched them. swept_at: looked through once more, when '
    'nothing could be on its way any more.';

create type erasure_scope as (
    residents text[], beds text[], relatives text[], responders text[], accounts bigint[], incidents uuid[],
    touched uuid[], words text[]
);

create function strike_text(said text, words text[]) returns text language plpgsql immutable parallel safe as $$
declare
    one text;
begin
    foreach one in array words loop
        said := replace(said, one, '已删除');
    end loop;
    return said;
end $$;
comment on function strike_text is 'The text without these names, numbers and addresses; words in the order longest first.';

create function strike_json(said jsonb, words text[]) returns jsonb language plpgsql immutable parallel safe as $$
begin
    return case jsonb_typeof(said)
        when 'string' then to_jsonb(public.strike_text(said #>> '{}', words))
        when 'object' then (
            select coalesce(jsonb_object_agg(public.strike_text(key, words), public.strike_json(value, words)), '{}')
            from jsonb_each(said)
        )
        when 'array' then (
            select coalesce(jsonb_agg(public.strike_json(value, words) order by n), '[]')
            from jsonb_array_elements(said) with ordinality as a (value, n)
        )
        when 'number' then case when said #>> '{}' = any (words) then to_jsonb('已删除'::text) else said end
        else said
    end;
end $$;
comment on function strike_json is 'The same for what is said inside a document.';

create function erasure_people(of_kind text, of_id text) returns table (kind text, person_id text)
language sql stable security definer set search_path = public, pg_temp as $$
    select of_kind, of_id
    union
    -- Whoever is kept for this resident alone is kept for nothing afterwards (art. 47, purpose reached).
    select 'family_member', k.family_member_id
    from kinship k
    where of_kind = 'resident' and k.resident_id = of_id and not exists (
        select from kinship o where o.family_member_id = k.family_member_id and o.resident_id <> of_id
    )
$$;

create function erasure_scope_of(kinds text[], ids text[]) returns erasure_scope
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    s erasure_scope;
begin
    s.residents := array(select id from unnest(kinds, ids) as p (kind, id) where kind = 'resident');
    s.relatives := array(select id from unnest(kinds, ids) as p (kind, id) where kind = 'family_member');
    s.responders := array(select id from unnest(kinds, ids) as p (kind, id) where kind = 'responder');
    s.beds := array(select b.id from bed b where b.resident_id = any (s.residents) order by b.id);
    s.accounts := array(
        select a.id from account a
        where a.responder_id = any (s.responders) or a.family_member_id = any (s.relatives)
    );
    s.incidents := array(select i.id from incident i where i.bed_id = any (s.beds));
    s.touched := array(
        select o.incident_id from offer o where o.responder_id = any (s.responders)
        union select a.incident_id from assignment a where a.responder_id = any (s.responders)
        union select m.incident_id from message m where m.recipient_id = any (s.relatives) and m.audience = 'family'
        union select i.id from incident i join bed b on b.id = i.bed_id join kinship k on k.resident_id = b.resident_id
        where k.family_member_id = any (s.relatives)
    );
    -- One letter would strike half of what people wrote; a name has two, a number or address more.
    s.words := array(
        select word from (
            select unnest(array[r.name, r.phone]) as word from resident r where r.id = any (s.residents)
            union select b.address from bed b where b.id = any (s.beds)
            union select unnest(array[f.name, f.phone]) from family_member f where f.id = any (s.relatives)
            union select unnest(array[p.name, p.phone]) from responder p where p.id = any (s.responders)
            union select a.name from account a where a.id = any (s.accounts)
            union select c.address from contact c
            where c.family_member_id = any (s.relatives) or c.responder_id = any (s.responders)
                or c.account_id = any (s.accounts)
        ) w
        where length(word) >= 2 and word <> '已删除'
        order by length(word) desc, word
    );
    return s;
end $$;

create function erasure_text(template text) returns text language sql immutable as $$
    select replace(replace(replace(replace(replace(replace(replace(replace(
        template, '{residents}', '$1::text[]'), '{beds}', '$2::text[]'), '{relatives}', '$3::text[]'),
        '{responders}', '$4::text[]'), '{accounts}', '$5::bigint[]'), '{incidents}', '$6::uuid[]'),
        '{touched}', '$7::uuid[]'), '{words}', '$8::text[]')
$$;

create function erasure_condition(r erasure_rule) returns text language sql immutable as $$
    select public.erasure_text(format('(%s)', r.which)) || case
        when r.act in ('empty', 'strike') then public.erasure_text(format(
            ' and row(%s) is distinct from row(%s)',
            (select string_agg(format('t.%I', c), ', ' order by n) from unnest(r.columns) with ordinality as u (c, n)),
            array_to_string(r.become, ', ')
        ))
        else ''
    end
$$;

create function erasure_count(r erasure_rule, s erasure_scope, most integer) returns bigint
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    amount bigint;
begin
    execute format('select count(*) from (select from %I t where %s limit $9) c', r.target, erasure_condition(r))
    into amount
    using s.residents, s.beds, s.relatives, s.responders, s.accounts, s.incidents, s.touched, s.words, most;
    return amount;
end $$;

create function erasure_batch(r erasure_rule, s erasure_scope, most integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    touched bigint := 0;
    one text;
    edge timestamptz;
    statement text;
begin
    if r.act = 'strike' and cardinality(s.words) = 0 then
        return 0;
    end if;
    if r.by_time is not null then
        -- By bed and time, as the index lies; with values in the text, so that only the chunks in question are opened.
        foreach one in array s.beds loop
            execute format(
                'select t.%1$I from %2$I t where t.bed = %3$L order by t.%1$I limit 1 offset %4$s',
                r.by_time, r.target, one, most - 1
            ) into edge;
            execute format('delete from %I t where t.bed = %L', r.target, one)
                || case when edge is null then '' else format(' and t.%I <= %L', r.by_time, edge) end;
            get diagnostics touched = row_count;
            if touched > 0 then
                return touched;
            end if;
        end loop;
        return 0;
    end if;
    statement := case r.act
        when 'delete' then format('delete from %I t', r.target)
        else format(
            'update %I t set (%s) = row(%s)', r.target,
            (select string_agg(format('%I', c), ', ' order by n) from unnest(r.columns) with ordinality as u (c, n)),
            erasure_text(array_to_string(r.become, ', '))
        )
    end;
    execute statement || format(
        ' where t.ctid = any (array(select t.ctid from %I t where %s limit $9))', r.target, erasure_condition(r)
    ) using s.residents, s.beds, s.relatives, s.responders, s.accounts, s.incidents, s.touched, s.words, most;
    get diagnostics touched = row_count;
    return touched;
end $$;
comment on function erasure_batch is 'One bounded portion of a rule; how many rows. Doing it again changes nothing.';

create function erasure_preview(of_kind text, of_id text, most integer default 100000)
returns table (place integer, topic text, target text, act text, why text, amount bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    s erasure_scope;
    r erasure_rule;
begin
    s := (select erasure_scope_of(array_agg(p.kind), array_agg(p.person_id)) from erasure_people(of_kind, of_id) p);
    for r in select * from erasure_rule e order by e.place loop
        place := r.place; topic := r.topic; target := r.target; act := r.act; why := r.why;
        amount := erasure_count(r, s, most + 1);
        return next;
    end loop;
end $$;
comment on function erasure_preview is 'The dry run: what each rule would touch; counted up to `most`, one more means "or more".';

create function erasure_obstacle(of_kind text, of_id text, also_ends boolean) returns text
language sql stable security definer set search_path = public, pg_temp as $$
    select case
        when exists (
            select from incident i join bed b on b.id = i.bed_id
            where i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED') and (
                (of_kind = 'resident' and b.resident_id = of_id)
                or (of_kind = 'family_member' and exists (
                    select from kinship k where k.resident_id = b.resident_id and k.family_member_id = of_id
                ))
                or (of_kind = 'responder' and (exists (
                    select from offer o where o.incident_id = i.id and o.responder_id = of_id
                        and o.state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ACCEPTED')
                ) or exists (
                    select from assignment a where a.incident_id = i.id and a.responder_id = of_id
                        and a.state in ('ACCEPTED', 'MOVING', 'ARRIVED')
                )))
            )
        ) then 'incident_open'
        when of_kind = 'resident' and not also_ends and exists (
            select from bed b where b.resident_id = of_id and b.ended_at is null
        ) then 'bed_in_service'
    end
$$;
comment on function erasure_obstacle is 'Why this person cannot be erased now; null: nothing stands against it.';

-- Nothing of an erased person may be written again, by whatever way; only the erasure itself, which runs as the owner.
-- It says that somebody is referred to who is not there: whoever handles that handles this.
create function refuse_erased() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    kinds text[] := '{}';
    ids text[] := '{}';
begin
    if current_user = 'carecircle_owner' then
        return new;
    end if;
    if tg_table_name = 'bed' then
        kinds := '{resident}'; ids := array[new.resident_id];
    elsif tg_table_name = 'kinship' then
        kinds := '{resident,family_member}'; ids := array[new.resident_id, new.family_member_id];
    elsif tg_table_name = 'contact' then
        kinds := array[new.person_kind]; ids := array[new.person_id];
    elsif tg_table_name = 'account' then
        kinds := '{responder,family_member}'; ids := array[new.responder_id, new.family_member_id];
    end if;
    if cardinality(kinds) = 0 or exists (
        select from unnest(kinds, ids) as p (kind, id) where case p.kind
            when 'resident' then exists (select from resident r where r.id = p.id and r.erased_at is not null)
            when 'family_member' then exists (select from family_member f where f.id = p.id and f.erased_at is not null)
            when 'responder' then exists (select from responder q where q.id = p.id and q.erased_at is not null)
            else false
        end
    ) then
        raise exception 'this person is erased' using errcode = 'foreign_key_violation';
    end if;
    return new;
end $$;
create trigger resident_erased before update on resident
    for each row when (old.erased_at is not null) execute function refuse_erased();
create trigger family_member_erased before update on family_member
    for each row when (old.erased_at is not null) execute function refuse_erased();
create trigger responder_erased before update on responder
    for each row when (old.erased_at is not null) execute function refuse_erased();
create trigger bed_erased before insert or update on bed for each row execute function refuse_erased();
create trigger kinship_erased before insert on kinship for each row execute function refuse_erased();
create trigger contact_erased before insert or update of address on contact
    for each row execute function refuse_erased();
create trigger account_erased before insert or update of disabled_at, password_hash, responder_id, family_member_id
    on account for each row execute function refuse_erased();

-- Who asks and who confirms is held here too: the second is another person, of whom that is wanted, in that area.
create function guard_erasure() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.origin = 'ledger' then
        return new;
    end if;
    if tg_op = 'UPDATE' and (
        old.confirmed_at is not null and (new.confirmed_at, new.confirmed_by, new.not_before)
            is distinct from (old.confirmed_at, old.confirmed_by, old.not_before)
        or old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at
    ) then
        raise exception 'what was decided stands' using errcode = 'check_violation';
    end if;
    if not exists (
        select from account a
        where a.id = new.requested_by and a.role = 'administrator' and starts_with(new.area_code, a.area_code)
    ) and tg_op = 'INSERT' then
        raise exception 'only an administrator of the area asks' using errcode = 'check_violation';
    end if;
    if new.confirmed_at is not null and (tg_op = 'INSERT' or old.confirmed_at is null) and not exists (
        select from account a
        where a.id = new.confirmed_by and a.role in ('administrator', 'supervisor') and a.disabled_at is null
            and starts_with(new.area_code, a.area_code)
    ) then
        raise exception 'only an administrator or supervisor of the area confirms' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger erasure_guard before insert or update on erasure for each row execute function guard_erasure();

create function note_erasure(e erasure, what text, moment timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
    insert into register_change (at, actor, by_name, kind, object_id, area_code, change, detail)
    values (moment, 'upkeep', '系统', 'erasure', e.subject_id, e.area_code, what,
        jsonb_build_object('erasure', e.id, 'subject_kind', e.subject_kind))
$$;

create function begin_erasure(e erasure, moment timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    s erasure_scope;
begin
    insert into erasure_person (erasure_id, kind, person_id)
    select e.id, p.kind, p.person_id from erasure_people(e.subject_kind, e.subject_id) p on conflict do nothing;
    s := (
        select erasure_scope_of(array_agg(p.kind), array_agg(p.person_id)) from erasure_person p where p.erasure_id = e.id
    );
    update bed set ended_at = moment, version = version + 1 where id = any (s.beds) and ended_at is null;
    insert into home_account as h (bed_id, revoked_at) select unnest(s.beds), moment
    on conflict (bed_id) do update set revoked_at = coalesce(h.revoked_at, moment), next_generation = null;
    update account set disabled_at = coalesce(disabled_at, moment), version = version + 1 where id = any (s.accounts);
    delete from console_session where account_id = any (s.accounts);
    delete from invitation where account_id = any (s.accounts);
    update responder set on_duty = false where id = any (s.responders);
    update resident set erased_at = moment where id = any (s.residents) and erased_at is null;
    update family_member set erased_at = moment where id = any (s.relatives) and erased_at is null;
    update responder set erased_at = moment where id = any (s.responders) and erased_at is null;
    update erasure set begun_at = moment where id = e.id;
    perform note_erasure(e, 'erasure_begun', moment);
end $$;

-- One step of whichever erasure is due: to begin, one portion of one rule, or to end. No row: nothing to be done now.
-- Waits for no lock longer than two seconds; whoever is in the way goes first, and an incident always does.
create function erase_next(moment timestamptz, most integer default 10000)
returns table (erasure_id bigint, step text, target text, touched bigint)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    e erasure;
    r erasure_rule;
    s erasure_scope;
    is_sweep boolean := false;
    done bigint;
begin
    if most is null or most not between 1 and 50000 then
        raise exception 'a portion is between one and 50000 rows' using errcode = 'invalid_parameter_value';
    end if;
    for e in
        select * from erasure c
        where c.confirmed_at is not null and c.withdrawn_at is null and c.finished_at is null
            and c.not_before <= moment
        order by c.begun_at nulls last, c.id
    loop
        if e.begun_at is null then
            -- The bed before the look at its incidents: none opens between the two.
            perform from bed b where e.subject_kind = 'resident' and b.resident_id = e.subject_id for update;
            select * into e from erasure c where c.id = e.id for update;
            if e.withdrawn_at is not null or erasure_obstacle(e.subject_kind, e.subject_id, e.ends_service) is not null then
                continue;
            end if;
            perform begin_erasure(e, moment);
            return query select e.id, 'begun', ''::text, 0::bigint;
            return;
        end if;
        select rule.* into r from erasure_rule rule
        left join erasure_entry j on j.erasure_id = e.id and j.place = rule.place
        where j.done_at is null order by rule.place limit 1;
        if not found then
            -- What was on its way when it began has come by now; it goes too. Ten minutes: ingest and the engine read
            -- anew within one which beds there are (engineering proposal).
            select rule.* into r from erasure_rule rule
            join erasure_entry j on j.erasure_id = e.id and j.place = rule.place
            where j.swept_at is null and rule.act in ('delete', 'empty') order by rule.place limit 1;
            is_sweep := found;
            if is_sweep and moment < e.begun_at + interval '10 minutes' then
                continue;
            end if;
            if not is_sweep then
                update erasure set finished_at = moment where id = e.id;
                perform note_erasure(e, 'erased', moment);
                return query select e.id, 'erased', ''::text, 0::bigint;
                return;
            end if;
        end if;
        s := (
            select erasure_scope_of(array_agg(p.kind), array_agg(p.person_id))
            from erasure_person p where p.erasure_id = e.id
        );
        done := case when r.act = 'keep' then erasure_count(r, s, 1000000) else erasure_batch(r, s, most) end;
        insert into erasure_entry as j (erasure_id, place, topic, target, act, why, touched, began_at)
        values (e.id, r.place, r.topic, r.target, r.act, r.why, done, moment)
        on conflict on constraint erasure_entry_pkey do update set touched = j.touched + excluded.touched;
        -- Along an index a portion ends with a bed; only one that found nothing says that all are done.
        if r.act = 'keep' or (case when r.by_time is null then done < most else done = 0 end) then
            update erasure_entry j set done_at = coalesce(j.done_at, moment), swept_at = case when is_sweep then moment end
            where j.erasure_id = e.id and j.place = r.place;
        end if;
        return query select e.id, case when is_sweep then 'swept' else r.act end, r.target, done;
        return;
    end loop;
end $$;
comment on function erase_next is 'The next step of an erasure that is due, in one short transaction. Safe to be cut off anywhere.';

create function reapply_erasure(of_kind text, of_id text, moment timestamptz) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    area text;
begin
    area := case of_kind
        when 'resident' then (select min(b.division_code) from bed b where b.resident_id = of_id)
        when 'family_member' then coalesce((
            select min(b.division_code) from kinship k join bed b on b.resident_id = k.resident_id
            where k.family_member_id = of_id
        ), '')
        when 'responder' then (select p.area_code from responder p where p.id = of_id)
    end;
    if not exists (
        select from resident where of_kind = 'resident' and id = of_id
        union all select from family_member where of_kind = 'family_member' and id = of_id
        union all select from responder where of_kind = 'responder' and id = of_id
    ) then
        return 'unknown';
    end if;
    if exists (
        select from erasure e where e.subject_kind = of_kind and e.subject_id = of_id and e.finished_at is not null
    ) then
        return 'erased_already';
    end if;
    update erasure set origin = 'ledger', ends_service = true, not_before = least(not_before, moment),
        confirmed_at = least(confirmed_at, moment)
    where subject_kind = of_kind and subject_id = of_id and withdrawn_at is null and confirmed_at is not null;
    if not found then
        delete from erasure where subject_kind = of_kind and subject_id = of_id and withdrawn_at is null;
        insert into erasure (
            origin, subject_kind, subject_id, area_code, asked_by, asked_on, ends_service, reason, requested_at,
            requested_name, confirmed_at, confirmed_name, not_before
        ) values (
            'ledger', of_kind, of_id, coalesce(area, ''), 'ledger', (moment at time zone 'Asia/Shanghai')::date, true,
            '备份恢复后重新删除', moment, '系统', moment, '系统', moment
        );
    end if;
    return 'will_be_erased';
end $$;
comment on function reapply_erasure is 'After a backup was restored: somebody who had been erased is erased again, at once.';

revoke all on function erasure_people, erasure_scope_of, erasure_count, erasure_batch, erasure_preview, erasure_obstacle,
    note_erasure, begin_erasure, erase_next, reapply_erasure from public;
grant select (erased_at) on resident to carecircle_lifeline;
grant execute on function erase_next to carecircle_upkeep;
grant execute on function erasure_preview, erasure_obstacle to carecircle_desk;
grant select on erasure to carecircle_desk;
grant insert (
    subject_kind, subject_id, area_code, asked_by, asked_on, ends_service, reason, requested_at, requested_by,
    requested_name
) on erasure to carecircle_desk;
grant update (
    confirmed_at, confirmed_by, confirmed_name, not_before, withdrawn_at, withdrawn_by, withdrawn_name, withdrawn_reason
) on erasure to carecircle_desk;
grant select on erasure, erasure_entry, erasure_person, erasure_rule to carecircle_console;

-- Names are looked for in what others wrote before they are gone themselves: contacts, accounts and
-- the person come last. What a person typed about a resident's incident may hold anything and goes as a whole; in what
-- the platform wrote, and in what others wrote of others, names, numbers and addresses are struck out, within the length
-- that a text may have. Who acted is told by the whole name.
insert into erasure_rule (place, topic, target, act, which, columns, become, by_time, why) values
    (10, 'readings', 'vitals', 'delete', 't.bed = any ({beds})', '{}', '{}', 'measured_at', ''),
    (20, 'readings', 'environment', 'delete', 't.bed = any ({beds})', '{}', '{}', 'measured_at', ''),
    (30, 'readings', 'spot_check', 'delete', 't.bed = any ({beds})', '{}', '{}', 'measured_at', ''),
    (40, 'readings', 'device_event', 'delete', 't.bed = any ({beds})', '{}', '{}', 'measured_at', ''),
    (50, 'readings', 'device_status', 'delete', 't.bed = any ({beds})', '{}', '{}', 'measured_at', ''),
    (60, 'rollups', 'vitals_minute', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (70, 'rollups', 'environment_minute', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (80, 'rollups', 'spot_check_minute', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (90, 'rollups', 'vitals_hour', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (100, 'rollups', 'environment_hour', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (110, 'rollups', 'spot_check_hour', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (120, 'rollups', 'vitals_day', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (130, 'rollups', 'environment_day', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (140, 'rollups', 'spot_check_day', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (150, 'rollups', 'reception_hour', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (160, 'rollups', 'reception_day', 'delete', 't.bed = any ({beds})', '{}', '{}', 'bucket', ''),
    (170, 'rollups', 'rollup_touched', 'delete', 't.bed = any ({beds})', '{}', '{}', null, ''),
    (180, 'device', 'bed_state', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (190, 'device', 'bed_memory', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (200, 'device', 'late_stretch', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (210, 'device', 'device_word', 'delete', 't.bed = any ({beds})', '{}', '{}', null, ''),
    (220, 'device', 'device_clock', 'delete', 't.bed = any ({beds})', '{}', '{}', null, ''),
    (230, 'device', 'device', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (240, 'device', 'pairing_code', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (250, 'device', 'bed_code', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (260, 'device', 'quarantine', 'delete', 't.topic ~ ''^care/v1/[0-9]{6}/'' and split_part(t.topic, ''/'', 4) = any ({beds})',
        '{}', '{}', null, ''),
    (270, 'alarms', 'alarm', 'empty', 't.bed_id = any ({beds})',
        '{why,correction_why}', array['''{}''::jsonb', 'case when t.correction_why is not null then ''{}''::jsonb end'], null, ''),
    (280, 'alarms', 'shelf', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (290, 'alarms', 'rule_setting', 'empty', 't.scope = any ({beds})',
        '{settings,reason}', array['''{}''::jsonb', '''已删除'''], null, ''),
    (300, 'tests', 'bed_test', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (310, 'coverage', 'bed_candidate', 'delete', 't.bed_id = any ({beds}) or t.responder_id = any ({responders})',
        '{}', '{}', null, ''),
    (320, 'coverage', 'coverage_bed', 'delete', 't.bed_id = any ({beds})', '{}', '{}', null, ''),
    (330, 'coverage', 'coverage_post', 'delete', 't.post_id = any ({responders})', '{}', '{}', null, ''),
    (340, 'visits', 'visit_photo', 'delete', 't.incident_id = any ({incidents})', '{}', '{}', null, ''),
    (350, 'visits', 'visit_report', 'delete', 't.incident_id = any ({incidents})', '{}', '{}', null, ''),
    (360, 'visits', 'arrival_attempt', 'delete', 't.assignment_id in (select a.id from assignment a where a.incident_id = any ({incidents})) or t.assignment_id in (select a.id from assignment a where a.responder_id = any ({responders}))',
        '{}', '{}', null, ''),
    (370, 'incidents', 'due', 'delete', 't.incident_id = any ({incidents})', '{}', '{}', null, ''),
    (380, 'incidents', 'incident', 'empty', 't.bed_id = any ({beds})', '{cell}', array['null'], null, ''),
    (390, 'incidents', 'incident_event', 'empty', 't.incident_id = any ({incidents}) and t.actor ~ ''^(account|responder):''',
        '{reason}', array['case when t.reason = '''' then '''' else ''已删除'' end'], null, ''),
    (400, 'incidents', 'incident_event', 'strike', 't.incident_id = any ({incidents}) or t.incident_id = any ({touched})',
        '{reason,detail}', array['strike_text(t.reason, {words})', 'strike_json(t.detail, {words})'], null, ''),
    (410, 'incidents', 'incident', 'strike', 't.id = any ({touched}) or t.id = any ({incidents})',
        '{acknowledged_by,closed_by}', array['case when t.acknowledged_by = any ({words}) then ''已删除'' else t.acknowledged_by end', 'case when t.closed_by = any ({words}) then ''已删除'' else t.closed_by end'], null, ''),
    (420, 'incidents', 'offer', 'strike', 't.incident_id = any ({incidents}) or t.incident_id = any ({touched})',
        '{reason}', array['strike_text(t.reason, {words})'], null, ''),
    (430, 'visits', 'visit_report', 'strike', 't.incident_id = any ({touched})',
        '{note}', array['left(strike_text(t.note, {words}), 2000)'], null, ''),
    (440, 'messages', 'message', 'empty', 't.incident_id = any ({incidents}) or (t.audience = ''family'' and t.recipient_id = any ({relatives})) or (t.audience in (''offer'', ''withdrawn'') and t.recipient_id = any ({responders}))',
        '{address,content,last_error,provider_ref}', array['''''', '''{}''::jsonb', 'null', 'null'], null, ''),
    (450, 'messages', 'message', 'strike', 't.incident_id = any ({touched})',
        '{last_error,content}', array['strike_text(t.last_error, {words})', 'strike_json(t.content, {words})'], null, ''),
    (460, 'messages', 'channel_use', 'delete', 't.callee in (select md5(c.address) from contact c where c.family_member_id = any ({relatives}) or c.responder_id = any ({responders}) or c.account_id = any ({accounts}))',
        '{}', '{}', null, ''),
    (470, 'work', 'drill', 'delete', 't.responder_id = any ({responders})', '{}', '{}', null, ''),
    (480, 'work', 'shift', 'delete', 't.responder_id = any ({responders})', '{}', '{}', null, ''),
    (490, 'work', 'reachability', 'delete', 't.responder_id = any ({responders})', '{}', '{}', null, ''),
    (500, 'work', 'standing', 'delete', 't.responder_id = any ({responders})', '{}', '{}', null, ''),
    (510, 'work', 'shift', 'strike', 'true',
        '{by_name}', array['case when t.by_name = any ({words}) then ''已删除'' else t.by_name end'], null, ''),
    (520, 'work', 'people_change', 'strike', 'true',
        '{reason,by_name,detail}', array['strike_text(t.reason, {words})', 'case when t.by_name = any ({words}) then ''已删除'' else t.by_name end', 'strike_json(t.detail, {words})'], null, ''),
    (530, 'consents', 'consent_entry', 'empty', '(t.subject_kind = ''resident'' and t.subject_id = any ({residents})) or (t.subject_kind = ''family_member'' and t.subject_id = any ({relatives})) or (t.subject_kind = ''responder'' and t.subject_id = any ({responders})) or t.about = any ({relatives})',
        '{note}', array[''''''], null, ''),
    (540, 'consents', 'consent_entry', 'strike', 'true',
        '{by_name,note}', array['case when t.by_name = any ({words}) then ''已删除'' else t.by_name end', 'left(strike_text(t.note, {words}), 500)'], null, ''),
    (550, 'register', 'register_import_row', 'delete', 't.bed_id = any ({beds}) or t.responder_id = any ({responders}) or exists (select from unnest({relatives}) f where strpos(coalesce(t.before::text, '''') || t.after::text, to_jsonb(f)::text) > 0)',
        '{}', '{}', null, ''),
    (560, 'register', 'register_import', 'strike', 'true',
        '{reason}', array['strike_text(t.reason, {words})'], null, ''),
    (570, 'register', 'register_change', 'strike', 'true',
        '{reason,by_name,detail}', array['strike_text(t.reason, {words})', 'case when t.by_name = any ({words}) then ''已删除'' else t.by_name end', 'strike_json(t.detail, {words})'], null, ''),
    (580, 'register', 'erasure', 'strike', 'true',
        '{reason,withdrawn_reason}', array['left(strike_text(t.reason, {words}), 500)', 'left(strike_text(t.withdrawn_reason, {words}), 500)'], null, ''),
    (590, 'others', 'handover', 'strike', 'true',
        '{notes,summary}', array['left(strike_text(t.notes, {words}), 4000)', 'strike_json(t.summary, {words})'], null, ''),
    (600, 'others', 'plan_setting', 'strike', 'true', '{reason}', array['strike_text(t.reason, {words})'], null, ''),
    (610, 'others', 'rule_setting', 'strike', 'true', '{reason}', array['strike_text(t.reason, {words})'], null, ''),
    (620, 'others', 'road_closure', 'strike', 'true',
        '{reason}', array['left(strike_text(t.reason, {words}), 500)'], null, ''),
    (630, 'others', 'shelf', 'strike', 'true',
        '{reason}', array['left(strike_text(t.reason, {words}), 500)'], null, ''),
    (640, 'tests', 'bed_test', 'strike', 'true',
        '{by_name,reason,confirmed_by}', array['case when t.by_name = any ({words}) then ''已删除'' else t.by_name end', 'strike_text(t.reason, {words})', 'case when t.confirmed_by = any ({words}) then ''已删除'' else t.confirmed_by end'], null, ''),
    (650, 'accounts', 'login_failure', 'delete', 't.login in (select a.login from account a where a.id = any ({accounts}))',
        '{}', '{}', null, ''),
    (660, 'accounts', 'console_session', 'delete', 't.account_id = any ({accounts})', '{}', '{}', null, ''),
    (670, 'accounts', 'invitation', 'delete', 't.account_id = any ({accounts})', '{}', '{}', null, ''),
    (680, 'accounts', 'second_factor', 'delete', 't.account_id = any ({accounts})', '{}', '{}', null, ''),
    (690, 'accounts', 'recovery_code', 'delete', 't.account_id = any ({accounts})', '{}', '{}', null, ''),
    (700, 'accounts', 'session_event', 'empty', 't.account_id = any ({accounts})',
        '{device}', array[''''''], null, ''),
    (710, 'incidents', 'incident', 'keep', 't.bed_id = any ({beds})', '{}', '{}', null, 'evidence'),
    (720, 'incidents', 'incident_event', 'keep', 't.incident_id = any ({incidents}) or t.actor in (select ''responder:'' || p from unnest({responders}) p)',
        '{}', '{}', null, 'evidence'),
    (730, 'incidents', 'signal', 'keep', 't.bed_id = any ({beds})', '{}', '{}', null, 'evidence'),
    (740, 'alarms', 'alarm', 'keep', 't.bed_id = any ({beds})', '{}', '{}', null, 'evidence'),
    (750, 'alarms', 'rule_setting', 'keep', 't.scope = any ({beds})', '{}', '{}', null, 'evidence'),
    (760, 'incidents', 'offer', 'keep', 't.incident_id = any ({incidents}) or t.responder_id = any ({responders})',
        '{}', '{}', null, 'evidence'),
    (770, 'incidents', 'assignment', 'keep', 't.incident_id = any ({incidents}) or t.responder_id = any ({responders})',
        '{}', '{}', null, 'evidence'),
    (780, 'visits', 'arrival', 'keep', 't.assignment_id in (select a.id from assignment a where a.incident_id = any ({incidents})) or t.assignment_id in (select a.id from assignment a where a.responder_id = any ({responders}))',
        '{}', '{}', null, 'evidence'),
    (790, 'visits', 'visit_report', 'keep', 't.assignment_id in (select a.id from assignment a where a.responder_id = any ({responders}))',
        '{}', '{}', null, 'evidence'),
    (800, 'visits', 'visit_photo', 'keep', 't.assignment_id in (select a.id from assignment a where a.responder_id = any ({responders}))',
        '{}', '{}', null, 'evidence'),
    (810, 'messages', 'message', 'keep', 't.incident_id = any ({incidents}) or t.recipient_id = any ({relatives}) or t.recipient_id = any ({responders})',
        '{}', '{}', null, 'evidence'),
    (820, 'messages', 'lifeline_telling', 'keep', 't.bed_id = any ({beds}) or t.recipient_id = any ({relatives}) or t.recipient_id = any ({responders})',
        '{}', '{}', null, 'evidence'),
    (830, 'tests', 'bed_test', 'keep', '(t.recipient_id = any ({relatives}) or t.recipient_id = any ({responders})) and t.bed_id <> all ({beds})',
        '{}', '{}', null, 'evidence'),
    (840, 'consents', 'consent_entry', 'keep', '(t.subject_kind = ''resident'' and t.subject_id = any ({residents})) or (t.subject_kind = ''family_member'' and t.subject_id = any ({relatives})) or (t.subject_kind = ''responder'' and t.subject_id = any ({responders})) or t.about = any ({relatives})',
        '{}', '{}', null, 'proof_of_consent'),
    (850, 'records', 'health_access', 'keep', 't.resident_id = any ({residents}) or t.account_id = any ({accounts})',
        '{}', '{}', null, 'on_record'),
    (860, 'records', 'grafana_health_read', 'keep', 't.bed_id = any ({beds})', '{}', '{}', null, 'on_record'),
    (870, 'records', 'register_change', 'keep', 't.object_id = any ({residents} || {beds} || {relatives} || {responders} || {accounts}::text[])',
        '{}', '{}', null, 'on_record'),
    (880, 'records', 'people_change', 'keep', 't.responder_id = any ({responders})', '{}', '{}', null, 'on_record'),
    (890, 'records', 'session_event', 'keep', 't.account_id = any ({accounts})', '{}', '{}', null, 'security_log'),
    (900, 'device', 'home_account', 'keep', 't.bed_id = any ({beds})', '{}', '{}', null, 'placeholder'),
    (910, 'contacts', 'kinship', 'delete', 't.resident_id = any ({residents}) or t.family_member_id = any ({relatives})',
        '{}', '{}', null, ''),
    (920, 'contacts', 'contact', 'delete', 't.family_member_id = any ({relatives}) or t.responder_id = any ({responders}) or t.account_id = any ({accounts})',
        '{}', '{}', null, ''),
    (930, 'accounts', 'account', 'empty', 't.id = any ({accounts})',
        '{name,login,password_hash}', array['''已删除''', '''erased-'' || t.id', '''!'''], null, ''),
    (940, 'person', 'bed', 'empty', 't.id = any ({beds})',
        '{address,lat,lon,altitude_m}', array['''已删除''', 'null', 'null', '0'], null, ''),
    (950, 'person', 'family_member', 'empty', 't.id = any ({relatives})',
        '{name,phone}', array['''已删除''', 'null'], null, ''),
    (960, 'person', 'responder', 'empty', 't.id = any ({responders})',
        '{name,phone,lat,lon,position_at,position_source,base_lat,base_lon,consented_at,skills,languages,family_may_call,on_duty}', array['''已删除''', 'null', 'null', 'null', 'null', 'null', 'null', 'null', 'null', '''{}''::text[]', '''{}''::text[]', 'false', 'false'], null, ''),
    (970, 'person', 'resident', 'empty', 't.id = any ({residents})',
        '{name,birth_year,phone,key_safe,hazards,frailty}', array['''已删除''', 'null', 'null', 'null', 'null', '''unknown'''], null, '');

reset role;
