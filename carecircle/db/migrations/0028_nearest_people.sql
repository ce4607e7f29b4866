-- Who is nearest to a bed: an index that answers in the order of distance, always as fresh as the rows themselves.

set role carecircle_owner;

-- In degrees: the order is only nearly that of metres, and whoever asks allows for it (carecircle_alerts.around).
create index responder_position_near on responder using gist (point(lon, lat));
create index responder_base_near on responder using gist (point(base_lon, base_lat));
create index provider_near on provider using gist (point(lon, lat));
create index responder_placeless on responder (id) where lat is null and base_lat is null and provider_id is null;

-- Whether anything of the beds has changed, so that a reader of a million of them need not read them to know.
create table bed_roster (
    singleton boolean primary key default true check (singleton),
    version bigint not null
);
comment on table bed_roster is 'Counts changes of beds and their devices, in the transaction of the change.';
insert into bed_roster (version) values (0);
create function count_bed_change() returns trigger language plpgsql security definer set search_path = public as $$
begin
    update bed_roster set version = version + 1;
    return null;
end $$;
create trigger bed_changed after insert or update or delete on bed
    for each statement execute function count_bed_change();
create trigger device_changed after insert or update or delete on device
    for each statement execute function count_bed_change();
grant select on bed_roster to carecircle_alerts;

reset role;
