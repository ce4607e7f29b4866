"""The Postgres query of a panel: what the builder library lacks for Grafana's own PostgreSQL data source (pure)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

from carecircle.db.queries import Queries

# Given by provisioning/datasources/carecircle.yaml, so that panels find it in every installation.
DATA_SOURCE = DataSourceRef(type_val="grafana-postgresql-datasource", uid="carecircle-postgres")


class Format(StrEnum):
    """What Grafana makes of the rows: a series needs a column `time` and takes text in `metric` as its name."""

    TABLE = "table"
    TIME_SERIES = "time_series"


@dataclass(frozen=True, slots=True)
class PostgresQuery(Dataquery, Builder[Dataquery]):
    """One statement of a panel, as Grafana's code editor would save it."""

    raw_sql: str
    format: Format
    ref_id: str = "A"

    def build(self) -> Dataquery:
        """The query itself, as panel builders want it."""
        return self

    def to_json(self) -> dict[str, object]:
        """What stands in the dashboard's JSON."""
        return {
            "datasource": DATA_SOURCE,
            "editorMode": "code",
            "format": self.format.value,
            "rawQuery": True,
            "rawSql": self.raw_sql,
            "refId": self.ref_id,
        }


# What every statement may use. A level on which everything is chosen is the empty prefix (see variables.py).
_AREA = (
    "read.lies_in(division_code, array[${province:sqlstring}]::text[], array[${city:sqlstring}]::text[], "
    "array[${county:sqlstring}]::text[], array[${street:sqlstring}]::text[], array[${community:sqlstring}]::text[])"
)
_DRILL = """left(place, 2) as province,
    case when length(place) >= 4 then left(place, 4) else 'All' end as city,
    case when length(place) >= 6 then left(place, 6) else 'All' end as county,
    case when length(place) >= 9 then left(place, 9) else 'All' end as street,
    case when length(place) >= 12 then left(place, 12) else 'All' end as community,
    case length(place) when 2 then '4' when 4 then '6' when 6 then '9' else '12' end as next_level"""
SNIPPETS = {
    ":area": _AREA,
    ":circle": "circle in (${circle:sqlstring})",
    ":provider": (
        "('' = any(array[${provider:sqlstring}]::text[]) or provider_id = any(array[${provider:sqlstring}]::text[]))"
    ),
    # The code of the chosen level in which a bed lies; a bed that is coded less finely stands under its own code.
    ":place": "left(division_code, ${level:sqlstring}::int)",
    # Columns out of which a row's link builds the choice of its place and the level below.
    ":drill": _DRILL,
}
"""Parts of statements by the word that stands for them in statements/*.sql."""


class PanelQueries:
    """The statements of one file as panels take them; asking for one that is not there raises `Misconfigured`."""

    def __init__(self, file: str) -> None:
        self._queries = Queries("carecircle_dashboards", f"statements/{file}")

    def text(self, name: str) -> str:
        """The statement without its purpose lines and final semicolon, its words replaced, for variables."""
        lines = self._queries[name].decode().splitlines()
        first = next(number for number, line in enumerate(lines) if not line.startswith("--"))
        statement = "\n".join(lines[first:]).strip().removesuffix(";")
        return re.sub(r"(?<!:):(area|circle|provider|place|drill)\b", lambda word: SNIPPETS[word.group()], statement)

    def table(self, name: str) -> PostgresQuery:
        """The statement for tables and single figures."""
        return PostgresQuery(self.text(name), Format.TABLE)

    def series(self, name: str) -> PostgresQuery:
        """The statement for a chart over time."""
        return PostgresQuery(self.text(name), Format.TIME_SERIES)
