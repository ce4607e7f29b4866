-- A step of an erasure that the database refuses is written down where people see it, and holds nobody else up: one
-- rule that fails no longer keeps the erasures behind it waiting.

set lock_timeout = '5s';
set role carecircle_owner;

alter table erasure
    add column failing_since timestamptz,
    add column failed_at timestamptz,
    add column failed_times integer not null default 0,
    add column failed_target text,
    add column failed_code text,
    add check ((failing_since is null) = (failed_at is null) and (failing_since is null) = (failed_times = 0)
        and (failing_since is null) = (failed_target is null) and (failing_since is null) = (failed_code is null)),
    add check (failing_since is null or finished_at is null);
comment on column erasure.failing_since is 'Since when its next step has been refused; null while it goes on, and after the end.';
comment on column erasure.failed_target is 'The table of that step; empty where it could not even begin.';
comment on column erasure.failed_code is 'SQLSTATE of the last refusal; its text may hold what is to be erased and is not kept.';
create index erasure_failing on erasure (failing_since) where failing_since is not null;

create function erasure_next_rule(of_id bigint) returns table (rule erasure_rule, is_sweep boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    select r, c.is_sweep
    from erasure_rule r
    left join erasure_entry j on j.erasure_id = of_id and j.place = r.place
    cross join lateral (select j.done_at is not null as is_sweep) c
    where j.done_at is null or (j.swept_at is null and r.act in ('delete', 'empty'))
    order by c.is_sweep, r.place
    limit 1
$$;
comment on function erasure_next_rule is 'What comes next of an erasure: a rule not done yet, else one to look through once more.';

create function erase_step(of_id bigint, moment timestamptz, most integer)
returns table (step text, target text, touched bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    e erasure;
    n record;
    r erasure_rule;
    s erasure_scope;
    done bigint;
begin
    select * into e from erasure c where c.id = of_id;
    if e.begun_at is null then
        -- The bed before the look at its incidents: none opens between the two.
        perform from bed b where e.subject_kind = 'resident' and b.resident_id = e.subject_id for update;
        select * into e from erasure c where c.id = of_id for update;
        if e.withdrawn_at is not null or erasure_obstacle(e.subject_kind, e.subject_id, e.ends_service) is not null then
            return;
        end if;
        perform begin_erasure(e, moment);
        return query select 'begun', ''::text, 0::bigint;
        return;
    end if;
    select (x.rule).*, x.is_sweep into n from erasure_next_rule(of_id) x;
    if not found then
        update erasure set finished_at = moment, failing_since = null, failed_at = null, failed_times = 0,
            failed_target = null, failed_code = null where id = of_id;
        perform note_erasure(e, 'erased', moment);
        return query select 'erased', ''::text, 0::bigint;
        return;
    end if;
    -- What was on its way when it began has come by then; it goes too. Ten minutes: ingest and the engine read anew
    -- within one which beds there are (engineering proposal).
    if n.is_sweep and moment < e.begun_at + interval '10 minutes' then
        return;
    end if;
    select * into r from erasure_rule rule where rule.place = n.place;
    s := (
        select erasure_scope_of(array_agg(p.kind), array_agg(p.person_id)) from erasure_person p where p.erasure_id = of_id
    );
    done := case when r.act = 'keep' then erasure_count(r, s, 1000000) else erasure_batch(r, s, most) end;
    insert into erasure_entry as j (erasure_id, place, topic, target, act, why, touched, began_at)
    values (of_id, r.place, r.topic, r.target, r.act, r.why, done, moment)
    on conflict on constraint erasure_entry_pkey do update set touched = j.touched + excluded.touched;
    -- Along an index a portion ends with a bed; only one that found nothing says that all are done.
    if r.act = 'keep' or (case when r.by_time is null then done < most else done = 0 end) then
        update erasure_entry j set done_at = coalesce(j.done_at, moment), swept_at = case when n.is_sweep then moment end
        where j.erasure_id = of_id and j.place = r.place;
    end if;
    return query select case when n.is_sweep then 'swept' else r.act end, r.target, done;
end $$;
comment on function erase_step is 'The next step of one erasure; no row while it has to wait.';

create or replace function erase_next(moment timestamptz, most integer default 10000)
returns table (erasure_id bigint, step text, target text, touched bigint)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
declare
    one bigint;
    did record;
    refused text;
    of_table text;
begin
    if most is null or most not between 1 and 50000 then
        raise exception 'a portion is between one and 50000 rows' using errcode = 'invalid_parameter_value';
    end if;
    for one in
        select c.id from erasure c
        where c.confirmed_at is not null and c.withdrawn_at is null and c.finished_at is null
            and c.not_before <= moment
            -- What was refused is tried again every five minutes, and the others go on meanwhile (engineering proposal).
            and (c.failed_at is null or c.failed_at <= moment - interval '5 minutes')
        order by c.begun_at nulls last, c.id
    loop
        begin
            select * into did from erase_step(one, moment, most);
        exception when others then
            -- A lock, a lost connection, a full disk or an end by hand is no fault of the step: whoever asked hears of it.
            if left(sqlstate, 2) in ('08', '40', '53', '55', '57', '58') then
                raise;
            end if;
            refused := sqlstate;
            of_table := coalesce(
                (select (x.rule).target from erasure_next_rule(one) x, erasure c where c.id = one and c.begun_at is not null),
                ''
            );
            update erasure c set failing_since = coalesce(c.failing_since, moment), failed_at = moment,
                failed_times = c.failed_times + 1, failed_target = of_table, failed_code = refused
            where c.id = one;
            return query select one, 'failed', of_table, 0::bigint;
            return;
        end;
        if did.step is not null then
            update erasure c set failing_since = null, failed_at = null, failed_times = 0, failed_target = null,
                failed_code = null
            where c.id = one and c.failing_since is not null;
            return query select one, did.step, did.target, did.touched;
            return;
        end if;
    end loop;
end $$;
comment on function erase_next is
    'The next step of an erasure that is due, in one short transaction; safe to be cut off anywhere. failed: it was refused, '
    'which stands in `erasure` until a step succeeds.';
revoke all on function erasure_next_rule, erase_step from public;

create view read.erasure_failing with (security_barrier) as
select e.id as erasure_id, e.area_code, e.failing_since, e.failed_times, e.failed_target, e.failed_code,
    extract(epoch from now() - e.failing_since)::double precision as age_s
from erasure e
where e.failing_since is not null and exists (
    select from grafana_scope s where s.role_name = session_user and starts_with(e.area_code, s.area_prefix)
);
comment on view read.erasure_failing is 'One row an erasure of the role''s area whose next step is refused; it names nobody.';
grant select on read.erasure_failing to carecircle_grafana;

reset role;
