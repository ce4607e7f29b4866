"""Settings of travel times, shared by every process that ranks people."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from carecircle.settings import ProcessSettings
from carecircle_alerts.travel.roads.speeds import MODES

SOURCES = ("roads", "osrm", "valhalla", "amap")


class TravelSettings(ProcessSettings):
    """A process that needs travel times. Without any of these they are estimated from the straight line, and say so."""

    roads_file: Path | None = Field(
        None, description="road network made by `carecircle roads build`; none: no road times of our own"
    )
    osrm_urls: str = Field(
        "",
        description="OSRM's table service by mode, comma-separated: `car=http://osrm-car:5000/table/v1/driving`; "
        "modes are walk, e_bike, car",
    )
    valhalla_url: str | None = Field(
        None, pattern=r"^https?://", description="address of a Valhalla server, such as http://valhalla:8002"
    )
    amap_key: SecretStr | None = Field(
        None, description="key of AMap's web service; places of responders go there, without names; none: not asked"
    )
    amap_daily_budget: int = Field(1000, ge=0, description="questions a day to AMap, by all processes together")
    travel_sources: str = Field(
        ",".join(SOURCES), description="which sources of travel times are asked, in this order, comma-separated"
    )
    travel_budget_ms: int = Field(
        600, ge=50, le=5000, description="the longest that all sources together may take, in milliseconds"
    )
    travel_calibration_days: int = Field(
        90, ge=0, le=730, description="arrivals of so many days correct the speeds every night; 0: they do not"
    )

    @field_validator("roads_file", "valhalla_url", "amap_key", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """A variable that a compose file passes on empty was not set."""
        return None if value == "" else value

    @field_validator("travel_sources")
    @classmethod
    def _known_sources(cls, value: str) -> str:
        unknown = set(_parts(value)) - set(SOURCES)
        if unknown:
            raise ValueError(f"no source {', '.join(sorted(unknown))}; there are {', '.join(SOURCES)}")
        return value

    @field_validator("osrm_urls")
    @classmethod
    def _urls_by_mode(cls, value: str) -> str:
        for part in _parts(value):
            mode, _, url = part.partition("=")
            if mode not in MODES or not url.startswith(("http://", "https://")):
                raise ValueError(f"{part!r} is no mode=http://…; modes are {', '.join(MODES)}")
        return value

    @property
    def osrm_by_mode(self) -> Mapping[str, str]:
        """Addresses by mode."""
        pairs = (part.partition("=") for part in _parts(self.osrm_urls))
        return {mode: url for mode, _, url in pairs}

    @property
    def source_order(self) -> tuple[str, ...]:
        """Names of `SOURCES`, the most trusted first."""
        return tuple(_parts(self.travel_sources))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
