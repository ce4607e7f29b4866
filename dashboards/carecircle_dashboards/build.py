"""Building: writes the dashboards' JSON for file provisioning (I/O)."""

import json
from collections.abc import Callable
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards.service_circle import service_circle

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {"service_circle": service_circle}


def render(dashboard: Dashboard) -> str:
    """The dashboard as JSON text, in an order that does not change from run to run."""
    return json.dumps(dashboard, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_dashboards(folder: Path) -> list[Path]:
    """Write one file a dashboard; returns those whose text changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, make in DASHBOARDS.items():
        path = folder / f"{name}.json"
        text = render(make())
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed
