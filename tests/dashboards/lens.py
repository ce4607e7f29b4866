"""A lens: what a role may see of the true month and somebody has chosen, and the arithmetic of the figures, once more.

Nothing here asks the database, and nothing is taken from the dashboards: a figure that is wrong in both places was
defined wrongly, not computed wrongly.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from carecircle_sim.month import Alarm, Arrivals, Bed, Call
from tests.dashboards.viewer import AREAS, Choice
from tests.dashboards.world import Timer, Waiting, World

BEIJING = timezone(timedelta(hours=8))
OVER = {"CLOSED", "CANCELLED_FALSE", "MERGED"}
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a role answers for: areas by prefix, institutions by id; `health`: it may read vital signs."""

    role: str
    areas: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    health: bool = False

    def holds(self, bed: Bed) -> bool:
        """Whether the bed is the role's."""
        return bed.division.startswith(self.areas or "none") or bed.provider in self.providers


class Lens:
    """The month through a scope and a choice; `now` is when the database was asked, `end` when the time shown ends."""

    def __init__(self, world: World, scope: Scope, choice: Choice, now: datetime, end: datetime) -> None:
        self.world, self.scope, self.choice, self.now, self.end = world, scope, choice, now, end
        self.start = end - timedelta(days=choice.days)
        self.visible = [bed for bed in world.month.bureau.beds if scope.holds(bed)]
        self.in_area = [bed for bed in self.visible if self._is_chosen(bed)]
        self.beds = [bed for bed in self.in_area if choice.providers is None or bed.provider in choice.providers]
        self.bed = {bed.id: bed for bed in self.in_area}
        self._own = {bed.id for bed in self.beds}

    def _is_chosen(self, bed: Bed) -> bool:
        areas = self.choice.areas
        return bed.circle in self.choice.circles and all(
            name not in areas or any(bed.division.startswith(code) for code in areas[name]) for name in AREAS
        )

    def calls(self, *, any_provider: bool = False) -> list[Call]:
        """Calls of the chosen beds, whenever they were."""
        own = self.bed.keys() if any_provider else self._own
        return [call for call in self.world.month.calls if call.bed in own]

    def pressed(self, *, any_provider: bool = False) -> list[Call]:
        """Those pressed in the time shown."""
        return [call for call in self.calls(any_provider=any_provider) if self.start <= call.pressed_at <= self.end]

    def counted(self, *, any_provider: bool = False) -> list[Call]:
        """Those that count for the service circle."""
        return [call for call in self.pressed(any_provider=any_provider) if is_counted(call)]

    def answerable(self) -> list[Call]:
        """Those that came to the desk in the time shown."""
        return [call for call in self.calls() if self.start <= opened(call) <= self.end and call.state != "MERGED"]

    def alarms(self) -> list[Alarm]:
        """All alarms of the chosen beds."""
        return [alarm for alarm in self.world.month.alarms if alarm.bed in self.bed]

    def noted(self) -> list[Alarm]:
        """Those noted in the time shown."""
        return [alarm for alarm in self.alarms() if self.start <= alarm.noted_at <= self.end]

    def days(self) -> list[Arrivals]:
        """How messages came, of whole days in the time shown; each stands for two histories."""
        return [one for one in self.world.month.days if one.bed in self.bed and self.start <= one.bucket <= self.end]

    def timers(self) -> list[Timer]:
        """Due rows."""
        return [one for one in self.world.timers if one.bed in self.bed]

    def waiting(self) -> list[Waiting]:
        """Messages that wait."""
        return [one for one in self.world.waiting if one.bed in self.bed]

    def place(self, bed: str) -> str:
        """In which place of the chosen level a bed lies."""
        return self.bed[bed].division[: int(self.choice.level)]

    def placed(self, code: str) -> tuple[str, ...]:
        """The columns of a place's link."""
        cut = [code[:2], *(code[:length] if len(code) >= length else "All" for length in (4, 6, 9, 12))]
        return (*cut, {2: "4", 4: "6", 6: "9"}.get(len(code), "12"))

    def name(self, code: str) -> str:
        """A place's name."""
        return self.world.month.bureau.areas[code]

    def within(self, call: Call) -> bool | None:
        """In time, or not, or not known yet."""
        if call.arrived_s is not None:
            return call.arrived_s <= 900
        if call.state == "CLOSED" or self.now - call.pressed_at > timedelta(minutes=15):
            return False
        return None

    def share(self, calls: Iterable[Call]) -> float | None:
        """Of those with a verdict, those in time."""
        return mean(float(verdict) for call in calls if (verdict := self.within(call)) is not None)


def is_counted(call: Call) -> bool:
    """Withdrawn and test calls do not count; a false press counts once somebody went."""
    if call.state in {"CANCELLED_FALSE", "MERGED"} or call.outcome == "test_press":
        return False
    return call.outcome != "false_press" or call.arrived_s is not None


def opened(call: Call) -> datetime:
    """When the platform had it."""
    return call.pressed_at + timedelta(seconds=call.opened_s)


def answer_s(call: Call) -> float | None:
    """From the platform having it until somebody at the desk did."""
    return None if call.answered_s is None else call.answered_s - call.opened_s


def percentile(values: Iterable[float | None], share: float) -> float | None:
    """Between its two neighbours in proportion, as the standard's continuous percentile."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    place = share * (len(known) - 1)
    low = int(place)
    high = min(low + 1, len(known) - 1)
    return known[low] + (known[high] - known[low]) * (place - low)


def mean(values: Iterable[float]) -> float | None:
    """None of nothing."""
    known = list(values)
    return sum(known) / len(known) if known else None


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """By key."""
    found: dict[K, list[T]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    return dict(found)


def day_of(at: datetime) -> datetime:
    """Midnight of its day in Beijing."""
    return at.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def hour_of(at: datetime) -> int:
    """Hour of the day in Beijing."""
    return at.astimezone(BEIJING).hour


def ten_of(at: datetime) -> int:
    """Number of the ten minutes since 1970."""
    return int(at.timestamp() // 600)


LAGS = (1, 2, 5, 10, 30, 60, 300, 900, 3600, 28_800, 86_400)


def lag_class(arrivals: Sequence[Arrivals], share: float) -> float | None:
    """The upper end of the class in which so large a share of the messages lies."""
    messages = sum(one.messages for one in arrivals)
    if not arrivals:
        return None
    for number, lag in enumerate(LAGS):
        if sum(one.within[number] for one in arrivals) >= share * messages:
            return float(lag)
    return 604_800.0


def last_first(value: float | None) -> tuple[bool, float]:
    """Sort key: nothing comes last."""
    return (value is None, value if value is not None else 0.0)
