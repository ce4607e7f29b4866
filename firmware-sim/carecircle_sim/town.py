"""The synthetic town: stations, homes, responders and relatives around Xining, the same for the same seed (pure).

No person in it exists. Urban beds lie within 1.6 km of a station; rural ones in hamlets up to 3.5 km from the
mutual-aid home, with neighbours who are nearer than any professional: the two circles of the service.
"""

from dataclasses import dataclass
from random import Random
from typing import Literal

from carecircle_sim.people import synthetic_names
from carecircle_sim.places import Places, Position, Township, load_places

DEFAULT_SEED = 810000
URBAN_BEDS = 144
RURAL_BEDS = 96
_HAMLETS = "一二三"
_LOWEST_M, _HIGHEST_M = 2260, 3000
_HAZARDS = (
    "家有犬，进门前请先出声",
    "楼道无电梯",
    "院门常锁，钥匙在左侧邻居家",
    "冬季炉火取暖，注意一氧化碳",
    "听力差，请按亮门铃灯",
)
_RELATIONS = ("儿子", "女儿", "孙女", "孙子", "侄子", "老伴")


@dataclass(frozen=True, slots=True)
class Provider:
    """A station of the urban circle, a mutual-aid home of the rural one, or the call centre."""

    id: str
    name: str
    kind: Literal["station", "mutual_aid_home", "call_centre"]
    township: Township
    position: Position


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who may be sent."""

    id: str
    name: str
    role: Literal["staff", "neighbour", "volunteer"]
    provider: Provider
    travel_mode: Literal["walk", "e_bike", "car"]
    position: Position
    is_on_duty: bool
    has_consented: bool


@dataclass(frozen=True, slots=True)
class Relative:
    """A family member of one resident; `by_mail` are told by e-mail, the others by webhook."""

    id: str
    name: str
    relation: str
    has_consent: bool
    by_mail: bool


@dataclass(frozen=True, slots=True)
class Home:
    """A family care bed with the one resident who lives there."""

    bed_id: str
    resident_id: str
    resident_name: str
    is_male: bool
    birth_year: int
    hazards: str | None
    has_key_safe: bool
    provider: Provider
    address: str
    position: Position
    altitude_m: int
    relatives: tuple[Relative, ...]

    @property
    def county(self) -> str:
        """The county's code, as the topics name it."""
        return self.provider.township.county


@dataclass(frozen=True, slots=True)
class Town:
    """Everything there is; homes go round the providers, so that the first few are already spread over the town."""

    providers: tuple[Provider, ...]
    homes: tuple[Home, ...]
    responders: tuple[Responder, ...]


def build_town(seed: int = DEFAULT_SEED) -> Town:
    """Build 24 providers, 240 homes and 160 responders; the same seed gives the same town."""
    places = load_places()
    rng = Random(seed)  # noqa: S311 - a reproducible town, nothing secret
    names = synthetic_names(rng)
    urban = [_station(number, township, rng) for number, township in enumerate(_of(places, urban=True), 1)]
    rural = [_mutual_aid_home(number, township, rng) for number, township in enumerate(_of(places, urban=False), 1)]
    centre = next(station.township for station in urban if station.township.county == "630103")
    call_centre = Provider("call-centre", "西宁为老服务呼叫中心（演示）", "call_centre", centre, centre.centre)
    hamlets = {home.id: [home.position.scattered(rng, least_m=500, most_m=3500) for _ in _HAMLETS] for home in rural}

    homes = [_urban_home(n, urban[n % len(urban)], rng, next(names)) for n in range(URBAN_BEDS)]
    for n in range(RURAL_BEDS):
        home = rural[n % len(rural)]
        hamlet = n // len(rural) % len(_HAMLETS)
        homes.append(_rural_home(n, home, hamlet, hamlets[home.id][hamlet], rng, next(names)))
    homes = _interleaved(homes[:URBAN_BEDS], homes[URBAN_BEDS:])

    responders: list[Responder] = []
    for provider in urban:
        responders += [_staff(provider, n, rng, next(names)) for n in range(4)]
        responders += [_volunteer(provider, n, provider.position, rng, next(names)) for n in range(2)]
    for provider in rural:
        places_near = hamlets[provider.id]
        responders += [_staff(provider, n, rng, next(names)) for n in range(2)]
        responders += [_neighbour(provider, n, places_near[n % 3], rng, next(names)) for n in range(4)]
        responders += [_volunteer(provider, n, places_near[n % 3], rng, next(names)) for n in range(2)]
    responders += [_staff(call_centre, n, rng, next(names)) for n in range(2)]
    return Town((*urban, *rural, call_centre), tuple(homes), tuple(responders))


def _of(places: Places, *, urban: bool) -> list[Township]:
    return [township for township in places.townships if township.is_urban == urban]


