"""The plan of a run: how many presses, which deaths, in which order (pure)."""

from dataclasses import dataclass
from random import Random

# Everything of ours that runs, and the two servers below it. The phones outside are somebody else's.
VICTIMS = ("alerts", "ingest", "upkeep", "console", "lifeline", "coverage", "homes", "mosquitto", "postgres")
# What a press needs to become somebody at the door dies most often.
_WEIGHTS = {"alerts": 4, "mosquitto": 3, "postgres": 2, "console": 2, "homes": 2}


@dataclass(frozen=True, slots=True)
class Plan:
    """`presses` in all, `kills` by SIGKILL spread evenly over them; the same seed gives the same order."""

    presses: int = 10_000
    kills: int = 200
    homes: int = 240
    per_s: float = 25.0
    seed: int = 1

    def deaths(self, running: list[str]) -> dict[int, str]:
        """Before which press which process dies; each one that runs at least once when there are enough deaths."""
        chance = Random(self.seed)
        there = [name for name in VICTIMS if name in running]
        drawn = chance.choices(there, [_WEIGHTS.get(name, 1) for name in there], k=max(0, self.kills - len(there)))
        order = [*there[: self.kills], *drawn]
        chance.shuffle(order)
        step = self.presses / (self.kills + 1)
        return {round(step * (number + 1)): name for number, name in enumerate(order)}

    def beds(self, beds: list[str]) -> list[str]:
        """At which bed each press happens."""
        chance = Random(f"{self.seed}:beds")
        return chance.choices(beds, k=self.presses)
