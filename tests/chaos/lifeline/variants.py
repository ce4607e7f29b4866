"""What may be stuck, one variant each: a press whose commit does not come, people told, and one incident afterwards."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.chaos.lifeline.receiver import Taken
from tests.chaos.lifeline.stage import Platform

# What is told by the lifeline: two helpers of an urban wave, and one supervisor.
_TOLD = 3
_SETTLED_S = 6.0  # afterwards everybody has had time to tell anybody a second time


@dataclass(frozen=True, slots=True)
class Outcome:
    """`told_s` is from the broker's acknowledgement of the press to the first helper."""

    name: str
    told_s: float
    incidents: int
    told_twice: int
    repeats: int


def everything_works(platform: Platform, bed: str) -> Outcome:
    """The engine commits and tells; the lifeline hears so and says nothing."""
    pressed_at = platform.press(bed)
    _until_told(platform, bed, _engine_told(2))
    time.sleep(_SETTLED_S)
    assert platform.scene.value("select count(*) from lifeline_telling where bed_id = %s", bed) == 0
    assert not [one for one in _of(platform, bed) if one.step.startswith("lifeline")]
    return _outcome("everything works", platform, bed, pressed_at)


def database_killed(platform: Platform, bed: str) -> Outcome:
    """kill -9 of the database, a press, people told; the database back, one incident, nobody told again."""
    platform.database.kill()
    pressed_at = platform.press(bed)
    _until_told(platform, None, lambda told: len(told) == _TOLD, since=pressed_at)
    platform.database.start()
    return _settled("database killed", platform, bed, pressed_at)


def engine_killed(platform: Platform, bed: str) -> Outcome:
    """kill -9 of the alert engine: the lifeline opens the incident itself, and the engine that comes back joins it."""
    platform.kill("alerts")
    pressed_at = platform.press(bed)
    platform.until(lambda: platform.is_reconciled(bed, _TOLD), "the lifeline opens the incident")
    assert len(platform.incidents(bed)) == 1
    platform.start("alerts")
    return _settled("alert engine killed", platform, bed, pressed_at)


def lifeline_killed_before_sending(platform: Platform, bed: str) -> Outcome:
    """The journal has the telling and nobody has heard of it: the next start tells, and the time counts from there."""
    platform.database.kill()
    platform.receiver.close()
    begun = platform.journal.count('"begun"')
    pressed_at = platform.press(bed)
    platform.until(lambda: platform.journal.count('"begun"') > begun, "the journal has it")
    platform.kill("lifeline")
    platform.receiver.open()
    assert not _since(platform, pressed_at)
    platform.start("lifeline")
    again_at = time.monotonic()
    _until_told(platform, None, lambda told: len(told) == _TOLD, since=pressed_at)
    platform.database.start()
    return _settled("lifeline killed before sending", platform, bed, pressed_at, again_at)


def lifeline_killed_after_sending(platform: Platform, bed: str) -> Outcome:
    """The receiver has the messages and the journal does not know: they go again, under the same keys."""
    platform.database.kill()
    platform.receiver.is_mute = True
    pressed_at = platform.press(bed)
    _until_told(platform, None, lambda told: len(told) == _TOLD, since=pressed_at)
    platform.kill("lifeline")
    platform.receiver.is_mute = False
    platform.start("lifeline")
    _until_told(platform, None, lambda told: len(told) == _TOLD and _again(platform, told), since=pressed_at)
    platform.database.start()
    return _settled("lifeline killed after sending", platform, bed, pressed_at)


def broker_killed(platform: Platform, bed: str) -> Outcome:
    """kill -9 of database and broker: what the broker had saved is told after its return, once."""
    platform.database.kill()
    pressed_at = platform.press(bed)
    time.sleep(1.5)  # the broker saves once a second; what it has not, a home repeats
    platform.broker.kill()
    platform.broker.start()
    _until_told(platform, None, lambda told: len(told) == _TOLD, since=pressed_at)
    platform.database.start()
    return _settled("broker killed too", platform, bed, pressed_at)


