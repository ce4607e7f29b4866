"""Building: writes the dashboards' JSON for file provisioning (I/O)."""

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards.alerts import alert_rules
from carecircle_dashboards.boards import BOARDS
from carecircle_dashboards.reference import figures_page


def render(dashboard: Dashboard) -> str:
    """The dashboard as JSON text, in an order that does not change from run to run."""
    return json.dumps(dashboard, cls=JSONEncoder, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_dashboards(folder: Path) -> list[Path]:
    """Write one file a dashboard; returns those whose text changed."""
    folder.mkdir(parents=True, exist_ok=True)
    return [folder / f"{name}.json" for name, make in BOARDS.items() if _write(folder / f"{name}.json", render(make()))]


def _write(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def write_alerts(path: Path) -> bool:
    """Write the alert rules for Grafana's provisioning; whether they have changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write(path, alert_rules())


def write_figures(path: Path) -> bool:
    """Write the page of definitions; whether it has changed."""
    return _write(path, figures_page())
