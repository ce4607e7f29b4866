"""The bureau: divisions of five levels, institutions and beds with their devices, the same for the same seed (pure).

No place and no person in it exists; the codes have the form of real ones. Two provinces, so that one can be a stranger
to the other.
"""

from dataclasses import dataclass
from random import Random
from typing import Literal

_HOME_COUNTIES = ("630102", "630103", "630121", "630222")
_STRANGER = "620102"
_STREETS, _COMMUNITIES = 3, 4
_STRANGERS = 0.05
_MODELS = {
    "hub": (("hub-a", ("2.1.0", "2.0.4")),),
    "button": (("button-a", ("1.4.0", "1.3.2")), ("button-b", ("0.9.1",))),
    "mat": (("mat-a", ("3.2.0", "3.1.0")), ("mat-b", ("1.0.7",))),
}


@dataclass(frozen=True, slots=True)
class Provider:
    """An institution; `skill` is how much faster than others it is at the door (1: as others)."""

    id: str
    name: str
    area: str
    lat: float
    lon: float
    skill: float


@dataclass(frozen=True, slots=True)
class Device:
    """A device as it stands at the month's end. `battery` in percent; `heard_s_ago` is None where it never spoke."""

    id: str
    model: str
    firmware: str
    battery: float | None
    heard_s_ago: float | None
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Bed:
    """A bed as it stands at the month's end."""

    id: str
    division: str
    circle: Literal["urban", "rural"]
    terrain: Literal["city", "valley", "mountain"]
    provider: str | None
    lat: float
    lon: float
    heard_s_ago: float | None
    protection: Literal["yes", "partly", "no"]
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class Bureau:
    """All there is."""

    areas: dict[str, str]
    providers: tuple[Provider, ...]
    beds: tuple[Bed, ...]


def build_bureau(beds: int, seed: int) -> Bureau:
    """`beds` beds over 60 communities, a twentieth of them in another province; with 60 or more no place is empty."""
    rng = Random(f"{seed}:bureau")  # noqa: S311 - reproducible, nothing secret
    areas = _areas()
    streets = [code for code in areas if len(code) == 9]  # noqa: PLR2004 - a street's code
    providers = tuple(_provider(street, number, rng) for street in streets for number in (1, 2))
    return Bureau(areas, providers, tuple(_bed(number, beds, areas, providers, rng) for number in range(beds)))


def _areas() -> dict[str, str]:
    areas = {"63": "示例甲省", "62": "示例乙省", "6301": "甲一市", "6302": "甲二市", "6201": "乙一市"}
    for number, county in enumerate((*_HOME_COUNTIES, _STRANGER), 1):
        areas[county] = f"第{number}区"
        for street in range(1, _STREETS + 1):
            code = f"{county}{street:03d}"
            areas[code] = f"第{number}区{street}街道"
            for community in range(1, _COMMUNITIES + 1):
                areas[f"{code}{community:03d}"] = f"{areas[code]}{community}社区"
    return areas


def _provider(street: str, number: int, rng: Random) -> Provider:
    lat, lon = _middle(street)
    name = f"示例机构{street[-6:]}-{number}"
    where = (lat + rng.uniform(-0.005, 0.005), lon + rng.uniform(-0.005, 0.005))
    return Provider(f"house-{street}-{number}", name, street, *where, rng.choice((0.8, 1.0, 1.0, 1.3)))


def _middle(street: str) -> tuple[float, float]:
    rng = Random(street)  # noqa: S311 - a place that follows from its code
    return 36.6 + rng.uniform(-0.3, 0.3), 101.8 + rng.uniform(-0.3, 0.3)


def _bed(number: int, beds: int, areas: dict[str, str], providers: tuple[Provider, ...], rng: Random) -> Bed:
    communities = sorted(code for code in areas if len(code) == 12)  # noqa: PLR2004 - a community's code
    home = [code for code in communities if not code.startswith(_STRANGER)]
    strange = [code for code in communities if code.startswith(_STRANGER)]
    is_strange = number >= beds - max(len(strange), round(beds * _STRANGERS))
    division = strange[number % len(strange)] if is_strange else home[number % len(home)]
    is_urban = division[4:6] != "21"
    # The last of the county's houses also serves beds in the next one: an institution is no area.
    near = [one for one in providers if one.area == division[:9]]
    provider = rng.choice([*near, providers[5]] if not is_strange else near).id if rng.random() < 0.95 else None  # noqa: PLR2004
    lat, lon = _middle(division[:9])
    heard = rng.choices((rng.uniform(1, 300), rng.uniform(1200, 300_000), None), (0.95, 0.04, 0.01))[0]
    devices = tuple(_device(kind, heard, rng) for kind in _MODELS)
    alive = sum(device.is_alive for device in devices)
    return Bed(
        id=f"{division[:6]}-m{number:05d}",
        division=division,
        circle="urban" if is_urban else "rural",
        terrain="city" if is_urban else rng.choice(("valley", "mountain")),
        provider=provider,
        lat=lat + rng.uniform(-0.02, 0.02),
        lon=lon + rng.uniform(-0.02, 0.02),
        heard_s_ago=heard,
        protection="yes" if alive == len(devices) else ("partly" if devices[1].is_alive else "no"),
        devices=devices,
    )


def _device(kind: str, bed_heard: float | None, rng: Random) -> Device:
    model, versions = rng.choice(_MODELS[kind])
    is_alive = bed_heard is not None and bed_heard < 900 and rng.random() < 0.97  # noqa: PLR2004 - 15 min; 3 % are dead
    silent = rng.uniform(40_000, 400_000) if rng.random() < 0.9 else None  # noqa: PLR2004
    return Device(
        id=kind,
        model=model,
        firmware=rng.choice(versions),
        battery=None if kind == "hub" else round(rng.triangular(1, 100, 90)),
        heard_s_ago=(bed_heard or 1.0) + rng.uniform(0, 200) if is_alive else silent,
        is_alive=is_alive,
    )
