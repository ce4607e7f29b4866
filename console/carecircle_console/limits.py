"""Limits: at which values of a bed's vital signs the rules speak, and its incidents, as a chart shows them (pure)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from uuid import UUID

from carecircle_alerts.incident import Kind, State
from carecircle_alerts.rules.rate import RateSettings
from carecircle_alerts.rules.settings import Override, overrides_for, rule_set_of
from carecircle_alerts.rules.spo2 import SpO2, expected_at
from carecircle_console.wire import Time, Wire

_RATES = ("heart_rate", "respiratory_rate")


class Limit(Wire):
    """At or below `low`, or at or above `high`, a value is told once it has lasted; null: no limit on that side.

    `judged_by` is `fixed` for a limit in the rule's settings and `altitude` for one that follows from where the bed is;
    as soon as somebody's own nights are known, the rule judges by those instead. An alarm's reason has what it judged
    by. Rules that are switched off have no limit.
    """

    metric: str
    low: float | None
    high: float | None
    judged_by: Literal["fixed", "altitude"]


class PastIncident(Wire):
    """An incident of a bed, for the mark on a chart."""

    id: UUID
    kind: Kind
    priority: Literal[1, 2, 3]
    state: State
    pressed_at: Time
    closed_at: Time | None
    outcome_code: str | None


def limits_of(division_code: str, bed: str, altitude_m: float, settings: Iterable[Mapping[str, Any]]) -> list[Limit]:
    """The limits of one bed; `settings` are rows of the rule book, the latest last."""
    overrides = [Override(row["rule"], row["scope"], row["settings"]) for row in settings]
    found = rule_set_of(overrides_for(division_code, bed, overrides))
    limits = list[Limit]()
    for metric in _RATES:
        rate = found.settings[metric]
        assert isinstance(rate, RateSettings)
        if rate.enabled:
            limits.append(Limit(metric=metric, low=rate.low, high=rate.high, judged_by="fixed"))
    oxygen = found.settings["spo2"]
    assert isinstance(oxygen, SpO2)
    if oxygen.enabled:
        fixed = oxygen.fixed is not None
        low = oxygen.fixed or max(oxygen.least, expected_at(altitude_m) - oxygen.drop_awake)
        limits.append(Limit(metric="spo2", low=round(low, 1), high=None, judged_by="fixed" if fixed else "altitude"))
    return limits
