"""What happens by chance in a home: presses, falls, ghosts, stuck buttons, restarts and wrong clocks (pure)."""

from functools import partial
from random import Random
from typing import TYPE_CHECKING

from carecircle_sim.scenario.model import Scenario
from carecircle_sim.truth import What

if TYPE_CHECKING:
    from collections.abc import Callable

    from carecircle_sim.home.simulated import SimulatedHome

_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_STUCK_EVERY_MS = 20_000
_STUCK_PRESSES = (10, 40)
_ZONE_MISTAKE_MS = 8 * _HOUR_MS
_EMPTY_CLOCK_MS = 946_684_800_000  # the year 2000, where many clocks begin without their battery


def plan_chances(home: "SimulatedHome", scenario: Scenario, rng: Random) -> None:
    """Lay them into the home's timeline, each kind as a Poisson process."""
    life, faults, house = scenario.life, scenario.faults, home.house
    false_fall = partial(house.report, house.radar, "fall", What.FALSE_FALL)
    chances: list[tuple[float, float, Callable[[int], None]]] = [
        (life.presses_a_month, 30, home.press),
        (life.falls_a_year, 365, home.fall),
        (life.false_falls_a_month, 30, false_fall),
        (faults.ghost_presses_a_month, 30, partial(home.press, what=What.GHOST_PRESS)),
        (faults.stuck_buttons_a_year, 365, partial(_stick, home, rng)),
        (faults.restarts_a_month, 30, partial(_restart, home)),
        (faults.clock_jumps_a_month, 30, partial(_lose_clock, home, rng)),
        (life.long_exits_a_month, 30, partial(_at_night, home, rng, home.stay_up)),
        (life.wanders_a_month, 30, partial(_at_night, home, rng, home.wander)),
        (faults.devices_die_a_year, 365, partial(_break, home, rng)),
    ]
    for times, days, act in chances:
        if times:
            gap_ms = days * _DAY_MS / times
            moment = scenario.start_ms + rng.expovariate(1 / gap_ms)
            while moment < scenario.end_ms:
                house.timeline.at(moment, act)
                moment += rng.expovariate(1 / gap_ms)


def _at_night(home: "SimulatedHome", rng: Random, act: "Callable[[int], None]", moment_ms: int) -> None:
    """In the night that follows: between half past eleven and half past three in Xining."""
    midnight_ms = moment_ms - moment_ms % _DAY_MS + 16 * _HOUR_MS
    up_ms = midnight_ms + int(rng.uniform(-0.5, 3.5) * _HOUR_MS)
    home.house.timeline.at(up_ms if up_ms > moment_ms else up_ms + _DAY_MS, act)


def _break(home: "SimulatedHome", rng: Random, moment_ms: int) -> None:
    home.house.kill(rng.choice((home.house.mat, home.house.room, home.house.button)), moment_ms)


def _stick(home: "SimulatedHome", rng: Random, moment_ms: int) -> None:
    """A button that does not come up again calls anew and anew."""
    for number in range(rng.randint(*_STUCK_PRESSES)):
        home.house.timeline.at(moment_ms + number * _STUCK_EVERY_MS, partial(home.press, what=What.STUCK_BUTTON))


def _restart(home: "SimulatedHome", moment_ms: int) -> None:
    home.house.mat.restart()
    home.house.tell(moment_ms, What.RESTART, device="mat", boot=home.house.mat.boot)
    home.house.tell_status(home.house.mat, moment_ms)


def _lose_clock(home: "SimulatedHome", rng: Random, moment_ms: int) -> None:
    """A wrong zone, an empty clock, or some minutes; set right after some hours."""
    off_ms = rng.choice(
        (_ZONE_MISTAKE_MS, -_ZONE_MISTAKE_MS, _EMPTY_CLOCK_MS - moment_ms, rng.randint(-1_800_000, 1_800_000))
    )
    _set_clock(home, off_ms, moment_ms)
    home.house.timeline.at(moment_ms + rng.uniform(0.5, 12) * _HOUR_MS, partial(_set_clock, home, 0))


def _set_clock(home: "SimulatedHome", off_ms: int, moment_ms: int) -> None:
    home.house.clock_off_ms = off_ms
    home.house.tell(moment_ms, What.CLOCK_JUMP, off_by_s=round(off_ms / 1000, 1))
