from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from carecircle_alerts.links import Link, sign_link, verify_link

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
SECRET = "a secret of the tests"
LINK = Link("responder.with-dots", uuid4())


def test_a_link_opens_until_it_expires() -> None:
    token = sign_link(SECRET, LINK, LATER)
    assert verify_link(SECRET, token, NOW) == LINK
    assert verify_link(SECRET, token, LATER + timedelta(seconds=1)) is None


def test_another_secret_opens_nothing() -> None:
    assert verify_link("another secret", sign_link(SECRET, LINK, LATER), NOW) is None


@given(st.text(max_size=300))
def test_no_made_up_token_opens_or_crashes(token: str) -> None:
    assert verify_link(SECRET, token, NOW) is None


@given(st.integers(min_value=0), st.characters())
def test_no_changed_character_opens(place: int, character: str) -> None:
    token = sign_link(SECRET, LINK, LATER)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    assert changed == token or verify_link(SECRET, changed, NOW) is None
