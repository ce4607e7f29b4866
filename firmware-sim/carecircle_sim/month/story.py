"""What happens in the month: calls with their stages, alarms with what became of them, how messages arrive (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from carecircle_sim.month.people import Bed, Bureau

OPERATORS = 6
LAGS_S = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 28_800, 86_400)
_CALLS = (("sos", 70), ("fall", 20), ("smoke", 4), ("gas", 3), ("carbon_monoxide", 2), ("water", 1))
_ALARMS = (
    ("lost_signal", "technical", 3, 40),
    ("low_battery", "technical", 3, 25),
    ("gateway_silent", "technical", 2, 8),
    ("bed_exit", "behaviour", 2, 12),
    ("heart_rate", "clinical", 1, 5),
    ("spo2", "clinical", 2, 10),
)
_OUTCOMES = (("helped_on_site", 55), ("taken_to_hospital", 15), ("false_press", 15), ("test_press", 10), ("other", 5))


@dataclass(frozen=True, slots=True)
class Call:
    """A call for help; `opened_at` is when the platform had it, the other stages are seconds after `pressed_at`."""

    bed: str
    kind: str
    pressed_at: datetime
    opened_s: float
    answered_s: float | None
    accepted_s: float | None
    arrived_s: float | None
    closed_s: float | None
    state: str
    outcome: str | None
    operator: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A time that a rule found its condition; `outcome` is that of its incident, `operator` who took that."""

    bed: str
    device: str
    kind: str
    family: str
    priority: int
    raised_at: datetime
    noted_at: datetime
    cleared_at: datetime | None
    held_back: str | None
    has_incident: bool
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    operator: int | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Messages of a bed in a day or an hour: how many, and how many of them within each of `LAGS_S`."""

    bed: str
    bucket: datetime
    messages: int
    within: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mat measured in a moment; spo2 is missing now and then."""

    bed: str
    at: datetime
    heart_rate: float
    respiratory_rate: float
    spo2: float | None
    movement: float
    in_bed: bool


@dataclass(frozen=True, slots=True)
class Month:
    """All that happened up to `now`."""

    bureau: Bureau
    now: datetime
    calls: tuple[Call, ...]
    alarms: tuple[Alarm, ...]
    days: tuple[Arrivals, ...]
    hours: tuple[Arrivals, ...]
    press_tests: tuple[tuple[str, datetime], ...]
    unreadable: tuple[tuple[str, str, datetime], ...]