def unreadable(platform: Platform, bed: str) -> Outcome:
    """A message that nobody can read is a call for help as well."""
    platform.database.kill()
    pressed_at = platform.press(bed, secrets.token_bytes(40))
    _until_told(platform, None, lambda told: len(told) == _TOLD, since=pressed_at)
    platform.database.start()
    return _settled("unreadable message", platform, bed, pressed_at)


def lifeline_killed_again_and_again(platform: Platform, bed: str) -> Outcome:
    """kill -9 at random moments around the end of the wait, the journal and the sending: told, and under one key."""
    platform.database.kill()
    pressed_at = platform.press(bed)
    chance = Random(len(platform.receiver.taken()))
    for _kill in range(6):
        time.sleep(chance.uniform(2.9, 3.2))  # a call waits for 3 s from when it is heard
        platform.kill("lifeline")
        platform.start("lifeline")
    told_from = time.monotonic()  # a dead one tells nobody; how long it took says nothing
    _until_told(platform, None, lambda told: len(told) == _TOLD, since=pressed_at)
    platform.database.start()
    outcome = _settled("lifeline killed again and again", platform, bed, pressed_at, told_from)
    return replace(outcome, told_s=max(0.0, outcome.told_s))


Variant = Callable[[Platform, str], Outcome]
VARIANTS: tuple[Variant, ...] = (
    everything_works,
    database_killed,
    engine_killed,
    lifeline_killed_before_sending,
    lifeline_killed_after_sending,
    broker_killed,
    unreadable,
    lifeline_killed_again_and_again,
)


def play(platform: Platform, variants: tuple[Variant, ...], say: Callable[[Outcome], None]) -> list[Outcome]:
    """Start the platform and play the variants one after the other, each at a bed of its own."""
    beds = [f"bed-{number}" for number in range(1, len(variants) + 1)]
    for bed in beds:
        platform.bed(bed)
    platform.start("alerts")
    platform.start("lifeline")
    platform.wait_until_known(beds)
    outcomes = []
    for bed, variant in zip(beds, variants, strict=True):
        outcomes.append(variant(platform, bed))
        say(outcomes[-1])
        platform.close_all()
    return outcomes


def _settled(name: str, platform: Platform, bed: str, pressed_at: float, told_from: float | None = None) -> Outcome:
    platform.until(lambda: platform.is_reconciled(bed, _TOLD), "the database knows what was told")
    time.sleep(_SETTLED_S)
    return _outcome(name, platform, bed, pressed_at, told_from)


def _outcome(name: str, platform: Platform, bed: str, since: float, told_from: float | None = None) -> Outcome:
    helpers = [one.at - (told_from or since) for one in _of(platform, bed) if one.kind == "offer"]
    return Outcome(
        name,
        round(min(helpers), 2),
        len(platform.incidents(bed)),
        platform.receiver.told_twice(since),
        platform.receiver.repeats(),
    )


def _until_told(
    platform: Platform, bed: str | None, enough: Callable[[list[Taken]], bool], *, since: float = 0.0
) -> None:
    def told() -> list[Taken]:
        return _since(platform, since) if bed is None else _of(platform, bed)

    platform.until(lambda: enough(list({one.key: one for one in told()}.values())), "people are told")


def _again(platform: Platform, told: list[Taken]) -> bool:
    keys = [one.key for one in platform.receiver.taken()]
    return all(keys.count(one.key) > 1 for one in told)


def _engine_told(helpers: int) -> Callable[[list[Taken]], bool]:
    return lambda told: sum(one.kind == "offer" for one in told) == helpers


def _since(platform: Platform, at: float) -> list[Taken]:
    return [one for one in platform.receiver.taken() if one.at >= at]


def _of(platform: Platform, bed: str) -> list[Taken]:
    """What was told of the incidents of a bed, as far as the database is there to say which these are."""
    incidents = {str(row[0]) for row in platform.incidents(bed)}
    return [one for one in platform.receiver.taken() if one.incident in incidents]
