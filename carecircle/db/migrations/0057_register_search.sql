-- Finding one bed among a hundred thousand by any part of a name, an address, a number: Chinese names have two or three
-- signs, which is too short for trigrams, so what is indexed are pairs of signs, and single ones.

set lock_timeout = '5s';
set role carecircle_owner;

create function search_grams(words text) returns text[] language sql immutable strict parallel safe as $$
    select coalesce(array_agg(distinct substr(w.text, n.at, size.signs)), '{}')
    from (select lower(regexp_replace(words, '\s', '', 'g')) as text) w,
        generate_series(1, length(w.text)) as n (at), generate_series(1, 2) as size (signs)
$$;
comment on function search_grams is 'Single signs and pairs of neighbouring signs, without case and spaces.';

create index bed_search on bed using gin (search_grams(id || ' ' || address));
create index resident_search on resident using gin (search_grams(name || ' ' || coalesce(phone, '')));

reset role;
