"""Real recordings through the rules: behaviour, not accuracy. Skipped where CARECIRCLE_RECORDINGS names no folder.

BIDMC (PhysioNet): intensive-care patients, eight minutes each at 1 Hz. Ordóñez A (UCI ADL): a healthy man's fortnight
in his home. Neither is an old person at altitude: the counts say that the code behaves, and nothing about how well it
finds.
"""

import csv
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from carecircle_alerts.incident import FAMILY, Family, Kind
from carecircle_alerts.watch.hold import Change
from tests.unit.alerts.bed_story import NOON, Story

_FOLDER = Path(os.environ.get("CARECIRCLE_RECORDINGS", "/nonexistent"))
pytestmark = pytest.mark.skipif(not _FOLDER.is_dir(), reason="CARECIRCLE_RECORDINGS names no folder of recordings")
_CHINA = timezone(timedelta(hours=8))
# Nought breaths beside a full saturation: a sensor that cannot count, and no breath that is failing.
_FOUND = {"bidmc_13": {"sensor_error": "impossible"}}
_COLUMNS = {" HR": "heart_rate", " RESP": "respiratory_rate", " SpO2": "spo2"}


def _patients() -> list[Path]:
    return sorted((_FOLDER / "vitals" / "bidmc").glob("*_Numerics.csv"))


@pytest.mark.parametrize("path", _patients(), ids=lambda path: path.stem)
def test_a_patient_of_intensive_care_by_the_second(path: Path) -> None:
    story = Story(altitude_m=0)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        story.at = NOON + number
        given = {name: row[column].strip() for column, name in _COLUMNS.items()}
        values = {name: float(text) for name, text in given.items() if text not in {"", "NaN"}}
        story.read(**values, quality=None)
    story.wait(60)
    raised = [one for one in story.said if one.change is Change.RAISED]
    assert {one.kind.value: one.why["code"] for one in raised} == _FOUND.get(path.stem.removesuffix("_Numerics"), {})


def test_a_fortnight_in_a_home_has_no_alarm_out_of_its_gaps() -> None:
    stays = _stays()
    story = Story(stays[0][0].timestamp() - 600)
    end = max(until for _, until in stays)
    moment = stays[0][0] - timedelta(minutes=5)
    while moment < end:
        story.at = moment.timestamp()
        story.read(in_bed=any(begin <= moment < until for begin, until in stays))
        moment += timedelta(minutes=1)
    story.wait(60)
    raised = [one.kind for one in story.said if one.change is Change.RAISED]
    assert not {Kind.GATEWAY_SILENT, Kind.LOST_SIGNAL, Kind.SENSOR_ERROR} & set(raised)
    assert raised.count(Kind.BED_EXIT) <= 14
    assert [kind for kind in raised if FAMILY[kind] is Family.CLINICAL] == []


def _stays() -> list[tuple[datetime, datetime]]:
    """When the mat was pressed; the home's own hours, read as those of Xining."""
    found = []
    for line in (_FOLDER / "activity" / "uci_adl" / "OrdonezA_Sensors.txt").read_text().splitlines()[2:]:
        parts = line.split()
        if parts[4:5] == ["Bed"]:
            times = (" ".join(parts[0:2]), " ".join(parts[2:4]))
            begin, until = (datetime.strptime(one, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA) for one in times)
            found.append((begin, until))
    return found
