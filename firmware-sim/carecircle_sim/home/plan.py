"""What a scenario lays upon each home: its place, its resident and the happenings that meet it (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from carecircle_sim.home.network import Outage
from carecircle_sim.scenario.model import (
    CarbonMonoxide,
    Earthquake,
    FirmwareUpdate,
    Group,
    Happening,
    Pneumonia,
    PowerCut,
    Scenario,
)
from carecircle_sim.town import Home, build_town

_HOUR_MS, _MINUTE_MS = 3_600_000, 60_000
_ALTITUDE_M = {"urban": 2260, "rural": 3200}
_COUNTY = {"urban": "630102", "rural": "630123"}
_HASTE = 2.5
"""Shape of the presses after an earthquake: most come early, as a gamma distribution of this order."""


@dataclass(slots=True)
class HomePlan:
    """One home before it is simulated. Times are Unix milliseconds."""

    bed: str
    county: str
    altitude_m: int
    is_male: bool
    cuts: list[Outage] = field(default_factory=list)
    quakes: list[int] = field(default_factory=list)
    co: list[tuple[int, CarbonMonoxide]] = field(default_factory=list)
    illnesses: list[tuple[int, Pneumonia]] = field(default_factory=list)
    updates: list[tuple[int, FirmwareUpdate]] = field(default_factory=list)


def plan_homes(scenario: Scenario, seed: int, most: int | None = None) -> list[HomePlan]:
    """All homes in the order of the groups, or the first `most`; the same seed gives the same plan."""
    plans = [plan for number, group in enumerate(scenario.groups) for plan in _group(group, number, seed)][:most]
    for number, happening in enumerate(scenario.happenings):
        rng = Random(f"{seed}:happening {number}")  # noqa: S311 - reproducible, nothing secret
        _lay(happening, _met(happening, plans, rng), scenario.start_ms, rng)
    return plans


def _group(group: Group, number: int, seed: int) -> Iterator[HomePlan]:
    town = [home for home in build_town().homes if _is_of(home, group.circle)]
    rng = Random(f"{seed}:group {number}")  # noqa: S311 - reproducible, nothing secret
    for place in range(group.homes):
        if place < len(town) and number == 0:
            home = town[place]
            yield HomePlan(home.bed_id, home.county, group.altitude_m or home.altitude_m, home.is_male)
        else:
            county, altitude = _COUNTY[group.circle], group.altitude_m or _ALTITUDE_M[group.circle]
            yield HomePlan(f"{county}-s{number}-{place + 1:05d}", county, altitude, rng.random() < 0.45)  # noqa: PLR2004


def _is_of(home: Home, circle: str) -> bool:
    return home.provider.township.is_urban == (circle == "urban")


def _met(happening: Happening, plans: Sequence[HomePlan], rng: Random) -> list[HomePlan]:
    count = len(plans)
    if happening.homes is not None:
        count = min(count, happening.homes)
    elif happening.share is not None:
        count = round(count * happening.share)
    return rng.sample(plans, count)


def _lay(happening: Happening, met: Sequence[HomePlan], start_ms: int, rng: Random) -> None:
    at_ms = start_ms + int(happening.after_h * _HOUR_MS)
    for plan in met:
        match happening:
            case PowerCut():
                # A district's transformers do not fail in the same second.
                begin_ms = at_ms + rng.randint(0, 20_000)
                plan.cuts.append(Outage(begin_ms, begin_ms + int(happening.lasts_min * _MINUTE_MS), is_power=True))
            case Earthquake():
                share = min(1.0, rng.gammavariate(_HASTE, 1 / 3) / _HASTE)
                plan.quakes.append(at_ms + int(share * happening.within_s * 1000))
            case CarbonMonoxide():
                plan.co.append((at_ms + rng.randint(0, 30 * _MINUTE_MS), happening))
            case Pneumonia():
                plan.illnesses.append((at_ms + rng.randint(0, 12 * _HOUR_MS), happening))
            case FirmwareUpdate():
                plan.updates.append((at_ms + int(rng.random() * happening.rollout_min * _MINUTE_MS), happening))
