-- What the lifeline reads of tables and columns that are younger than its own: how people are reached and who is on duty.

set lock_timeout = '5s';
set role carecircle_owner;

do $$
declare
    wanted record;
    name text;
begin
    -- A resident's and a relative's name, who of the centre is where; never a password, an address of a home, a telephone.
    for wanted in
        select table_name, string_agg(quote_ident(column_name), ', ') as columns
        from information_schema.columns
        where table_schema = 'public' and (
            table_name = 'account'
                and column_name in ('id', 'role', 'area_code', 'webhook_url', 'email', 'disabled_at')
            or table_name = 'family_member' and column_name in ('id', 'name', 'webhook_url', 'email')
            or table_name = 'resident' and column_name in ('id', 'name', 'frailty')
            or table_name = 'kinship' and column_name in ('family_member_id', 'resident_id', 'consented_at')
        )
        group by table_name
    loop
        execute format('grant select (%s) on %I to carecircle_lifeline', wanted.columns, wanted.table_name);
    end loop;
    foreach name in array array['shift', 'provider_hours', 'provider_exception', 'contact', 'plan_setting'] loop
        if to_regclass(name) is not null then
            execute format('grant select on %I to carecircle_lifeline', name);
        end if;
    end loop;
end $$;

reset role;
