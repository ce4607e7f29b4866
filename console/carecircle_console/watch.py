"""Watch: the figures behind the green light "never silent" and the beat of the stream (I/O)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from carecircle.rejected import Reason
from carecircle_console.store import Connection, fetch
from carecircle_console.wire import NeverSilent

# A timer is answered within a quarter of a second; 5 s late means that nobody answers.
_LATE_S = 5.0
# The engine leaves a pulse every 5 s; three missed ones are no accident.
_PULSE_FRESH_S = 15.0
_ENGINE = "alerts"
# The checker of promises looks every 15 s.
_CHECK_FRESH_S = 50.0
_CHECK = "promises"
# It shouts when the engine is stuck; that it is silent itself must not be learnt on that day.
_LIFELINE = "lifeline"
# All of China keeps Beijing time, so that "today" is one day for everybody.
_CHINA = ZoneInfo("Asia/Shanghai")
_REASONS = [reason.value for reason in Reason]


async def read_pulses(connection: Connection, now: datetime) -> dict[str, float]:
    """Age in seconds of the last pulse of every service."""
    return {row["service"]: _age_s(row["at"], now) for row in await fetch(connection, "pulses")}


def is_lifeline_silent(pulses: dict[str, float]) -> bool:
    """Whether there is a lifeline that has not gone round lately; an installation may have none."""
    return pulses.get(_LIFELINE, 0.0) > _PULSE_FRESH_S


async def read_never_silent(connection: Connection, now: datetime) -> NeverSilent:
    """The figures at `now`; `ok` also needs an engine whose pulse is fresh and a check that found nothing."""
    (figures,) = await fetch(connection, "never_silent", now=now, late_s=_LATE_S)
    pulses = {row["service"]: row for row in await fetch(connection, "pulses")}
    engine_age_s = _age_s(pulses[_ENGINE]["at"], now) if _ENGINE in pulses else None
    check_age_s = _age_s(pulses[_CHECK]["at"], now) if _CHECK in pulses else None
    broken = pulses[_CHECK]["detail"].get("broken", {}) if _CHECK in pulses else {}
    alive = engine_age_s is not None and engine_age_s <= _PULSE_FRESH_S
    checked = check_age_s is not None and check_age_s <= _CHECK_FRESH_S and not broken
    return NeverSilent(
        ok=alive and checked and figures["unattended"] == 0 and figures["late_due"] == 0,
        engine_age_s=engine_age_s,
        check_age_s=check_age_s,
        broken=broken,
        **figures,
    )


def _age_s(at: datetime, now: datetime) -> float:
    return round(max(0.0, (now - at).total_seconds()), 1)


async def count_quarantined_today(connection: Connection, now: datetime) -> int:
    """How many messages could not be read since midnight in Beijing."""
    midnight = now.astimezone(_CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    (row,) = await fetch(connection, "quarantined_since", since=midnight, reasons=_REASONS)
    count: int = row["count"]
    return count
