"""Settings of coverage."""

from pathlib import Path

from pydantic import Field, field_validator

from carecircle.settings import DatabaseSettings


class CoverageSettings(DatabaseSettings):
    """What `carecircle coverage` is told."""

    roads_file: Path | None = Field(
        None, description="roads file for travel times; without it coverage is an estimate and not published"
    )
    coverage_hour: int = Field(3, ge=0, le=23, description="local hour of the night in which coverage is made anew")
    coverage_part: int = Field(
        2000, ge=100, le=20000, description="beds computed at once: more is quicker and needs more memory"
    )
    keep_coverage_days: int = Field(
        400, ge=1, le=3660, description="figures of counties and above, for trends; of smaller areas the latest is kept"
    )

    @field_validator("roads_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """A variable that a compose file passes on empty was not set."""
        return None if value == "" else value
