-- How people answer when they are asked, and which incidents compete for the same people.

set role carecircle_owner;

create function fading(age interval, half_life interval) returns double precision
language sql immutable parallel safe as $$
    -- Beyond 300 half-lives nothing is left, and a smaller power would be refused as an underflow.
    select power(0.5::double precision, least(300, greatest(0, extract(epoch from age) / extract(epoch from half_life))))
$$;
comment on function fading is 'What is left of a weight after a time; half of it after each half-life.';

create table standing (
    responder_id text primary key references responder,
    asked double precision not null check (asked >= 0),
    accepted double precision not null check (accepted >= 0 and accepted <= asked),
    asked_lately double precision not null check (asked_lately >= 0),
    went_lately double precision not null check (went_lately >= 0),
    as_of timestamptz not null
);
comment on table standing is
    'Finished offers of each responder, folded up: asked and accepted fade by half in 90 days, the others in 12 hours. '
    'A decision reads one row a person and never the history.';

create table standing_mark (
    singleton boolean primary key default true check (singleton),
    folded_to timestamptz not null
);
comment on table standing_mark is 'Up to when finished offers are folded into standing.';
insert into standing_mark (folded_to) values ('2000-01-01 00:00Z');

create index offer_answered on offer (answered_at) where answered_at is not null;

-- About 11 km by 11 km; incidents whose cells touch compete for the same people.
create function search_cell(lat double precision, lon double precision) returns text
language sql immutable parallel safe as $$
    select floor(lat * 10)::int || ':' || floor(lon * 8)::int
$$;

create function cells_around(cell text) returns text[] language sql immutable parallel safe as $$
    select array_agg((split_part(cell, ':', 1)::int + north) || ':' || (split_part(cell, ':', 2)::int + east))
    from generate_series(-1, 1) north, generate_series(-1, 1) east
$$;
comment on function cells_around is 'A cell and its eight neighbours.';

alter table incident add column cell text;
comment on column incident.cell is 'Where its bed is, coarsely; null for a bed without a position.';
update incident i set cell = search_cell(b.lat, b.lon)
from bed b where b.id = i.bed_id and i.state not in ('CLOSED', 'CANCELLED_FALSE', 'MERGED');

create function place_incident() returns trigger language plpgsql as $$
begin
    select search_cell(b.lat, b.lon) into new.cell from bed b where b.id = new.bed_id;
    return new;
end $$;
create trigger incident_place before insert on incident for each row execute function place_incident();

create index incident_uncommitted on incident (cell)
    where family = 'help' and state in ('RECEIVED', 'SEARCHING', 'UNCOVERED');

grant select, insert, update on standing to carecircle_alerts;
grant select, update on standing_mark to carecircle_alerts;
grant select on standing to carecircle_desk, carecircle_console;

reset role;
