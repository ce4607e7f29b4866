"""No person ever reads a state: refusals have Chinese words for all of them, and the same ones as the pages."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from carecircle_alerts.incident import AssignmentState, OfferState, State
from carecircle_alerts.state_names import HELPER_NAMES, OFFER_NAMES, STATE_NAMES

MESSAGES = Path(__file__).parents[3] / "console/web/src/messages"


def page_words() -> dict[str, str]:
    files = [one for one in sorted(MESSAGES.rglob("*.ts")) if "zh-CN" in str(one)]
    return {
        key: said
        for one in files
        for key, said in re.findall(r"^ *'([^']+)': '([^']*)',$", one.read_text("utf-8"), re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("group", "names", "states"),
    [("state", STATE_NAMES, State), ("offer", OFFER_NAMES, OfferState), ("helper", HELPER_NAMES, AssignmentState)],
)
def test_every_state_has_the_word_of_the_pages(group: str, names: dict[StrEnum, str], states: type[StrEnum]) -> None:
    words = page_words()
    assert set(names) == set(states)
    assert {one.value: said for one, said in names.items()} == {
        one.value: words[f"{group}.{one.value}"] for one in states
    }
