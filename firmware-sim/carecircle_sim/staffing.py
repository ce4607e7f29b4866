"""Staffing of the synthetic town: rosters, opening hours, skills and frailty, the same for the same seed (pure).

Chance is drawn for each person by name, so that nothing here moves anybody else in the town. Somebody is on duty near
every home at any hour: the first of each provider's staff is on call without a roster, and at stations that close for
the night the others share early, late and night shifts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random

from carecircle_sim.town import DEFAULT_SEED, Home, Provider, Responder, Town

BEIJING = timezone(timedelta(hours=8))
ROSTER_DAYS = 8
_OPENS_MIN, _CLOSES_MIN = 7 * 60, 21 * 60
# Early, late, night: hours after midnight.
_SLOTS = ((6, 14), (14, 22), (22, 30))
_DAY_SHIFT = (8, 20)
_FRAILTY: dict[str, int] = {"semi_disabled": 55, "disabled": 33, "severely_disabled": 12}


@dataclass(frozen=True, slots=True)
class Shift:
    """From when to when somebody is on duty, UTC."""

    responder_id: str
    begins_at: datetime
    ends_at: datetime


def frailty_of(home: Home, seed: int = DEFAULT_SEED) -> str:
    """What the resident was assessed as; the beds were granted to semi-disabled and disabled people."""
    return _chance(seed, home.resident_id).choices(list(_FRAILTY), list(_FRAILTY.values()))[0]


def skills_of(responder: Responder, seed: int = DEFAULT_SEED) -> list[str]:
    """What somebody can do beside what their provider trains everybody for."""
    rng = _chance(seed, responder.id)
    chances = {
        "staff": {"first_aid": 1.0, "lifting": 0.6, "nursing": 0.4},
        "volunteer": {"first_aid": 0.4, "lifting": 0.3},
        "neighbour": {"first_aid": 0.15, "lifting": 0.3},
    }[responder.role]
    return [skill for skill, chance in chances.items() if rng.random() < chance]


def languages_of(responder: Responder, seed: int = DEFAULT_SEED) -> list[str]:
    """In herding areas everybody speaks Tibetan, elsewhere few."""
    if responder.provider.township.is_herding:
        return ["zh", "bo"]
    return ["zh", "bo"] if _chance(seed, f"{responder.id}/language").random() < 0.05 else ["zh"]  # noqa: PLR2004


def closes_at_night(provider: Provider) -> bool:
    """Every second station does; never that of the demo's own people, nor a mutual-aid home or the call centre."""
    return provider.kind == "station" and int(provider.id.rsplit("-", 1)[-1]) % 2 == 0


def hours_of(provider: Provider) -> Iterator[tuple[int, int, int]]:
    """Weekday (1 = Monday), opening and closing minute; none for those who never close."""
    if closes_at_night(provider):
        for weekday in range(1, 8):
            yield weekday, _OPENS_MIN, _CLOSES_MIN


def out_at_once(provider: Provider) -> int | None:
    """A station keeps one of its four at home."""
    return 3 if provider.kind == "station" else None


def is_rostered(responder: Responder) -> bool:
    """Whether a roster says when they are on duty, and not their own switch."""
    return responder.role == "staff" and _place(responder) > 0


def shifts_of(town: Town, now: datetime) -> Iterator[Shift]:
    """The roster from yesterday on, a week ahead; the same on every start of one day."""
    today = now.astimezone(BEIJING).date()
    for responder in town.responders:
        if is_rostered(responder):
            for number in range(-1, ROSTER_DAYS):
                yield _shift(responder, today + timedelta(days=number))


def _shift(responder: Responder, day: date) -> Shift:
    begins, ends = _DAY_SHIFT
    if responder.provider.kind == "station":
        # Each week one shift earlier, so that a night is never followed by an early morning.
        week = day.toordinal() // 7
        begins, ends = _SLOTS[(_place(responder) - 1 - week) % 3]
    midnight = datetime.combine(day, time(), BEIJING)
    return Shift(
        responder.id,
        (midnight + timedelta(hours=begins)).astimezone(UTC),
        (midnight + timedelta(hours=ends)).astimezone(UTC),
    )


def _place(responder: Responder) -> int:
    """0 for the first of a provider's people in their role."""
    return int(responder.id.rsplit("-", 1)[-1]) - 1


def _chance(seed: int, name: str) -> Random:
    return Random(f"{seed}/{name}")  # noqa: S311 - a reproducible town, nothing secret
