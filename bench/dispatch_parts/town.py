"""A town for measurements: many beds and people spread over a country, as the database has them (I/O).

Beds and people lie in towns of 5 km, as many towns as it takes for 2,000 beds each; in each of them are 12 stations, or
one for each 25 people where that is more. Four of ten people are on duty, half are staff, and all were tested the day
before.
"""

from dataclasses import dataclass

import psycopg

from tests.servers import OwnDatabase

COUNTY = "630102"
_AREAS = """
insert into area (code, name) values ('63', 'x'), ('6301', 'x'), ('630102', 'x'), ('630102001', 'x'),
    ('630102001001', 'x');
insert into provider (id, name, kind, area_code, lat, lon)
select 'station-' || n, 'x', 'station', '630102001',
    32 + (n % {towns} % 40) * 0.1 + (random() - 0.5) * 0.04, 97 + (n % {towns} / 40) * 0.1 + (random() - 0.5) * 0.05
from generate_series(0, {stations} - 1) n;
"""
_BEDS = """
insert into resident (id, name) select 'r' || n, 'x' from generate_series(1, {beds}) n;
insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m, provider_id, lat, lon)
select 'bed-' || n, 'r' || n, '630102', '630102001001', 'x', 'urban', 'city', 2260, 'station-' || (n % {stations}),
    32 + (n % {towns} % 40) * 0.1 + (random() - 0.5) * 0.045, 97 + (n % {towns} / 40) * 0.1 + (random() - 0.5) * 0.055
from generate_series(1, {beds}) n;
"""
_PEOPLE = """
insert into responder (
    id, name, role, provider_id, area_code, travel_mode, lat, lon, position_at, base_lat, base_lon, on_duty,
    consented_at
)
select 'p' || n, 'x', (array['staff', 'staff', 'neighbour', 'volunteer'])[1 + n / {towns} % 4],
    'station-' || (n % {stations}), '630102001', (array['walk', 'e_bike', 'car'])[1 + n / {towns} % 3],
    at.lat, at.lon, now(), at.lat, at.lon, n / {towns} % 10 < {tenths},
    now()
from generate_series(1, {people}) n
cross join lateral (
    select 32 + (n % {towns} % 40) * 0.1 + (random() - 0.5) * 0.045 as lat,
        97 + (n % {towns} / 40) * 0.1 + (random() - 0.5) * 0.055 as lon
) at;
insert into contact (person_kind, person_id, channel, address, place)
select 'responder', 'p' || n, 'webhook', '{webhook}', 1 from generate_series(1, {people}) n;
insert into drill (
    id, responder_id, contact_id, channel, state, planned_at, due_at, attempts, sent_at, came, settled_at
)
select gen_random_uuid(), person_id, id, channel, 'CONFIRMED', now() - interval '1 day', now() - interval '1 day', 1,
    now() - interval '1 day', true, now() - interval '1 day'
from contact;
insert into reachability (responder_id, state, evidence, evidence_at, valid_until, judged_at)
select id, 'good', 'drill_confirmed', now() - interval '1 day', now() + interval '90 days', now() from responder;
"""


@dataclass(frozen=True, slots=True)
class Town:
    """How many beds and people; `tenths` of the people are on duty, `webhook` is how they are told."""

    beds: int
    people: int
    tenths: int = 4
    webhook: str = "http://127.0.0.1:9/nobody"

    @property
    def towns(self) -> int:
        """Places in which they lie."""
        return max(1, self.beds // 2000)

    @property
    def stations(self) -> int:
        """Providers in all of them."""
        return max(12 * self.towns, self.people // 25)


def build(database: OwnDatabase, town: Town) -> None:
    """Fill an empty, migrated database."""
    statements = (_AREAS + _BEDS + _PEOPLE).format(
        beds=town.beds,
        people=town.people,
        towns=town.towns,
        stations=town.stations,
        tenths=town.tenths,
        webhook=town.webhook,
    )
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("select setseed(0.5)")
        connection.execute(statements.encode())
        connection.execute("analyze")
