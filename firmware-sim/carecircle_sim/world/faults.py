"""Faults of real channels: slow answers, errors inside a 200, server errors, answers that never come (pure)."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Fate(StrEnum):
    """What happens to one message; only `TAKEN` and `ANSWER_LOST` reach the person."""

    TAKEN = "taken"
    ERROR_IN_BODY = "error_in_body"
    SERVER_ERROR = "server_error"
    ANSWER_LOST = "answer_lost"


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares between 0 and 1; `slow_s` is the longest delay of a slow answer, `hang_s` how long a lost one hangs."""

    slow: float = 0.0
    slow_s: float = 2.0
    error_in_body: float = 0.0
    server_error: float = 0.0
    answer_lost: float = 0.0
    hang_s: float = 20.0

    def draw(self, rng: Random) -> tuple[Fate, float]:
        """The fate of the next message, and the seconds before it is answered."""
        delay_s = rng.uniform(0, self.slow_s) if rng.random() < self.slow else 0.0
        chance = rng.random()
        for fate, share in (
            (Fate.ERROR_IN_BODY, self.error_in_body),
            (Fate.SERVER_ERROR, self.server_error),
            (Fate.ANSWER_LOST, self.answer_lost),
        ):
            if chance < share:
                return fate, self.hang_s if fate is Fate.ANSWER_LOST else delay_s
            chance -= share
        return Fate.TAKEN, delay_s


# Our own guesses for a demo; no provider publishes such shares.
PROFILES = {
    "none": Faults(),
    "real": Faults(slow=0.05, error_in_body=0.02, server_error=0.02, answer_lost=0.005),
    "rough": Faults(slow=0.3, slow_s=5.0, error_in_body=0.15, server_error=0.15, answer_lost=0.05),
}
