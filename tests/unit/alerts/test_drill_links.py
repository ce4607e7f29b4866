"""A confirming link is good for one drill, until its time, and cannot be made by anybody else."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from carecircle_alerts.drills.links import DrillLinks, is_drill_token
from carecircle_alerts.drills.reach import Evidence, Reach
from carecircle_alerts.drills.words import EVIDENCE, REACH
from carecircle_alerts.links import Link, sign_link

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DRILL, OTHER = UUID(int=1), UUID(int=2)
SECRET = "a secret of the tests"


def token(drill: UUID = DRILL, secret: str = SECRET) -> str:
    page = urlsplit(DrillLinks("https://care.test/", secret).page(drill, NOW + timedelta(hours=1)))
    assert page.path == f"/drill/{drill}"
    return parse_qs(page.query)["token"][0]


def test_a_link_is_good_until_its_time_and_for_its_drill_only() -> None:
    assert is_drill_token(SECRET, token(), DRILL, NOW + timedelta(hours=1))
    assert not is_drill_token(SECRET, token(), DRILL, NOW + timedelta(hours=1, seconds=1))
    assert not is_drill_token(SECRET, token(), OTHER, NOW)
    assert not is_drill_token("another secret", token(), DRILL, NOW)


@pytest.mark.parametrize("bad", ["", ".", "x.y", "-1.a", "²." + "a" * 43, "9" * 40 + ".a", token() + "a", token()[1:]])
def test_what_is_no_token_is_refused(bad: str) -> None:
    assert not is_drill_token(SECRET, bad, DRILL, NOW)


def test_the_link_of_an_offer_confirms_no_drill() -> None:
    assert not is_drill_token(SECRET, sign_link(SECRET, Link("r", DRILL), NOW + timedelta(hours=1)), DRILL, NOW)


def test_every_verdict_has_its_word() -> None:
    assert set(REACH) == set(Reach)
    assert set(EVIDENCE) == set(Evidence)
