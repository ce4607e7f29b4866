"""Variables: where on the map and in which kind of circle, chained so that each choice narrows the next (pure).

Codes are passed, never names: Grafana's quoting of a double quote is not PostgreSQL's.
"""

from grafana_foundation_sdk.builders.dashboard import CustomVariable, QueryVariable
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    VariableModel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from carecircle_dashboards.postgres import DATA_SOURCE, PanelQueries
from carecircle_dashboards.words import CIRCLES

_ALL = VariableOption(selected=True, text=["全部"], value=["$__all"])


def area_variables(queries: PanelQueries) -> list[Builder[VariableModel]]:
    """Prefecture, county, kind of circle; every one takes several values and starts with all of them."""
    return [
        _area("city", "市州", queries.text("cities")),
        _area("county", "区县", queries.text("counties")),
        _choice("circle", "服务圈", CIRCLES),
    ]


def _area(name: str, label: str, statement: str) -> QueryVariable:
    return (
        QueryVariable(name)
        .label(label)
        .datasource(DATA_SOURCE)
        .query(statement)
        .definition(statement)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(VariableSort.DISABLED)
        .multi(True)
        .include_all(True)
        .allow_custom_value(False)
        .current(_ALL)
    )


def _choice(name: str, label: str, words: dict[str, str]) -> CustomVariable:
    options = [f"{shown} : {code}" for code, shown in words.items()]
    return (
        CustomVariable(name)
        .label(label)
        .values(", ".join(options))
        .multi(True)
        .include_all(True)
        .allow_custom_value(False)
        .current(_ALL)
    )
