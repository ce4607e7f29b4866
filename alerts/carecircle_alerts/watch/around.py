"""Around: what a rule may look at beside the message in its hand (pure).

These records hold no cycles, so the garbage collector is told to pass them by (`gc=False`): there are many.
"""

from datetime import UTC, datetime

from msgspec import Struct, field

from carecircle_alerts.watch.baseline import Baseline, Usual
from carecircle_alerts.watch.person import Person
from carecircle_alerts.watch.seen import Value

_CHINA_S = 8 * 3600  # all of China keeps Beijing time, without summer time
_DAY_S = 86_400


class Last(Struct, frozen=True, array_like=True, gc=False):
    """The latest plausible value of a quantity."""

    value: Value
    at: float
    device: str


class Device(Struct, array_like=True, gc=False):
    """What is known of one device. `heard`: when it last said something; `usual_s`: the longest gap it usually leaves.

    `missed_s` of a home: the seconds in which it was not heard, all together; of a device: how many they were when it
    last spoke. `key` is the highest (boot, seq) that it has said.
    """

    known_since: float
    heard: float | None = None
    usual_s: float | None = None
    count: int = 0
    online: bool | None = None
    can: list[str] = []
    offsets: list[float] = []
    missed_s: float = 0.0
    key: tuple[int, int] = (-1, -1)


class Around(Struct, array_like=True, gc=False):
    """One bed as its messages have told it so far."""

    altitude_m: int = 0
    person: Person = field(default_factory=Person)
    home: Device = field(default_factory=lambda: Device(0.0))
    quantities: dict[str, Last] = {}
    devices: dict[str, Device] = {}
    baselines: dict[str, Baseline] = {}

    def usual(self, quantity: str, *, asleep: bool) -> Usual | None:
        """What is usual for this person; None where nothing is known yet."""
        baseline = self.baselines.get(baseline_key(quantity, asleep=asleep))
        return baseline.usual if baseline else None


def baseline_key(quantity: str, *, asleep: bool) -> str:
    """Under which a baseline is kept."""
    return f"{quantity}/{'asleep' if asleep else 'awake'}"


def hour_of(at: float) -> float:
    """Hour of the day where the beds are, 0 to 24."""
    return ((at + _CHINA_S) % _DAY_S) / 3600


def is_between(hour: float, begin: float, end: float) -> bool:
    """Whether an hour lies in a span that may go over midnight."""
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def next_hour(at: float, hour: float) -> float:
    """The next moment, after `at`, at which it is this hour where the beds are."""
    wanted = (hour * 3600 - _CHINA_S) % _DAY_S
    found = at - at % _DAY_S + wanted
    return found if found > at else found + _DAY_S


def rfc3339(at: float) -> str:
    """A moment as people and databases read it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
