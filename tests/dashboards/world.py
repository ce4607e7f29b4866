"""A world: a month of the simulator, and what only the platform adds to it (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from carecircle_sim.month import Month, Reading
from carecircle_upkeep.resolutions import DAY


@dataclass(frozen=True, slots=True)
class Timer:
    """A due row of an open call."""

    bed: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that no channel has taken."""

    bed: str
    channel: str
    state: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class World:
    """The month, and what the platform made of it."""

    month: Month
    timers: tuple[Timer, ...]
    waiting: tuple[Waiting, ...]
    pulses: dict[str, datetime]
    samples: tuple[tuple[datetime, int], ...]
    """Days and how many hourly samples of the fleet each has; the fleet is the same in all of them."""
    readings: tuple[Reading, ...]
    rolled_until: datetime
    heard: tuple[tuple[str, str, datetime], ...]
    """Minutes of the last hour in which a bed gave readings, by history."""
    cover: tuple["Cover", ...]
    trips: tuple["Trip", ...] = ()

    @property
    def calibrated_at(self) -> datetime:
        """When the newest calibration was made."""
        return self.month.now - timedelta(seconds=CALIBRATED_S_AGO)


def plan_world(month: Month, readings: Iterable[Reading]) -> World:
    """What follows from the month: half of the open calls' timers are late, every third has a message waiting."""
    still = [call for call in month.calls if call.state not in {"CLOSED", "CANCELLED_FALSE", "MERGED"}]
    timers = tuple(
        Timer(call.bed, month.now + timedelta(seconds=-60 if number % 2 else 7200)) for number, call in enumerate(still)
    )
    states = ("PENDING", "LEASED", "FAILED_TEMP")
    waiting = tuple(
        Waiting(
            call.bed,
            ("webhook", "email")[number % 2],
            states[number % 3],
            number % 4,
            month.now - timedelta(seconds=90 + number),
        )
        for number, call in enumerate(still)
        if number % 3 == 0
    )
    pulses = {"alerts": month.now - timedelta(seconds=4), "notify": month.now - timedelta(seconds=40)}
    today = DAY.floor(month.now)
    samples = tuple((today - timedelta(days=back), 24 if back else 3) for back in range(29))
    rolled_until = (month.now - timedelta(minutes=2)).replace(second=0, microsecond=0)
    known = tuple(readings)
    heard = tuple(_heard(month, known, rolled_until))
    trips = tuple(_trips(month))
    return World(month, timers, waiting, pulses, samples, known, rolled_until, heard, tuple(_cover(month)), trips)


@dataclass(frozen=True, slots=True)
class Cover:
    """Who can be at a bed in time from one hour of the day up to another."""

    bed: str
    from_hour: int
    until_hour: int
    state: str
    p50_s: int | None
    p90_s: int | None
    people: int


@dataclass(frozen=True, slots=True)
class Trip:
    """Somebody who was asked: on what the way rested, what was expected, and when they accepted and were there."""

    number: int
    call: int
    bed: str
    created_at: datetime
    basis: str
    mode: str
    p50_s: int | None
    p90_s: int | None
    accepted_at: datetime | None
    arrived_at: datetime | None


MODES = ("walk", "e_bike", "car")
_BASES = ("road_network", "road_network", "straight_line_model", "routing_server", "nightly_list", "map_service")


def _trips(month: Month) -> Iterator[Trip]:
    """Whoever went, some whose way nobody knew, and of every third call somebody who declined."""
    number = 0
    for place, call in enumerate(month.calls):
        created_at = call.pressed_at + timedelta(seconds=call.opened_s + 1)
        if call.accepted_s is not None:
            accepted_at = call.pressed_at + timedelta(seconds=call.accepted_s)
            arrived_at = None if call.arrived_s is None else call.pressed_at + timedelta(seconds=call.arrived_s)
            known = place % 11 != 0
            p50_s = 240 + place * 53 % 500
            yield Trip(
                number, place, call.bed, created_at, _BASES[place % 6] if known else "unknown", MODES[place % 3],
                p50_s if known else None, p50_s * 7 // 5 if known else None, accepted_at, arrived_at,
            )  # fmt: skip
            number += 1
        if place % 3 == 0:
            yield Trip(
                number, place, call.bed, created_at, "straight_line_model", MODES[(place + 1) % 3], 300, 400, None, None
            )
            number += 1


CORRECTIONS = (
    ("road_network", "car", "city", "peak", 1.5, 1.25, 40),
    ("road_network", "car", "", "", 1.125, 1.5, 90),
    ("straight_line_model", "walk", "", "", 0.75, 2.0, 60),
)
"""Basis, mode, terrain, hour band, factor, spread and arrivals of the newest calibration."""
CALIBRATED_S_AGO = 40_000
SOURCES = (
    ("roads", False, False, 900, 12, 0, 0.25, 1.5, None),
    ("osrm", True, True, 80, 0, 31, 120.0, 400.0, None),
    ("amap", True, False, 7, 1, 2, 90.0, 210.0, 1000),
)
"""Name, remote, left alone, answered, unknown, failed, median and 95th percentile in ms, budget of a day, in order."""
SPENT = 250


def _cover(month: Month) -> Iterator[Cover]:
    """By day better than by night; a fiftieth cannot be said, because nobody knows where the bed stands."""
    for number, bed in enumerate(month.bureau.beds):
        for from_hour, until_hour, slow in ((0, 7, 1.5), (7, 24, 1.0)):
            p50_s = round((200 + number * 37 % 700) * slow)
            p90_s = round(p50_s * 1.3)
            if number % 50 == 0:
                yield Cover(bed.id, from_hour, until_hour, "unlocated", None, None, 0)
            elif p90_s <= 900:
                yield Cover(bed.id, from_hour, until_hour, "covered", p50_s, p90_s, 1 + number % 3)
            else:
                state = "uncertain" if p50_s <= 900 else "not_covered"
                yield Cover(bed.id, from_hour, until_hour, state, p50_s, p90_s, 0)


def _heard(month: Month, readings: Sequence[Reading], until: datetime) -> Iterator[tuple[str, str, datetime]]:
    """Beds that are heard, all minutes but every seventh, every other with its room's box; watched ones as measured."""
    watched = {one.bed for one in readings}
    for number, bed in enumerate(month.bureau.beds):
        if bed.heard_s_ago is None or bed.heard_s_ago >= 900:
            continue
        for minute in range(1, 62):
            if (number + minute) % 7:
                at = until - timedelta(minutes=minute)
                if bed.id not in watched:
                    yield bed.id, "vitals", at
                if number % 2:
                    yield bed.id, "environment", at
    yield from ((one.bed, "vitals", one.at) for one in readings if one.at >= until - timedelta(minutes=61))
