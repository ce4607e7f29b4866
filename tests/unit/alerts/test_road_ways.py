import pytest

from carecircle_alerts.travel.roads.ways import blocks_cars, read_way

ALL, NOBODY = (True, True, True), (False, False, False)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"highway": "residential"}, ALL, ALL),
        ({"highway": "residential", "oneway": "yes"}, ALL, (True, False, False)),
        ({"highway": "residential", "oneway": "-1"}, (True, False, False), ALL),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, ALL, (True, True, False)),
        ({"highway": "tertiary", "junction": "roundabout"}, ALL, (True, False, False)),
        ({"highway": "motorway"}, (False, False, True), NOBODY),
        ({"highway": "footway"}, (True, True, False), (True, True, False)),
        ({"highway": "footway", "access": "yes"}, (True, True, False), (True, True, False)),
        ({"highway": "footway", "motor_vehicle": "yes"}, (True, True, False), (True, True, False)),
        ({"highway": "footway", "motorcar": "yes"}, ALL, ALL),
        ({"highway": "steps"}, (True, False, False), (True, False, False)),
        ({"highway": "service", "access": "private"}, (True, False, False), (True, False, False)),
        ({"highway": "service", "access": "no", "foot": "yes"}, (True, False, False), (True, False, False)),
        ({"highway": "track", "motor_vehicle": "agricultural"}, (True, True, False), (True, True, False)),
        ({"highway": "residential", "access": "destination"}, ALL, ALL),
        ({"highway": "primary", "foot": "no"}, (False, True, True), (False, True, True)),
    ],
)
def test_who_may_go_where(
    tags: dict[str, str], forward: tuple[bool, bool, bool], backward: tuple[bool, bool, bool]
) -> None:
    way = read_way(tags)
    assert way is not None
    assert (way.forward, way.backward) == (forward, backward)


@pytest.mark.parametrize(
    "tags",
    [
        {}, {"highway": "construction"}, {"highway": "residential", "access": "no"},
        {"highway": "pedestrian", "area": "yes"}, {"railway": "rail"},
    ],
)  # fmt: skip
def test_what_is_no_road(tags: dict[str, str]) -> None:
    assert read_way(tags) is None


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "secondary"}, (4.2, 16, 40, 30, 24)),
        ({"highway": "secondary", "maxspeed": "20"}, (4.2, 16, 20, 20, 20)),
        ({"highway": "secondary", "maxspeed": "10 mph"}, (4.2, 16, 16.09344, 16.09344, 16.09344)),
        ({"highway": "secondary", "maxspeed": "none"}, (4.2, 16, 40, 30, 24)),
        ({"highway": "secondary", "maxspeed": "0"}, (4.2, 16, 40, 30, 24)),
        ({"highway": "unclassified", "surface": "gravel"}, (4.2, 12, 15, 15, 15)),
        ({"highway": "path", "bicycle": "designated"}, (4.2, 12, 15, 15, 15)),
        ({"highway": "path"}, (4.2, 4.2, 15, 15, 15)),
    ],
)
def test_how_fast_a_way_is(tags: dict[str, str], kmh: tuple[float, ...]) -> None:
    way = read_way(tags)
    assert way is not None
    assert way.kmh == pytest.approx(kmh)


def test_a_bollard_stops_cars_and_an_open_gate_does_not() -> None:
    assert blocks_cars({"barrier": "bollard"})
    assert blocks_cars({"barrier": "gate", "access": "private"})
    assert not blocks_cars({"barrier": "gate"})
    assert not blocks_cars({"barrier": "bollard", "motor_vehicle": "yes"})
    assert not blocks_cars({"highway": "crossing"})
