-- Who is nearest to a bed: an index that answers in the order of distance, always as fresh as the rows themselves.

set role carecircle_owner;

-- In degrees: the order is only nearly that of metres, and whoever asks allows for it (carecircle_alerts.around).
create index responder_position_near on responder using gist (point(lon, lat));
create index responder_base_near on responder using gist (point(base_lon, base_lat));
create index provider_near on provider using gist (point(lon, lat));
create index responder_placeless on responder (id) where lat is null and base_lat is null and provider_id is null;

reset role;
