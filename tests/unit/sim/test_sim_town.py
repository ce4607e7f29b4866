from collections import Counter
from datetime import UTC, datetime

from carecircle.seeding import SeedRequest
from carecircle_sim.places import distance_m, load_places
from carecircle_sim.seed import demo_home, demo_responder_id, plan_xining
from carecircle_sim.town import build_town

REQUEST = SeedRequest(datetime(2026, 11, 23, tzinfo=UTC), "http://127.0.0.1:1/webhook", "hash")


def test_the_same_seed_gives_the_same_town_and_another_seed_another_one() -> None:
    assert build_town(1) == build_town(1)
    assert build_town(1) != build_town(2)


def test_the_rows_are_the_same_every_time() -> None:
    assert plan_xining(REQUEST) == plan_xining(REQUEST)


def test_the_town_has_the_promised_size() -> None:
    town = build_town()
    assert (len(town.providers), len(town.homes), len(town.responders)) == (24, 240, 160)
    assert Counter(provider.kind for provider in town.providers) == {
        "station": 13,
        "mutual_aid_home": 10,
        "call_centre": 1,
    }
    assert {home.county for home in town.homes} == {
        "630102",
        "630103",
        "630104",
        "630105",
        "630106",
        "630121",
        "630123",
    }


def test_urban_homes_are_near_their_station_and_rural_ones_within_reach_of_theirs() -> None:
    for home in build_town().homes:
        limit = 2000 if home.provider.township.is_urban else 4100
        assert distance_m(home.position, home.provider.position) < limit, home.bed_id


def test_altitudes_are_those_of_the_region() -> None:
    altitudes = [home.altitude_m for home in build_town().homes]
    assert min(altitudes) >= 2260
    assert max(altitudes) <= 3000
    assert max(altitudes) > 2800


def test_every_home_has_somebody_on_duty_who_agreed_within_3_km() -> None:
    town = build_town()
    able = [responder for responder in town.responders if responder.is_on_duty and responder.has_consented]
    for home in town.homes:
        assert min(distance_m(home.position, responder.position) for responder in able) < 3000, home.bed_id


def test_some_are_off_duty_and_some_never_agreed_so_that_the_reasons_can_be_seen() -> None:
    responders = build_town().responders
    assert any(not responder.is_on_duty for responder in responders)
    assert any(not responder.has_consented for responder in responders)


def test_nobody_can_be_taken_for_a_real_person() -> None:
    for table in plan_xining(REQUEST):
        for row in table.rows:
            assert str(row.get("phone") or "000-").startswith("000-")
            assert row.get("channel") != "email" or str(row["address"]).endswith(".invalid")


def test_names_are_unique() -> None:
    town = build_town()
    names = [home.resident_name for home in town.homes] + [responder.name for responder in town.responders]
    assert len(set(names)) == len(names)


def test_the_first_homes_are_already_spread_over_the_counties() -> None:
    assert len({home.county for home in build_town().homes[:20]}) >= 5


def test_the_demo_people_exist() -> None:
    town = build_town()
    assert demo_responder_id(town) in {r.id for r in town.responders if r.is_on_duty and r.has_consented}
    assert demo_home(town).relatives[0].has_consent


def test_every_township_lies_in_a_known_county_around_xining() -> None:
    places = load_places()
    for township in places.townships:
        assert places.name_of(township.county)
        assert 36.3 < township.centre.lat < 37.2
        assert 100.9 < township.centre.lon < 102.1
