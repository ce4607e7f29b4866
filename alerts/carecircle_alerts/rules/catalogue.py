"""Catalogue: every rule there is, in the order in which a message meets them (pure).

What doubts a sensor comes first, so that the clinical rules of the same message know of the doubt.
"""

from carecircle_alerts.rules import (
    apnoea,
    bed_exit,
    check_in_missed,
    clock_fault,
    fall,
    gateway_silent,
    heart_rate,
    inactivity,
    lost_signal,
    low_battery,
    mains_lost,
    news2,
    not_in_bed,
    out_of_bed,
    press_test_overdue,
    respiratory_rate,
    sensor_error,
    spo2,
    tamper,
    temperature,
    unstable_signal,
    wandering,
)
from carecircle_alerts.rules.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        sensor_error,
        clock_fault,
        gateway_silent,
        lost_signal,
        unstable_signal,
        low_battery,
        tamper,
        mains_lost,
        press_test_overdue,
        heart_rate,
        respiratory_rate,
        spo2,
        temperature,
        apnoea,
        news2,
        fall,
        bed_exit,
        not_in_bed,
        out_of_bed,
        inactivity,
        wandering,
        check_in_missed,
    )
)
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in RULES}