def live_through(bureau: Bureau, now: datetime, days: int, calls: float, alarms: float, seed: int) -> Month:
    """`days` days up to `now` (UTC), so many calls and alarms a bed and 30 days; the same seed gives the same month."""
    rng = Random(f"{seed}:month")  # noqa: S311 - reproducible, nothing secret
    share = days / 30
    count = len(bureau.beds)
    return Month(
        bureau=bureau,
        now=now,
        calls=tuple(_calls(bureau, now, days, round(count * calls * share), rng)),
        alarms=tuple(_alarms(bureau, now, days, round(count * alarms * share), rng)),
        days=tuple(_arrivals(bureau, _midnights(now, days), 1440, rng)),
        hours=tuple(_arrivals(bureau, _full_hours(now, 25), 60, rng)),
        press_tests=tuple(_press_tests(bureau, now, days, rng)),
        unreadable=tuple(_unreadable(bureau, now, days, max(20, count // 4), rng)),
    )


def watch(beds: Iterable[str], now: datetime, days: int, seed: int) -> Iterator[Reading]:
    """Readings of some beds every ten minutes, with hours of silence; a night is from ten to six in Beijing."""
    for bed in beds:
        rng = Random(f"{seed}:{bed}")  # noqa: S311 - reproducible, nothing secret
        calm = rng.uniform(58, 82)
        last = now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
        for back in range(days * 144 - 1, 0, -1):
            at = last - timedelta(minutes=10 * back)
            if (at.hour + at.day) % 23 == 0:
                continue  # the router was out
            is_night = (at.hour + 8) % 24 >= 22 or (at.hour + 8) % 24 < 6  # noqa: PLR2004
            yield Reading(
                bed,
                at,
                round(calm + rng.gauss(-5 if is_night else 5, 4), 1),
                round(15 + rng.gauss(0, 2), 1),
                round(91 + rng.gauss(0, 2), 1) if rng.random() < 0.8 else None,  # noqa: PLR2004
                round(abs(rng.gauss(0.05 if is_night else 0.3, 0.1)), 3),
                rng.random() < (0.95 if is_night else 0.1),
            )


def _calls(bureau: Bureau, now: datetime, days: int, count: int, rng: Random) -> Iterator[Call]:
    skill = {one.id: one.skill for one in bureau.providers}
    kinds, weights = zip(*_CALLS, strict=True)
    opened: set[tuple[str, str]] = set()
    for number in range(count):
        bed = rng.choice(bureau.beds)
        # A tenth of them lately, so that some are still under way.
        ago_s = rng.uniform(20, 3000) if number % 10 == 0 else rng.uniform(20, days * 86_400)
        pressed_at = now - timedelta(seconds=ago_s)
        kind = rng.choices(kinds, weights)[0]
        call = _call(bed, kind, pressed_at, ago_s, skill.get(bed.provider or "", 1.0), rng)
        if call.state not in {"CLOSED", "CANCELLED_FALSE", "MERGED"}:
            if (bed.id, kind) in opened:
                continue  # one open incident of a bed and kind
            opened.add((bed.id, kind))
        yield call


def _call(bed: Bed, kind: str, pressed_at: datetime, ago_s: float, skill: float, rng: Random) -> Call:
    opened_s = rng.uniform(0.2, 3.0) if rng.random() < 0.98 else rng.uniform(60, 1800)  # noqa: PLR2004
    slow = {"city": 1.0, "valley": 1.3, "mountain": 1.9}[bed.terrain]
    answered_s = opened_s + rng.lognormvariate(2.6, 0.8)
    accepted_s = answered_s + rng.lognormvariate(3.8, 0.7)
    arrived_s = accepted_s + skill * slow * rng.lognormvariate(6.0, 0.5)
    closed_s = arrived_s + rng.uniform(300, 3000)
    ended: tuple[str, str | None]
    if rng.random() < 0.05:  # noqa: PLR2004 - withdrawn before anybody went
        ended, accepted_s, arrived_s, closed_s = ("CANCELLED_FALSE", "false_press"), 1e9, 1e9, answered_s + 30
    else:
        ended = ("CLOSED", rng.choices([name for name, _ in _OUTCOMES], [often for _, often in _OUTCOMES])[0])
        if ended[1] in {"false_press", "test_press"} and rng.random() < 0.7:  # noqa: PLR2004
            accepted_s, arrived_s, closed_s = 1e9, 1e9, answered_s + 120
        elif rng.random() < 0.04:  # noqa: PLR2004 - nobody went
            arrived_s = 1e9
            closed_s = accepted_s + 3600
    reached = [None if stage > ago_s else round(stage, 3) for stage in (answered_s, accepted_s, arrived_s, closed_s)]
    is_closed = reached[3] is not None
    state = ended[0] if is_closed else ("ON_SCENE" if reached[2] else "EN_ROUTE" if reached[1] else "SEARCHING")
    if state == "SEARCHING" and ago_s > 120 + opened_s:
        state = "UNCOVERED"
    operator = rng.randint(1, OPERATORS) if reached[0] is not None else None
    return Call(
        bed.id, kind, pressed_at, round(min(opened_s, ago_s), 3), reached[0], reached[1], reached[2], reached[3],
        state, ended[1] if is_closed else None, operator,
    )  # fmt: skip


def _alarms(bureau: Bureau, now: datetime, days: int, count: int, rng: Random) -> Iterator[Alarm]:
    weights = [one[3] for one in _ALARMS]
    opened: set[tuple[str, str]] = set()
    number = 0
    while number < count:
        bed = rng.choice(bureau.beds)
        kind, family, priority, _ = rng.choices(_ALARMS, weights)[0]
        device = "mat" if family in {"clinical", "behaviour"} else rng.choice(bed.devices).id
        at = now - timedelta(seconds=rng.uniform(60, days * 86_400))
        # Now and then one comes again and again within the hour.
        times = 4 if rng.random() < 0.01 else 1  # noqa: PLR2004
        for repeat in range(times):
            raised_at = at + timedelta(seconds=300 * repeat)
            if raised_at >= now - timedelta(seconds=30):
                continue
            number += 1
            yield _alarm(bed.id, device, (kind, family, priority), raised_at, now, opened, rng)


def _alarm(
    bed: str, device: str, what: tuple[str, str, int], raised_at: datetime, now: datetime,
    opened: set[tuple[str, str]], rng: Random,
) -> Alarm:  # fmt: skip
    kind, family, priority = what
    held_back = rng.choices((None, "shelved", "flood", "late"), (92, 3, 3, 2))[0]
    noted_at = raised_at + timedelta(seconds=rng.uniform(1, 20))
    stands_s = rng.expovariate(1 / 7200) if rng.random() < 0.97 else 1e9  # noqa: PLR2004
    cleared_at = _by(raised_at + timedelta(seconds=min(stands_s, 1e8)), now)
    has_incident = held_back is None and rng.random() < 0.6  # noqa: PLR2004
    answered_at = _by(noted_at + timedelta(seconds=rng.lognormvariate(4, 1)), now) if has_incident else None
    closed_at = _by(noted_at + timedelta(seconds=rng.uniform(1200, 90_000)), now) if answered_at else None
    if has_incident and closed_at is None:
        if (bed, kind) in opened:
            has_incident, answered_at = False, None
        opened.add((bed, kind))
    outcome = None
    if closed_at is not None:
        outcome = rng.choices(("false_alarm", "other", "helped_on_site"), (30, 40, 30))[0]
    operator = rng.randint(1, OPERATORS) if answered_at is not None else None
    return Alarm(
        bed, device, kind, family, priority, raised_at, noted_at, cleared_at, held_back, has_incident, answered_at,
        closed_at, outcome, operator,
    )  # fmt: skip


def _by(at: datetime, now: datetime) -> datetime | None:
    return at if at <= now else None


def _midnights(now: datetime, days: int) -> list[datetime]:
    china = now + timedelta(hours=8)
    last = china.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)
    return [last - timedelta(days=back) for back in range(1, days)]


def _full_hours(now: datetime, hours: int) -> list[datetime]:
    last = now.replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in range(1, hours)]


def _arrivals(bureau: Bureau, buckets: list[datetime], usual: int, rng: Random) -> Iterator[Arrivals]:
    """Most within seconds; a bed behind a dead router hands hours over at once."""
    shares = (0.55, 0.2, 0.12, 0.06, 0.03, 0.02, 0.01, 0.003, 0.002, 0.002, 0.002)
    for bed in bureau.beds:
        for bucket in buckets:
            if rng.random() < 0.01:  # noqa: PLR2004 - a stretch of which nothing ever came
                continue
            messages = round(usual * rng.uniform(0.9, 1.0))
            parts = [int(messages * share * rng.uniform(0.5, 1.0)) for share in shares]
            yield Arrivals(bed.id, bucket, messages, tuple(accumulate(parts)))


def _press_tests(bureau: Bureau, now: datetime, days: int, rng: Random) -> Iterator[tuple[str, datetime]]:
    """Most residents try their button every week; every seventh has stopped to."""
    for number, bed in enumerate(bureau.beds):
        if number % 7 != 0:
            first_s = rng.uniform(0, 6.9 * 86_400)
            for week in range(days // 7 + 1):
                ago_s = first_s + week * 7 * 86_400
                if ago_s < days * 86_400:
                    yield bed.id, now - timedelta(seconds=ago_s)


def _unreadable(
    bureau: Bureau, now: datetime, days: int, count: int, rng: Random
) -> Iterator[tuple[str, str, datetime]]:
    for _ in range(count):
        bed = rng.choice(bureau.beds)
        at = now - timedelta(seconds=rng.uniform(60, days * 86_400))
        yield bed.id, rng.choice(("not_json", "wrong_shape", "wrong_topic")), at
