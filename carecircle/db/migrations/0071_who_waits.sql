-- Who has nobody and asks nobody stands once; who has another way to be reached may be asked anew; and whoever is free
-- because the time to answer has run out is found by index.

set lock_timeout = '5s';
set role carecircle_owner;

-- Of SQL and without a row of its own, so that it becomes part of whatever reads it: the indexes on incident hold.
create function left_alone(at timestamptz)
returns table (id uuid, bed_id text, epoch integer, priority smallint, deadline_at timestamptz, cell text)
language sql stable parallel safe as $$
    select i.id, i.bed_id, i.epoch, i.priority, i.deadline_at, i.cell
    from incident i
    where i.family = 'help' and i.state in ('RECEIVED', 'SEARCHING', 'UNCOVERED') and not exists (
        select from offer o
        where o.incident_id = i.id and o.expires_at > at
            -- Open, said so that no index of open offers offers itself to be read from end to end.
            and o.state not in ('ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN', 'UNDELIVERABLE')
    )
$$;
comment on function left_alone is 'Calls for help to which nobody goes and which ask nobody at that moment.';

alter table contact add column renewed_at timestamptz;
comment on column contact.renewed_at is
    'When its person has added this way or put it right; null where it is as it was registered.';
grant select (renewed_at) on contact to carecircle_console;

create function is_reached_anew(who text, since timestamptz) returns boolean language sql stable parallel safe as $$
    select exists (
        select from contact c
        where c.person_kind = 'responder' and c.person_id = who and c.enabled and c.renewed_at > since
    )
$$;
comment on function is_reached_anew is 'Whether a responder has a way to be reached that they did not have then.';

create index offer_undeliverable on offer (responder_id) where state = 'UNDELIVERABLE';
-- Without an answer, which an open offer never has: only who looks for what runs out says so. Whoever asks of one incident
-- or one person whether an offer is still open would else be given all that are, and look through them.
create index offer_running_out on offer (expires_at)
    where state in ('QUEUED', 'SENT', 'DELIVERED', 'SEEN') and answered_at is null;
comment on table beginning_mark is
    'Up to when shifts that begin, providers that open and answers that are overdue have woken who waits.';

reset role;
