"""Running: the drill runner as this installation is set up (pure)."""

from collections.abc import Mapping
from datetime import timedelta

from psycopg_pool import AsyncConnectionPool

from carecircle.clock import Clock
from carecircle_alerts.bed_tests.running import BedTestRules, BedTestRunner, TellHome
from carecircle_alerts.drills.links import DrillLinks
from carecircle_alerts.drills.schedule import Rhythm
from carecircle_alerts.drills.sending import DrillRules, DrillRunner
from carecircle_alerts.notify.channel import Channel
from carecircle_alerts.notify.channels import channel_budgets
from carecircle_alerts.settings import AlertsSettings
from carecircle_alerts.store import Connection
from carecircle_alerts.travel import TravelTimes


def drill_runner(
    settings: AlertsSettings, pool: AsyncConnectionPool[Connection], channels: Mapping[str, Channel], clock: Clock
) -> DrillRunner:
    """The runner with the settings' rhythm, bounds and budgets."""
    rhythm = Rhythm(
        settings.drill_staff_days, settings.drill_others_days, settings.drill_from_h, settings.drill_until_h
    )
    rules = DrillRules(
        rhythm, timedelta(hours=settings.drill_answer_h), settings.drills_per_minute, channel_budgets(settings)
    )
    links = DrillLinks(settings.public_url, settings.link_secret.get_secret_value())
    return DrillRunner(pool, channels, links, clock, rules)


def bed_test_runner(
    settings: AlertsSettings, pool: AsyncConnectionPool[Connection], channels: Mapping[str, Channel],
    travel: TravelTimes, clock: Clock, tell_home: TellHome,
) -> BedTestRunner:  # fmt: skip
    """The runner of end-to-end tests; `tell_home` says whether the broker was given a command."""
    rules = BedTestRules(
        settings.bed_test_days, settings.bed_tests_per_day, settings.drill_from_h, settings.drill_until_h,
        channel_budgets(settings),
    )  # fmt: skip
    links = DrillLinks(settings.public_url, settings.link_secret.get_secret_value())
    return BedTestRunner(pool, channels, links, travel, clock, rules, tell_home)
