"""The Postgres query of a panel: what the builder library lacks for Grafana's own PostgreSQL data source (pure)."""

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


class PanelQueries:
    """The statements of queries.sql as panels take them; asking for one that is not there raises `Misconfigured`."""

    def __init__(self) -> None:
        self._queries = Queries("carecircle_dashboards")

    def text(self, name: str) -> str:
        """The statement without its purpose line and final semicolon, for variables."""
        _, _, statement = self._queries[name].decode().partition("\n")
        return statement.strip().removesuffix(";")

    def table(self, name: str) -> PostgresQuery:
        """The statement for tables and single figures."""
        return PostgresQuery(self.text(name), Format.TABLE)

    def series(self, name: str) -> PostgresQuery:
        """The statement for a chart over time."""
        return PostgresQuery(self.text(name), Format.TIME_SERIES)
