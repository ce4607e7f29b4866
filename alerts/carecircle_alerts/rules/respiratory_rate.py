"""Respiratory rate: in NEWS2's outer bands for long enough (pure)."""

from pydantic import Field

from carecircle_alerts.incident import Kind
from carecircle_alerts.rules.rate import RateSettings, rate_rule


class RespiratoryRate(RateSettings):
    """Breaths a minute. Needs clinical sign-off."""

    low: float = Field(8, description="at or below; scores 3 in NEWS2 (RCP 2017)")
    high: float = Field(25, description="at or above; scores 3 in NEWS2 (RCP 2017)")
    deadband: float = Field(1.5, ge=0)
    least_change: float = Field(6, gt=0, description="breaths a minute from the person's own median, asleep")


RULE = rate_rule(Kind.RESPIRATORY_RATE, RespiratoryRate)
