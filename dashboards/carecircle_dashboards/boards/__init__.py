"""Boards: one question a dashboard, each in a file of its own."""

from collections.abc import Callable

from grafana_foundation_sdk.models.dashboard import Dashboard

from carecircle_dashboards.boards.alarm_quality import alarm_quality
from carecircle_dashboards.boards.bed import bed
from carecircle_dashboards.boards.desk import desk
from carecircle_dashboards.boards.fleet import fleet
from carecircle_dashboards.boards.monthly_report import monthly_report
from carecircle_dashboards.boards.pipeline import pipeline
from carecircle_dashboards.boards.service_circle import service_circle
from carecircle_dashboards.boards.travel import travel

BOARDS: dict[str, Callable[[], Dashboard]] = {
    "service_circle": service_circle,
    "fleet": fleet,
    "alarm_quality": alarm_quality,
    "bed": bed,
    "pipeline": pipeline,
    "desk": desk,
    "travel": travel,
    "monthly_report": monthly_report,
}
"""By the name of the file that each is written to."""
