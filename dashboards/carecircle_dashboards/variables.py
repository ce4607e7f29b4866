"""Variables: where on five levels, in which circle, whose, and by which level sums are made (pure).

Each level narrows the next. "All" of a level is the empty prefix, so that it costs nothing however many places there
are and keeps beds that are coded less finely. Codes are passed, never names: Grafana's quoting of a double quote is not
PostgreSQL's.
"""

from grafana_foundation_sdk.builders.dashboard import CustomVariable, QueryVariable
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import VariableModel, VariableOption, VariableRefresh, VariableSort

from carecircle_dashboards.postgres import DATA_SOURCE, PanelQueries
from carecircle_dashboards.words import CIRCLES, LEVELS

_ALL = VariableOption(selected=True, text=["全部"], value=["$__all"])
_EVERYTHING = "''"
AREA_LEVELS = (
    ("province", "省", 2),
    ("city", "市州", 4),
    ("county", "区县", 6),
    ("street", "街道乡镇", 9),
    ("community", "村社区", 12),
)


def area_variables() -> list[Builder[VariableModel]]:
    """The five levels."""
    found: list[Builder[VariableModel]] = []
    above: list[str] = []
    for name, label, length in AREA_LEVELS:
        found.append(_chosen_from(name, label, _places(length, above), everything=_EVERYTHING))
        above.append(name)
    return found


def circle_variable() -> Builder[VariableModel]:
    """Kind of circle."""
    options = ", ".join(f"{shown} : {code}" for code, shown in CIRCLES.items())
    return (
        CustomVariable("circle")
        .label("服务圈")
        .values(options)
        .multi(True)
        .include_all(True)
        .allow_custom_value(False)
        .current(_ALL)
    )


def level_variable() -> Builder[VariableModel]:
    """By which level tables of places are summed: the length of the code."""
    options = ", ".join(f"{shown} : {length}" for length, shown in LEVELS.items())
    return (
        CustomVariable("level")
        .label("汇总到")
        .values(options)
        .multi(False)
        .include_all(False)
        .allow_custom_value(False)
        .current(VariableOption(selected=True, text=LEVELS["6"], value="6"))
    )


def provider_variable(queries: PanelQueries) -> Builder[VariableModel]:
    """Institutions with a bed in the chosen places."""
    return _chosen_from("provider", "机构", queries.text("providers_to_choose"), everything=_EVERYTHING)


def bed_variable(queries: PanelQueries) -> Builder[VariableModel]:
    """One bed of the chosen places."""
    statement = queries.text("beds_to_choose")
    return (
        QueryVariable("bed")
        .label("床位")
        .datasource(DATA_SOURCE)
        .query(statement)
        .definition(statement)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(VariableSort.DISABLED)
        .multi(False)
        .include_all(False)
        .allow_custom_value(False)
    )


_PLACES = """select coalesce(a.name, p.code) as __text, p.code as __value
from (
    select distinct left(division_code, :length) as code
    from read.bed
    where length(division_code) >= :length:above
) p
left join read.area a on a.code = p.code
order by p.code"""


def _places(length: int, above: list[str]) -> str:
    narrowed = "".join(f"\n      and division_code ^@ any(array[${{{name}:sqlstring}}]::text[])" for name in above)
    return _PLACES.replace(":length", str(length)).replace(":above", narrowed)


def _chosen_from(name: str, label: str, statement: str, *, everything: str) -> QueryVariable:
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
        .all_value(everything)
        .allow_custom_value(False)
        .current(_ALL)
    )
