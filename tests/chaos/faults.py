"""The order of the faults of a chaos run, which its seed reproduces (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle, islice
from random import Random


class Fault(StrEnum):
    """What is done to the platform's parts."""

    KILL_INGEST = "kill -9 ingest"
    KILL_ALERTS = "kill -9 alert engine"
    KILL_BROKER = "kill -9 broker"
    KILL_DATABASE = "kill -9 database"
    KILL_BACKEND = "kill -9 database backend"
    STOP_DATABASE = "SIGSTOP database"
    STOP_INGEST = "SIGSTOP ingest"

    @property
    def is_kill(self) -> bool:
        return self.name.startswith("KILL")


KILLS = (Fault.KILL_INGEST, Fault.KILL_BROKER, Fault.KILL_DATABASE)
STOPS = (Fault.STOP_DATABASE, Fault.STOP_INGEST)
_KILLS_A_STOP = 3
_BACKEND_SHARE = 1 / 3
_DOWN_S = (0.1, 1.5)
_AT_ONCE_SHARE = 0.5
_AT_ONCE_MESSAGES = 200


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault, after how many messages it comes, and how long its victim stays down or stopped."""

    after_messages: int
    fault: Fault
    seconds: float


def plan_faults(
    seed: int, kills: int, messages: int, longest_stop_s: float, victims: Sequence[Fault] = KILLS
) -> list[Planned]:
    """`kills` kills, as many of each of the `victims`, and a stop for every third, in random order at random places.

    Half of the faults come on the heels of the one before, as when a machine loses power: what is lost by one part is
    most often what another has just forgotten. The last tenth of the messages has no faults, so that none comes late.
    """
    rng = Random(seed)
    faults = list(islice(cycle(victims), kills)) + list(islice(cycle(STOPS), -(-kills // _KILLS_A_STOP)))
    rng.shuffle(faults)
    places = sorted(rng.randint(messages // 50, messages * 9 // 10) for _ in faults)
    for number in range(1, len(places)):
        if rng.random() < _AT_ONCE_SHARE:
            places[number] = min(places[number], places[number - 1] + rng.randint(0, _AT_ONCE_MESSAGES))
    return [_planned(rng, fault, place, longest_stop_s) for fault, place in zip(faults, places, strict=True)]


def _planned(rng: Random, fault: Fault, place: int, longest_stop_s: float) -> Planned:
    if fault is Fault.KILL_DATABASE and rng.random() < _BACKEND_SHARE:
        fault = Fault.KILL_BACKEND
    seconds = rng.uniform(*_DOWN_S) if fault.is_kill else rng.uniform(longest_stop_s / 3, longest_stop_s)
    return Planned(place, fault, round(seconds, 2))
