"""Ways: what an OpenStreetMap way's tags allow, to whom and in which direction, and how fast it is (pure).

Follows the access hierarchy of the OpenStreetMap wiki: a key for the mode outdoes those for its groups. Private ground
is open to people on foot only: whoever helps is let in at the gate, but the gate may not be there for cars to drive
through. Turn restrictions and conditional tags are not read; a responder's detour round one is within the spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from carecircle_alerts.travel.roads.speeds import (
    E_BIKE_KMH,
    E_BIKE_ON_PATH_KMH,
    MODES,
    PACES,
    UNPAVED_KMH,
    WALK_KMH,
    Mode,
)

_KEYS = {
    Mode.WALK: ("foot", "access"),
    Mode.E_BIKE: ("bicycle", "vehicle", "access"),
    Mode.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
}
_SHUT = frozenset({"no", "agricultural", "forestry", "agricultural;forestry", "military", "use_sidepath"})
_PRIVATE = frozenset({"private", "residents", "employees"})
_OPEN = frozenset({"yes", "designated", "permissive", "destination", "official"})
_UNPAVED = frozenset({
    "unpaved", "gravel", "fine_gravel", "dirt", "earth", "ground", "grass", "mud", "sand", "pebblestone", "rock",
    "snow",
})  # fmt: skip
_BACKWARD, _ONE_WAY = frozenset({"-1", "reverse"}), frozenset({"yes", "true", "1"})
_BLOCKS_CARS = frozenset({
    "bollard", "block", "jersey_barrier", "cycle_barrier", "kissing_gate", "stile", "turnstile", "log", "debris",
    "motorcycle_barrier", "chain", "planter",
})  # fmt: skip
_MPH = 1.609344


@dataclass(frozen=True, slots=True)
class Way:
    """Speeds in km/h: walk, e-bike, car outside built-up land, built-up off-peak, built-up peak; 0: not here.

    `forward` and `backward` say which modes of `MODES` may go in and against the order of the way's nodes.
    """

    kmh: tuple[float, float, float, float, float]
    forward: tuple[bool, bool, bool]
    backward: tuple[bool, bool, bool]


def read_way(tags: Mapping[str, str]) -> Way | None:
    """What may move on a way; None where nobody may, or where it is no road."""
    pace = PACES.get(tags.get("highway", ""))
    if pace is None or tags.get("area") == "yes":
        return None
    walk, e_bike, car = (_is_allowed(tags, mode, pace[index] is not None) for index, mode in enumerate(MODES))
    if not (walk or e_bike or car):
        return None
    (walk_on, walk_back), (ride_on, ride_back), (drive_on, drive_back) = (_directions(tags, mode) for mode in MODES)
    return Way(
        _speeds(tags, pace, e_bike),
        forward=(walk and walk_on, e_bike and ride_on, car and drive_on),
        backward=(walk and walk_back, e_bike and ride_back, car and drive_back),
    )


def blocks_cars(tags: Mapping[str, str]) -> bool:
    """Whether a node's barrier lets people and bicycles through, but no car."""
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    access = _first(tags, _KEYS[Mode.CAR])
    if barrier in _BLOCKS_CARS:
        return access not in _OPEN
    return access in _SHUT or access in _PRIVATE


def _is_allowed(tags: Mapping[str, str], mode: Mode, is_usual: bool) -> bool:  # noqa: FBT001 - from the table
    value = _first(tags, _KEYS[mode])
    if value is None:
        return is_usual
    if value in _SHUT:
        return False
    if value in _PRIVATE:
        return is_usual and mode is Mode.WALK
    if value in _OPEN:
        # "access=yes" on a footpath opens it to nobody who is not usually there; its own key does.
        return is_usual or tags.get(_KEYS[mode][0]) in _OPEN
    return is_usual


def _first(tags: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def _directions(tags: Mapping[str, str], mode: Mode) -> tuple[bool, bool]:
    if mode is Mode.WALK:
        value = tags.get("oneway:foot", "no")
    else:
        usual = "yes" if tags.get("junction") == "roundabout" or tags["highway"].startswith("motorway") else "no"
        value = tags.get("oneway", usual)
        if mode is Mode.E_BIKE:
            is_contraflow = tags.get("cycleway", "").startswith("opposite")
            value = tags.get("oneway:bicycle", "no" if is_contraflow else value)
    return value not in _BACKWARD, value not in _ONE_WAY


def _speeds(
    tags: Mapping[str, str],
    pace: tuple[float | None, ...],
    on_e_bike: bool,  # noqa: FBT001 - from the table
) -> tuple[float, float, float, float, float]:
    walk, e_bike, *car = [kmh or 0.0 for kmh in pace]
    if on_e_bike and e_bike <= WALK_KMH and tags.get("bicycle") in {"yes", "designated"}:
        e_bike = E_BIKE_ON_PATH_KMH
    if not walk:  # opened to them by a key of their own
        walk = WALK_KMH
    if not e_bike:
        e_bike = E_BIKE_KMH
    car = [kmh or 15.0 for kmh in car]
    if tags.get("surface") in _UNPAVED:
        e_bike = min(e_bike, UNPAVED_KMH[1])
        car = [min(kmh, most) for kmh, most in zip(car, UNPAVED_KMH[2:], strict=True)]
    limit = _limit_kmh(tags.get("maxspeed"))
    if limit is not None:
        e_bike, car = min(e_bike, limit), [min(kmh, limit) for kmh in car]
    return walk, e_bike, car[0], car[1], car[2]


def _limit_kmh(text: str | None) -> float | None:
    """A speed limit in km/h; None where there is none that can be read."""
    if not text:
        return None
    number, _, unit = text.partition(" ")
    try:
        kmh = float(number) * (_MPH if unit == "mph" else 1.0)
    except ValueError:
        return None
    return kmh if kmh >= 5 else None  # noqa: PLR2004 - below walking pace it is a slip of the pen
