-- The id of a message follows from what is said to whom, so that everybody who would send it gives the same key.

set role carecircle_owner;

create function message_id(
    incident_id uuid, offer_id uuid, audience text, recipient_id text, step text, channel text
) returns uuid language sql immutable parallel safe as $$
    select md5(concat_ws('|', incident_id, coalesce(offer_id::text, '-'), audience, recipient_id, step, channel))::uuid
$$;
comment on function message_id is 'The idempotency key of a message; carecircle_alerts.notify.message_id is its twin.';

reset role;
