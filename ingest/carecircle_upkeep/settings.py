"""Settings of upkeep: how often it goes round, how long each table is kept, how large a chunk may get (pure)."""

from datetime import timedelta

from pydantic import Field

from carecircle.metrics import MetricsSettings
from carecircle.quantities import History
from carecircle.settings import DatabaseSettings
from carecircle_upkeep.resolutions import HOUR, MINUTE

_YEAR = 365
_FIVE_YEARS = 5 * _YEAR + 1
# A clock is believed 8 days back; the database refuses to drop what is younger than 10 days.
_LEAST = 11


class UpkeepSettings(DatabaseSettings, MetricsSettings):
    """What `carecircle upkeep` is told; how long health data is kept needs the word of doctors and lawyers."""

    upkeep_interval_s: float = Field(60.0, gt=0, description="how often rollups are brought up to date")
    keep_vitals_days: int = Field(90, ge=_LEAST, description="single readings of vital signs")
    keep_environment_days: int = Field(90, ge=_LEAST, description="single readings of the room")
    keep_spot_check_days: int = Field(_FIVE_YEARS, ge=_LEAST, description="spot checks such as blood pressure")
    keep_device_event_days: int = Field(_FIVE_YEARS, ge=_LEAST, description="presses, falls and other device events")
    keep_device_status_days: int = Field(_YEAR, ge=_LEAST, description="what devices said about themselves")
    keep_minute_days: int = Field(_YEAR, ge=_LEAST, description="rollups by minute, and how messages came by hour")
    keep_hour_days: int = Field(_FIVE_YEARS, ge=_LEAST, description="rollups by hour; those by day are kept for good")
    erase_rows_at_once: int = Field(
        10_000, ge=1, le=50_000, description="rows in one transaction of erasing a person (engineering proposal)"
    )
    chunk_index_mb: int = Field(
        256, ge=1, description="how large a chunk's index may get: it should fit in a quarter of the database's memory"
    )

    def kept(self) -> dict[str, timedelta]:
        """How long each table is kept; what is not named is kept for good."""
        days = {
            "vitals": self.keep_vitals_days,
            "environment": self.keep_environment_days,
            "spot_check": self.keep_spot_check_days,
            "device_event": self.keep_device_event_days,
            "device_status": self.keep_device_status_days,
            "reception_hour": self.keep_minute_days,
            **{MINUTE.table(history): self.keep_minute_days for history in History},
            **{HOUR.table(history): self.keep_hour_days for history in History},
        }
        return {table: timedelta(days=number) for table, number in days.items()}