def _interleaved(urban: list[Home], rural: list[Home]) -> list[Home]:
    """Three urban homes, then two rural ones, and so on: 144 and 96."""
    mixed: list[Home] = []
    for n in range(len(rural) // 2):
        mixed += urban[3 * n : 3 * n + 3] + rural[2 * n : 2 * n + 2]
    return mixed


def _station(number: int, township: Township, rng: Random) -> Provider:
    name = f"{township.name.removesuffix('街道')}养老服务驿站（演示）"
    position = township.centre.scattered(rng, least_m=0, most_m=250)
    return Provider(f"station-{number:02d}", name, "station", township, position)


def _mutual_aid_home(number: int, township: Township, rng: Random) -> Provider:
    position = township.centre.scattered(rng, least_m=0, most_m=250)
    return Provider(
        f"happiness-{number:02d}", f"{township.name}互助幸福院（演示）", "mutual_aid_home", township, position
    )


def _urban_home(number: int, station: Provider, rng: Random, name: str) -> Home:
    township = station.township
    street = township.name.removesuffix("街道")
    address = (
        f"{street}演示路{rng.randint(1, 99)}号{rng.randint(1, 12)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 6)}01室"
    )
    altitude = max(_LOWEST_M, township.altitude_m + rng.randint(-10, 30))
    position = station.position.scattered(rng, least_m=80, most_m=1600)
    return _home(f"u{number + 1:03d}", station, address, position, altitude, rng, name)


def _rural_home(number: int, provider: Provider, hamlet: int, around: Position, rng: Random, name: str) -> Home:
    township = provider.township
    address = f"{township.name}演示村{_HAMLETS[hamlet]}社{rng.randint(1, 60)}号"
    altitude = min(_HIGHEST_M, township.altitude_m + rng.randint(0, 90))
    position = around.scattered(rng, least_m=20, most_m=500)
    return _home(f"r{number + 1:03d}", provider, address, position, altitude, rng, name)


def _home(
    number: str, provider: Provider, address: str, position: Position, altitude_m: int, rng: Random, name: str
) -> Home:
    county = provider.township.county
    return Home(
        bed_id=f"{county}-{number}",
        resident_id=f"resident-{number}",
        resident_name=name,
        is_male=rng.random() < 0.45,  # noqa: PLR2004 - women outlive men
        birth_year=rng.randint(1930, 1954),
        hazards=rng.choice(_HAZARDS) if rng.random() < 0.3 else None,  # noqa: PLR2004
        has_key_safe=rng.random() < 0.4,  # noqa: PLR2004
        provider=provider,
        address=address,
        position=position,
        altitude_m=altitude_m,
        relatives=_relatives(number, name[0], rng),
    )


def _relatives(number: str, surname: str, rng: Random) -> tuple[Relative, ...]:
    """One relative who is told, and for every third resident a second one, whom not every resident wants told."""
    count = 2 if rng.random() < 1 / 3 else 1
    relations = rng.sample(_RELATIONS, count)
    return tuple(
        Relative(
            id=f"relative-{number}-{n}",
            name=f"{surname}家属{'甲乙'[n - 1]}",
            relation=relation,
            has_consent=n == 1 or rng.random() < 0.6,  # noqa: PLR2004
            by_mail=rng.random() < 0.25,  # noqa: PLR2004
        )
        for n, relation in enumerate(relations, 1)
    )


def _staff(provider: Provider, number: int, rng: Random, name: str) -> Responder:
    mode: Literal["e_bike", "car"] = "e_bike" if provider.township.is_urban else "car"
    position = provider.position.scattered(rng, least_m=0, most_m=300)
    # The first is always on duty: a station is never empty.
    on_duty = number == 0 or rng.random() < 0.85  # noqa: PLR2004
    return Responder(f"{provider.id}-staff-{number + 1}", name, "staff", provider, mode, position, on_duty, True)


def _neighbour(provider: Provider, number: int, around: Position, rng: Random, name: str) -> Responder:
    position = around.scattered(rng, least_m=10, most_m=300)
    on_duty, consented = rng.random() < 0.9, rng.random() < 0.95  # noqa: PLR2004
    return Responder(
        f"{provider.id}-neighbour-{number + 1}", name, "neighbour", provider, "walk", position, on_duty, consented
    )


def _volunteer(provider: Provider, number: int, around: Position, rng: Random, name: str) -> Responder:
    position = around.scattered(rng, least_m=50, most_m=1200)
    on_duty, consented = rng.random() < 0.7, rng.random() < 0.95  # noqa: PLR2004
    mode: Literal["walk", "e_bike"] = "e_bike" if rng.random() < 0.5 else "walk"  # noqa: PLR2004
    return Responder(
        f"{provider.id}-volunteer-{number + 1}", name, "volunteer", provider, mode, position, on_duty, consented
    )
