"""The demo's Grafana role: answers for all of Qinghai, which is where the demo's beds are (pure)."""

from carecircle.seeding import Cell, SeedRequest, SeedTable

_QINGHAI = "63"


def plan_scope(request: SeedRequest) -> list[SeedTable]:
    """Rows for an empty installation."""
    del request
    # The demo's people are invented: its role may read their vital signs as well.
    scope: dict[str, Cell] = {"role_name": "carecircle_grafana", "area_prefix": _QINGHAI, "health": True}
    return [SeedTable("grafana_scope", key=("role_name", "area_prefix"), rows=[scope])]
