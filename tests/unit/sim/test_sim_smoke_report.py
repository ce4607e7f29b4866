import json

import pytest

from carecircle.runtime.broker_accounts import Home
from carecircle.up.smoke_buttons import spread
from carecircle.up.smoke_report import Course, last_line, percentile, table

WHOLE = Course("bed-1", 40.04, 80.0, 60.0, 900.0, 100.0)
BROKEN = Course("bed-2", 50.0, 90.0, None, None, None)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 25), (0.99, 50), (1.0, 50), (0.0, 1)])
def test_percentiles_are_values_that_were_seen(share: float, expected: int) -> None:
    assert percentile([float(n) for n in range(50, 0, -1)], share) == expected


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentile([], 0.5) is None


def test_the_last_line_has_the_promised_keys() -> None:
    assert json.loads(last_line([WHOLE])) == {
        "presses": 1,
        "incident_ms_p50": 40.0,
        "incident_ms_p99": 40.0,
        "offer_ms_p50": 80.0,
        "offer_ms_p99": 80.0,
        "console_ms_p50": 60.0,
        "console_ms_p99": 60.0,
        "all_accepted": True,
        "all_family_told": True,
    }


def test_a_stage_that_nobody_saw_is_null_and_named() -> None:
    figures = json.loads(last_line([BROKEN]))
    assert figures["console_ms_p99"] is None
    assert not figures["all_accepted"]
    assert not figures["all_family_told"]
    assert not BROKEN.is_whole
    assert len(BROKEN.missing()) == 3
    assert WHOLE.is_whole


def test_one_press_that_went_astray_is_not_hidden_by_the_others() -> None:
    figures = json.loads(last_line([WHOLE, WHOLE, BROKEN]))
    assert not figures["all_accepted"]
    assert "2/3" in table([WHOLE, WHOLE, BROKEN])


def test_presses_come_from_different_homes_all_over_the_list() -> None:
    homes = [Home("630102", f"bed-{number:03d}", "") for number in range(240)]
    chosen = [home.bed for home in spread(homes, 50)]
    assert len(set(chosen)) == 50
    assert chosen[0] == "bed-000"
    assert chosen[-1] >= "bed-230"
